"""Case repository: lock, read, save, list and find cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ClauseElement, bindparam, func, select, update

from core.case import Case, Status
from core.errors import NotFound
from core.ids import FIRST_NUMBER, case_id_of, number_of
from core.policy import Policy
from store.cases import lists
from store.cases.columns import frequent_columns, has_rare_change, rare_columns
from store.cases.elsewhere import count_elsewhere
from store.cases.lists import CaseRow, Cursor, Page
from store.db.documents import decode_case
from store.db.instants import to_micros
from store.db.statements import SQLITE, Connection, Statement, insert_row
from store.recording import NO_HEAD, Head
from store.tables import case_numbers, cases

_FREQUENT = ("status", "resolver_id", "due_at", "due_target", "next_deadline_at", "snoozed_until")
_HEAD = ("seq", "head_hash", "body")
_RARE = tuple(column.name for column in cases.columns if column.name not in ("number", *_FREQUENT, *_HEAD))


def _next_number(database: str) -> ClauseElement:
    if database == SQLITE:
        return select(func.max(cases.c.number) + 1)
    return select(case_numbers.next_value())


def _number(case_id: str) -> int:
    try:
        return number_of(case_id)
    except ValueError:
        raise NotFound(case_id) from None


def _update(columns: Sequence[str]) -> Statement:
    """UPDATE guarded by the timeline's head, so that a concurrent change is never overwritten."""
    values: dict[str, Any] = {name: bindparam(name) for name in columns}
    was_head = (cases.c.number == bindparam("of_number")) & (cases.c.seq == bindparam("previous_seq"))
    return Statement(update(cases).where(was_head).values(values))


_NEXT_NUMBER = Statement(_next_number)
_BODY = Statement(select(cases.c.body).where(cases.c.number == bindparam("number")))
_LOCK = Statement(
    select(cases.c.body, cases.c.seq, cases.c.head_hash)
    .where(cases.c.number == bindparam("number"))
    .with_for_update()
)
_LOCK_DUE = Statement(
    select(cases.c.number)
    .where(cases.c.next_deadline_at <= bindparam("now"))
    .order_by(cases.c.next_deadline_at, cases.c.number)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_OPEN_NUMBERS = Statement(
    select(cases.c.number)
    .where(cases.c.closed_at.is_(None), cases.c.number > bindparam("after"))
    .order_by(cases.c.number)
    .limit(bindparam("limit"))
)
_BY_CHARGEBACK = Statement(
    select(cases.c.number).where(cases.c.chargeback_ref == bindparam("chargeback_ref"))
)
_BY_INVOICE = Statement(
    select(cases.c.body)
    .where(cases.c.invoice_ref == bindparam("invoice_ref"), cases.c.customer_ref == bindparam("customer_ref"))
    .order_by(cases.c.number.desc())
)
_INSERT = insert_row(cases)
_RECOMPUTE = Statement(
    update(cases)
    .where(cases.c.number == bindparam("of_number"))
    .values({name: bindparam(name) for name in _FREQUENT})
)
_UPDATE_FREQUENT = _update((*_HEAD, *_FREQUENT))
_UPDATE_ALL = _update((*_HEAD, *_FREQUENT, *_RARE))


class Cases:
    __slots__ = ("_connection", "_last_number", "_locked", "_policy")

    def __init__(self, connection: Connection, policy: Policy) -> None:
        self._connection = connection
        self._policy = policy
        self._locked: dict[str, tuple[Case, Head]] = {}
        self._last_number = FIRST_NUMBER - 1

    def next_id(self) -> str:
        """The id for a new case. Numbers may be skipped, none is used twice."""
        row = self._connection.row(_NEXT_NUMBER)
        number = (row and row[0]) or FIRST_NUMBER
        self._last_number = max(number, self._last_number + 1)
        return case_id_of(self._last_number)

    def lock(self, case_id: str) -> Case:
        """The case, locked against other changes until this transaction ends. Raises NotFound."""
        row = self._connection.row(_LOCK, number=_number(case_id))
        if row is None:
            raise NotFound(case_id)
        body, seq, head_hash = row
        case = decode_case(body)
        self._locked[case_id] = (case, Head(seq, head_hash))
        return case

    def get(self, case_id: str) -> Case:
        """The case, to read. Raises NotFound."""
        case = self.find(case_id)
        if case is None:
            raise NotFound(case_id)
        return case

    def find(self, case_id: str) -> Case | None:
        try:
            row = self._connection.row(_BODY, number=number_of(case_id))
        except ValueError:
            return None
        return None if row is None else decode_case(row[0])

    def lock_due(self, now: datetime, limit: int) -> list[str]:
        """Cases with something to do for `core.deadlines.tick`, the longest due first.

        On PostgreSQL they are locked, and those that another sweep has locked are skipped.
        """
        rows = self._connection.rows(_LOCK_DUE, now=to_micros(now), limit=limit)
        return [case_id_of(number) for (number,) in rows]

    def head_of(self, case_id: str) -> Head:
        """The head of a locked case's timeline; a case that was not locked is new."""
        locked = self._locked.get(case_id)
        return NO_HEAD if locked is None else locked[1]

    def list_queue(self, queue_ids: Sequence[str], after: Cursor | None, limit: int) -> Page:
        """Open cases that are unclaimed, the nearest due first."""
        return lists.list_by_due(self._connection, lists.WAITING, queue_ids, after, limit)

    def list_overdue(self, queue_ids: Sequence[str], now: datetime, after: Cursor | None, limit: int) -> Page:
        """Cases whose next target is missed, the longest overdue first."""
        return lists.list_by_due(self._connection, lists.OVERDUE, queue_ids, after, limit, now=to_micros(now))

    def list_mine(self, person_id: str, after: Cursor | None, limit: int) -> Page:
        """Open cases whose resolver the person is, the nearest due first."""
        return lists.list_mine(self._connection, person_id, after, limit)

    def list_all(
        self,
        after: Cursor | None,
        limit: int,
        *,
        queue_ids: Sequence[str] | None = None,
        status: Status | None = None,
        customer_ref: str | None = None,
    ) -> Page:
        """Every case, or those of these queues, this status, this customer; newest first."""
        return lists.list_newest(
            self._connection, after, limit, queue_ids, status=status, customer_ref=customer_ref
        )

    def search(self, text: str, queue_ids: Sequence[str], limit: int) -> list[CaseRow]:
        """Cases whose number, customer or invoice contains `text`, newest first; one named by its id before
        all.

        Upper and lower case are the same, and `%`, `_` and `\\` are no wildcards.
        """
        return lists.search(self._connection, text, queue_ids, limit)

    def list_open_ids(self, after: str | None, limit: int) -> list[str]:
        """The next batch of the cases that are not closed, in the order of their numbers."""
        rows = self._connection.rows(_OPEN_NUMBERS, after=0 if after is None else _number(after), limit=limit)
        return [case_id_of(number) for (number,) in rows]

    def list_for_customer(
        self, customer_ref: str, *, but: str, queue_ids: Sequence[str], limit: int
    ) -> list[CaseRow]:
        """The customer's other cases in these queues, newest first."""
        rows = lists.list_newest(self._connection, None, limit + 1, queue_ids, customer_ref=customer_ref).rows
        return [row for row in rows if row.id != but][:limit]

    def count_for_customer(self, customer_ref: str, *, but: str, outside_of: Sequence[str]) -> int:
        """How many other cases the customer has outside of these queues."""
        return count_elsewhere(self._connection, customer_ref, _number(but), outside_of)

    def find_by_chargeback(self, chargeback_ref: str) -> str | None:
        """The case about this chargeback."""
        row = self._connection.row(_BY_CHARGEBACK, chargeback_ref=chargeback_ref)
        return None if row is None else case_id_of(row[0])

    def list_for_invoice(self, invoice_ref: str, customer_ref: str) -> Sequence[Case]:
        """What this customer has disputed of this invoice, newest first."""
        rows = self._connection.rows(_BY_INVOICE, invoice_ref=invoice_ref, customer_ref=customer_ref)
        return [decode_case(body) for (body,) in rows]

    def save(self, case: Case, body: str, head: Head) -> None:
        """Insert a new case or update a locked one. Only `Transaction.record` calls this."""
        values: dict[str, Any] = frequent_columns(case, self._policy)
        values["body"] = body
        values["seq"], values["head_hash"] = head
        locked = self._locked.get(case.id)
        if locked is None:
            self._connection.write(_INSERT, {"number": number_of(case.id), **values, **rare_columns(case)})
        else:
            before, previous = locked
            statement = _UPDATE_FREQUENT
            if has_rare_change(before, case):
                statement = _UPDATE_ALL
                values |= rare_columns(case)
            values["of_number"], values["previous_seq"] = number_of(case.id), previous.seq
            self._connection.write(statement, values)
        self._locked[case.id] = (case, head)

    def recompute_deadlines(self, case_id: str) -> None:
        """Compute again when a case is due, as after a change of policy; adds no event. Raises NotFound."""
        case = self.lock(case_id)
        values = frequent_columns(case, self._policy)
        self._connection.write(_RECOMPUTE, {"of_number": number_of(case_id), **values})
