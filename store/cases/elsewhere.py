"""Count of a customer's cases outside of given queues."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from sqlalchemy import BigInteger, bindparam, cast, func, literal_column, select

from store.cases.lists import queue_values
from store.db.statements import Connection, Statement
from store.tables import cases


def count_elsewhere(connection: Connection, customer_ref: str, but: int, queue_ids: Sequence[str]) -> int:
    """The number of the customer's cases outside of these queues, without the case of number `but`."""
    statement = _elsewhere_statement(len(queue_ids))
    row = connection.row(statement, customer_ref=customer_ref, but=but, **queue_values(queue_ids))
    return row[0] if row else 0


@cache
def _elsewhere_statement(queues: int) -> Statement:
    """A loose index scan: it goes from queue to queue of the customer, and counts in those outside alone."""
    is_theirs = cases.c.customer_ref == bindparam("customer_ref")
    first = select(func.min(cases.c.queue_id).label("queue_id")).where(is_theirs).cte("of", recursive=True)
    following = (
        select(func.min(cases.c.queue_id))
        .where(is_theirs, cases.c.queue_id > first.c.queue_id)
        .correlate(first)
        .scalar_subquery()
    )
    of = first.union_all(select(following).where(first.c.queue_id.is_not(None)))
    count = (
        select(func.count())
        .select_from(cases)
        .where(is_theirs, cases.c.queue_id == of.c.queue_id, cases.c.number != bindparam("but"))
        .correlate(of)
        .scalar_subquery()
    )
    outside = [of.c.queue_id != bindparam(f"queue_{place}") for place in range(queues)]
    total = func.coalesce(func.sum(count), literal_column("0"))
    return Statement(select(cast(total, BigInteger)).where(of.c.queue_id.is_not(None), *outside))
