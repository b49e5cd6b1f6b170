"""Another system reads all disputes, page by page, or those that it asks for."""

from __future__ import annotations

import pytest

from core.case import Resolution, Status
from core.claiming import claim
from core.deciding import decide
from store.cases.lists import Cursor
from store.transaction import Transaction
from tests.bot.api.disputes import body
from tests.bot.api.test_refusals import is_problem
from tests.bot.api_client import ApiClient
from tests.builders import MONDAY_9AM, euros


async def raise_some(api_client: ApiClient, count: int) -> list[str]:
    """Their numbers, the newest first."""
    numbers = []
    for place in range(count):
        reason = ("wrong_amount", "not_delivered")[place % 2]
        changed = body(reason=reason, customer__ref=f"cus_{place % 3}")
        numbers.append((await api_client.post(changed, f"k-{place}")).json["number"])
    return numbers[::-1]


async def pages(api_client: ApiClient, query: str) -> list[list[str]]:
    """The numbers on each page, until there is no next one."""
    seen: list[list[str]] = []
    after = ""
    for _ in range(50):
        answer = await api_client.get(f"/api/disputes?{query}{after}")
        assert answer.status == 200
        seen.append([one["number"] for one in answer.json["disputes"]])
        if answer.json["next"] is None:
            return seen
        after = f"&after={answer.json['next']}"
    raise AssertionError("the pages have no end")


def flat(seen: list[list[str]]) -> list[str]:
    return [number for page in seen for number in page]


@pytest.mark.parametrize("limit", [1, 3, 4, 12, 13, 100])
async def test_pages_show_everything_once_newest_first(api_client: ApiClient, limit: int) -> None:
    numbers = await raise_some(api_client, 12)
    seen = await pages(api_client, f"limit={limit}")
    assert flat(seen) == numbers
    assert all(len(page) == limit for page in seen[:-1])


async def test_what_is_raised_while_somebody_pages_does_not_shift_the_pages(api_client: ApiClient) -> None:
    numbers = await raise_some(api_client, 4)
    first = await api_client.get("/api/disputes?limit=2")
    await api_client.post(body(), "late")
    second = await api_client.get(f"/api/disputes?limit=2&after={first.json['next']}")
    assert [one["number"] for one in second.json["disputes"]] == numbers[2:]


async def test_an_empty_list_is_a_list(api_client: ApiClient) -> None:
    answer = await api_client.get("/api/disputes")
    assert answer.json == {"disputes": [], "next": None}


async def test_a_row_says_what_the_dispute_itself_says(api_client: ApiClient) -> None:
    await raise_some(api_client, 2)
    listed = (await api_client.get("/api/disputes")).json["disputes"]
    for row in listed:
        assert row == (await api_client.get(f"/api/disputes/{row['number']}")).json


async def test_filters_narrow_it_down_alone_and_together(api_client: ApiClient) -> None:
    numbers = await raise_some(api_client, 12)
    oldest_first = numbers[::-1]
    billing = [number for place, number in enumerate(oldest_first) if place % 2 == 0][::-1]
    first = [number for place, number in enumerate(oldest_first) if place % 3 == 0][::-1]
    assert flat(await pages(api_client, "queue=billing&limit=4")) == billing
    assert flat(await pages(api_client, "customer=cus_0&limit=3")) == first
    assert flat(await pages(api_client, "status=open")) == billing
    both = [number for number in first if number in billing]
    assert flat(await pages(api_client, "queue=billing&customer=cus_0&status=open&limit=1")) == both
    assert await pages(api_client, "status=closed") == [[]]
    assert await pages(api_client, "customer=nobody") == [[]]
    assert await pages(api_client, "customer=") == [[]]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("status=lost", "under_review"),
        ("status=", "under_review"),
        ("queue=nowhere", "billing, logistics"),
        ("queue=", "billing, logistics"),
        ("limit=0", "between 1 and 100"),
        ("limit=101", "between 1 and 100"),
        ("limit=-1", "between 1 and 100"),
        ("limit=1.5", "between 1 and 100"),
        ("limit=", "between 1 and 100"),
        ("limit=%C2%B2", "between 1 and 100"),
        ("limit=0000010000000", "between 1 and 100"),
        ("limit=000001" + "9" * 60, "between 1 and 100"),
        ("limit=" + "1" * 5000, "between 1 and 100"),
        ("after=garbage", "`next` of the page before"),
        ("after=" + "A" * 5000, "`next` of the page before"),
        ("after=%FF", "`next` of the page before"),
        ("after=%F0%9F%98%80", "`next` of the page before"),
        ("after=MC4tMQ", "`next` of the page before"),
        ("customer=a%00b", "customer"),
        ("customer=" + "x" * 5000, "customer"),
    ],
)
async def test_what_cannot_be_asked_for_is_answered_with_what_can(
    any_api_client: ApiClient, query: str, said: str
) -> None:
    answer = await any_api_client.get(f"/api/disputes?{query}")
    assert is_problem(answer, 400)
    assert said in answer.json["detail"]


async def test_a_cursor_past_the_last_page_is_an_empty_page(api_client: ApiClient) -> None:
    await raise_some(api_client, 2)
    assert (await api_client.get(f"/api/disputes?after={Cursor(0, 1)}")).json["disputes"] == []


async def test_every_status_can_be_asked_for(any_api_client: ApiClient) -> None:
    for status in Status:
        assert (await any_api_client.get(f"/api/disputes?status={status.value}")).status == 200


def _decide(tx: Transaction, case_id: str) -> None:
    case = tx.cases.lock(case_id)
    taken = claim(case, resolver_id="slack:UANA", now=MONDAY_9AM)
    decided = decide(
        taken.case,
        verdict=Resolution.PART_ACCEPTED,
        part=euros(10),
        root_cause_id="pricing_error",
        customer_text="You are right about the support.",
        internal_text="Sales forgot the discount.",
        policy=tx.policy,
        actor_id="slack:UANA",
        now=MONDAY_9AM,
    )
    tx.record(taken.then(decided))


async def test_a_decision_can_be_fetched_word_for_word_and_nothing_internal_with_it(
    api_client: ApiClient,
) -> None:
    number = (await api_client.post(body(reason="wrong_amount"), "k-1")).json["number"]
    assert (await api_client.get(f"/api/disputes/{number}")).json["decision"] is None
    await api_client.store.run(_decide, number)
    answer = await api_client.get(f"/api/disputes/{number}")
    assert answer.json["decision"]["granted_minor"] == 1_000
    assert answer.json["decision"]["customer_text"] == "You are right about the support."
    assert "Sales forgot" not in str(answer.json)
