"""Snoozing a case, and ending a wait for its customer."""

from __future__ import annotations

from datetime import UTC, datetime

from cards.actions import Field
from cards.forms import snooze_form
from core.case import IllegalMove, demand_open
from core.errors import FieldRefused
from core.permissions import Permission
from core.person import Person
from core.snoozing import await_customer, resume_after_answer, snooze, wake
from handlers.access import get_for, lock_for
from handlers.types import Click, Reply
from store.transaction import Transaction


def open_snooze_form(tx: Transaction, click: Click, actor: Person) -> Reply:
    case = get_for(tx, actor, Permission.PAUSE, click.case_id)
    demand_open(case)
    if case.resolver_id is None:
        raise IllegalMove(case, "snoozed")
    return Reply(form=snooze_form(case, policy=tx.policy, now=click.at))


def snooze_case(tx: Transaction, click: Click, actor: Person) -> Reply:
    """Snooze the case until the moment chosen."""
    case = lock_for(tx, actor, Permission.PAUSE, click.case_id)
    why = click.values.get(Field.WHY, "").strip()
    tx.record(snooze(case, until=_moment(click), why=why, actor_id=actor.id, now=click.at))
    return Reply()


def wake_case(tx: Transaction, click: Click, actor: Person) -> Reply:
    """End the snooze now."""
    case = lock_for(tx, actor, Permission.PAUSE, click.case_id)
    tx.record(wake(case, actor_id=actor.id, now=click.at))
    return Reply()


def await_customer_case(tx: Transaction, click: Click, actor: Person) -> Reply:
    """The form of an older version: the resolver asked the customer in another way; the clock pauses."""
    case = lock_for(tx, actor, Permission.PAUSE, click.case_id)
    what = click.values.get(Field.WHAT, "").strip()
    if not what:
        raise FieldRefused(Field.WHAT, "Say what we are waiting for.")
    tx.record(await_customer(case, what=what, actor_id=actor.id, now=click.at))
    return Reply()


def customer_answered(tx: Transaction, click: Click, actor: Person) -> Reply:
    """The resolver got the customer's answer; the SLA clock runs on."""
    case = lock_for(tx, actor, Permission.PAUSE, click.case_id)
    tx.record(resume_after_answer(case, actor_id=actor.id, now=click.at))
    return Reply()


def _moment(click: Click) -> datetime:
    """The chosen moment, which the form gives as whole seconds since the epoch."""
    typed = click.values.get(Field.UNTIL, "")
    if not typed.isdecimal() or len(typed) > 11:
        raise FieldRefused(Field.UNTIL, "Choose a date and a time.")
    return datetime.fromtimestamp(int(typed), UTC)
