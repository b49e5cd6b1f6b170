"""One sentence for each event: who did what, in the past tense."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import assert_never

from cards import words
from cards.customer_event_sentences import customer_event_sentence
from cards.mentions import People, by_name, mention_of_handle
from cards.present import cause_label, queue_label, reason_label
from cards.views import Line, Mention, Moment, Part, Strong
from core.case import Case, Resolution
from core.chargebacks import wants_evidence
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
from core.person import CLOCK
from core.policy import Policy

_IntakeEvent = DisputeRaised | EvidenceAdded | QueueTold | ChargebackHeard
_ResponsibilityEvent = CaseClaimed | CaseReleased | CaseReassigned | NoteAdded
_SnoozeEvent = CaseSnoozed | SnoozeEnded
_ProgressEvent = PriorityChanged | ReasonChanged | CaseDecided | CaseEnded | CaseReopened
_SlaEvent = SlaWarned | SlaBreached | CaseEscalated | ResolverNudged


def sentence_of(
    event: Event, case: Case, policy: Policy, people: People, now: datetime | None = None
) -> Line:
    """Who did what, in the past tense; `now` is when it is sent, if that isn't when it happened."""
    match event:
        case CaseClaimed() | CaseReleased() | CaseReassigned() | NoteAdded():
            return _responsibility_sentence(event, people)
        case DisputeRaised() | EvidenceAdded() | QueueTold() | ChargebackHeard():
            return _intake_sentence(event, policy, people)
        case SlaWarned() | SlaBreached() | CaseEscalated() | ResolverNudged():
            return _sla_sentence(event, case, policy, people, now or event.at)
        case CaseSnoozed() | SnoozeEnded():
            return _snooze_sentence(event, people)
        case (
            CustomerAwaited()
            | CustomerHeard()
            | CustomerWrote()
            | SenderAccepted()
            | AddressChanged()
            | CustomerTold()
            | CustomerReminded()
            | CustomerDisagreed()
            | MailFailed()
            | FileRefused()
        ):
            return customer_event_sentence(event, case, policy, people)
        case PriorityChanged() | ReasonChanged() | CaseDecided() | CaseEnded() | CaseReopened():
            return _progress_sentence(event, policy, people)
        case _:
            assert_never(event)


def _intake_sentence(event: _IntakeEvent, policy: Policy, people: People) -> Line:
    actor = by_name(event.actor_id, people)
    match event:
        case DisputeRaised():
            reason = reason_label(event.reason_id, policy)
            return (
                actor,
                f" raised a dispute: {reason}, {words.money(event.disputed)}.",
                *_missing(event.missing),
            )
        case EvidenceAdded():
            names = words.listed([words.name(one, 60) for one in event.names[:5]])
            more = f" and {len(event.names) - 5} more" if len(event.names) > 5 else ""
            return (actor, f" added {words.count(len(event.names), 'file')}: {names}{more}.")
        case QueueTold(said=said) if said:
            return ("Before the card came here, the customer also wrote:",)
        case QueueTold():
            return ("The case is ready for its queue.", *_missing(event.missing))
        case ChargebackHeard():
            return _chargeback(event)
        case _:
            assert_never(event)


def _missing(labels: tuple[str, ...]) -> Line:
    return (f" Still missing: {words.name(words.listed(labels), 300)}.",) if labels else ()


def _chargeback(event: ChargebackHeard) -> Line:
    status = words.name(event.status.replace("_", " "))
    said: Line = (Strong("Chargeback"), f" {words.name(event.ref)} at the card network: {status}.")
    if event.evidence_due_at is None or not wants_evidence(event.status):
        return said
    return (*said, " Evidence is wanted by ", Moment(event.evidence_due_at), ".")


def _responsibility_sentence(event: _ResponsibilityEvent, people: People) -> Line:
    actor = by_name(event.actor_id, people)
    match event:
        case CaseClaimed():
            return (actor, " claimed the case.")
        case CaseReleased():
            if event.actor_id == event.former_resolver_id:
                return (actor, " gave the case back to the queue.")
            return (
                actor,
                " took the case from ",
                by_name(event.former_resolver_id, people),
                " back to the queue.",
            )
        case CaseReassigned():
            former = event.former_resolver_id
            if event.resolver_id == event.actor_id:
                return (
                    actor,
                    " took the case over",
                    *((" from ", by_name(former, people)) if former else ()),
                    ".",
                )
            whose: Line = (" from ", by_name(former, people)) if former and former != event.actor_id else ()
            return (actor, " handed the case", *whose, " to ", by_name(event.resolver_id, people), ".")
        case NoteAdded():
            return (actor, " noted:")
        case _:
            assert_never(event)


def _snooze_sentence(event: _SnoozeEvent, people: People) -> Line:
    actor = by_name(event.actor_id, people)
    match event:
        case CaseSnoozed():
            return (actor, " snoozed the case until ", Moment(event.until), ".")
        case SnoozeEnded():
            return ("The snooze is over.",) if event.actor_id == CLOCK else (actor, " woke the case.")
        case _:
            assert_never(event)


def _progress_sentence(event: _ProgressEvent, policy: Policy, people: People) -> Line:
    actor = by_name(event.actor_id, people)
    match event:
        case PriorityChanged():
            former, present = words.priority(event.former), words.priority(event.priority)
            return (actor, f" changed the priority from {former} to {present}.")
        case ReasonChanged():
            return (actor, *_changed_reason(event, policy))
        case CaseDecided():
            return (actor, *_decided(event, policy))
        case CaseEnded():
            return (actor, *_ended(event))
        case CaseReopened():
            return (actor, " reopened the case.")
        case _:
            assert_never(event)


def _changed_reason(event: ReasonChanged, policy: Policy) -> Line:
    former, present = reason_label(event.former_reason_id, policy), reason_label(event.reason_id, policy)
    moved = event.queue_id != event.former_queue_id
    where = f" The case moved to {queue_label(event.queue_id, policy)}." if moved else ""
    return (f" changed the reason from {former} to {present}.{where}",)


def _decided(event: CaseDecided, policy: Policy) -> Line:
    granted = words.money(event.granted)
    cause = f" Root cause: {cause_label(event.root_cause_id, policy)}."
    if event.verdict is Resolution.REJECTED:
        return (" ", Strong("rejected"), f" the dispute.{cause}")
    how = "accepted" if event.verdict is Resolution.ACCEPTED else "accepted in part"
    return (" ", Strong(how), f": the customer gets {granted}.{cause}")


def _ended(event: CaseEnded) -> Line:
    match event.resolution:
        case Resolution.DUPLICATE:
            return (f" closed the case as a duplicate of {event.duplicate_of}.",)
        case Resolution.WITHDRAWN:
            return (" closed the case: the customer took the dispute back.",)
        case _:
            return (f" closed the case: {words.resolution(event.resolution).lower()}.",)


def _sla_sentence(event: _SlaEvent, case: Case, policy: Policy, people: People, now: datetime) -> Line:
    match event:
        case SlaWarned():
            left = f": {words.duration(event.due_at - now)} left." if event.due_at > now else "."
            return (f"{words.DUE[event.target]} ", Moment(event.due_at), left)
        case SlaBreached():
            return ("🔴 ", Strong(words.WAS_DUE[event.target]), " ", Moment(event.due_at), ".")
        case CaseEscalated():
            again = " again" if event.is_repeat else ""
            return (
                f"Escalated{again} to ",
                *_names(event, people),
                f": {words.WAS_DUE[event.target].lower()}",
                *((" ", Moment(event.due_at)) if event.due_at else ()),
                ".",
            )
        case ResolverNudged():
            who = by_name(case.resolver_id, people) if case.resolver_id else "The resolver"
            quiet = words.duration(max(event.at - event.quiet_since, timedelta()))
            return (who, f" was reminded: nothing has moved for {quiet}.")
        case _:
            assert_never(event)


def _names(event: CaseEscalated, people: People) -> Line:
    """`Mia and Tom`, as mentions; at most five."""
    told: list[Mention] = [mention_of_handle(handle, people) for handle in event.tell[:5]]
    if not told:
        return ("nobody",)
    parts: list[Part] = [told[0]]
    for index, one in enumerate(told[1:], start=2):
        parts += [" and " if index == len(told) else ", ", one]
    return tuple(parts)
