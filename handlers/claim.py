"""Claiming a case, and releasing it."""

from __future__ import annotations

from core.claiming import AlreadyClaimed, claim, release
from core.errors import Stale
from core.permissions import Permission
from core.person import Person
from handlers.access import lock_for
from handlers.types import Click, Reply
from store.transaction import Transaction


class AlreadyClaimedBy(Stale):
    """Another resolver has the case; the sentence gives their name."""

    def __init__(self, case_id: str, name: str) -> None:
        super().__init__(f"{case_id} is already claimed by {name}.")


def claim_case(tx: Transaction, click: Click, actor: Person) -> Reply:
    """A resolver pressed Claim."""
    case = lock_for(tx, actor, Permission.CLAIM, click.case_id)
    try:
        outcome = claim(case, resolver_id=actor.id, now=click.at)
    except AlreadyClaimed as taken:
        raise AlreadyClaimedBy(case.id, tx.people.get(taken.resolver_id).name) from None
    tx.record(outcome)
    return Reply()


def release_case(tx: Transaction, click: Click, actor: Person) -> Reply:
    """The resolver, or a manager, gives the case back to its queue."""
    case = lock_for(tx, actor, Permission.RELEASE, click.case_id)
    tx.record(release(case, actor_id=actor.id, now=click.at))
    return Reply()
