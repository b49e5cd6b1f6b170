"""What does a card network's chargeback mean for a case?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core import sla
from core.case import Case, Chargeback
from core.escalating import update_escalation
from core.events import ChargebackHeard
from core.outcome import Outcome
from core.policy import Policy

_WANTS_EVIDENCE = frozenset({"needs_response", "warning_needs_response"})
_OVER = frozenset({"won", "lost", "warning_closed", "prevented"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargebackUpdate:
    """One event about a chargeback, in our words. `kind` is the platform's event type."""

    kind: str
    chargeback: Chargeback


def update_chargeback(case: Case, update: ChargebackUpdate, policy: Policy, now: datetime) -> Outcome:
    """Bring the case's view of its chargeback up to date.

    Events come more than once and out of order: one older than what is known tells nothing new.
    Whatever the network decides, our own case stays for a person to close.
    """
    known, heard = case.chargeback, update.chargeback
    if known is not None and _is_outdated(heard, known):
        return Outcome(case)
    event = ChargebackHeard(
        at=now,
        actor_id="stripe",
        ref=heard.ref,
        kind=update.kind,
        status=heard.status,
        evidence_due_at=heard.evidence_due_at,
    )
    updated = replace(case, chargeback=heard, external_due_at=our_evidence_deadline(heard, policy))
    if case.is_closed:
        return Outcome(updated, (event,))
    rearmed = sla.rearm(updated, policy.queue(case.queue_id).calendar, now)
    return Outcome(update_escalation(rearmed), (event,))


def our_evidence_deadline(chargeback: Chargeback, policy: Policy) -> datetime | None:
    """The network's evidence date less the policy's margin; None when no evidence is wanted any more."""
    if chargeback.evidence_due_at is None or not wants_evidence(chargeback.status):
        return None
    return chargeback.evidence_due_at - timedelta(hours=policy.chargeback_margin_hours)


def wants_evidence(status: str) -> bool:
    """Whether the network waits for us: once evidence was handed in, it is the network's turn.

    Stripe, Dispute object, `status`: https://docs.stripe.com/api/disputes/object
    """
    return status in _WANTS_EVIDENCE


def _is_outdated(heard: Chargeback, known: Chargeback) -> bool:
    """Stripe's times are whole seconds: within one, no step is undone by the one before it."""
    if heard.seen_at == known.seen_at and _step(heard.status) < _step(known.status):
        return True
    return heard.seen_at < known.seen_at or heard == known


def _step(status: str) -> int:
    """Evidence wanted, evidence looked at, over."""
    return 0 if wants_evidence(status) else 2 if status in _OVER else 1
