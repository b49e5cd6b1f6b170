"""Messages from a resolver to the customer: questions, which pause the clock, and replies."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from core.case import Asked, Case, IllegalMove, Status, demand_move, demand_open
from core.customer_events import CustomerAwaited, CustomerTold
from core.errors import FieldRefused, Refused
from core.escalating import update_escalation
from core.outcome import Outcome
from core.sla import pause


class Unreachable(Refused):
    """Mail can't reach the customer: there is no address, or they went to their bank."""

    def __init__(self, case: Case) -> None:
        why = (
            f"The customer of {case.id} went to their bank: what they should know goes there as evidence."
            if case.chargeback
            else f"There is no e-mail address of the customer of {case.id}."
        )
        super().__init__(why)
        self.case_id = case.id


def is_reachable(case: Case) -> bool:
    """Whether mail about the case can go to the customer; those who went to their bank are not written to."""
    return bool(case.customer.email) and case.chargeback is None


def demand_reachable(case: Case) -> None:
    """Raises Unreachable unless mail can reach the customer."""
    if not is_reachable(case):
        raise Unreachable(case)


def ask_customer(case: Case, *, what: str, text: str, actor_id: str, now: datetime) -> Outcome:
    """Send the customer `text` and wait for `what`: the SLA clock pauses. Asking is a first answer.

    Another question replaces the one before: it is sent, its reminder counts from now, and the pause goes on
    since the first question.

    Raises:
        CaseClosed, IllegalMove: the case is neither under review nor waiting.
        Unreachable: mail can't reach the customer.
        FieldRefused: `what` or `text` is blank.
    """
    demand_askable(case)
    asked_for = _required("what", what, "Say in a few words what we need, such as “the contract”.")
    message = _required("text", text, "Write the message that the customer gets.")
    clock = replace(pause(case.clock, now), answered_at=case.clock.answered_at or now)
    waiting = replace(
        case,
        status=Status.WAITING_ON_CUSTOMER,
        clock=clock,
        asked=Asked(what=asked_for, at=now),
        moved_at=now,
    )
    event = CustomerAwaited(at=now, actor_id=actor_id, what=asked_for, text=message)
    return Outcome(update_escalation(waiting), (event,))


def tell_customer(case: Case, *, text: str, actor_id: str, now: datetime) -> Outcome:
    """Send the customer `text`, which counts as a first answer. A closed case doesn't change by it.

    Raises:
        IllegalMove: the case still gathers evidence, so it has no resolver.
        Unreachable: mail can't reach the customer.
        FieldRefused: `text` is blank.
    """
    demand_tellable(case)
    message = _required("text", text, "Write the message that the customer gets.")
    event = CustomerTold(at=now, actor_id=actor_id, text=message)
    if case.is_closed:
        return Outcome(case, (event,))
    clock = replace(case.clock, answered_at=case.clock.answered_at or now)
    return Outcome(update_escalation(replace(case, clock=clock, moved_at=now)), (event,))


def demand_askable(case: Case) -> None:
    """Raises what `ask_customer` raises for the case itself, before its form is filled in."""
    demand_open(case)
    if case.status is not Status.WAITING_ON_CUSTOMER:
        demand_move(case, Status.WAITING_ON_CUSTOMER, "left waiting for the customer")
    demand_reachable(case)


def demand_tellable(case: Case) -> None:
    """Raises what `tell_customer` raises for the case itself, before its form is filled in."""
    if case.status is Status.GATHERING:
        raise IllegalMove(case, "answered")
    demand_reachable(case)


def _required(field: str, text: str, message: str) -> str:
    if not text.strip():
        raise FieldRefused(field, message)
    return text.strip()
