"""A case goes to somebody else of its queue."""

from __future__ import annotations

from cards.actions import Field
from cards.forms import reassign_form
from core.claiming import reassign
from core.errors import FieldRefused
from core.permitting import Deed
from core.person import Person
from handlers.access import get_for, lock_for, standing_in_queue
from handlers.types import Click, Reply
from store.transaction import Transaction


def ask_reassign(tx: Transaction, click: Click, actor: Person) -> Reply:
    """Who shall have it?"""
    case = get_for(tx, actor, Deed.REASSIGN, click.case_id)
    return Reply(form=reassign_form(case, tx.policy))


def reassign_case(tx: Transaction, click: Click, actor: Person) -> Reply:
    """Hand the case over to a person who works in its queue."""
    case = lock_for(tx, actor, Deed.REASSIGN, click.case_id)
    queue = tx.policy.queue(case.queue_id)
    chosen = tx.people.find_by_ref(click.platform, click.values.get(Field.RESOLVER, ""))
    if chosen is None or not chosen.is_active:
        raise FieldRefused(Field.RESOLVER, f"Choose somebody who works in {queue.name}.")
    standing = standing_in_queue(tx, chosen, queue)
    if not (standing.is_resolver or standing.is_manager):
        raise FieldRefused(Field.RESOLVER, f"{chosen.name} doesn't work in {queue.name}.")
    why = click.values.get(Field.WHY, "").strip()
    tx.record(reassign(case, resolver_id=chosen.id, actor_id=actor.id, why=why, now=click.at))
    return Reply()
