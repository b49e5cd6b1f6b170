"""What becomes of a dispute that another system posts, once or many times."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest

from core.case import Status
from tests.bot.api.disputes import body
from tests.bot.api_client import CRM_KEY, ERP_KEY, ApiClient
from tests.builders import euros


async def test_a_dispute_is_raised_with_all_that_was_said(api_client: ApiClient) -> None:
    answer = await api_client.post(body())
    (case,) = api_client.cases()
    assert answer.status == 201
    assert answer.headers["Location"] == f"https://ombud.example/api/disputes/{case.id}"
    assert answer.json["links"] == {
        "self": f"https://ombud.example/api/disputes/{case.id}",
        "case": f"https://ombud.example/cases/{case.id}",
        "customer": None,
    }
    assert answer.json["number"] == case.id
    assert (case.source, case.status, case.priority, case.disputed) == ("api:crm", Status.OPEN, 1, euros(30))
    assert (case.customer.email, case.customer.language) == ("ap@nordwind.example", "de")
    assert (case.invoice.issued_on, case.invoice.lines[1].quantity) == (date(2026, 2, 1), "2 h")
    assert [piece.name for piece in case.evidence] == ["Offer.pdf"]


async def test_what_may_be_left_out_may_be_left_out(api_client: ApiClient) -> None:
    least = {
        "customer": {"ref": "c", "name": "C"},
        "invoice": {"ref": "i", "number": "1", "currency": "JPY", "total_minor": 500},
        "reason": "wrong_amount",
        "statement": "Too much.",
    }
    answer = await api_client.post(least)
    assert answer.status == 201
    (case,) = api_client.cases()
    assert (case.customer.tier_id, case.disputed) == ("standard", case.invoice.total)


async def test_lines_are_added_up_each_once(api_client: ApiClient) -> None:
    answer = await api_client.post(body(disputed={"line_refs": ["il_2", "il_3", "il_2"]}))
    assert (answer.status, answer.json["disputed_minor"]) == (201, 3000)


async def test_a_reason_that_lacks_its_evidence_is_taken_and_gathers(api_client: ApiClient) -> None:
    answer = await api_client.post(body(reason="not_delivered"))
    assert (answer.status, answer.json["status"], answer.json["queue"]) == (201, "gathering", "logistics")
    complete = body(reason="not_delivered", evidence=[{"kind": "delivery_note", "name": "Photo"}])
    assert (await api_client.post(complete, "k-2")).json["status"] == "open"


async def test_a_repeat_is_answered_as_the_first_time_and_raises_nothing(api_client: ApiClient) -> None:
    first, second = await api_client.post(body()), await api_client.post(body())
    assert (first.status, second.status) == (201, 200)
    assert first.json == second.json
    assert first.headers["Location"] == second.headers["Location"]
    assert len(api_client.cases()) == 1


async def test_the_same_key_with_another_body_is_refused(api_client: ApiClient) -> None:
    await api_client.post(body())
    answer = await api_client.post(body(statement="Something else."))
    assert (answer.status, answer.json["title"]) == (422, "Idempotency-Key reused")
    assert len(api_client.cases()) == 1


async def test_a_key_whose_first_try_was_refused_can_be_used_again(api_client: ApiClient) -> None:
    assert (await api_client.post(body(reason="gremlins"))).status == 422
    assert (await api_client.post(body())).status == 201


async def test_two_callers_with_the_same_key_raise_two_disputes(api_client: ApiClient) -> None:
    one, other = await api_client.post(body(), key=CRM_KEY), await api_client.post(body(), key=ERP_KEY)
    assert (one.status, other.status) == (201, 201)
    assert [case.source for case in api_client.cases()] == ["api:crm", "api:erp"]


@pytest.mark.parametrize("count", [20])
async def test_many_posts_at_once_with_one_key_raise_one_dispute(
    any_api_client: ApiClient, count: int
) -> None:
    answers = await asyncio.gather(*(any_api_client.post(body()) for _ in range(count)))
    assert sorted(answer.status for answer in answers) == [200] * (count - 1) + [201]
    assert len({answer.json["number"] for answer in answers}) == 1
    assert len(any_api_client.cases()) == 1


async def test_many_posts_at_once_with_keys_of_their_own_raise_all(any_api_client: ApiClient) -> None:
    answers = await asyncio.gather(*(any_api_client.post(body(), f"k-{number}") for number in range(20)))
    assert {answer.status for answer in answers} == {201}
    assert len({answer.json["number"] for answer in answers}) == 20
    assert len(any_api_client.cases()) == 20


async def test_a_dispute_can_be_read_again(api_client: ApiClient) -> None:
    raised = await api_client.post(body())
    number = raised.json["number"]
    for way in (number, number.lower(), number[2:]):
        read = await api_client.get(f"/api/disputes/{way}")
        assert (read.status, read.json) == (200, raised.json)


async def test_both_databases_take_any_text_that_json_can_carry(any_api_client: ApiClient) -> None:
    odd = "\u0001\ufffe 🏴‍☠️ \u202e“\\”"
    answer = await any_api_client.post(body(customer__name=odd, statement=f"\x00{odd}\x00"))
    assert answer.status == 201
    (case,) = any_api_client.cases()
    assert (case.customer.name, case.statement) == (odd, odd)
