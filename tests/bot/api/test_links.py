"""Links for invoices: what a billing platform gets, and what an administrator sees at the terminal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from bot.commands.link import find_invoices, print_links, print_revoked
from bot.errors import CannotStart
from bot.settings import Settings
from core.tokens import Tokens
from handlers.customer_link import send_new_link
from store.engine import Store
from tests.bot.api.disputes import BODY, body
from tests.bot.api_client import CRM_KEY, ApiClient, ApiResponse, open_api_client
from tests.builders import MONDAY_9AM

SECRET = "s" * 32
LINK = {name: BODY[name] for name in ("customer", "invoice")}


@pytest.fixture
async def pages(quick_store: Store) -> AsyncIterator[ApiClient]:
    """A house whose customers have pages."""
    async with open_api_client(quick_store, secret_key=(SecretStr(SECRET),)) as opened:
        yield opened


def settings(**changes: Any) -> Settings:
    given = {"base_url": "https://ombud.example", "secret_key": (SecretStr(SECRET),), **changes}
    return Settings(_env_file=None, **given)


def link_id(answer: ApiResponse) -> str | None:
    """Which link the address in the answer leads to, if it is signed by us."""
    return Tokens((SECRET,)).read_link(answer.json["url"].removeprefix("https://ombud.example/d/"))


async def revoke(api_client: ApiClient, made: str) -> ApiResponse:
    return await api_client.request(
        "DELETE", f"/api/links/{made}", headers={"Authorization": f"Bearer {CRM_KEY}"}
    )


async def test_a_link_is_made_for_an_invoice_and_its_customer(pages: ApiClient) -> None:
    answer = await pages.post_to("/api/links", LINK)
    assert answer.status == 201
    assert link_id(answer) == answer.json["id"]
    assert answer.json["expires_at"] == "2026-08-29T09:00:00Z"
    assert answer.json["revoked_at"] is None


async def test_asked_for_again_it_is_the_same_with_the_invoice_as_it_is_now(pages: ApiClient) -> None:
    first = await pages.post_to("/api/links", LINK)
    paid = {**LINK, "invoice": {**LINK["invoice"], "paid_minor": 5000}}
    again = await pages.post_to("/api/links", paid)
    assert (again.status, again.json["url"]) == (200, first.json["url"])
    link = pages.store.read_blocking(lambda tx: tx.links.find(first.json["id"]))
    assert link is not None
    assert link.invoice.paid_minor == 5000


async def test_revoked_it_stays_revoked_and_the_next_is_another(pages: ApiClient) -> None:
    made = (await pages.post_to("/api/links", LINK)).json["id"]
    first, second = await revoke(pages, made), await revoke(pages, made)
    assert (first.status, first.json["revoked_at"]) == (200, "2026-03-02T09:00:00Z")
    assert second.json == first.json
    fresh = await pages.post_to("/api/links", LINK)
    assert (fresh.status, fresh.json["id"] != made) == (201, True)


async def test_only_callers_with_a_key_make_and_revoke(pages: ApiClient) -> None:
    made = (await pages.post_to("/api/links", LINK)).json["id"]
    assert (await pages.post_to("/api/links", LINK, key="x")).status == 401
    assert (await pages.request("DELETE", f"/api/links/{made}")).status == 401
    assert (await revoke(pages, "nobody-made-this")).status == 404


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"customer": {"ref": "c", "name": "C", "tier": "gremlins"}}, "/customer/tier"),
        ({"invoice": {**LINK["invoice"], "paid_minor": -1}}, "/invoice/paid_minor"),
        ({"invoice": {**LINK["invoice"], "url": "javascript:alert(1)"}}, "/invoice/url"),
        ({"reason": "wrong_amount"}, "/reason"),
    ],
)
async def test_what_is_wrong_is_named(pages: ApiClient, changes: dict[str, Any], pointer: str) -> None:
    answer = await pages.post_to("/api/links", {**LINK, **changes})
    assert (answer.status, list(answer.errors)) == (422, [pointer])


async def test_without_a_secret_key_there_are_no_links(api_client: ApiClient) -> None:
    assert (await api_client.post_to("/api/links", LINK)).status == 404
    assert (await api_client.post(body())).json["links"]["customer"] is None


async def test_a_dispute_comes_with_its_customers_link(pages: ApiClient) -> None:
    raised, again = await pages.post(body()), await pages.post(body())
    url = raised.json["links"]["customer"]
    assert url.startswith("https://ombud.example/d/")
    assert again.json["links"]["customer"] == url
    read = await pages.get(f"/api/disputes/{raised.json['number']}")
    assert read.json["links"]["customer"] == url
    assert (await pages.post_to("/api/links", LINK)).json["url"] == url


async def test_a_dispute_that_comes_again_brings_no_revoked_link_back(pages: ApiClient) -> None:
    await pages.post(body())
    assert print_revoked(pages.store, settings(), "INV-2026-0001", MONDAY_9AM) == 0
    again = await pages.post(body())
    assert (again.status, again.json["links"]["customer"]) == (200, None)


async def test_a_dispute_that_tells_less_takes_nothing_from_the_page(pages: ApiClient) -> None:
    made = await pages.post_to("/api/links", LINK)
    raised = await pages.post(body(customer__email=..., customer__name="N", invoice__lines=...))
    assert raised.json["links"]["customer"] == made.json["url"]
    link = pages.store.read_blocking(lambda tx: tx.links.find(made.json["id"]))
    assert link is not None
    assert (link.customer.name, len(link.invoice.lines)) == ("Nordwind GmbH", len(BODY["invoice"]["lines"]))


async def test_the_terminal_prints_the_link_of_an_invoice_that_is_known(
    pages: ApiClient, capsys: pytest.CaptureFixture[str]
) -> None:
    made = await pages.post_to("/api/links", LINK)
    assert print_links(pages.store, settings(), "INV-2026-0001", MONDAY_9AM) == 0
    printed = capsys.readouterr().out
    assert made.json["url"] in printed
    assert "INV-2026-0001 of Nordwind GmbH, until 2026-08-29" in printed


async def test_an_invoice_known_from_a_dispute_alone_gets_its_link_too(
    api_client: ApiClient, capsys: pytest.CaptureFixture[str]
) -> None:
    await api_client.post(body())
    for wanted in ("INV-2026-0001", "in_1"):
        assert [invoice.ref for invoice, _ in api_client.store.read_blocking(find_invoices, wanted)] == [
            "in_1"
        ], wanted
    assert print_links(api_client.store, settings(), "INV-2026-0001", MONDAY_9AM) == 0
    assert "https://ombud.example/d/" in capsys.readouterr().out


async def test_what_a_customer_is_called_does_nothing_to_the_terminal(
    pages: ApiClient, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile = "INV-7\x1b[2J\r\nINV-8 of you"
    named = {
        "invoice": {**LINK["invoice"], "number": hostile},
        "customer": {**LINK["customer"], "name": "N\x9b31m\u202e"},
    }
    assert (await pages.post_to("/api/links", {**LINK, **named})).status == 201
    assert print_links(pages.store, settings(), hostile, MONDAY_9AM) == 0
    assert print_revoked(pages.store, settings(), hostile, MONDAY_9AM) == 0
    assert print_links(pages.store, settings(), f"{hostile}x", MONDAY_9AM) == 1
    printed = capsys.readouterr().out
    assert all(line.isprintable() for line in printed.split("\n"))
    assert r"INV-7\x1b[2J\r\nINV-8 of you of N\x9b31m\u202e" in printed


async def test_the_terminal_revokes(pages: ApiClient, capsys: pytest.CaptureFixture[str]) -> None:
    made = await pages.post_to("/api/links", LINK)
    assert print_revoked(pages.store, settings(), "INV-2026-0001", MONDAY_9AM) == 0
    link = pages.store.read_blocking(lambda tx: tx.links.find(made.json["id"]))
    assert link is not None
    assert link.revoked_at == MONDAY_9AM
    print_revoked(pages.store, settings(), "INV-2026-0001", MONDAY_9AM)
    assert "there is no link that works" in capsys.readouterr().out


async def test_a_link_whose_time_is_over_is_revoked_too_so_that_nobody_gets_a_fresh_one(
    pages: ApiClient,
) -> None:
    made = await pages.post_to("/api/links", LINK)
    later = MONDAY_9AM + timedelta(days=400)
    assert print_revoked(pages.store, settings(), "INV-2026-0001", later) == 0
    pages.store.run_blocking(send_new_link, made.json["id"], "fresh", later)
    assert pages.store.read_blocking(lambda tx: tx.links.find("fresh")) is None


def test_the_terminal_says_what_it_does_not_know(
    quick_store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    assert print_links(quick_store, settings(), "INV-0", MONDAY_9AM) == 1
    assert "No invoice INV-0 is known" in capsys.readouterr().out
    with pytest.raises(CannotStart, match="SECRET_KEY"):
        print_links(quick_store, settings(secret_key=()), "INV-0", MONDAY_9AM)
