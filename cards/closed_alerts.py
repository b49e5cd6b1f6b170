"""Alerts that need nobody any more: how they ended."""

from __future__ import annotations

from collections.abc import Sequence

from cards.alerts import breaches_told_by, case_summary, joined_names, missed_deadline
from cards.mentions import People, by_name, mention_of_handle
from cards.views import Line, MessageView, Moment
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


def closed_alert_view(
    alert: CaseEscalated, since: Event, case: Case, policy: Policy, people: People
) -> MessageView:
    """The alert, updated: first what happened `since`, then what had been missed and who was alerted."""
    told = joined_names([mention_of_handle(handle, people) for handle in alert.tell])
    called: Line = (f" Told {told} ", Moment(alert.at), ".") if told else ()
    return MessageView(
        lines=(
            (
                f"{_label(since)}: ",
                *case_summary(case, policy),
                *_by(since, people),
                ", ",
                Moment(since.at),
                ".",
            ),
            (*missed_deadline(alert), *called),
        )
    )


def late_alert_view(alert: CaseEscalated, events: Sequence[Event]) -> MessageView:
    """An alert that is delivered after it ended: it reports what was missed and mentions nobody. `events` is
    the case's timeline up to the alert."""
    return MessageView(
        lines=tuple(("🔴 ", *missed_deadline(one)) for one in breaches_told_by(alert, events) or (alert,))
    )


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
