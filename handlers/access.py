"""Access checks: every handler gets its case here, and only with the permission that it needs."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from core import permissions
from core.case import Case
from core.errors import NotFound
from core.ids import find_case_id
from core.permissions import Permission, Role, demand_permission, is_overseer, is_permitted, role_in
from core.person import NAMELESS, Person
from core.platforms import SLACK
from core.policy import NameRemoved, Queue
from store.queue_members import is_member
from store.transaction import Transaction


def lock_for(tx: Transaction, actor: Person, permission: Permission, case_id: str | None) -> Case:
    """The case, locked, after checking that `actor` has `permission` for it.

    Raises:
        NotFound: there is none, or they may not see it.
        NotAllowed: they may see it, not do that.
    """
    case = tx.cases.lock(_parse_case_id(case_id))
    demand_access(tx, actor, permission, case)
    return case


def get_for(tx: Transaction, actor: Person, permission: Permission, case_id: str | None) -> Case:
    """The case without a lock, after the same check."""
    case = tx.cases.get(_parse_case_id(case_id))
    demand_access(tx, actor, permission, case)
    return case


def demand_access(tx: Transaction, actor: Person, permission: Permission, case: Case) -> None:
    """Check that `actor` has `permission` for the case.

    A case whose queue left the policy is still seen by overseers and by its last resolver.

    Raises:
        NotFound, NotAllowed: as `lock_for`.
        NameRemoved: they may see it, but who may do more with it was said by its queue.
    """
    role = role_of(tx, actor, case)
    if is_permitted(permission, role):
        return
    overseer = is_overseer(actor, tx.policy)
    queue = tx.policy.queues.get(case.queue_id)
    if queue is not None:
        demand_permission(permission, role, case, queue, is_overseer=overseer)
    elif not is_permitted(Permission.SEE, role, is_overseer=overseer):
        raise NotFound(case.id)
    elif not is_permitted(permission, role, is_overseer=overseer):
        raise NameRemoved("queue", case.queue_id)


def role_of(tx: Transaction, actor: Person, case: Case) -> Role:
    queue = tx.policy.queues.get(case.queue_id)
    role = role_in_queue(tx, actor, queue) if queue else Role(is_manager=False, is_resolver=False)
    return replace(role, has_case=actor.is_active and case.resolver_id == actor.id)


def role_in_queue(tx: Transaction, actor: Person, queue: Queue) -> Role:
    return role_in(actor, queue, is_member=is_member(tx, actor, queue))


def visible_queues(tx: Transaction, actor: Person) -> tuple[Queue, ...]:
    """The queues whose cases the person may see."""
    return permissions.visible_queues(actor, tx.policy, is_member=partial(is_member, tx, actor))


def managed_queues(tx: Transaction, actor: Person) -> tuple[Queue, ...]:
    """The queues that the person manages; for an overseer all of them."""
    if is_overseer(actor, tx.policy):
        return tuple(tx.policy.queues.values())
    return tuple(queue for queue in tx.policy.queues.values() if role_in_queue(tx, actor, queue).is_manager)


def unknown_person(platform: str, ref: str, name: str | None = None) -> Person:
    """A person whom we have no record of: they have the roles that the policy or a channel gives their id."""
    is_on_slack = platform == SLACK
    return Person(
        id=f"{platform}:{ref}",
        name=name or NAMELESS,
        slack_ref=ref if is_on_slack else None,
        teams_ref=None if is_on_slack else ref,
    )


def _parse_case_id(case_id: str | None) -> str:
    """The case id in what a button or form sent. Raises NotFound if there is none."""
    named = find_case_id(case_id or "")
    if named is None:
        raise NotFound((case_id or "")[:40])
    return named
