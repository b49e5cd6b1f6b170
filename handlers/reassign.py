"""Reassigning a case to a colleague who works in its queue."""

from __future__ import annotations

from cards.actions import Field
from cards.forms import reassign_form
from core.case import demand_open
from core.claiming import reassign
from core.errors import FieldRefused
from core.permissions import Permission
from core.person import Person
from core.policy import Queue
from handlers.access import get_for, lock_for, role_in_queue, unknown_person
from handlers.types import Click, Reply
from store.queue_members import workers_of
from store.transaction import Transaction


def open_reassign_form(tx: Transaction, click: Click, actor: Person) -> Reply:
    """Open the form, with the people of the queue to choose from."""
    case = get_for(tx, actor, Permission.REASSIGN, click.case_id)
    demand_open(case)
    people = tx.people.find_many([case.resolver_id] if case.resolver_id else [])
    queue = tx.policy.queues.get(case.queue_id)
    workers = workers_of(tx, queue) if queue else []
    return Reply(form=reassign_form(case, tx.policy, people, workers))


def reassign_case(tx: Transaction, click: Click, actor: Person) -> Reply:
    """Give the case to the person chosen, who must work in its queue."""
    case = lock_for(tx, actor, Permission.REASSIGN, click.case_id)
    demand_open(case)
    queue = tx.policy.queue(case.queue_id)
    chosen = _chosen_resolver(tx, click, queue)
    why = click.values.get(Field.WHY, "").strip()
    tx.record(reassign(case, resolver_id=chosen.id, actor_id=actor.id, why=why, now=click.at))
    return Reply()


def _chosen_resolver(tx: Transaction, click: Click, queue: Queue) -> Person:
    """The chosen person, by the platform's id or by ours, even if we have no record of them yet."""
    ref = click.values.get(Field.RESOLVER, "")
    known = tx.people.find_by_ref(click.platform, ref) or tx.people.find(ref)
    role = role_in_queue(tx, known or unknown_person(click.platform, ref), queue)
    if role.is_resolver or role.is_manager:
        return known or tx.people.link_account(click.platform, ref)
    if known is None or not known.is_active:
        raise FieldRefused(Field.RESOLVER, f"Choose somebody who works in {queue.name}.")
    raise FieldRefused(Field.RESOLVER, f"{known.name} doesn't work in {queue.name}.")
