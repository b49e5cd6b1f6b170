"""Outbox repository: rows, leases, retries, parking.

Rows are delivered per address in the order of `id`, but new cards go before the rows of other cases. A
postponed row holds up those after it; a parked row doesn't. On PostgreSQL ids are assigned before the commit,
so rows of different cases may swap places; those of one case never do, because the case is locked meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.ids import number_of
from core.platforms import SLACK, TEAMS
from store.db.documents import encode
from store.db.instants import from_micros, to_micros, to_micros_or_none
from store.db.statements import Connection, Row
from store.outbox import statements as sql
from store.outbox.new_cards import find_new_card
from store.outbox.row_fields import fields_of
from store.outbox.rows import outbox_row


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """An effect to be delivered, as leased for one attempt or only read."""

    id: int
    key: str
    address: str
    effect: str
    case_id: str | None
    seq: int | None
    payload: Mapping[str, Any]
    attempts: int
    """Including this one."""
    attempted_at_before: datetime | None
    """When an earlier attempt of unknown result began, which may have sent something; None: there is none."""
    created_at: datetime
    error: str | None = None
    """The last attempt's error."""
    taken_at: datetime | None = None
    """When this attempt began; None for a row that is only read."""
    damage: str | None = None
    """Why the row can't be read; then its payload is empty, and its instants may be any."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The attempt succeeded."""


@dataclass(frozen=True, slots=True)
class Postponed:
    """To be retried at `due_at`; the rows after it at this address wait."""

    due_at: datetime
    error: str
    is_unknown: bool = True
    """The attempt may have sent something. If False, the next attempt sends without searching first."""
    sent_at: datetime | None = None
    """When something may have been sent last; None: by this attempt, when it began."""


@dataclass(frozen=True, slots=True)
class Parked:
    """Not retried until a person unparks it."""

    error: str


@dataclass(frozen=True, slots=True)
class AttemptResult:
    row_id: int
    result: Delivered | Postponed | Parked


@dataclass(frozen=True, slots=True)
class OutboxFigures:
    pending: int
    parked: int
    oldest_age: timedelta | None
    """How long the oldest pending row has been waiting; None: none is pending."""


class Outbox:
    __slots__ = ("_connection", "has_added")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.has_added = False

    def add(
        self,
        *,
        key: str,
        address: str,
        effect: str,
        due_at: datetime,
        case_id: str | None = None,
        seq: int | None = None,
        payload: Mapping[str, Any] | None = None,
    ) -> bool:
        """Add a row. False when the key is used already: a harmless repeat."""
        number = None if case_id is None else number_of(case_id)
        row = outbox_row(
            key=key,
            address=address,
            effect=effect,
            number=number,
            seq=seq,
            at=to_micros(due_at),
            payload=encode(payload or {}),
        )
        is_new = self._connection.change(sql.ADD, **row) > 0
        self.has_added = self.has_added or is_new
        return is_new

    def list_due_lanes(self, now: datetime, limit: int, *, holder: str = "") -> list[str]:
        """Addresses to deliver to now, longest waiting first: the first row is due, no other holder leases
        the lane, and the platform's rate limit lets more through.

        The cost grows with the number of addresses that have pending rows, not with the number of rows.
        """
        rows = self._connection.rows(sql.DUE_LANES, now=to_micros(now), limit=limit, holder=holder)
        return [address for (address,) in rows]

    def lease_rows(
        self, address: str, *, holder: str, now: datetime, lease: timedelta, limit: int
    ) -> list[OutboxRow]:
        """Lease the lane to `holder` and return the rows to deliver next, in order, up to the first not due.

        Empty when another holder has the lane or it isn't open yet; empty, with the lease released, when no
        row is due.
        """
        at = to_micros(now)
        held_until = to_micros(now + lease)
        if not self._connection.change(
            sql.LEASE_LANE, address=address, holder=holder, held_until=held_until, open_at=0, now=at
        ):
            return []
        rows = self._connection.rows(sql.FIRST_ROWS, address=address, limit=limit)
        not_due = (place for place, row in enumerate(rows) if row[sql.DUE_AT] > at)
        taken = rows[: next(not_due, len(rows))]
        if taken and _has_cards(address):
            new = find_new_card(self._connection, taken[0], address, at)
            taken = taken if new is None else [new, *(row for row in taken if row[0] != new[0])][:limit]
        if taken:
            self._connection.change_each(sql.ATTEMPT, [{"row_id": row[0], "now": at} for row in taken])
        else:
            self._connection.change(sql.RELEASE_LANE, address=address, holder=holder)
        return [_to_row(row, taken_at=now) for row in taken]

    def save_results(
        self,
        address: str,
        *,
        holder: str,
        results: Sequence[AttemptResult],
        open_at: datetime | None = None,
        release: bool = True,
    ) -> None:
        """Save how the attempts ended. A delivered row counts as delivered even if the lease has expired."""
        for statement, changes in _changes_of(results):
            self._connection.change_each(statement, changes)
        if open_at is not None:
            self._connection.change(sql.OPEN_LANE, address=address, holder=holder, until=to_micros(open_at))
        if release:
            self._connection.change(sql.RELEASE_LANE, address=address, holder=holder)

    def count_pending(self, address: str, effect: str) -> int:
        row = self._connection.row(sql.PENDING_COUNT, address=address, effect=effect)
        return row[0] if row else 0

    def list_pending(self, address: str, effect: str, limit: int) -> list[OutboxRow]:
        """The pending rows of an effect at an address that can be read, in order; not leased."""
        rows = self._connection.rows(sql.LIST_PENDING, address=address, effect=effect, limit=limit)
        return [one for one in (_to_row(row, attempt=0) for row in rows) if one.damage is None]

    def find_first(self, address: str) -> OutboxRow | None:
        """The row that the lane delivers next, or waits for."""
        row = self._connection.row(sql.FIRST_ROWS, address=address, limit=1)
        return None if row is None else _to_row(row, attempt=0)

    def list_parked(self, limit: int) -> list[OutboxRow]:
        return [_to_row(row, attempt=0) for row in self._connection.rows(sql.LIST_PARKED, limit=limit)]

    def find_parked(self, row_id: int) -> OutboxRow | None:
        """A parked row by its id; None: there is none, or it isn't parked."""
        row = self._connection.row(sql.FIND, row_id=row_id)
        return None if row is None or row[-1] != "parked" else _to_row(row[:-1], attempt=0)

    def repair(self, row_id: int, now: datetime) -> bool:
        """Make a damaged parked row readable again, as far as what it lost follows from its event."""
        return self._connection.change(sql.REPAIR, row_id=row_id, now=to_micros(now)) > 0

    def drop(self, row_id: int) -> bool:
        """Delete a parked row for good. False when it isn't parked."""
        return self._connection.change(sql.DROP, row_id=row_id) > 0

    def list_parked_lanes(self, kind: str) -> list[str]:
        """The addresses of this kind, such as `person:`, that have parked rows."""
        return [address for (address,) in self._connection.rows(sql.PARKED_LANES) if address.startswith(kind)]

    def count_parked(self, address: str) -> int:
        row = self._connection.row(sql.COUNT_PARKED, address=address)
        return row[0] if row else 0

    def find_parked_since(self, address: str) -> datetime | None:
        """The earliest due instant of the rows parked at the address; None: none is parked."""
        row = self._connection.row(sql.PARKED_SINCE, address=address)
        return None if row is None or row[0] is None else from_micros(row[0])

    def unpark(self, which: str | int, now: datetime) -> int:
        """Make parked rows pending again: one by its id, or all of an address. Returns how many."""
        statement = sql.UNPARK_ROW if isinstance(which, int) else sql.UNPARK_LANE
        unparked = self._connection.change(statement, which=which, now=to_micros(now))
        self.has_added = self.has_added or unparked > 0
        return unparked

    def figures(self, now: datetime) -> OutboxFigures:
        pending, oldest = self._connection.row(sql.PENDING_FIGURES) or (0, None)
        parked = self._connection.row(sql.PARKED_FIGURES) or (0,)
        age = None if oldest is None else max(now - from_micros(oldest), timedelta())
        return OutboxFigures(pending, parked[0], age)

    def clear_leases(self, holder_prefix: str) -> int:
        """Release the lanes of killed holders, when the only process starts."""
        return self._connection.change(sql.CLEAR_LEASES, prefix=holder_prefix, length=len(holder_prefix))

    def free_lanes(self) -> int:
        """Release the lanes whose holders have no heartbeat. Returns how many."""
        return self._connection.change(sql.FREE_LANES)

    def end_waits(self, now: datetime) -> int:
        """Let no row and no lane wait past `now`, after the clock was set back. Returns how many rows."""
        self._connection.change(sql.OPEN_LANES, now=to_micros(now))
        return self._connection.change(sql.END_WAITS, now=to_micros(now))

    def purge_delivered(self, before: datetime) -> int:
        """Delete rows delivered by an attempt before then. Their keys may be used again, their ids not."""
        return self._connection.change(sql.PURGE, before=to_micros(before))


def _has_cards(address: str) -> bool:
    return address.partition(":")[0] in (SLACK, TEAMS)


def _changes_of(results: Sequence[AttemptResult]) -> list[tuple[Any, list[dict[str, Any]]]]:
    delivered: list[dict[str, Any]] = []
    postponed: list[dict[str, Any]] = []
    unsent: list[dict[str, Any]] = []
    parked: list[dict[str, Any]] = []
    for settled in results:
        match settled.result:
            case Delivered():
                delivered.append({"row_id": settled.row_id})
            case Postponed(due_at, error, is_unknown, sent_at):
                change = {"row_id": settled.row_id, "until": to_micros(due_at), "why": error}
                if is_unknown:
                    postponed.append({**change, "sent_at": to_micros_or_none(sent_at)})
                else:
                    unsent.append(change)
            case Parked(error):
                parked.append({"row_id": settled.row_id, "why": error})
    return [
        (sql.DELIVERED, delivered),
        (sql.POSTPONED, postponed),
        (sql.POSTPONED_UNSENT, unsent),
        (sql.PARKED, parked),
    ]


def _to_row(row: Row, attempt: int = 1, taken_at: datetime | None = None) -> OutboxRow:
    return OutboxRow(**fields_of(row, attempt), taken_at=taken_at)
