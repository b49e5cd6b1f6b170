"""Events of a case, in the past tense, one dataclass each; the timeline stores them for ever.

A field may be added with a default; none is renamed or removed, or old timelines could not be read.
`actor_id` is a person's id, `clock`, `customer`, or the name of a source such as `api:crm`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.case import Resolution, Target
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
from core.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeRaised:
    at: datetime
    actor_id: str
    reason_id: str
    queue_id: str
    disputed: Money
    statement: str
    missing: tuple[str, ...] = ()
    """Labels of the evidence that we wait for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceAdded:
    at: datetime
    actor_id: str
    names: tuple[str, ...]
    is_gathering: bool = False
    came_with_words: bool = False
    """It came with a message, whose sentence names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueTold:
    """Gathering ended: the case went to its queue."""

    at: datetime
    actor_id: str
    missing: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    """What the customer wrote before, not shown to anybody yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseClaimed:
    at: datetime
    actor_id: str
    is_first: bool = False
    """It had no resolver before: the customer is told that it is under review."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReleased:
    at: datetime
    actor_id: str
    former_resolver_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReassigned:
    at: datetime
    actor_id: str
    resolver_id: str
    former_resolver_id: str | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAdded:
    at: datetime
    actor_id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSnoozed:
    at: datetime
    actor_id: str
    until: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SnoozeEnded:
    at: datetime
    actor_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityChanged:
    at: datetime
    actor_id: str
    former: int
    priority: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonChanged:
    at: datetime
    actor_id: str
    former_reason_id: str
    reason_id: str
    former_queue_id: str
    queue_id: str
    former_resolver_id: str | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDecided:
    at: datetime
    actor_id: str
    verdict: Resolution
    granted: Money
    root_cause_id: str
    customer_text: str
    internal_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEnded:
    """The case was closed; `resolution` says how, `duplicate_of` which case goes on."""

    at: datetime
    actor_id: str
    resolution: Resolution
    duplicate_of: str | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReopened:
    at: datetime
    actor_id: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaWarned:
    at: datetime
    actor_id: str
    target: Target
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaBreached:
    at: datetime
    actor_id: str
    target: Target
    due_at: datetime
    came_with_call: bool = False
    """The alert of the same moment reports it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEscalated:
    """A rung of the ladder was alerted; `tell` are handles of the policy, `manager` already replaced."""

    at: datetime
    actor_id: str
    target: Target
    rung: int
    tell: tuple[str, ...]
    is_repeat: bool = False
    due_at: datetime | None = None
    """When the missed target was due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolverNudged:
    at: datetime
    actor_id: str
    quiet_since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargebackHeard:
    """Stripe reported a chargeback or a change of one."""

    at: datetime
    actor_id: str
    ref: str
    kind: str
    """Stripe's event type, such as `charge.dispute.updated`."""
    status: str
    evidence_due_at: datetime | None = None


Event = (
    DisputeRaised
    | EvidenceAdded
    | QueueTold
    | CaseClaimed
    | CaseReleased
    | CaseReassigned
    | NoteAdded
    | CaseSnoozed
    | SnoozeEnded
    | CustomerAwaited
    | CustomerHeard
    | PriorityChanged
    | ReasonChanged
    | CaseDecided
    | CaseEnded
    | CaseReopened
    | SlaWarned
    | SlaBreached
    | CaseEscalated
    | ResolverNudged
    | ChargebackHeard
    | CustomerWrote
    | SenderAccepted
    | AddressChanged
    | CustomerTold
    | CustomerReminded
    | CustomerDisagreed
    | MailFailed
    | FileRefused
)
