"""Views of mails: values for the templates. Texts are plain; renderers escape them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class MailKind(StrEnum):
    """Each kind has a template of its own: `templates/words/<kind>.txt`."""

    RECEIVED = "received"
    UNDER_REVIEW = "under_review"
    QUESTION = "question"
    REMIND_EVIDENCE = "remind_evidence"
    REMIND_ANSWER = "remind_answer"
    MESSAGE = "message"
    ACCEPTED = "accepted"
    PART_ACCEPTED = "part_accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"
    REOPENED = "reopened"
    LINK = "link"
    CONFIRM = "confirm"


WRITTEN_BY_A_PERSON = frozenset({MailKind.QUESTION, MailKind.MESSAGE})
"""Kinds that a person wrote. All others are automatic, and their headers say so to auto-responders."""

VALUES = ("company", "invoice", "case", "name", "disputed", "granted", "by", "until", "asked_on", "other")
"""Names that templates may use; empty where a value doesn't apply. `by` is when the customer hears from us,
`until` when their time for something ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailView:
    kind: MailKind
    language: str
    """Tag of the customer's language, such as `de-AT`."""
    values: Mapping[str, str]
    """One for each of `VALUES`."""
    is_own_wish: bool = False
    """The customer caused it themselves: they withdrew, or disagreed."""
    quote: str = ""
    """What a colleague wrote, word for word."""
    wanted: tuple[str, ...] = ()
    """What we need from them, item by item."""
    facts: tuple[tuple[str, str], ...] = ()
    url: str = ""
    """The customer's page; empty: there is none."""

    @property
    def is_about_a_case(self) -> bool:
        return bool(self.values["case"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A rendered mail, before it gets its headers."""

    subject: str
    text: str
    html: str
    language: str


@dataclass(frozen=True, slots=True)
class MailText:
    """The text of a rendered template, part by part; empty lines separate paragraphs."""

    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def line(self, part: str) -> str:
        return " ".join(self.parts.get(part, ()))

    def paragraphs(self, part: str) -> tuple[str, ...]:
        return self.parts.get(part, ())
