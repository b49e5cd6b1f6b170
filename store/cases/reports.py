"""Reports repository: figures of queues, for managers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from statistics import median
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, bindparam, false, func, literal_column, select

from core.ids import case_id_of
from store.db.instants import to_micros
from store.db.statements import Connection, Statement
from store.tables import cases

_MICROS_PER_HOUR = 3_600_000_000
_IS_OPEN = cases.c.closed_at.is_(None)
_HAS_DUE_AT = cases.c.due_at >= literal_column("0")
"""Always true; it makes SQLite count in the index of open cases instead of reading each case."""
_IS_CLOSED_SINCE = cases.c.closed_at >= bindparam("since")
_IS_RAISED_SINCE = cases.c.raised_at >= bindparam("since")
_IS_WAITING = cases.c.status == literal_column("'open'")
_IS_OVERDUE = cases.c.due_at <= bindparam("now")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Counts of cases as of `now`, and of what happened since `since`."""

    open: int
    unclaimed: int
    overdue: int
    raised: int
    closed: int
    by_resolution: Mapping[str, int]
    """Closed since then, by resolution."""
    median_hours: float | None
    """Wall-clock hours from raised to closed, of those closed since then; None: none was."""
    by_reason: Mapping[str, int]
    """Raised since then, by reason id."""
    by_queue: Mapping[str, int]
    """Open now, by queue id."""
    by_resolver: Mapping[str, int]
    """Open now, by the resolver's person id."""


@dataclass(frozen=True, slots=True)
class NamesInUse:
    """`count` open cases use these names of the policy; `example` is one of the cases."""

    queue_id: str
    reason_id: str
    tier_id: str
    example: str
    count: int


class Reports:
    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def names_in_use(self) -> list[NamesInUse]:
        """The queues, reasons and tiers that open cases use; reads every open case's row in its index."""
        return [
            NamesInUse(queue_id, reason_id, tier_id, case_id_of(first), count)
            for queue_id, reason_id, tier_id, first, count in self._connection.rows(_NAMES_IN_USE)
        ]

    def figures(self, queue_ids: Sequence[str], since: datetime, now: datetime) -> Figures:
        """Reads every case that is open or changed since: fine for a report, too slow for every card."""
        queue_ids = tuple(dict.fromkeys(queue_ids))
        values = {f"queue_{place}": queue_id for place, queue_id in enumerate(queue_ids)}
        values |= {"since": to_micros(since), "now": to_micros(now)}  # type: ignore[dict-item]
        in_queues = _statements(len(queue_ids))

        def count_by(what: str) -> dict[str, int]:
            return dict(self._connection.rows(in_queues[what], **values))

        by_queue, by_resolution, by_reason = (count_by(what) for what in ("queue", "resolution", "reason"))
        durations = [micros for (micros,) in self._connection.rows(in_queues["durations"], **values)]
        return Figures(
            open=sum(by_queue.values()),
            unclaimed=self._connection.rows(in_queues["unclaimed"], **values)[0][0],
            overdue=self._connection.rows(in_queues["overdue"], **values)[0][0],
            raised=sum(by_reason.values()),
            closed=len(durations),
            by_resolution=by_resolution,
            median_hours=median(durations) / _MICROS_PER_HOUR if durations else None,
            by_reason=by_reason,
            by_queue=by_queue,
            by_resolver=count_by("resolver"),
        )


_NAMES_IN_USE = Statement(
    select(cases.c.queue_id, cases.c.reason_id, cases.c.tier_id, func.min(cases.c.number), func.count())
    .where(_IS_OPEN)
    .group_by(cases.c.queue_id, cases.c.reason_id, cases.c.tier_id)
)


@cache
def _statements(queues: int) -> Mapping[str, Statement]:
    names: list[BindParameter[str]] = [bindparam(f"queue_{place}") for place in range(queues)]
    in_queues = cases.c.queue_id.in_(names) if names else false()

    def count(*conditions: ColumnElement[bool]) -> Statement:
        return Statement(select(func.count()).select_from(cases).where(in_queues, *conditions))

    def count_by(column: ColumnElement[Any], *conditions: ColumnElement[bool]) -> Statement:
        return Statement(select(column, func.count()).where(in_queues, *conditions).group_by(column))

    return {
        "queue": count_by(cases.c.queue_id, _IS_OPEN, _HAS_DUE_AT),
        "resolver": count_by(cases.c.resolver_id, _IS_OPEN, cases.c.resolver_id.is_not(None)),
        "resolution": count_by(cases.c.resolution, _IS_CLOSED_SINCE, cases.c.resolution.is_not(None)),
        "reason": count_by(cases.c.reason_id, _IS_RAISED_SINCE),
        "unclaimed": count(_IS_WAITING),
        "overdue": count(_IS_OPEN, _IS_OVERDUE),
        "durations": Statement(
            select(cases.c.closed_at - cases.c.raised_at).where(in_queues, _IS_CLOSED_SINCE)
        ),
    }
