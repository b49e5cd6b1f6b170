"""Tests of the customer sections of policy.yaml: terms, translations, and their mistakes."""

from __future__ import annotations

from bot.policy.reader import parse_policy
from core.link_budget import LinkBudget
from core.policy import CustomerTerms
from tests.bot.policy.small_policy import SMALL, mistakes_in, small

GERMAN = """\
    evidence: {photo: A photo}
    translations:
      de:
        label: Falscher Betrag
        explanation: Es ist zu viel.
        evidence: {photo: Ein Foto}
"""
_EVIDENCE = "    evidence: {photo: A photo}\n"


def test_what_customers_are_promised_is_usual_unless_said_otherwise() -> None:
    assert parse_policy(SMALL, "policy.yaml").customers == CustomerTerms()


def test_each_promise_can_be_another() -> None:
    said = "customers: {remind_after_hours: 24, remind_at: 75%, disagree_within_days: 14, link_days: 90}\n"
    terms = parse_policy(SMALL + said, "policy.yaml").customers
    assert terms == CustomerTerms(24, 0.75, 14, 90)


def test_an_administrator_says_what_one_link_may_do() -> None:
    said = (
        "customers: {link_budget: {cases_a_day: 2, open_cases: 3, addresses_a_day: 0, megabytes_a_day: 50}}\n"
    )
    budget = parse_policy(SMALL + said, "policy.yaml").customers.link_budget
    assert budget == LinkBudget(cases_a_day=2, open_cases=3, addresses_a_day=0, megabytes_a_day=50)


def test_a_customer_reads_a_reason_in_their_language() -> None:
    reason = parse_policy(small(_EVIDENCE, GERMAN), "policy.yaml").reason("wrong_amount")
    words = reason.translated_to("de-AT")
    assert (words.label, words.explanation) == ("Falscher Betrag", "Es ist zu viel.")
    assert words.evidence == {"photo": "Ein Foto"}


def test_a_language_without_words_reads_the_policys_own() -> None:
    reason = parse_policy(small(_EVIDENCE, GERMAN), "policy.yaml").reason("wrong_amount")
    assert reason.translated_to("fr").label == "Wrong amount"
    assert reason.translated_to("fr").evidence == {"photo": "A photo"}


def test_without_a_company_nobody_knows_whom_they_deal_with() -> None:
    (mistake,) = mistakes_in(small("company: Brightwater Supplies\n"))
    assert mistake.endswith("has no “company”. Write for example company: Brightwater Supplies")


def test_a_language_that_ombud_does_not_speak_is_named() -> None:
    (mistake,) = mistakes_in(small(_EVIDENCE, GERMAN.replace("de:", "nl:")))
    assert "has the language “nl”, which isn't there. Known: de, es, fr." in mistake


def test_words_for_evidence_that_nobody_asks_for_are_a_mistake() -> None:
    mistakes = mistakes_in(small(_EVIDENCE, GERMAN.replace("photo: Ein", "picture: Ein")))
    assert any("names the evidence “picture”, which isn't there." in mistake for mistake in mistakes)


def test_a_translation_says_everything_that_the_reason_says() -> None:
    (mistake,) = mistakes_in(small(_EVIDENCE, GERMAN.replace("        evidence: {photo: Ein Foto}\n", "")))
    assert "has no “evidence”" in mistake
