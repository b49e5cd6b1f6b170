"""Delivery context: the case as it is now, the row's event, and the people named in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from cards.mentions import People
from core.case import Case
from core.customer_events import CustomerWrote
from core.effects import person_address
from core.events import CaseEscalated, Event
from core.permissions import visible_queues
from core.platforms import TEAMS
from core.uploaded_file import File
from store.cases.lists import CaseRow
from store.outbox.posted_cards import PostedCard
from store.outbox.repository import OutboxRow
from store.queue_members import is_member, readers_of
from store.transaction import Transaction

_PERSON_FIELDS = ("actor_id", "resolver_id", "former_resolver_id")
MOST_OTHERS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryContext:
    """Read in one transaction, so that all of it is consistent."""

    case: Case
    event: Event | None
    story: tuple[Event, ...]
    """Everything that happened up to `event`; read for alerts only."""
    other_cases: tuple[CaseRow, ...]
    """The customer's other disputes that the reader may see, newest first; read for briefs only."""
    other_queues_count: int
    """How many more disputes the customer has, in queues that the reader may not see."""
    people: People
    posted: PostedCard | None
    """The case's message at the address."""
    files: tuple[File, ...]
    """The case's uploaded files, oldest first."""
    readers: tuple[str, ...] = ()
    """People who work on the case, by their Teams ids; read for Teams channels only."""

    @property
    def row_event(self) -> Event:
        """The row's event. Raises LookupError when the row has none."""
        if self.event is None:
            raise LookupError("This outbox row names no event.")
        return self.event

    def is_resolver_address(self, address: str) -> bool:
        """Whether the address is that of the case's present resolver."""
        return self.case.resolver_id is not None and person_address(self.case.resolver_id) == address

    def matches_resolver(self, address: str) -> bool:
        """Whether the address means the present resolver, by any of their handles."""
        kind, _, handle = address.partition(":")
        resolver = self.people.get(self.case.resolver_id) if self.case.resolver_id else None
        return kind == "person" and resolver is not None and resolver.matches_handle(handle)


def load_context(
    tx: Transaction, row: OutboxRow, *, has_story: bool = False, has_other_cases: bool = False
) -> DeliveryContext:
    case = tx.cases.get(str(row.case_id))
    event = tx.timeline.get_event(case.id, row.seq) if row.seq is not None else None
    story: tuple[Event, ...] = ()
    if has_story:
        entries = tx.timeline.list(case.id)
        story = tuple(entry.event for entry in entries if row.seq is None or entry.seq <= row.seq)
    others, elsewhere = _others(tx, case, row.address) if has_other_cases else ((), 0)
    events = (*story, *([event] if event else []))
    ids = {*_ids_in(case, events), *(other.resolver_id for other in others if other.resolver_id)}
    return DeliveryContext(
        case=case,
        event=event,
        story=story,
        other_cases=others,
        other_queues_count=elsewhere,
        people=load_people(tx, ids, handles=_handles_in(events)),
        posted=tx.posted_cards.find(case.id, row.address),
        files=tuple(tx.files.list_for_case(case.id)) if _may_have_files(case, event) else (),
        readers=_readers(tx, case, row.address),
    )


def _readers(tx: Transaction, case: Case, address: str) -> tuple[str, ...]:
    queue = tx.policy.queues.get(case.queue_id)
    if queue is None or address != f"{TEAMS}:{queue.teams_channel}":
        return ()
    return readers_of(tx, queue)


def _may_have_files(case: Case, event: Event | None) -> bool:
    """Most cases have no files, which saves a query."""
    if any(piece.file_id for piece in case.evidence):
        return True
    return isinstance(event, CustomerWrote) and bool(event.files)


def _others(tx: Transaction, case: Case, address: str) -> tuple[tuple[CaseRow, ...], int]:
    """The customer's other disputes in queues that the reader sees, and the number in other queues."""
    reader = tx.people.find(address.partition(":")[2])
    queues = visible_queues(reader, tx.policy, is_member=partial(is_member, tx, reader)) if reader else ()
    queue_ids, ref = tuple(queue.id for queue in queues), case.customer.ref
    found = tx.cases.list_for_customer(ref, but=case.id, queue_ids=queue_ids, limit=MOST_OTHERS)
    return tuple(found), tx.cases.count_for_customer(ref, but=case.id, outside_of=queue_ids)


def load_people(tx: Transaction, ids: Iterable[str], *, handles: Iterable[str] = ()) -> People:
    """Those of the ids and handles that are known people, by our id."""
    found = [tx.people.find(one) for one in sorted(set(ids))]
    found += [tx.people.find_by_handle(handle) for handle in sorted(set(handles))]
    return {person.id: person for person in found if person is not None}


def _ids_in(case: Case, events: Iterable[Event]) -> Iterator[str]:
    if case.resolver_id:
        yield case.resolver_id
    if case.decision is not None:
        yield case.decision.by
    for event in events:
        for name in _PERSON_FIELDS:
            value = getattr(event, name, None)
            if isinstance(value, str):
                yield value


def _handles_in(events: Iterable[Event]) -> Iterator[str]:
    for event in events:
        if isinstance(event, CaseEscalated):
            yield from event.tell
