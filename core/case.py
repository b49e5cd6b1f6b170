"""The case: our work on one dispute, and the moves between its statuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.errors import Stale
from core.invoice import Customer, Invoice
from core.money import Money
from core.policy import Sla


class Status(StrEnum):
    GATHERING = "gathering"
    OPEN = "open"
    UNDER_REVIEW = "under_review"
    WAITING_ON_CUSTOMER = "waiting_on_customer"
    AWAITING_APPROVAL = "awaiting_approval"
    SETTLING = "settling"
    CLOSED = "closed"


class Resolution(StrEnum):
    """What we did in the end."""

    ACCEPTED = "accepted"
    PART_ACCEPTED = "part_accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"


class Target(StrEnum):
    """What a clock runs towards. `EXTERNAL` is a deadline that another party set, such as a card network."""

    CLAIM = "claim"
    FIRST_ANSWER = "first_answer"
    RESOLUTION = "resolution"
    EXTERNAL = "external"


MOVES: Mapping[Status, frozenset[Status]] = {
    Status.GATHERING: frozenset({Status.OPEN, Status.CLOSED}),
    Status.OPEN: frozenset({Status.UNDER_REVIEW, Status.CLOSED}),
    Status.UNDER_REVIEW: frozenset(
        {Status.OPEN, Status.WAITING_ON_CUSTOMER, Status.AWAITING_APPROVAL, Status.SETTLING, Status.CLOSED}
    ),
    Status.WAITING_ON_CUSTOMER: frozenset({Status.OPEN, Status.UNDER_REVIEW, Status.SETTLING, Status.CLOSED}),
    Status.AWAITING_APPROVAL: frozenset({Status.UNDER_REVIEW, Status.SETTLING, Status.CLOSED}),
    Status.SETTLING: frozenset({Status.UNDER_REVIEW, Status.CLOSED}),
    Status.CLOSED: frozenset({Status.UNDER_REVIEW, Status.OPEN}),
}
"""Every legal move. Keeping a status is no move; closed cases move only by reopening."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which the SLA clock was paused; `until` is None while it lasts."""

    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaClock:
    """The working-time clock of a case. Targets are the terms under which the case was opened.

    Every pause is stored, so that a change of priority, tier or calendar loses none of them.
    """

    targets: Sla
    started_at: datetime
    unclaimed_since: datetime
    """When the case last became unclaimed in its queue; the time to claim counts from here."""
    pauses: tuple[Pause, ...] = ()
    answered_at: datetime | None = None
    resolved_at: datetime | None = None
    warned: frozenset[Target] = frozenset()
    breached: frozenset[Target] = frozenset()

    @property
    def is_paused(self) -> bool:
        return bool(self.pauses) and self.pauses[-1].until is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Something that people supplied: its kind, its name, and its place: elsewhere (`url`) or with us."""

    kind: str
    name: str
    url: str | None = None
    file_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What we asked the customer for and have not received yet."""

    what: str
    at: datetime
    reminded_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chargeback:
    """The card network's own process about the same charge, in Stripe's words."""

    ref: str
    charge_ref: str
    status: str
    network_reason: str
    evidence_due_at: datetime | None = None
    seen_at: datetime
    """When Stripe made the newest event that we received; older events change nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the resolver decided. `granted` is what the customer gets, zero when rejected."""

    verdict: Resolution
    granted: Money
    root_cause_id: str
    customer_text: str
    internal_text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """How far up the escalation ladder a missed target has gone."""

    target: Target
    since: datetime
    rung: int
    """Index of the last rung that was alerted; -1 before the first."""
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Our work on one dispute. Immutable: rules return a changed copy.

    Stored as JSON under these field names, so none is renamed.
    """

    id: str
    status: Status
    queue_id: str
    reason_id: str
    priority: int
    customer: Customer
    invoice: Invoice
    disputed: Money
    line_refs: tuple[str, ...] = ()
    statement: str
    source: str
    """Where it came from: `api:NAME`, `slack`, `stripe`."""
    raised_at: datetime
    moved_at: datetime
    """When a person last worked on it; the nudge counts from here."""
    clock: SlaClock
    resolver_id: str | None = None
    evidence: tuple[Evidence, ...] = ()
    snoozed_until: datetime | None = None
    escalation: Escalation | None = None
    chargeback: Chargeback | None = None
    external_due_at: datetime | None = None
    decision: Decision | None = None
    resolution: Resolution | None = None
    duplicate_of: str | None = None
    closed_at: datetime | None = None
    nudged_at: datetime | None = None
    times_reopened: int = 0
    grace_until: datetime | None = None
    wish: str = ""
    """What would put it right, in the customer's words."""
    claimed_at: datetime | None = None
    """When it was claimed for the first time."""
    asked: Asked | None = None
    grace_reminded_at: datetime | None = None
    """When the customer was reminded of the evidence that is missing."""
    accepted_senders: tuple[str, ...] = ()
    """Addresses beside the customer's own whose mails count as the customer's."""
    disagreed_at: datetime | None = None
    said_early: tuple[str, ...] = ()
    """What the customer wrote while we gathered evidence; the queue gets it with the card."""
    called_at: tuple[str, ...] = ()
    """Outbox addresses alerted since the escalation started; their alerts are closed when it ends."""

    @property
    def is_closed(self) -> bool:
        return self.status is Status.CLOSED


class CaseClosed(Stale):
    """There is nothing left to do on the case."""

    def __init__(self, case_id: str) -> None:
        super().__init__(f"{case_id} is closed. Reopen it first if there is more to do.")
        self.case_id = case_id


class IllegalMove(Stale):
    """The case's status doesn't allow the move."""

    def __init__(self, case: Case, what: str) -> None:
        super().__init__(f"{case.id} is {case.status.replace('_', ' ')}: it can't be {what} now.")
        self.case_id = case.id


def demand_open(case: Case) -> None:
    """Raises CaseClosed for a closed case."""
    if case.is_closed:
        raise CaseClosed(case.id)


def demand_move(case: Case, to: Status, what: str) -> None:
    """Raises CaseClosed or IllegalMove unless the case may move to `to`; `what` is a past participle."""
    demand_open(case)
    if to not in MOVES[case.status]:
        raise IllegalMove(case, what)
