"""Daily use repository: how often, or how much, a link or an address did something on a day."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ClauseElement, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from core.link_budget import Use, day_of
from store.customer_tables import daily_uses
from store.db.statements import SQLITE, Connection, Statement

_KEY = ("subject", "kind", "day")
_NAMES = (*_KEY, "used")


def _add(database: str) -> ClauseElement:
    values: dict[str, Any] = {name: bindparam(name) for name in _NAMES}
    made: Any = (sqlite if database == SQLITE else postgresql).insert(daily_uses).inline().values(values)
    clause: ClauseElement = made.on_conflict_do_update(
        index_elements=_KEY, set_={"used": daily_uses.c.used + made.excluded.used}
    )
    return clause


_ADD = Statement(_add)
_FIND = Statement(select(daily_uses.c.used).where(*(daily_uses.c[name] == bindparam(name) for name in _KEY)))
_PURGE = Statement(delete(daily_uses).where(daily_uses.c.day < bindparam("before")))


class DailyUses:
    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, subject: str, use: Use, now: datetime, amount: int = 1) -> int:
        """Add to the day's sum and return it. The row stays locked until this transaction ends.

        So two transactions at once can't both take what is left. One that is refused rolls its part back.
        """
        self._connection.change(_ADD, subject=subject, kind=use.value, day=day_of(now), used=amount)
        return self.count(subject, use, now)

    def count(self, subject: str, use: Use, now: datetime) -> int:
        """The day's sum so far."""
        row = self._connection.row(_FIND, subject=subject, kind=use.value, day=day_of(now))
        return row[0] if row else 0

    def purge(self, before: datetime) -> int:
        """Delete the sums of days before then."""
        return self._connection.change(_PURGE, before=day_of(before))
