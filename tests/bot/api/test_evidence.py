"""What becomes of evidence that another system hands in for a dispute."""

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


async def raise_gathering(api_client: ApiClient) -> str:
    number: str = (await api_client.post(body(reason="not_delivered"), "raise")).json["number"]
    assert api_client.case(number).status is Status.GATHERING
    return number


async def hand_in(api_client: ApiClient, number: str, *pieces: object, key: str = "e-1") -> ApiResponse:
    return await api_client.post_to(f"/api/disputes/{number}/evidence", list(pieces), key)


def cards_promised(api_client: ApiClient) -> int:
    return api_client.store.read_blocking(
        lambda tx: len(tx.outbox.list_pending("slack:#logistics-disputes", "post_card", 10))
    )


def close(tx: Transaction, case_id: str) -> None:
    tx.record(withdraw(tx.cases.lock(case_id), why="", actor_id="slack:U0ANA", now=MONDAY_9AM))


async def test_the_last_missing_piece_ends_the_gathering_and_the_queue_gets_its_card(
    api_client: ApiClient,
) -> None:
    number = await raise_gathering(api_client)
    first = await hand_in(api_client, number, MAIL)
    assert (first.status, first.json["status"], cards_promised(api_client)) == (200, "gathering", 0)
    last = await hand_in(api_client, number.lower(), NOTE, key="e-2")
    assert (last.status, last.json["number"], last.json["status"]) == (200, number, "open")
    assert last.json["due_at"] is not None
    assert cards_promised(api_client) == 1
    assert [piece.name for piece in api_client.case(number).evidence] == [
        "Offer.pdf",
        "Complaint.eml",
        "Photo.jpg",
    ]
    assert api_client.is_timeline_intact(number)


async def test_a_repeat_changes_nothing_and_is_answered_alike(api_client: ApiClient) -> None:
    number = await raise_gathering(api_client)
    answers = [await hand_in(api_client, number, NOTE, key=key) for key in ("e-1", "e-1", "e-2")]
    assert [answer.status for answer in answers] == [200, 200, 200]
    assert answers[0].json == answers[1].json == answers[2].json
    assert (len(api_client.case(number).evidence), cards_promised(api_client)) == (2, 1)


async def test_many_at_once_are_handed_in_once(any_api_client: ApiClient) -> None:
    number = await raise_gathering(any_api_client)
    answers = await asyncio.gather(*(hand_in(any_api_client, number, NOTE) for _ in range(10)))
    assert {answer.status for answer in answers} == {200}
    assert (len(any_api_client.case(number).evidence), cards_promised(any_api_client)) == (2, 1)


async def test_a_key_used_for_something_else_is_refused(api_client: ApiClient) -> None:
    number = await raise_gathering(api_client)
    await hand_in(api_client, number, MAIL)
    for answer in (
        await hand_in(api_client, number, NOTE),
        await hand_in(api_client, number, NOTE, key="raise"),
    ):
        assert is_problem(answer, 422)
        assert answer.json["title"] == "Idempotency-Key reused"
    assert api_client.case(number).status is Status.GATHERING


async def test_an_open_dispute_takes_more_and_a_closed_one_refuses(api_client: ApiClient) -> None:
    number = (await api_client.post(body())).json["number"]
    assert (await hand_in(api_client, number, MAIL)).status == 200
    await api_client.store.run(close, number)
    answer = await hand_in(api_client, number, NOTE, key="e-2")
    assert is_problem(answer, 422)
    assert answer.json["detail"] == f"{number} is closed. Reopen it first if there is more to do."
    assert len(api_client.case(number).evidence) == 2


@pytest.mark.parametrize("number", ["D-9999", "D-1", "x", "%F0%9F%99%82"])
async def test_where_there_is_no_dispute_there_is_no_place_for_evidence(
    api_client: ApiClient, number: str
) -> None:
    assert is_problem(await hand_in(api_client, number, NOTE), 404)


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
    api_client: ApiClient, pieces: list[object], pointer: str
) -> None:
    answer = await hand_in(api_client, await raise_gathering(api_client), *pieces)
    assert is_problem(answer, 422)
    assert pointer in answer.errors
