"""New cards of a lane, which go before the other rows of other cases: work begins with them."""

from __future__ import annotations

from msgspec import MsgspecError
from sqlalchemy import bindparam, literal_column, select

from core.ids import number_of
from store.db.documents import decode_payload
from store.db.statements import Connection, Row, Statement
from store.outbox.statements import CASE_NUMBER, DUE_AT, EFFECT, PAYLOAD, ROW
from store.tables import outbox

NEW_CARD = "post_card"
MOST_CONSIDERED = 25
"""Cards; more than `burst_threshold` become a list soon, so few wait at a time."""

_WAITS_HERE = (outbox.c.address == bindparam("address"), outbox.c.state == literal_column("'pending'"))
_CARDS = Statement(
    select(*ROW)
    .where(*_WAITS_HERE, outbox.c.effect == literal_column(f"'{NEW_CARD}'"))
    .order_by(outbox.c.id)
    .limit(bindparam("limit"))
)
CASES_BEFORE = Statement(
    select(outbox.c.id, outbox.c.number)
    .where(*_WAITS_HERE, outbox.c.id < bindparam("before_id"), outbox.c.number.is_not(None))
    .order_by(outbox.c.id)
)


def find_new_card(connection: Connection, first: Row, address: str, at: int) -> Row | None:
    """The first due card whose case has nothing before it in the lane; None when the lane's first row goes.

    The rows of one case keep their order.
    """
    if first[EFFECT] == NEW_CARD:
        return None
    cards = [
        card
        for card in connection.rows(_CARDS, address=address, limit=MOST_CONSIDERED)
        if isinstance(card[DUE_AT], int) and card[DUE_AT] <= at
    ]
    if not cards:
        return None
    waiting: dict[int, int] = {}
    for row_id, number in connection.rows(CASES_BEFORE, address=address, before_id=cards[-1][0]):
        waiting.setdefault(number, row_id)
    return next((card for card in cards if _goes_first(card, waiting)), None)


def _goes_first(card: Row, waiting: dict[int, int]) -> bool:
    """`waiting` has the first row of each case. A list must wait for each of its cases."""
    try:
        numbers = [card[CASE_NUMBER]] if card[CASE_NUMBER] is not None else _numbers_in(card[PAYLOAD])
    except (MsgspecError, ValueError, TypeError, AttributeError):
        return False  # a damaged list takes its turn, and is parked then
    return all(waiting.get(number, card[0]) >= card[0] for number in numbers)


def _numbers_in(payload: str) -> list[int]:
    return [number_of(case_id) for case_id in decode_payload(payload).get("case_ids", ())]
