"""The decision on a dispute: accept, accept in part or reject; with a root cause and two texts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from core.case import Case, Decision, Resolution, Status, demand_move
from core.errors import FieldRefused
from core.escalating import update_escalation
from core.events import CaseDecided
from core.money import Money
from core.outcome import Outcome
from core.policy import Policy
from core.sla import resume

VERDICTS = (Resolution.ACCEPTED, Resolution.PART_ACCEPTED, Resolution.REJECTED)


def decide(
    case: Case,
    *,
    verdict: Resolution,
    part: Money | None,
    root_cause_id: str,
    customer_text: str,
    internal_text: str,
    policy: Policy,
    actor_id: str,
    now: datetime,
) -> Outcome:
    """Decide what the customer gets and why. `part` is read for a part-accept only.

    Raises:
        FieldRefused: the amount, the cause or a text isn't valid.
        CaseClosed, IllegalMove: the case has no resolver, or is decided already.
    """
    demand_move(case, Status.SETTLING, "decided")
    if root_cause_id not in policy.root_causes:
        raise FieldRefused("root_cause", "Choose what went wrong.")
    if not customer_text.strip():
        raise FieldRefused("customer_text", "The customer needs a sentence from you.")
    decision = Decision(
        verdict=verdict,
        granted=granted_amount(case, verdict, part),
        root_cause_id=root_cause_id,
        customer_text=customer_text.strip(),
        internal_text=internal_text.strip(),
        by=actor_id,
        at=now,
    )
    return Outcome(_settling(case, decision), (_decided_event(decision),))


def _settling(case: Case, decision: Decision) -> Case:
    """The case while its decision is carried out: answered, resolved, no longer escalated."""
    now = decision.at
    clock = resume(case.clock, now)
    clock = replace(clock, answered_at=clock.answered_at or now, resolved_at=now)
    decided = replace(
        case,
        status=Status.SETTLING,
        decision=decision,
        clock=clock,
        asked=None,
        snoozed_until=None,
        moved_at=now,
    )
    return update_escalation(decided)


def granted_amount(case: Case, verdict: Resolution, part: Money | None) -> Money:
    """What the customer gets: all of it, a part strictly between nothing and all, or nothing.

    Raises:
        FieldRefused: on `amount`, with the limit; on `verdict` for a resolution that is no verdict.
    """
    if verdict is Resolution.ACCEPTED:
        return case.disputed
    if verdict is Resolution.REJECTED:
        return Money(0, case.disputed.currency)
    if verdict is not Resolution.PART_ACCEPTED:
        raise FieldRefused("verdict", "Choose accept, accept in part, or reject.")
    if part is None:
        raise FieldRefused("amount", "Say how much the customer gets.")
    if part.currency != case.disputed.currency:
        raise FieldRefused("amount", f"The dispute is in {case.disputed.currency}.")
    if part.minor <= 0:
        raise FieldRefused("amount", "A part is more than nothing. To give nothing, reject.")
    if part.minor >= case.disputed.minor:
        raise FieldRefused("amount", "A part is less than what is disputed. To give all of it, accept.")
    return part


def _decided_event(decision: Decision) -> CaseDecided:
    return CaseDecided(
        at=decision.at,
        actor_id=decision.by,
        verdict=decision.verdict,
        granted=decision.granted,
        root_cause_id=decision.root_cause_id,
        customer_text=decision.customer_text,
        internal_text=decision.internal_text,
    )
