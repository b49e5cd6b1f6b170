"""What does policy.yaml promise customers, and how do those of other languages read it?"""

from __future__ import annotations

from bot.policy import values as words
from bot.policy.section import Section
from core.policy import CustomerTerms, ReasonTranslation

_USUAL = CustomerTerms()
LANGUAGES = ("de", "fr", "es")
"""What Ombud itself can say beside English."""


def read_customer_terms(top: Section) -> CustomerTerms:
    if not top.has("customers"):
        return _USUAL
    part = top.section("customers", "“customers”")
    return CustomerTerms(
        remind_after_hours=part.optional("remind_after_hours", words.positive, _USUAL.remind_after_hours),
        grace_reminder_share=part.optional("remind_at", words.share, _USUAL.grace_reminder_share),
        disagree_within_days=part.optional("disagree_within_days", words.number, _USUAL.disagree_within_days),
        link_days=part.optional("link_days", words.positive, _USUAL.link_days),
    )


def read_translations(part: Section, evidence: dict[str, str]) -> dict[str, ReasonTranslation]:
    """Of one reason; `evidence` are its own labels by id."""
    if not part.has("translations"):
        return {}
    section = part.section("translations", f"“translations” of {part.title}")
    by_language = section.sections(words.one_of(LANGUAGES, "has the language"), f"{part.title} in")
    return {language: _translation(own, evidence) for language, own in by_language.items()}


def _translation(part: Section, evidence: dict[str, str]) -> ReasonTranslation:
    return ReasonTranslation(
        label=part.required("label", words.text, ""),
        explanation=part.required("explanation", words.text, ""),
        evidence=_labels(part, evidence),
    )


def _labels(part: Section, evidence: dict[str, str]) -> dict[str, str]:
    """A label for each piece of evidence that the reason asks for, and for nothing else."""
    if not evidence:
        return {}
    known = words.one_of(evidence, "names the evidence")
    labels = part.section("evidence", f"the evidence of {part.title}")
    found = {id_: label for _, id_, label in labels.entries(known, words.text)}
    missing = [id_ for id_ in evidence if id_ not in found]
    if missing and part.has("evidence"):
        part.add_mistake(
            part.line_of_key("evidence"), f"has no words for the evidence “{missing[0]}”. Add them."
        )
    return found
