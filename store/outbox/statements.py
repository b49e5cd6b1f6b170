"""SQL of the outbox: rows in order per address, one holder per address at a time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ClauseElement,
    bindparam,
    delete,
    func,
    literal_column,
    null,
    or_,
    select,
    update,
)

from store.db.statements import Statement, insert_if_absent, insert_or_update
from store.tables import lanes, outbox, processes

_IS_PENDING = outbox.c.state == literal_column("'pending'")
_IS_PARKED = outbox.c.state == literal_column("'parked'")
_IS_DELIVERED = outbox.c.state == literal_column("'delivered'")
_IS_THIS = outbox.c.id == bindparam("row_id")
ROW = [
    outbox.c[name]
    for name in (
        "id key address effect number seq payload attempts attempted_at created_at error due_at"
    ).split()
]
EFFECT, CASE_NUMBER, PAYLOAD, DUE_AT = 3, 4, 6, len(ROW) - 1
"""Places in a row."""

ADD = insert_if_absent(
    outbox,
    *"key address effect number seq payload state created_at due_at attempts".split(),
    by=["key"],
)


_IS_HELD_BY_THE_LIVING = (
    select(processes.c.name).where(processes.c.name == lanes.c.holder).correlate(lanes).exists()
)
_IS_FREE = or_(
    lanes.c.holder == bindparam("holder"),
    (lanes.c.held_until <= literal_column("0")),
    (lanes.c.held_until <= bindparam("now")) & ~_IS_HELD_BY_THE_LIVING,
)
"""For this holder: what it holds already, it may take up again, as after a result that couldn't be saved.
The lease of a process that lives never runs out, whatever a clock says."""


def _due_lanes() -> ClauseElement:
    """A loose index scan: it goes from address to address along the index of pending rows, not row by row."""
    first = (
        select(func.min(outbox.c.address).label("address")).where(_IS_PENDING).cte("first", recursive=True)
    )
    following = (
        select(func.min(outbox.c.address))
        .where(_IS_PENDING, outbox.c.address > first.c.address)
        .correlate(first)
        .scalar_subquery()
    )
    addresses = first.union_all(select(following).where(first.c.address.is_not(None)))
    first_row = (
        select(func.min(outbox.c.id))
        .where(_IS_PENDING, outbox.c.address == addresses.c.address)
        .correlate(addresses)
        .scalar_subquery()
    )
    head = outbox.alias("head")
    now: BindParameter[int] = bindparam("now")
    return (
        select(addresses.c.address)
        .select_from(addresses)
        .join(head, head.c.id == first_row)
        .outerjoin(lanes, lanes.c.address == addresses.c.address)
        .where(
            head.c.due_at <= now,
            or_(lanes.c.address.is_(None), _IS_FREE & (lanes.c.open_at <= now)),
        )
        .order_by(head.c.id)
        .limit(bindparam("limit"))
    )


DUE_LANES = Statement(_due_lanes())
LEASE_LANE = insert_or_update(
    lanes,
    *"address holder held_until open_at".split(),
    by=["address"],
    unchanged=["open_at"],
    where=_IS_FREE & (lanes.c.open_at <= bindparam("now")),
)
_IS_LEASED = (lanes.c.address == bindparam("address")) & (lanes.c.holder == bindparam("holder"))
RELEASE_LANE = Statement(update(lanes).where(_IS_LEASED).values(held_until=0))
OPEN_LANE = Statement(update(lanes).where(_IS_LEASED).values(open_at=bindparam("until")))
CLEAR_LEASES = Statement(
    update(lanes)
    .where(func.substr(lanes.c.holder, 1, bindparam("length")) == bindparam("prefix"), lanes.c.held_until > 0)
    .values(held_until=0)
)
FREE_LANES = Statement(
    update(lanes)
    .where(
        lanes.c.held_until > literal_column("0"),
        ~_IS_HELD_BY_THE_LIVING,
    )
    .values(held_until=0)
)
OPEN_LANES = Statement(
    update(lanes).where(lanes.c.open_at > bindparam("now")).values(open_at=bindparam("now"))
)
END_WAITS = Statement(
    update(outbox).where(_IS_PENDING, outbox.c.due_at > bindparam("now")).values(due_at=bindparam("now"))
)

FIRST_ROWS = Statement(
    select(*ROW)
    .where(outbox.c.address == bindparam("address"), _IS_PENDING)
    .order_by(outbox.c.id)
    .limit(bindparam("limit"))
)
ATTEMPT = Statement(
    update(outbox).where(_IS_THIS).values(attempts=outbox.c.attempts + 1, attempted_at=bindparam("now"))
)
DELIVERED = Statement(
    update(outbox)
    .where(_IS_THIS, or_(_IS_PENDING, _IS_PARKED))
    .values(
        state=literal_column("'delivered'"),
        attempted_at=func.coalesce(outbox.c.attempted_at, outbox.c.created_at),
    )
)
_POSTPONED = (
    update(outbox).where(_IS_THIS, _IS_PENDING).values(due_at=bindparam("until"), error=bindparam("why"))
)
POSTPONED = Statement(
    _POSTPONED.values(
        attempted_at=func.coalesce(bindparam("sent_at", type_=BigInteger), outbox.c.attempted_at)
    )
)
POSTPONED_UNSENT = Statement(_POSTPONED.values(attempted_at=null()))
PARKED = Statement(
    update(outbox)
    .where(_IS_THIS, _IS_PENDING)
    .values(state=literal_column("'parked'"), error=bindparam("why"))
)
_UNPARKED: dict[str, Any] = {
    "state": literal_column("'pending'"),
    "due_at": bindparam("now"),
    "attempts": literal_column("0"),
}
UNPARK_ROW = Statement(update(outbox).where(outbox.c.id == bindparam("which"), _IS_PARKED).values(_UNPARKED))
UNPARK_LANE = Statement(
    update(outbox).where(outbox.c.address == bindparam("which"), _IS_PARKED).values(_UNPARKED)
)

PARKED_LANES = Statement(select(outbox.c.address).where(_IS_PARKED).distinct().order_by(outbox.c.address))
PENDING_COUNT = Statement(
    select(func.count()).where(
        outbox.c.address == bindparam("address"), _IS_PENDING, outbox.c.effect == bindparam("effect")
    )
)
LIST_PENDING = Statement(
    select(*ROW)
    .where(outbox.c.address == bindparam("address"), _IS_PENDING, outbox.c.effect == bindparam("effect"))
    .order_by(outbox.c.id)
    .limit(bindparam("limit"))
)
FIND = Statement(select(*ROW, outbox.c.state).where(_IS_THIS))
DROP = Statement(delete(outbox).where(_IS_THIS, _IS_PARKED))
REPAIR = Statement(
    update(outbox)
    .where(_IS_THIS, _IS_PARKED, outbox.c.seq.is_not(None))
    .values(payload=literal_column("'{}'"), created_at=bindparam("now"), attempted_at=null())
)
"""What follows from an event has no payload, so a new one is as good as the one that was damaged."""
LIST_PARKED = Statement(select(*ROW).where(_IS_PARKED).order_by(outbox.c.id).limit(bindparam("limit")))
_PARKED_AT = (outbox.c.address == bindparam("address"), _IS_PARKED)
COUNT_PARKED = Statement(select(func.count()).where(*_PARKED_AT))
PARKED_SINCE = Statement(select(func.min(outbox.c.due_at)).where(*_PARKED_AT))
PENDING_FIGURES = Statement(select(func.count(), func.min(outbox.c.created_at)).where(_IS_PENDING))
PARKED_FIGURES = Statement(select(func.count()).where(_IS_PARKED))
PURGE = Statement(
    delete(outbox).where(
        _IS_DELIVERED,
        outbox.c.attempted_at < bindparam("before"),
        outbox.c.id != select(func.max(outbox.alias("newest").c.id)).scalar_subquery(),
    )
)
"""The newest row stays: SQLite assigns the highest id plus one, and no id may be used twice."""
