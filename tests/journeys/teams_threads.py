"""Comparison of a Teams thread with the outbox: what is missing or out of order, and how many copies."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cards import teams
from cards.closed_alerts import late_alert_view
from cards.thread import thread_message
from cards.views import MessageView
from core.effects import Effect
from core.events import CaseEscalated, QueueTold
from sandbox.teams.cards.controls import nodes
from tests.journeys.expected_messages import must_be_posted
from tests.journeys.records import OutboxRow, Records

Message = Mapping[str, Any]
ALERT = re.compile("🔴 (?:Needs you|Still waiting): |🔁 Called again: |✅ ")
"""The beginnings of an escalation alert, and of what replaces it."""
_LEFT = re.compile(r": [^:]* left\.")
"""The remaining time depends on when the message was written."""


@dataclass(frozen=True, slots=True)
class Expected:
    key: str
    fits: Callable[[str], bool]
    is_needed: bool


def text_of_message(message: Message) -> str:
    """The headline and the text that people wrote."""
    runs = [str(one["text"]) for one in nodes(message["cards"]) if one["type"] == "TextRun"]
    return "\n".join([_LEFT.sub(".", message["summary"]), *runs])


def expected_in_thread(case_id: str, address: str, records: Records) -> list[Expected]:
    """What the outbox sends to a channel about a case, in order."""
    found = []
    for row in sorted(records.outbox_rows, key=lambda one: one.id):
        if (row.case_id, row.address) == (case_id, address):
            fits = _fits(row, records)
            if fits is not None:
                is_needed = row.effect != Effect.POST_CARD and must_be_posted(row, records)
                found.append(Expected(row.key, fits, is_needed))
    return found


def compare(expected: Sequence[Expected], posted: Sequence[str]) -> tuple[list[str], int]:
    """The problems, and how many messages repeat the one before."""
    at, copies, wrong = -1, 0, []
    for words in posted:
        ahead = next((n for n in range(at + 1, len(expected)) if expected[n].fits(words)), None)
        skipped = [one.key for one in expected[at + 1 : ahead] if one.is_needed]
        if at >= 0 and expected[at].fits(words) and (ahead is None or skipped):
            copies += 1
        elif ahead is None:
            wrong.append(f"“{words}” was not promised, or not then")
        else:
            wrong += [f"{key} is missing before “{words}”" for key in skipped]
            at = ahead
    wrong += [f"{one.key} is missing" for one in expected[at + 1 :] if one.is_needed]
    return wrong, copies


def _fits(row: OutboxRow, records: Records) -> Callable[[str], bool] | None:
    """Whether a text is the row's message; None when the row posts nothing to a thread."""
    if row.case_id is None or not row.seq:
        return None
    timeline = records.timelines[row.case_id]
    event, case = timeline[row.seq - 1], records.cases[row.case_id]
    if isinstance(event, CaseEscalated) and row.effect == Effect.ALERT_MANAGERS:
        late = _words(late_alert_view(event, timeline[: row.seq]))
        return lambda words: words == late or ALERT.match(words) is not None
    is_called = isinstance(event, QueueTold) and row.effect == Effect.POST_CARD
    if row.effect == Effect.TELL_STORY or is_called:
        story = _words(thread_message(event, case, records.policy, records.people))
        return lambda words: words == story
    return None


def _words(view: MessageView) -> str:
    return text_of_message({"summary": teams.message(view)["summary"], "cards": [teams.content(view)]})
