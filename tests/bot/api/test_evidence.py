"""What becomes of evidence that another system hands in for a dispute?"""

from __future__ import annotations

import asyncio

import pytest

from core.case import Status
from core.closing import withdraw
from store.transaction import Transaction
from tests.bot.api.disputes import body
from tests.bot.api.test_refusals import is_problem
from tests.bot.api_client import ApiClient, ApiResponse
from tests.builders import MONDAY_9AM

NOTE = {"kind": "delivery_note", "name": "Photo.jpg", "url": "https://files.example/photo.jpg"}
MAIL = {"kind": "mail", "name": "Complaint.eml"}


async def raise_gathering(door: ApiClient) -> str:
    number: str = (await door.post(body(reason="not_delivered"), "raise")).json["number"]
    assert door.case(number).status is Status.GATHERING
    return number


async def hand_in(door: ApiClient, number: str, *pieces: object, key: str = "e-1") -> ApiResponse:
    return await door.post_to(f"/api/disputes/{number}/evidence", list(pieces), key)


def cards_promised(door: ApiClient) -> int:
    return door.store.read_blocking(
        lambda tx: len(tx.outbox.list_pending("slack:#logistics-disputes", "post_card", 10))
    )


def close(tx: Transaction, case_id: str) -> None:
    tx.record(withdraw(tx.cases.lock(case_id), why="", actor_id="slack:U0ANA", now=MONDAY_9AM))


async def test_the_last_missing_piece_ends_the_gathering_and_the_queue_gets_its_card(door: ApiClient) -> None:
    number = await raise_gathering(door)
    first = await hand_in(door, number, MAIL)
    assert (first.status, first.json["status"], cards_promised(door)) == (200, "gathering", 0)
    last = await hand_in(door, number.lower(), NOTE, key="e-2")
    assert (last.status, last.json["number"], last.json["status"]) == (200, number, "open")
    assert last.json["due_at"] is not None
    assert cards_promised(door) == 1
    assert [piece.name for piece in door.case(number).evidence] == ["Offer.pdf", "Complaint.eml", "Photo.jpg"]
    assert door.is_timeline_intact(number)


async def test_a_repeat_changes_nothing_and_is_answered_alike(door: ApiClient) -> None:
    number = await raise_gathering(door)
    answers = [await hand_in(door, number, NOTE, key=key) for key in ("e-1", "e-1", "e-2")]
    assert [answer.status for answer in answers] == [200, 200, 200]
    assert answers[0].json == answers[1].json == answers[2].json
    assert (len(door.case(number).evidence), cards_promised(door)) == (2, 1)


async def test_many_at_once_are_handed_in_once(any_door: ApiClient) -> None:
    number = await raise_gathering(any_door)
    answers = await asyncio.gather(*(hand_in(any_door, number, NOTE) for _ in range(10)))
    assert {answer.status for answer in answers} == {200}
    assert (len(any_door.case(number).evidence), cards_promised(any_door)) == (2, 1)


async def test_a_key_used_for_something_else_is_refused(door: ApiClient) -> None:
    number = await raise_gathering(door)
    await hand_in(door, number, MAIL)
    for answer in (await hand_in(door, number, NOTE), await hand_in(door, number, NOTE, key="raise")):
        assert is_problem(answer, 422)
        assert answer.json["title"] == "Idempotency-Key reused"
    assert door.case(number).status is Status.GATHERING


async def test_an_open_dispute_takes_more_and_a_closed_one_refuses(door: ApiClient) -> None:
    number = (await door.post(body())).json["number"]
    assert (await hand_in(door, number, MAIL)).status == 200
    await door.store.run(close, number)
    answer = await hand_in(door, number, NOTE, key="e-2")
    assert is_problem(answer, 422)
    assert answer.json["detail"] == f"{number} is closed. Reopen it first if there is more to do."
    assert len(door.case(number).evidence) == 2


@pytest.mark.parametrize("number", ["D-9999", "D-1", "x", "%F0%9F%99%82"])
async def test_where_there_is_no_dispute_there_is_no_place_for_evidence(door: ApiClient, number: str) -> None:
    assert is_problem(await hand_in(door, number, NOTE), 404)


@pytest.mark.parametrize(
    ("pieces", "pointer"),
    [
        ([{**NOTE, "kind": ""}], "/0/kind"),
        ([NOTE, {"kind": "mail"}], "/1/name"),
        ([{**NOTE, "url": "javascript:alert(1)"}], "/0/url"),
        ([{**NOTE, "more": 1}], "/0/more"),
        (["Photo.jpg"], "/0"),
        ([NOTE] * 51, ""),
        ([], ""),
    ],
)
async def test_what_is_wrong_with_a_piece_is_said_to_the_field(
    door: ApiClient, pieces: list[object], pointer: str
) -> None:
    answer = await hand_in(door, await raise_gathering(door), *pieces)
    assert is_problem(answer, 422)
    assert pointer in answer.errors
