"""A card network's chargeback, and what it means for its case."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core import sla
from core.case import Case, Chargeback
from core.escalating import update_escalation
from core.events import ChargebackHeard
from core.money import Money
from core.outcome import Outcome
from core.policy import Policy

_WANTS_EVIDENCE = frozenset({"needs_response", "warning_needs_response"})
_OVER = frozenset({"won", "lost", "warning_closed", "prevented"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargebackUpdate:
    """An event about a chargeback. `kind` is the platform's event type."""

    kind: str
    chargeback: Chargeback


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargebackEvent:
    """A platform's event about a chargeback. `id` is the event's own, for dropping repeats."""

    id: str
    update: ChargebackUpdate
    amount: Money


def update_chargeback(case: Case, update: ChargebackUpdate, policy: Policy, now: datetime) -> Outcome:
    """Update the case's chargeback, and with it the external deadline.

    Events come more than once and out of order: one older than the newest changes nothing. Whatever the
    network decides, a person closes our own case.
    """
    known, newest = case.chargeback, update.chargeback
    if known is not None and _is_outdated(newest, known):
        return Outcome(case)
    event = ChargebackHeard(
        at=now,
        actor_id="stripe",
        ref=newest.ref,
        kind=update.kind,
        status=newest.status,
        evidence_due_at=newest.evidence_due_at,
    )
    updated = replace(case, chargeback=newest, external_due_at=our_evidence_deadline(newest, policy))
    if case.is_closed:
        return Outcome(updated, (event,))
    rearmed = sla.rearm(updated, policy.queue(case.queue_id).calendar, now)
    return Outcome(update_escalation(rearmed), (event,))


def our_evidence_deadline(chargeback: Chargeback, policy: Policy) -> datetime | None:
    """The network's evidence date less the policy's margin; None once no evidence is wanted."""
    if chargeback.evidence_due_at is None or not wants_evidence(chargeback.status):
        return None
    return chargeback.evidence_due_at - timedelta(hours=policy.chargeback_margin_hours)


def wants_evidence(status: str) -> bool:
    """Whether the network waits for our evidence; once that was submitted, it is the network's turn.

    Stripe, Dispute object, `status`: https://docs.stripe.com/api/disputes/object
    """
    return status in _WANTS_EVIDENCE


def _is_outdated(newest: Chargeback, known: Chargeback) -> bool:
    """Older, or the same. Stripe's times are whole seconds: within one second, an earlier stage is older."""
    if newest.seen_at == known.seen_at and _stage(newest.status) < _stage(known.status):
        return True
    return newest.seen_at < known.seen_at or newest == known


def _stage(status: str) -> int:
    """0: evidence wanted, 1: evidence in review, 2: over."""
    return 0 if wants_evidence(status) else 2 if status in _OVER else 1
