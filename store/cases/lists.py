"""Lists of cases: keyset pagination, so that a deep page costs the same as the first one.

Each of several queues is read by its own range of an index, and the ranges are merged in one statement: a
page reads a page's worth of rows per queue, however many cases there are.
"""

from __future__ import annotations

from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ClauseElement,
    ColumnElement,
    Select,
    bindparam,
    func,
    literal_column,
    select,
    tuple_,
    union_all,
)

from core.case import Resolution, Status, Target
from core.errors import Refused
from core.ids import case_id_of, find_case_id, number_of
from store.db.instants import from_micros, from_micros_or_none, to_micros
from store.db.statements import SQLITE, Connection, Row, Statement
from store.tables import NEVER, cases

WAITING = "waiting"
OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class CaseRow:
    """What a list shows of a case."""

    id: str
    status: Status
    queue_id: str
    reason_id: str
    tier_id: str
    priority: int
    customer_name: str
    customer_ref: str
    invoice_number: str
    currency: str
    disputed_minor: int
    due_at: datetime | None
    due_target: Target | None
    resolver_id: str | None
    raised_at: datetime
    snoozed_until: datetime | None
    resolution: Resolution | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of a page, after which the next page begins. `str` encodes it for a URL or a button."""

    at: int
    number: int

    def __str__(self) -> str:
        return urlsafe_b64encode(f"{self.at}.{self.number}".encode()).decode().rstrip("=")

    @classmethod
    def past(cls, due_at: datetime) -> Cursor:
        """In a list by due time, the place after every case that is due by then."""
        return cls(to_micros(due_at), NEVER)

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Raises Refused for anything that `str` didn't encode."""
        try:
            at, number = (
                b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode().split(".")
            )
            cursor = cls(int(at), int(number))
        except ValueError:
            raise Refused("This page of the list can't be found. Open the list again.") from None
        if not (-1 <= cursor.at <= NEVER and 0 <= cursor.number <= NEVER):
            raise Refused("This page of the list can't be found. Open the list again.")
        return cursor


@dataclass(frozen=True, slots=True)
class Page:
    rows: tuple[CaseRow, ...]
    next: Cursor | None
    """Where the next page begins; None: this was the last."""


_START = Cursor(-1, 0)
_END = Cursor(0, NEVER)

_COLUMNS = [
    cases.c[name]
    for name in (
        "number status queue_id reason_id tier_id priority customer_name customer_ref invoice_number "
        "currency disputed_minor due_at due_target resolver_id raised_at snoozed_until resolution closed_at"
    ).split()
]
_CONVERTERS: dict[str, Callable[[Any], Any]] = {
    "number": case_id_of,
    "status": {status.value: status for status in Status}.get,
    "due_at": lambda at: None if at == NEVER else from_micros(at),
    "due_target": {target.value: target for target in Target}.get,
    "raised_at": from_micros,
    "snoozed_until": from_micros_or_none,
    "resolution": {resolution.value: resolution for resolution in Resolution}.get,
    "closed_at": from_micros_or_none,
}
_CONVERSIONS = [
    (place, _CONVERTERS[column.name]) for place, column in enumerate(_COLUMNS) if column.name in _CONVERTERS
]
_BY_DUE = (cases.c.due_at, cases.c.number)
_IS_OPEN = cases.c.closed_at.is_(None)
_IS_AFTER = tuple_(*_BY_DUE) > tuple_(bindparam("after_at"), bindparam("after_number"))
_CONDITIONS: dict[str, tuple[ColumnElement[bool], ...]] = {
    WAITING: (cases.c.status == literal_column("'open'"),),
    OVERDUE: (_IS_OPEN, cases.c.due_at <= bindparam("now")),
}
_MINE = Statement(
    select(*_COLUMNS)
    .where(cases.c.resolver_id == bindparam("resolver_id"), _IS_OPEN, _IS_AFTER)
    .order_by(*_BY_DUE)
    .limit(bindparam("limit"))
)
_ONE = Statement(select(*_COLUMNS).where(cases.c.number == bindparam("number")))


def list_by_due(
    connection: Connection,
    what: str,
    queue_ids: Sequence[str],
    after: Cursor | None,
    limit: int,
    **values: Any,
) -> Page:
    """Cases of these queues in the order in which they are due."""
    queue_ids = tuple(dict.fromkeys(queue_ids))
    if not queue_ids:
        return Page((), None)
    statement = _due_statement(what, len(queue_ids))
    return _due_page(connection, statement, after, limit, **values, **queue_values(queue_ids))


def list_mine(connection: Connection, resolver_id: str, after: Cursor | None, limit: int) -> Page:
    return _due_page(connection, _MINE, after, limit, resolver_id=resolver_id)


def list_newest(
    connection: Connection,
    after: Cursor | None,
    limit: int,
    queue_ids: Sequence[str] | None,
    *,
    status: Status | None = None,
    customer_ref: str | None = None,
) -> Page:
    """The newest cases first, of all queues when `queue_ids` is None."""
    queue_ids = None if queue_ids is None else tuple(dict.fromkeys(queue_ids))
    if queue_ids == ():
        return Page((), None)
    statement = _newest_statement(
        None if queue_ids is None else len(queue_ids), status is not None, customer_ref is not None
    )
    rows = connection.rows(
        statement,
        after_number=(after or _END).number,
        limit=limit + 1,
        status=status and status.value,
        customer_ref=customer_ref,
        **queue_values(queue_ids or ()),
    )
    return _page(rows, limit, lambda row: Cursor(0, row[0]))


def search(connection: Connection, text: str, queue_ids: Sequence[str], limit: int) -> list[CaseRow]:
    wanted = " ".join(text.split()).casefold()
    queue_ids = tuple(dict.fromkeys(queue_ids))
    if not wanted or not queue_ids:
        return []
    named_id = find_case_id(text)
    named = connection.row(_ONE, number=number_of(named_id)) if named_id else None
    found = connection.rows(
        _search_statement(len(queue_ids)), wanted=wanted, limit=limit, **queue_values(queue_ids)
    )
    if named is not None and named[2] in queue_ids:
        found = [named, *(row for row in found if row[0] != named[0])]
    return [_to_row(row) for row in found[:limit]]


@cache
def _due_statement(what: str, queues: int) -> Statement:
    ranges = [
        select(*_COLUMNS)
        .where(cases.c.queue_id == bindparam(f"queue_{place}"), *_CONDITIONS[what], _IS_AFTER)
        .order_by(*_BY_DUE)
        for place in range(queues)
    ]
    return Statement(_merged(ranges, lambda columns: (columns.due_at, columns.number)))


@cache
def _newest_statement(queues: int | None, has_status: bool, has_customer: bool) -> Statement:
    newer = select(*_COLUMNS).where(cases.c.number < bindparam("after_number"))
    if has_status:
        newer = newer.where(cases.c.status == bindparam("status"))
    if has_customer:
        newer = newer.where(cases.c.customer_ref == bindparam("customer_ref"))
    return Statement(_newest_of(newer, queues))


@cache
def _search_statement(queues: int) -> Statement:
    """Scans an index that contains the search text; only the cases found are read from the table."""

    def clause(database: str) -> ClauseElement:
        position = func.instr if database == SQLITE else func.strpos
        fits = select(cases.c.number).where(position(cases.c.search_text, bindparam("wanted")) > 0)
        found = _newest_of(fits, queues).subquery()
        rows = select(*_COLUMNS).join(found, found.c.number == cases.c.number)
        return rows.order_by(cases.c.number.desc())

    return Statement(clause)


def _newest_of(newer: Select[Any], queues: int | None) -> Select[Any]:
    newer = newer.order_by(cases.c.number.desc())
    if queues is None:
        return newer.limit(bindparam("limit"))
    ranges = [newer.where(cases.c.queue_id == bindparam(f"queue_{place}")) for place in range(queues)]
    return _merged(ranges, lambda columns: (columns.number.desc(),))


def _merged(ranges: Sequence[Select[Any]], order: Callable[[Any], Sequence[Any]]) -> Select[Any]:
    """The first rows of several ordered ranges, in the same order."""
    limited = [one_range.limit(bindparam("limit")) for one_range in ranges]
    if len(limited) == 1:
        return limited[0]
    merged = union_all(*(select(one_range.subquery()) for one_range in limited)).subquery()
    return select(merged).order_by(*order(merged.c)).limit(bindparam("limit"))


def queue_values(queue_ids: Sequence[str]) -> dict[str, str]:
    return {f"queue_{place}": queue_id for place, queue_id in enumerate(queue_ids)}


def _due_page(
    connection: Connection, statement: Statement, after: Cursor | None, limit: int, **values: Any
) -> Page:
    start = after or _START
    rows = connection.rows(statement, after_at=start.at, after_number=start.number, limit=limit + 1, **values)
    return _page(rows, limit, lambda row: Cursor(row[11], row[0]))


def _page(rows: Sequence[Row], limit: int, cursor_of: Callable[[Row], Cursor]) -> Page:
    """`rows` has one row more than the page when there is a next page."""
    shown = rows[:limit]
    following = cursor_of(shown[-1]) if len(rows) > limit else None
    return Page(tuple(_to_row(row) for row in shown), following)


def _to_row(row: Row) -> CaseRow:
    shown = list(row)
    for place, convert in _CONVERSIONS:
        shown[place] = convert(shown[place])
    return CaseRow(*shown)
