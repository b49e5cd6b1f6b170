"""Correcting a case's reason or priority, from its form."""

from __future__ import annotations

from cards.actions import Field
from cards.forms import change_form
from core.case import demand_open
from core.errors import FieldRefused
from core.permissions import Permission
from core.person import Person
from core.reclassifying import change_priority, change_reason
from handlers.access import get_for, lock_for
from handlers.types import Click, Reply
from store.transaction import Transaction


def open_change_form(tx: Transaction, click: Click, actor: Person) -> Reply:
    case = get_for(tx, actor, Permission.CHANGE, click.case_id)
    demand_open(case)
    return Reply(form=change_form(case, tx.policy))


def change_case(tx: Transaction, click: Click, actor: Person) -> Reply:
    """Apply what differs; the priority first, so that it holds in another queue, too."""
    case = lock_for(tx, actor, Permission.CHANGE, click.case_id)
    why = click.values.get(Field.WHY, "").strip()
    if not why:
        raise FieldRefused(Field.WHY, "Say why, for those who read this later.")
    outcome = change_priority(
        case, priority=_priority(click), why=why, policy=tx.policy, actor_id=actor.id, now=click.at
    )
    reason_id = click.values.get(Field.REASON, "")
    if reason_id not in tx.policy.reasons:
        raise FieldRefused(Field.REASON, "Choose one of the reasons.")
    moved = change_reason(
        outcome.case, reason_id=reason_id, why=why, policy=tx.policy, actor_id=actor.id, now=click.at
    )
    outcome = outcome.then(moved)
    if not outcome.events:
        raise FieldRefused(Field.REASON, f"{case.id} has that reason and priority already.")
    tx.record(outcome)
    return Reply()


def _priority(click: Click) -> int:
    typed = click.values.get(Field.PRIORITY, "")
    if not typed.isdecimal() or len(typed) > 3:
        raise FieldRefused(Field.PRIORITY, "Choose a priority.")
    return int(typed)
