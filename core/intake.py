"""Intake: a dispute becomes a case, gathers required evidence, and goes to its queue."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.case import Case, Evidence, IllegalMove, SlaClock, Status, demand_open
from core.errors import FieldRefused
from core.events import DisputeRaised, QueueTold
from core.evidence import add_evidence, missing_labels
from core.invoice import Customer, Invoice
from core.money import Money
from core.outcome import Outcome
from core.policy import Policy
from core.routing import route
from core.sla import start_clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A customer's objection as it came in. `disputed` None: the lines named, or the whole invoice."""

    customer: Customer
    invoice: Invoice
    reason_id: str
    statement: str
    source: str
    disputed: Money | None = None
    line_refs: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    wish: str = ""
    """What would put it right, in the customer's words."""


def raise_dispute(dispute: Dispute, policy: Policy, *, case_id: str, actor_id: str, now: datetime) -> Outcome:
    """Create a case: routed, with its clock, `gathering` while required evidence is missing.

    Raises:
        UnknownName: the policy has no such reason or tier.
        FieldRefused: the disputed amount isn't valid for this invoice.
    """
    routed = route(dispute.reason_id, dispute.customer.tier_id, policy)
    reason = policy.reason(dispute.reason_id)
    missing = missing_labels(reason, dispute.evidence)
    case = Case(
        id=case_id,
        status=Status.GATHERING,
        queue_id=routed.queue_id,
        reason_id=dispute.reason_id,
        priority=routed.priority,
        customer=dispute.customer,
        invoice=dispute.invoice,
        disputed=disputed_amount(dispute),
        line_refs=dispute.line_refs,
        statement=dispute.statement,
        wish=dispute.wish,
        source=dispute.source,
        raised_at=now,
        moved_at=now,
        clock=SlaClock(targets=routed.targets, started_at=now, unclaimed_since=now),
        evidence=dispute.evidence,
        grace_until=now + timedelta(hours=reason.grace_hours) if missing else None,
    )
    event = DisputeRaised(
        at=now,
        actor_id=actor_id,
        reason_id=case.reason_id,
        queue_id=case.queue_id,
        disputed=case.disputed,
        statement=dispute.statement,
        missing=missing,
    )
    raised = Outcome(case, (event,))
    return raised if missing else raised.then(end_gathering(case, actor_id=actor_id, now=now))


def submit_evidence(
    case: Case,
    pieces: tuple[Evidence, ...],
    policy: Policy,
    *,
    actor_id: str,
    now: datetime,
    came_with_words: bool = False,
) -> Outcome:
    """Add evidence; the case goes to its queue as soon as none is missing.

    Raises:
        CaseClosed: a closed case takes no evidence.
    """
    added = add_evidence(case, pieces, actor_id=actor_id, now=now, came_with_words=came_with_words)
    if case.status is not Status.GATHERING or missing_labels(
        policy.reason(case.reason_id), added.case.evidence
    ):
        return added
    return added.then(end_gathering(added.case, actor_id=actor_id, now=now))


def end_gathering(case: Case, *, actor_id: str, now: datetime, missing: tuple[str, ...] = ()) -> Outcome:
    """Give the case to its queue; `missing` names the evidence that never came. The SLA clock starts here.

    Raises:
        CaseClosed, IllegalMove: it went to its queue before.
    """
    demand_open(case)
    if case.status is not Status.GATHERING:
        raise IllegalMove(case, "handed to its queue")
    opened = replace(
        case,
        status=Status.OPEN,
        grace_until=None,
        said_early=(),
        moved_at=now,
        clock=start_clock(case.clock, now),
    )
    return Outcome(opened, (QueueTold(at=now, actor_id=actor_id, missing=missing, said=case.said_early),))


def disputed_amount(dispute: Dispute) -> Money:
    """The amount given, else the sum of the lines named, else the whole invoice.

    Raises:
        FieldRefused: another currency, zero, more than the invoice, or a line that isn't on it.
    """
    invoice = dispute.invoice
    of_lines = _sum_of_lines(dispute)
    amount = dispute.disputed or of_lines or invoice.total
    if amount.currency != invoice.currency:
        raise FieldRefused("disputed", f"The invoice is in {invoice.currency}, not {amount.currency}.")
    if not 0 < amount.minor <= invoice.total_minor:
        raise FieldRefused(
            "disputed", "The disputed amount must be more than zero and no more than the invoice."
        )
    return amount


def _sum_of_lines(dispute: Dispute) -> Money | None:
    if not dispute.line_refs:
        return None
    lines = dispute.invoice.lines
    known = {line.ref for line in lines}
    for ref in dispute.line_refs:
        if ref not in known:
            raise FieldRefused("line_refs", f"The invoice has no line “{ref}”.")
    total = sum(line.amount_minor for line in lines if line.ref in dispute.line_refs)
    return Money(total, dispute.invoice.currency)
