"""Permissions: what each role may do. Every handler checks them before it calls a rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from core.case import Case
from core.errors import NotAllowed, NotFound
from core.person import Person
from core.policy import MEMBERS_OF_THE_CHANNEL, Policy, Queue


class Permission(StrEnum):
    SEE = "see"
    CLAIM = "claim"
    RELEASE = "release"
    REASSIGN = "reassign"
    DECIDE = "decide"
    NOTE = "note"
    PAUSE = "rest"
    CHANGE = "change"
    CLOSE = "close"
    REOPEN = "reopen"
    WRITE_TO_CUSTOMER = "write"
    """Sending the customer a message."""
    ACCEPT_SENDER = "accept_sender"


_BY_ITS_RESOLVER = frozenset(
    {
        Permission.RELEASE,
        Permission.DECIDE,
        Permission.PAUSE,
        Permission.CLOSE,
        Permission.WRITE_TO_CUSTOMER,
        Permission.ACCEPT_SENDER,
    }
)
_BY_ANY_RESOLVER = frozenset(
    {
        Permission.SEE,
        Permission.CLAIM,
        Permission.REASSIGN,
        Permission.NOTE,
        Permission.CHANGE,
        Permission.REOPEN,
    }
)
_BY_OVERSEERS = frozenset({Permission.SEE, Permission.NOTE, Permission.REASSIGN})
"""Escalations reach overseers, so they may react: see the case, note, reassign."""


@dataclass(frozen=True, slots=True)
class Role:
    """A person's role in a queue, and in one of its cases."""

    is_manager: bool
    is_resolver: bool
    has_case: bool = False


def role_in(person: Person, queue: Queue, *, is_member: bool) -> Role:
    """The person's role in the queue; deactivated people have none. `is_member`: they are in its channel."""
    if not person.is_active:
        return Role(is_manager=False, is_resolver=False)
    by_name = person.matches_any(queue.resolvers)
    by_channel = is_member and MEMBERS_OF_THE_CHANNEL in queue.resolvers
    return Role(is_manager=person.matches_any(queue.managers), is_resolver=by_name or by_channel)


def is_overseer(person: Person, policy: Policy) -> bool:
    """Whether the escalation ladder names the person."""
    return person.is_active and any(person.matches_any(rung.tell) for rung in policy.ladder)


def visible_queues(
    person: Person, policy: Policy, *, is_member: Callable[[Queue], bool]
) -> tuple[Queue, ...]:
    """The queues whose cases the person may see. `is_member`: whether they are in that queue's channel."""
    overseer = is_overseer(person, policy)
    return tuple(
        queue
        for queue in policy.queues.values()
        if is_permitted(
            Permission.SEE, role_in(person, queue, is_member=is_member(queue)), is_overseer=overseer
        )
    )


def is_permitted(permission: Permission, role: Role, *, is_overseer: bool = False) -> bool:
    """Managers may do everything in their queue; its resolvers what isn't for a case's own resolver alone."""
    if role.is_manager:
        return True
    if permission in _BY_ITS_RESOLVER:
        return role.has_case
    if is_overseer and permission in _BY_OVERSEERS:
        return True
    return permission in _BY_ANY_RESOLVER and (role.is_resolver or role.has_case)


def demand_permission(
    permission: Permission, role: Role, case: Case, queue: Queue, *, is_overseer: bool = False
) -> None:
    """Raises NotFound if they may not see the case, else NotAllowed, naming who may, without `permission`."""
    if is_permitted(permission, role, is_overseer=is_overseer):
        return
    if not is_permitted(Permission.SEE, role, is_overseer=is_overseer):
        raise NotFound(case.id)
    if permission in _BY_ITS_RESOLVER:
        raise NotAllowed(f"Only the resolver of {case.id} or a manager of {queue.name} may do that.")
    raise NotAllowed(f"Only the resolvers and managers of {queue.name} may do that.")
