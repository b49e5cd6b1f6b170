"""Translations of a reason, for customers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.policy import ReasonTranslation, RequiredEvidence
from tests.builders import a_reason

NOTE, PHOTO = RequiredEvidence("note", "The delivery note"), RequiredEvidence("photo", "A photo")
GERMAN = ReasonTranslation("Nicht geliefert", "Die Ware kam nicht an.", {"note": "Der Lieferschein"})
REASON = replace(
    a_reason("not_delivered", explanation="The goods did not arrive."),
    required_evidence=(NOTE, PHOTO),
    translations={"de": GERMAN},
)


@pytest.mark.parametrize("language", ["de", "de-AT", "de-Latn-CH"])
def test_a_reason_is_read_in_the_customers_language_whatever_their_country(language: str) -> None:
    words = REASON.translated_to(language)
    assert (words.label, words.explanation) == (GERMAN.label, GERMAN.explanation)


def test_evidence_without_a_translation_keeps_the_policys_words() -> None:
    assert REASON.translated_to("de").evidence == {"note": "Der Lieferschein", "photo": "A photo"}


@pytest.mark.parametrize("language", ["en", "fr", "", "x"])
def test_a_language_that_the_policy_does_not_have_reads_its_own_words(language: str) -> None:
    words = REASON.translated_to(language)
    assert (words.label, words.explanation) == ("Not delivered", "The goods did not arrive.")
    assert words.evidence == {"note": "The delivery note", "photo": "A photo"}
