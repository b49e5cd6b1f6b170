"""How does a resolver ask the customer for something, or tell them something?"""

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
    """There is nobody to write to: no address, or a bank that speaks for the customer."""

    def __init__(self, case: Case) -> None:
        why = (
            f"The customer of {case.id} went to their bank: what they should know goes there as evidence."
            if case.chargeback
            else f"There is no e-mail address of the customer of {case.id}."
        )
        super().__init__(why)
        self.case_id = case.id


def is_reachable(case: Case) -> bool:
    """Whether mail about the case goes to the customer. Whoever came through their bank never wrote to us."""
    return bool(case.customer.email) and case.chargeback is None


def demand_reachable(case: Case) -> None:
    """Raises Unreachable when nothing we write would get to the customer."""
    if not is_reachable(case):
        raise Unreachable(case)


def ask_customer(case: Case, *, what: str, text: str, actor_id: str, now: datetime) -> Outcome:
    """Send the customer `text` and wait for `what`: the SLA clock stands still. Asking is a first answer.

    Another question takes the place of the one before: it is sent, its reminder counts from now, and
    the clock stands still since the first.

    Raises:
        CaseClosed, IllegalMove: the case is neither under review nor waiting.
        Unreachable: nobody would read it.
        FieldRefused: nothing was written.
    """
    demand_askable(case)
    asked_for = _written("what", what, "Say in a few words what we need, such as “the contract”.")
    message = _written("text", text, "Write the message that the customer gets.")
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
    """Send the customer `text`, which counts as a first answer; on a closed case too, which stays as it is.

    Raises:
        IllegalMove: the case still gathers evidence, so that nobody has it.
        Unreachable: nobody would read it.
        FieldRefused: nothing was written.
    """
    demand_tellable(case)
    message = _written("text", text, "Write the message that the customer gets.")
    event = CustomerTold(at=now, actor_id=actor_id, text=message)
    if case.is_closed:
        return Outcome(case, (event,))
    clock = replace(case.clock, answered_at=case.clock.answered_at or now)
    return Outcome(update_escalation(replace(case, clock=clock, moved_at=now)), (event,))


def demand_askable(case: Case) -> None:
    """Raises what `ask_customer` would, before anything is written."""
    demand_open(case)
    if case.status is not Status.WAITING_ON_CUSTOMER:
        demand_move(case, Status.WAITING_ON_CUSTOMER, "left waiting for the customer")
    demand_reachable(case)


def demand_tellable(case: Case) -> None:
    """Raises what `tell_customer` would, before anything is written."""
    if case.status is Status.GATHERING:
        raise IllegalMove(case, "answered")
    demand_reachable(case)


def _written(field: str, text: str, missing: str) -> str:
    if not text.strip():
        raise FieldRefused(field, missing)
    return text.strip()
