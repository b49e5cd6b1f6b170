"""Events as messages of a case's thread and as lines of its timeline."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from cards import words
from cards.event_sentences import sentence_of
from cards.files import NO_FILES, CaseFiles
from cards.mentions import People
from cards.thread_extras import thread_extras
from cards.views import Line, MessageView, Moment
from core.case import Case
from core.customer_events import (
    AddressChanged,
    CustomerAwaited,
    CustomerDisagreed,
    CustomerHeard,
    CustomerReminded,
    CustomerTold,
    CustomerWrote,
    FileRefused,
    MailFailed,
    SenderAccepted,
)
from core.events import (
    CaseClaimed,
    CaseDecided,
    CaseEnded,
    CaseEscalated,
    CaseReassigned,
    CaseReleased,
    CaseReopened,
    CaseSnoozed,
    ChargebackHeard,
    DisputeRaised,
    Event,
    EvidenceAdded,
    NoteAdded,
    PriorityChanged,
    QueueTold,
    ReasonChanged,
    ResolverNudged,
    SlaBreached,
    SlaWarned,
    SnoozeEnded,
)
from core.policy import Policy


def thread_message(
    event: Event,
    case: Case,
    policy: Policy,
    people: People,
    now: datetime | None = None,
    *,
    files: CaseFiles = NO_FILES,
) -> MessageView:
    """The message in the case's thread, sent at `now`. It pings nobody: people who must act get their own."""
    beside = thread_extras(event, case, policy, people, files)
    return MessageView(
        lines=(sentence_of(event, case, policy, people, now), *beside.above),
        quotes=quotes_of(event),
        after=beside.below,
        buttons=beside.buttons,
    )


def timeline_line(event: Event, case: Case, policy: Policy, people: People) -> Line:
    """One line of the timeline, with people's words shortened."""
    said: Line = (Moment(event.at), " – ", *sentence_of(event, case, policy, people))
    quoted = words.cut(" / ".join(words.name(quote, 160) for quote in quotes_of(event)), 240)
    return (*said, f" “{quoted}”") if quoted else said


def quotes_of(event: Event) -> tuple[str, ...]:
    """What people wrote, in their own words."""
    match event:
        case DisputeRaised():
            said: tuple[str, ...] = (event.statement,)
        case NoteAdded() | CustomerWrote() | CustomerTold():
            said = (event.text,)
        case CustomerAwaited():
            said = (event.text or event.what,)
        case QueueTold():
            said = event.said
        case CaseDecided():
            inside = f"For colleagues: {event.internal_text}" if event.internal_text else ""
            said = (f"To the customer: {event.customer_text}", inside)
        case (
            CaseReassigned()
            | CaseSnoozed()
            | PriorityChanged()
            | ReasonChanged()
            | CaseEnded()
            | CaseReopened()
            | CustomerDisagreed()
        ):
            said = (event.why,)
        case (
            EvidenceAdded()
            | CaseClaimed()
            | CaseReleased()
            | SnoozeEnded()
            | CustomerHeard()
            | SlaWarned()
            | SlaBreached()
            | CaseEscalated()
            | ResolverNudged()
            | ChargebackHeard()
            | SenderAccepted()
            | AddressChanged()
            | CustomerReminded()
            | MailFailed()
            | FileRefused()
        ):
            said = ()
        case _:
            assert_never(event)
    return tuple(quote for one in said if (quote := words.excerpt(one, 2500)))
