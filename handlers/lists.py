"""Lists of cases: requests, pages, and the queues that a person may see."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from cards.lists import list_view
from cards.views import ListView
from core.errors import Refused
from core.permissions import Permission, is_permitted
from core.person import Person
from core.policy import Queue
from handlers.access import role_in_queue, visible_queues
from store.cases.lists import Cursor, Page
from store.transaction import Transaction

PAGE_SIZE = 8


@dataclass(frozen=True, slots=True)
class ListRequest:
    """A list and a place in it: `queue|billing|cursor`, the value of a paging button."""

    kind: str
    queue_id: str = ""
    cursor: str = ""

    def __str__(self) -> str:
        return f"{self.kind}|{self.queue_id}|{self.cursor}"

    @classmethod
    def parse(cls, value: str) -> ListRequest:
        kind, _, rest = value.partition("|")
        queue_id, _, cursor = rest.partition("|")
        return cls(kind, queue_id, cursor)


_TITLES = {"mine": "Your cases", "queue": "Unclaimed", "overdue": "Overdue"}
_EMPTY = {
    "mine": "You have no open cases. Claim one from its queue: /disputes queue",
    "queue": "Nothing is waiting to be claimed.",
    "overdue": "Nothing is overdue.",
}
_IN_NO_QUEUE = "You belong to no queue yet. Ask a manager to add you."


def list_cases(
    tx: Transaction, actor: Person, request: ListRequest, now: datetime, limit: int = PAGE_SIZE
) -> ListView:
    """One page of a list of what the person may see.

    Raises:
        Refused: no such list, or a queue that they may not see.
    """
    if request.kind not in _TITLES:
        raise Refused("That list isn't there any more. Ask again: /disputes help")
    queues = requested_queues(tx, actor, request.queue_id)
    page = _page(tx, actor, request, queue_ids=tuple(queue.id for queue in queues), now=now, limit=limit)
    name = f" in {queues[0].name}" if request.queue_id else ""
    return list_view(
        _TITLES[request.kind] + name,
        page.rows,
        policy=tx.policy,
        people=tx.people.find_many(row.resolver_id for row in page.rows if row.resolver_id),
        now=now,
        empty=_EMPTY[request.kind] if queues or request.kind == "mine" else _IN_NO_QUEUE,
        next_page=str(replace(request, cursor=str(page.next))) if page.next else None,
        first_page=str(replace(request, cursor="")) if request.cursor else None,
        offers_claim=request.kind == "queue" and _may_claim(tx, actor, queues),
    )


def _may_claim(tx: Transaction, actor: Person, queues: tuple[Queue, ...]) -> bool:
    """Whether to offer Claim: not to people who may only see, such as an overseer."""
    return all(is_permitted(Permission.CLAIM, role_in_queue(tx, actor, queue)) for queue in queues)


def find_queue(tx: Transaction, name: str) -> Queue:
    """The queue that a person means by its id, name or channel. Raises Refused with the known ones."""
    asked = name.strip().casefold().lstrip("#")
    for queue in tx.policy.queues.values():
        names = {
            queue.id.casefold(),
            queue.name.casefold(),
            (queue.slack_channel or "").casefold().lstrip("#"),
        }
        if asked in names:
            return queue
    known = ", ".join(tx.policy.queues)
    raise Refused(f"There is no queue “{name.strip()}”. There are: {known}.")


def requested_queues(tx: Transaction, actor: Person, queue_id: str) -> tuple[Queue, ...]:
    """The queue with this id, or all that the person may see. Raises Refused if they may not see it."""
    visible = visible_queues(tx, actor)
    if not queue_id:
        return visible
    chosen = tuple(queue for queue in visible if queue.id == queue_id)
    if not chosen:
        raise Refused("That queue isn't yours to see. Its manager can add you.")
    return chosen


def _page(
    tx: Transaction,
    actor: Person,
    wanted: ListRequest,
    *,
    queue_ids: tuple[str, ...],
    now: datetime,
    limit: int,
) -> Page:
    after = Cursor.parse(wanted.cursor) if wanted.cursor else None
    if wanted.kind == "mine":
        return Page((), None) if not actor.is_active else tx.cases.list_mine(actor.id, after, limit)
    if wanted.kind == "overdue":
        return tx.cases.list_overdue(queue_ids, now, after, limit)
    return tx.cases.list_queue(queue_ids, after, limit)
