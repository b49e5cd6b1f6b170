"""What does an alert say when nobody is needed any more?"""

from __future__ import annotations

from collections.abc import Sequence

from cards.alerts import missed_with, names_of, was_due, which
from cards.mentions import People, by_name, mention_of_handle
from cards.views import Line, Moment, StoryView
from core.case import Case
from core.customer_events import CustomerAwaited, CustomerTold
from core.events import (
    CaseClaimed,
    CaseDecided,
    CaseEnded,
    CaseEscalated,
    CaseReassigned,
    Event,
    ReasonChanged,
)
from core.policy import Policy


def settled_view(alert: CaseEscalated, since: Event, case: Case, policy: Policy, people: People) -> StoryView:
    """The alert's new face: first what happened `since`, then what had been missed and who was told."""
    told = names_of([mention_of_handle(handle, people) for handle in alert.tell])
    called: Line = (f" Told {told} ", Moment(alert.at), ".") if told else ()
    return StoryView(
        lines=(
            (f"{_label(since)}: ", *which(case, policy), *_by(since, people), ", ", Moment(since.at), "."),
            (*was_due(alert), *called),
        )
    )


def late_view(alert: CaseEscalated, events: Sequence[Event]) -> StoryView:
    """An alert whose turn comes when it is over already: what was missed is part of the story, and calls
    nobody. `events` is the case's story up to the alert."""
    return StoryView(lines=tuple(("🔴 ", *was_due(one)) for one in missed_with(alert, events) or (alert,)))


def _label(since: Event) -> str:
    match since:
        case CaseEscalated():
            return "🔁 Called again"
        case CaseClaimed() | CaseReassigned():
            return "✅ Taken up"
        case CaseDecided():
            return "✅ Decided"
        case CaseEnded():
            return "✅ Closed"
        case CustomerAwaited() | CustomerTold():
            return "✅ The customer was answered"
        case ReasonChanged():
            return "✅ Moved to another reason"
        case _:
            return "✅ No longer late"


def _by(since: Event, people: People) -> Line:
    match since:
        case CaseEscalated():
            return ()
        case CaseReassigned():
            handed = (", handed over by ", by_name(since.actor_id, people))
            return (" · by ", by_name(since.resolver_id, people), *handed)
        case _:
            return (" · by ", by_name(since.actor_id, people))
