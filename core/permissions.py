"""Who may do what? Asked by every handler before a rule is called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from core.case import Case
from core.errors import NotAllowed, NotFound
from core.person import Person
from core.policy import MEMBERS_OF_THE_CHANNEL, Policy, Queue


class Deed(StrEnum):
    SEE = "see"
    CLAIM = "claim"
    RELEASE = "release"
    REASSIGN = "reassign"
    DECIDE = "decide"
    NOTE = "note"
    REST = "rest"
    CHANGE = "change"
    CLOSE = "close"
    REOPEN = "reopen"
    WRITE = "write"
    """Something that the customer reads."""
    ACCEPT_SENDER = "accept_sender"


_BY_ITS_RESOLVER = frozenset(
    {Deed.RELEASE, Deed.DECIDE, Deed.REST, Deed.CLOSE, Deed.WRITE, Deed.ACCEPT_SENDER}
)
_BY_ANY_RESOLVER = frozenset({Deed.SEE, Deed.CLAIM, Deed.REASSIGN, Deed.NOTE, Deed.CHANGE, Deed.REOPEN})
_BY_OVERSEERS = frozenset({Deed.SEE, Deed.NOTE, Deed.REASSIGN})
"""An escalation reaches them, so they may answer it: look, say something, give the case to somebody."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person is to a queue, and to one of its cases."""

    is_manager: bool
    is_resolver: bool
    has_case: bool = False


def standing_in(person: Person, queue: Queue, *, is_member: bool) -> Standing:
    """`is_member`: the person is in the queue's channel. Deactivated people stand nowhere."""
    if not person.is_active:
        return Standing(is_manager=False, is_resolver=False)
    by_name = person.is_among(queue.resolvers)
    by_channel = is_member and MEMBERS_OF_THE_CHANNEL in queue.resolvers
    return Standing(is_manager=person.is_among(queue.managers), is_resolver=by_name or by_channel)


def is_overseer(person: Person, policy: Policy) -> bool:
    """Whether the escalation ladder names the person: they may see what can reach them and hand it on."""
    return person.is_active and any(person.is_among(rung.tell) for rung in policy.ladder)


def visible_queues(
    person: Person, policy: Policy, *, is_member: Callable[[Queue], bool]
) -> tuple[Queue, ...]:
    """The queues whose cases the person may see. `is_member`: whether they are in that queue's channel."""
    overseer = is_overseer(person, policy)
    return tuple(
        queue
        for queue in policy.queues.values()
        if may(Deed.SEE, standing_in(person, queue, is_member=is_member(queue)), is_overseer=overseer)
    )


def may(deed: Deed, standing: Standing, *, is_overseer: bool = False) -> bool:
    """Managers may do everything in their queue; its resolvers what isn't another's case to end."""
    if standing.is_manager:
        return True
    if deed in _BY_ITS_RESOLVER:
        return standing.has_case
    if is_overseer and deed in _BY_OVERSEERS:
        return True
    return deed in _BY_ANY_RESOLVER and (standing.is_resolver or standing.has_case)


def demand(deed: Deed, standing: Standing, case: Case, queue: Queue, *, is_overseer: bool = False) -> None:
    """Raises NotFound to whom the case isn't shown, NotAllowed with who may to everybody else."""
    if may(deed, standing, is_overseer=is_overseer):
        return
    if not may(Deed.SEE, standing, is_overseer=is_overseer):
        raise NotFound(case.id)
    if deed in _BY_ITS_RESOLVER:
        raise NotAllowed(f"Only the resolver of {case.id} or a manager of {queue.name} may do that.")
    raise NotAllowed(f"Only the resolvers and managers of {queue.name} may do that.")
