"""Fields of an outbox row as read from the database, also when what stands there is damaged."""

from __future__ import annotations

from typing import Any

from msgspec import MsgspecError

from core.ids import case_id_of
from store.db.documents import decode_payload
from store.db.instants import from_micros, from_micros_or_none
from store.db.statements import Row

_LONGEST_DAMAGE = 200


def fields_of(row: Row, attempt: int) -> dict[str, Any]:
    """The fields of `OutboxRow`. `attempt` is 1 for a row that is taken, 0 for one that is only read.

    A damaged row must not stop its lane, nor the list of the others: it comes with `damage`, and with its
    case and event as far as they are readable.
    """
    try:
        return _read(row, attempt)
    except (MsgspecError, TypeError, ValueError, OverflowError) as error:
        place = (value if isinstance(value, int) else None for value in row[4:6])
        sound = _read((*row[:4], *place, "{}", 0, None, 0, None, 0), attempt)
        return {**sound, "damage": f"{type(error).__name__}: {error}"[:_LONGEST_DAMAGE]}


def _read(row: Row, attempt: int) -> dict[str, Any]:
    row_id, key, address, effect, number, seq, payload, attempts, attempted_at, created_at, error, _due_at = (
        row
    )
    return {
        "id": row_id,
        "key": key,
        "address": address,
        "effect": effect,
        "case_id": None if number is None else case_id_of(number),
        "seq": seq,
        "payload": decode_payload(payload),
        "attempts": attempts + attempt,
        "attempted_at_before": from_micros_or_none(attempted_at),
        "created_at": from_micros(created_at),
        "error": error,
    }
