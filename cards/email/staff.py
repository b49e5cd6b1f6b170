"""Mail to a colleague about messages that can't be delivered, for when no chat can reach them."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from html import escape
from typing import assert_never

from cards import words
from cards.email.mail_view import Mail
from cards.sanitize import clean_line
from cards.troubles import MOST_SHOWN, TroubleNews, headline, what_helps

_PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    '<meta name="color-scheme" content="light dark"><title>{subject}</title></head>'
    '<body style="font: 16px/1.5 system-ui, sans-serif; max-width: 36em; margin: 1em auto; padding: 0 1em">'
    "{paragraphs}</body></html>\n"
)


class Resumes(Enum):
    """What makes the delivery of those messages resume."""

    CHANNEL = auto()
    """The channel accepts posts again."""
    APP = auto()
    """The person has added the app in Teams."""
    BUTTON = auto()
    """Only a manager's press of “Try again”."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryProblem:
    """Messages that can't be delivered. It holds no customer's data, only a case's number."""

    where: str
    """`#billing-disputes`, `the Teams channel of Contract disputes`, or a person's name."""
    error: str
    remedy: str
    count: int
    case_id: str | None = None
    """The case of the first undelivered message."""
    resumes: Resumes = Resumes.BUTTON


def delivery_problem_mail(trouble: DeliveryProblem) -> Mail:
    waiting = words.count(trouble.count, "message")
    subject = clean_line(f"Ombud can't reach {words.name(trouble.where)}")
    about = f" The first of them is about {trouble.case_id}." if trouble.case_id else ""
    paragraphs = (
        f"{waiting.capitalize()} can't be delivered to {words.name(trouble.where)}.{about}",
        f"Why: {words.name(trouble.error, 300)}",
        f"What helps: {words.name(trouble.remedy, 300)}",
        f"Nothing is lost: {_when_it_resumes(trouble)}",
        "This comes by mail because no chat with you could take it.",
    )
    return _mail(subject, paragraphs)


def troubles_mail(news: Sequence[TroubleNews]) -> Mail:
    """`news` isn't empty."""
    paragraphs: list[str] = []
    for one in news[:MOST_SHOWN]:
        paragraphs.append(f"{headline(one)}, {_when(one)}.")
        if one.over_at is None:
            paragraphs += [f"Why: {words.name(one.problem, 300)}", f"What helps: {what_helps(one)}"]
    if len(news) > MOST_SHOWN:
        paragraphs.append(f"And {len(news) - MOST_SHOWN} more; /readyz and the log name them all.")
    paragraphs.append("This comes by mail because no chat with you could take it.")
    return _mail(clean_line(f"Ombud: {headline(news[0])}"), paragraphs)


def _when(news: TroubleNews) -> str:
    if news.over_at is None:
        return f"since {news.since:%Y-%m-%d %H:%M} UTC"
    return f"after {words.duration(news.over_at - news.since)}"


def _mail(subject: str, paragraphs: Sequence[str]) -> Mail:
    return Mail(
        subject=subject,
        text="\n\n".join(textwrap.fill(one, 72, break_long_words=False) for one in paragraphs) + "\n",
        html=_PAGE.format(
            subject=escape(subject), paragraphs="".join(f"<p>{escape(p)}</p>" for p in paragraphs)
        ),
        language="en",
    )


def _when_it_resumes(trouble: DeliveryProblem) -> str:
    """How delivery resumes. The reader has no button: they get mail because no chat reaches them."""
    match trouble.resumes:
        case Resumes.CHANNEL:
            return "what waits is sent by itself once messages can be posted there again."
        case Resumes.APP:
            return "what waits is sent by itself once they have added the Ombud app in Teams."
        case Resumes.BUTTON:
            return (
                "what waits is kept. It is sent when a manager whom Ombud can write to in a chat presses "
                "“Try again” under its message about this."
            )
        case _:
            assert_never(trouble.ends_with)
