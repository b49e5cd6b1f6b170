"""Open alerts repository: escalation messages that are not closed yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, select

from core.ids import case_id_of, number_of
from store.db.statements import Connection, Row, Statement, insert_or_update
from store.tables import alerts

_SAVE = insert_or_update(
    alerts, *"number address seq channel_ref message_ref".split(), by=["number", "address", "seq"]
)
_IS_AT = (alerts.c.number == bindparam("number")) & (alerts.c.address == bindparam("address"))
_LIST = Statement(
    select(alerts.c.number, alerts.c.address, alerts.c.seq, alerts.c.channel_ref, alerts.c.message_ref)
    .where(_IS_AT, alerts.c.seq < bindparam("before"))
    .order_by(alerts.c.seq)
)
_REMOVE = Statement(delete(alerts).where(_IS_AT, alerts.c.seq == bindparam("seq")))


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAlert:
    """An escalation message; `seq` is the place in the timeline of the event it was posted for."""

    case_id: str
    address: str
    seq: int
    channel_ref: str
    message_ref: str


class OpenAlerts:
    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self, case_id: str, address: str, *, before: int) -> Sequence[OpenAlert]:
        """The open alerts at the address for events before that place in the timeline, oldest first."""
        rows = self._connection.rows(_LIST, number=number_of(case_id), address=address, before=before)
        return [_to_alert(row) for row in rows]

    def save(self, alert: OpenAlert) -> None:
        """Add it; repeats change nothing."""
        self._connection.change(
            _SAVE,
            number=number_of(alert.case_id),
            address=alert.address,
            seq=alert.seq,
            channel_ref=alert.channel_ref,
            message_ref=alert.message_ref,
        )

    def remove(self, alert: OpenAlert) -> None:
        """The message no longer alerts anyone, or was deleted."""
        self._connection.change(
            _REMOVE, number=number_of(alert.case_id), address=alert.address, seq=alert.seq
        )


def _to_alert(row: Row) -> OpenAlert:
    number, address, seq, channel_ref, message_ref = row
    return OpenAlert(
        case_id=case_id_of(number),
        address=address,
        seq=seq,
        channel_ref=channel_ref,
        message_ref=message_ref,
    )
