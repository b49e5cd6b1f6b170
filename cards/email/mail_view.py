"""What is in a mail, before anybody has found the words? Texts are plain: renderers escape them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class MailKind(StrEnum):
    """One set of words each: `templates/words/<kind>.txt`."""

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


WRITTEN_BY_A_PERSON = frozenset({MailKind.QUESTION, MailKind.MESSAGE})
"""Somebody wrote it just now. All others happen by themselves, and say so to machines that would answer."""

VALUES = ("company", "invoice", "case", "name", "disputed", "granted", "by", "until", "asked_on", "other")
"""What words may be filled with; empty where it doesn't apply. `by` is when they hear from us, `until` when
their time for something ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailView:
    kind: MailKind
    language: str
    """Tag of the customer's translator."""
    values: Mapping[str, str]
    """One for each of `VALUES`."""
    is_own_wish: bool = False
    """The customer brought it about themselves: they withdrew, or didn't agree."""
    quote: str = ""
    """What a person of ours wrote, word for word."""
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
    """Ready to be put into an envelope."""

    subject: str
    text: str
    html: str
    language: str


@dataclass(frozen=True, slots=True)
class MailText:
    """What a set of words says, part by part; a paragraph is what stands between empty lines."""

    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def line(self, part: str) -> str:
        return " ".join(self.parts.get(part, ()))

    def paragraphs(self, part: str) -> tuple[str, ...]:
        return self.parts.get(part, ())
