"""Customer sections: the terms for customers, and reasons translated into their languages."""

from __future__ import annotations

from bot.policy import values
from bot.policy.section import Section
from core.link_budget import LinkBudget
from core.policy import CustomerTerms, ReasonTranslation

_USUAL = CustomerTerms()
LANGUAGES = ("de", "fr", "es")
"""Languages beside English that Ombud's own texts are translated into."""


def read_customer_terms(top: Section) -> CustomerTerms:
    if not top.has("customers"):
        return _USUAL
    section = top.subsection("customers", "“customers”")
    return CustomerTerms(
        remind_after_hours=section.optional("remind_after_hours", values.positive, _USUAL.remind_after_hours),
        grace_reminder_share=section.optional("remind_at", values.share, _USUAL.grace_reminder_share),
        disagree_within_days=section.optional(
            "disagree_within_days", values.number, _USUAL.disagree_within_days
        ),
        link_days=section.optional("link_days", values.positive, _USUAL.link_days),
        link_budget=_link_budget(section),
    )


def _link_budget(customers: Section) -> LinkBudget:
    usual = _USUAL.link_budget
    if not customers.has("link_budget"):
        return usual
    section = customers.subsection("link_budget", "“link_budget”")
    return LinkBudget(
        cases_a_day=section.optional("cases_a_day", values.positive, usual.cases_a_day),
        open_cases=section.optional("open_cases", values.positive, usual.open_cases),
        addresses_a_day=section.optional("addresses_a_day", values.number, usual.addresses_a_day),
        mails_to_an_address=section.optional(
            "mails_to_an_address", values.positive, usual.mails_to_an_address
        ),
        megabytes_a_day=section.optional("megabytes_a_day", values.positive, usual.megabytes_a_day),
        files_a_day=section.optional("files_a_day", values.positive, usual.files_a_day),
    )


def read_translations(section: Section, evidence: dict[str, str]) -> dict[str, ReasonTranslation]:
    """The translations of one reason, by language; `evidence` are the reason's own labels by id."""
    if not section.has("translations"):
        return {}
    translations = section.subsection("translations", f"“translations” of {section.title}")
    by_language = translations.subsections(
        values.one_of(LANGUAGES, "has the language"), f"{section.title} in"
    )
    return {language: _translation(own, evidence) for language, own in by_language.items()}


def _translation(section: Section, evidence: dict[str, str]) -> ReasonTranslation:
    return ReasonTranslation(
        label=section.required("label", values.text, ""),
        explanation=section.required("explanation", values.text, ""),
        evidence=_labels(section, evidence),
    )


def _labels(section: Section, evidence: dict[str, str]) -> dict[str, str]:
    """A label for each piece of evidence that the reason asks for, and for nothing else."""
    if not evidence:
        return {}
    known = values.one_of(evidence, "names the evidence")
    labels = section.subsection("evidence", f"the evidence of {section.title}")
    found = {id_: label for _, id_, label in labels.entries(known, values.text)}
    missing = [id_ for id_ in evidence if id_ not in found]
    if missing and section.has("evidence"):
        section.add_mistake(
            section.line_of_key("evidence"), f"has no words for the evidence “{missing[0]}”. Add them."
        )
    return found
