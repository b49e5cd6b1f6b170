"""Case card in Slack: number, reason and amount first; then people, deadlines and the customer's words."""

from __future__ import annotations

from cards import words
from cards.sanitize import clean_line
from cards.slack.blocks import (
    DONE,
    HEADER,
    LATE,
    PAUSED,
    ActionIds,
    Block,
    actions,
    context,
    paragraphs,
    quote,
    section,
)
from cards.slack.text import bold, date, escape, escape_label, mention, mrkdwn
from cards.views import CaseView, ClockView
from core.web_address import is_web_address

_MARKS = {"late": f"{LATE} ", "paused": f"{PAUSED} ", "done": f"{DONE} "}


def case_blocks(view: CaseView, ids: ActionIds) -> list[Block]:
    """At most seven blocks."""
    title = f"{view.case_id} · {view.reason} · {view.amount}"
    blocks: list[Block] = [
        {"type": "header", "text": {"type": "plain_text", "text": _head(view, title), "emoji": False}},
        section(_who(view)),
        quote(view.statement, 1000),
        section(_state(view)),
    ]
    extra = (*view.notices, *view.decision)
    if extra:
        blocks.append(section(paragraphs(extra)))
    blocks.append(context(*_small_print(view)))
    blocks += actions(view.buttons, ids, view.menu, view.case_id)
    return blocks


def case_headline(view: CaseView) -> str:
    """One line for a notification."""
    return f"{view.case_id} · {view.reason} · {view.amount} · {view.customer} · {view.status}"


def _head(view: CaseView, title: str) -> str:
    """The header within its limit: a long reason is cut, the number and the amount never."""
    if len(title) <= HEADER and title.isprintable():
        return title
    number, amount = words.name(view.case_id, 30), words.name(view.amount, 40)
    return f"{number} · {words.cut(clean_line(view.reason), HEADER - 80)} · {amount}"


def _who(view: CaseView) -> str:
    total = f", {escape(view.of_total, 60)} in all" if view.of_total else ""
    terms = f"{escape_label(view.tier, 100)}, {escape_label(view.priority, 60)}"
    return f"{bold(view.customer, 300)} · {terms}\n{mrkdwn(view.invoice, 1800)}{total}"


def _state(view: CaseView) -> str:
    """Status, resolver and deadlines."""
    by = f" · {mention(view.resolver, 300)}" if view.resolver else ""
    lines = [f"{_MARKS.get(view.tone, '')}*{escape_label(view.status, 200)}*{by}"]
    lines += [_clock(clock) for clock in (view.clock, view.second_clock) if clock]
    if view.paused:
        lines.append(mrkdwn(view.paused, 500))
    return "\n".join(lines)


def _clock(clock: ClockView) -> str:
    label = escape_label(clock.label, 100)
    return f"*{label}* {date(clock.at)}" if clock.is_late else f"{label} {date(clock.at)}"


def _small_print(view: CaseView) -> list[str]:
    file = (
        f" · <{view.case_url.replace('&', '&amp;')}|Case file>" if _has_file(view) and view.case_url else ""
    )
    evidence = [mrkdwn(view.evidence)] if view.evidence else []
    return [f"{escape_label(view.queue, 200)}{file}", *evidence]


def _has_file(view: CaseView) -> bool:
    return view.case_url is not None and is_web_address(view.case_url) and len(view.case_url) <= 1500
