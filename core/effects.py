"""Consequences of events: which effects follow, and to which outbox addresses they go."""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never

from core.case import Case, Resolution, Target
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
from core.customer_questions import is_reachable
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
from core.person import CUSTOMER
from core.policy import Policy, Queue


class Effect(StrEnum):
    POST_CARD = "post_card"
    REFRESH_CARDS = "refresh_cards"
    TELL_STORY = "tell_story"
    BRIEF_RESOLVER = "brief_resolver"
    REMIND_RESOLVER = "remind_resolver"
    TELL_FORMER_RESOLVER = "tell_former_resolver"
    ALERT_MANAGERS = "alert_managers"
    SETTLE_ALERTS = "settle_alerts"
    ALERT_PARKED = "alert_parked"
    SEND_DIGEST = "send_digest"
    TELL_CUSTOMER = "tell_customer"
    SEND_LINK = "send_link"
    ALERT_STRAY = "alert_stray"
    ALERT_TROUBLE = "alert_trouble"
    CONFIRM_ADDRESS = "confirm_address"


ALARM_EFFECTS = (Effect.ALERT_PARKED, Effect.ALERT_TROUBLE)
"""Effects that say what can't be delivered. They go any way that there is."""
_ALARM = "alarm:"
_TELL_CHANNEL = (Effect.REFRESH_CARDS, Effect.TELL_STORY)
_TELL_RESOLVER = (*_TELL_CHANNEL, Effect.REMIND_RESOLVER)


def effects_of(event: Event) -> tuple[Effect, ...]:
    """The effects of `event`, in the order of delivery.

    The one table of consequences: mypy fails while an event has no row.
    """
    match event:
        case DisputeRaised():
            return (Effect.TELL_CUSTOMER,)
        case EvidenceAdded(is_gathering=True) | EvidenceAdded(came_with_words=True):
            return ()
        case CustomerWrote(is_gathering=True) | FileRefused(is_gathering=True):
            return ()
        case QueueTold(said=said):
            return (Effect.POST_CARD, Effect.TELL_STORY) if said else (Effect.POST_CARD,)
        case CaseClaimed(is_first=is_first):
            told = (Effect.TELL_CUSTOMER,) if is_first else ()
            return (*_TELL_CHANNEL, Effect.SETTLE_ALERTS, Effect.BRIEF_RESOLVER, *told)
        case CaseReassigned():
            return (*_TELL_CHANNEL, Effect.SETTLE_ALERTS, Effect.TELL_FORMER_RESOLVER, Effect.BRIEF_RESOLVER)
        case NoteAdded():
            return (Effect.TELL_STORY,)
        case ChargebackHeard():
            return (*_TELL_RESOLVER, Effect.SETTLE_ALERTS)
        case SlaBreached(came_with_call=True):
            return (Effect.REFRESH_CARDS,)
        case SnoozeEnded() | SlaWarned() | SlaBreached():
            return _TELL_RESOLVER
        case CustomerWrote() | CustomerDisagreed() | MailFailed():
            return _TELL_RESOLVER
        case CustomerHeard():
            return _TELL_CHANNEL if event.actor_id == CUSTOMER else _TELL_RESOLVER
        case CaseReopened():
            is_disagreement = event.actor_id == CUSTOMER  # which was told already
            return (Effect.TELL_CUSTOMER,) if is_disagreement else (*_TELL_RESOLVER, Effect.TELL_CUSTOMER)
        case CustomerAwaited(text=""):
            return (*_TELL_RESOLVER, Effect.SETTLE_ALERTS)
        case CustomerAwaited() | CustomerTold():
            return (*_TELL_RESOLVER, Effect.SETTLE_ALERTS, Effect.TELL_CUSTOMER)
        case CustomerReminded(is_gathering=True):
            return (Effect.TELL_CUSTOMER,)
        case CustomerReminded():
            return (Effect.TELL_STORY, Effect.TELL_CUSTOMER)
        case ReasonChanged():
            words = (Effect.TELL_STORY, Effect.SETTLE_ALERTS, Effect.TELL_FORMER_RESOLVER)
            return (Effect.REFRESH_CARDS, Effect.POST_CARD, *words)
        case CaseReleased():
            return (*_TELL_CHANNEL, Effect.TELL_FORMER_RESOLVER)
        case CaseDecided():
            return (*_TELL_RESOLVER, Effect.SETTLE_ALERTS)
        case CaseEnded(resolution=Resolution.WITHDRAWN | Resolution.DUPLICATE):
            return (*_TELL_RESOLVER, Effect.SETTLE_ALERTS, Effect.TELL_CUSTOMER)
        case CaseEnded():
            return (Effect.REFRESH_CARDS, Effect.SETTLE_ALERTS, Effect.TELL_CUSTOMER)
        case CaseEscalated():
            called = (Effect.ALERT_MANAGERS, Effect.SETTLE_ALERTS, Effect.REMIND_RESOLVER)
            return (Effect.REFRESH_CARDS, *called)
        case ResolverNudged():
            return (Effect.REMIND_RESOLVER,)
        case EvidenceAdded() | FileRefused() | SenderAccepted() | AddressChanged():
            return _TELL_CHANNEL
        case PriorityChanged():
            return (*_TELL_CHANNEL, Effect.SETTLE_ALERTS)
        case CaseSnoozed():
            return _TELL_CHANNEL
        case _:
            assert_never(event)


def channels_of(queue: Queue) -> tuple[str, ...]:
    """The addresses of a queue's channels: `slack:#billing-disputes`, `teams:…`."""
    slack = (f"slack:{queue.slack_channel}",) if queue.slack_channel else ()
    teams = (f"teams:{queue.teams_channel}",) if queue.teams_channel else ()
    return slack + teams


def queue_at(address: str, case: Case, policy: Policy) -> str | None:
    """The queue whose channel the address is: the case's own, if several queues share it.

    None for a person's address, and when the case's queue left the policy: another queue that has its channel
    now says nothing about the case.
    """
    own = policy.queues.get(case.queue_id)
    if own is None:
        return None
    return next((one.id for one in (own, *policy.queues.values()) if address in channels_of(one)), None)


def person_address(handle: str) -> str:
    """A person's direct chat; `handle` is our id or the policy's name for them."""
    return f"person:{handle}"


def alarm_address(handle: str) -> str:
    """Where a person is told that delivery fails: not in their chat's lane, which may stand still."""
    return f"{_ALARM}{handle}"


def is_alarm_address(address: str) -> bool:
    return address.startswith(_ALARM)


def customer_address(case_id: str) -> str:
    """Where all mail to the customer about one case goes."""
    return f"mail:{case_id}"


def addresses_of(effect: Effect, event: Event, case: Case, policy: Policy) -> tuple[str, ...]:
    """Where `effect` goes. Messages to one address are delivered in order.

    A person gets no direct message about what they did themselves.
    """
    queue = policy.queues.get(case.queue_id)  # a closed case may outlive its queue in the policy
    channels = channels_of(queue) if queue else ()
    resolver = (person_address(case.resolver_id),) if case.resolver_id else ()
    match effect:
        case Effect.POST_CARD:
            return channels if _is_new_to_queue(event) else ()
        case Effect.TELL_STORY:
            return channels
        case Effect.REFRESH_CARDS:
            briefed = isinstance(event, CaseClaimed | CaseReassigned)  # their new card is current anyway
            return _without_repeats(channels + (() if briefed else resolver) + _former_places(event, policy))
        case Effect.BRIEF_RESOLVER:
            return resolver
        case Effect.REMIND_RESOLVER:
            return _without_actor(resolver, event)
        case Effect.TELL_FORMER_RESOLVER:
            return _without_actor(_former_resolver(event), event)
        case Effect.ALERT_MANAGERS:
            return channels + _escalation_contacts(event)
        case Effect.SETTLE_ALERTS:
            return (
                channels + _escalation_contacts(event)
                if _follows_earlier_alert(event)
                else _alerts_to_close(event, case)
            )
        case Effect.TELL_CUSTOMER:
            return _customer_addresses(case, policy)
        case (
            Effect.ALERT_PARKED
            | Effect.ALERT_TROUBLE
            | Effect.SEND_DIGEST
            | Effect.SEND_LINK
            | Effect.ALERT_STRAY
            | Effect.CONFIRM_ADDRESS
        ):
            return ()
        case _:
            assert_never(effect)


def _escalation_contacts(event: Event) -> tuple[str, ...]:
    handles = event.tell if isinstance(event, CaseEscalated) else ()
    return tuple(person_address(handle) for handle in handles)


def _follows_earlier_alert(event: Event) -> bool:
    """Whether an earlier alert may be open where this one goes, and is to be closed.

    An external deadline starts a fresh escalation, from the first rung again.
    """
    if not isinstance(event, CaseEscalated):
        return False
    return event.is_repeat or event.rung > 0 or event.target is Target.EXTERNAL


def _alerts_to_close(event: Event, case: Case) -> tuple[str, ...]:
    """Where alerts are no longer needed: the case was claimed or reassigned, or nothing is late now.

    That may have been so before: closing alerts that are closed already changes nothing.
    """
    is_taken_up = isinstance(event, CaseClaimed | CaseReassigned)
    return case.called_at if is_taken_up or case.escalation is None else ()


def _customer_addresses(case: Case, policy: Policy) -> tuple[str, ...]:
    is_written_to = policy.customers.is_mailed and is_reachable(case)
    return (customer_address(case.id),) if is_written_to else ()


def _is_new_to_queue(event: Event) -> bool:
    return not isinstance(event, ReasonChanged) or event.queue_id != event.former_queue_id


def _former_places(event: Event, policy: Policy) -> tuple[str, ...]:
    """Where the case has cards that no longer belong to its queue or resolver."""
    channels: tuple[str, ...] = ()
    if isinstance(event, ReasonChanged) and event.former_queue_id in policy.queues:
        channels = channels_of(policy.queue(event.former_queue_id))
    return channels + _former_resolver(event)


def _former_resolver(event: Event) -> tuple[str, ...]:
    match event:
        case CaseReleased(former_resolver_id=former):
            return (person_address(former),)
        case (
            CaseReassigned(former_resolver_id=str() as former)
            | ReasonChanged(former_resolver_id=str() as former)
        ):
            return (person_address(former),)
        case _:
            return ()


def _without_actor(addresses: tuple[str, ...], event: Event) -> tuple[str, ...]:
    return tuple(address for address in addresses if address != person_address(event.actor_id))


def _without_repeats(addresses: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(addresses))
