"""Messages to managers about delivery that stands still or goes on: what, since when, why, and what helps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cards import words
from cards.views import Line, MessageView, Moment, Strong

MOST_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class TroubleNews:
    """One trouble of delivery. It holds no customer's data."""

    where: str
    """`Slack`, `the mail server`, or a lane by the name that people know: `#billing-disputes`."""
    is_system: bool
    """Whether a whole system takes nothing, not only one lane."""
    since: datetime
    over_at: datetime | None
    """None: it lasts."""
    problem: str
    remedy: str | None


def headline(news: TroubleNews) -> str:
    where = words.name(news.where)
    if news.over_at is not None:
        return f"{where} works again" if news.is_system else f"Messages reach {where} again"
    return f"{where} doesn't work" if news.is_system else f"Messages to {where} are waiting"


def what_helps(news: TroubleNews) -> str:
    if news.remedy is not None:
        return words.name(news.remedy, 300)
    return "Nothing, mostly: it is tried again and again. Nothing is lost; it comes late."


def troubles_view(news: Sequence[TroubleNews]) -> MessageView:
    lines: list[Line] = []
    for one in news[:MOST_SHOWN]:
        mark = "🔴 " if one.over_at is None else "🟢 "
        lines.append((mark, Strong(headline(one)), *_when(one)))
        if one.over_at is None:
            lines += [(f"Why: {words.name(one.problem, 300)}",), (f"What helps: {what_helps(one)}",)]
    if len(news) > MOST_SHOWN:
        lines.append((f"And {len(news) - MOST_SHOWN} more; `/readyz` and the log name them all.",))
    return MessageView(lines=tuple(lines))


def _when(news: TroubleNews) -> Line:
    if news.over_at is None:
        return (", since ", Moment(news.since), ".")
    lasted = words.duration(news.over_at - news.since)
    return (", after ", lasted, ": what waited is on its way.")
