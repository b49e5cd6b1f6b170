"""What Stripe didn't sign, or signed long ago, is refused, and nothing is stored."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import pytest

from store.engine import Store
from tests.bot.api.test_refusals import is_problem
from tests.bot.api_client import STRIPE_SECRET, ApiClient, open_api_client
from tests.bot.webhooks.stripe_events import deliver, deliver_raw, sign
from tests.connectors.billing.stripe.objects import a_chargeback, an_event

EVENT = an_event("charge.dispute.created", a_chargeback())
PAYLOAD = json.dumps(EVENT)
GOOD = sign(PAYLOAD).partition("v1=")[2]


async def test_a_signed_event_is_taken(api_client: ApiClient) -> None:
    answer = await deliver(api_client, EVENT)
    (case,) = api_client.cases()
    assert (answer.status, answer.json) == (200, {"received": True, "used": True, "case": case.id})


async def test_a_signature_just_under_five_minutes_old_is_good_and_an_older_one_not(
    api_client: ApiClient,
) -> None:
    assert is_problem(await deliver(api_client, EVENT, sign(PAYLOAD, age=310)), 400)
    assert api_client.cases() == []
    assert (await deliver(api_client, EVENT, sign(PAYLOAD, age=240))).status == 200


async def test_a_signature_just_under_five_minutes_ahead_is_good_and_a_later_one_not(
    api_client: ApiClient,
) -> None:
    for ahead in (330, 3600, 86_400 * 365):
        assert is_problem(await deliver(api_client, EVENT, sign(PAYLOAD, age=-ahead)), 400)
    assert api_client.cases() == []
    assert (await deliver(api_client, EVENT, sign(PAYLOAD, age=-240))).status == 200


@pytest.mark.parametrize(
    "forge",
    [
        lambda: None,
        lambda: "",
        lambda: "t=,v1=",
        lambda: f"v1={GOOD}",
        lambda: "t=now,v1=abc",
        lambda: f"t={10**20},v1={GOOD}",
        lambda: "t=1,v1=schlüssel",
        lambda: sign(PAYLOAD, "whsec_another0123456789"),
        lambda: sign(PAYLOAD, STRIPE_SECRET.upper()),
        lambda: sign(PAYLOAD + " "),
        lambda: sign(PAYLOAD).replace("v1=", "v0="),
        lambda: sign(PAYLOAD)[:-1],
        lambda: sign(PAYLOAD, age=301 + 3600),
        lambda: "x" * 7000,
        lambda: f"{sign(PAYLOAD)},t=1",
        lambda: f"t=1,{sign(PAYLOAD)}",
        lambda: f"{sign(PAYLOAD)},{sign(PAYLOAD).partition(',')[0]}",
        lambda: sign(PAYLOAD).replace("t=", "t=+"),
        lambda: sign(PAYLOAD).replace("t=", "t=\u0661"),
        lambda: sign(PAYLOAD).replace("t=", "t= "),
        lambda: sign(PAYLOAD).replace("t=", "T="),
        lambda: "v1," + sign(PAYLOAD),
        lambda: ",,=,",
    ],
)
async def test_a_forged_signature_is_turned_away(
    api_client: ApiClient, forge: Callable[[], str | None]
) -> None:
    answer = await deliver_raw(api_client, PAYLOAD.encode(), forge())
    assert is_problem(answer, 400)
    assert answer.json["title"] == "Not signed by Stripe"
    assert api_client.cases() == []


async def test_one_good_signature_among_several_is_enough_while_the_secret_is_changed(
    api_client: ApiClient,
) -> None:
    both = f"{sign(PAYLOAD, 'whsec_old0123456789abc')},{sign(PAYLOAD).partition(',')[2]}"
    assert (await deliver(api_client, EVENT, both)).status == 200


@pytest.mark.parametrize(
    "tamper",
    [
        lambda raw: raw.replace(b"12000", b"99999"),
        lambda raw: raw + b"\n",
        lambda raw: raw[:-1],
        lambda raw: b"",
        lambda raw: raw.replace(b"ch_1", b"ch_2"),
    ],
)
async def test_a_body_that_was_tampered_with_is_turned_away(
    api_client: ApiClient, tamper: Callable[[bytes], bytes]
) -> None:
    assert is_problem(await deliver_raw(api_client, tamper(PAYLOAD.encode()), sign(PAYLOAD)), 400)
    assert api_client.cases() == []


async def test_bytes_that_are_no_text_are_turned_away(api_client: ApiClient) -> None:
    raw = PAYLOAD.encode().replace(b"needs", b"n\xff\xfes")
    assert is_problem(await deliver_raw(api_client, raw, sign(PAYLOAD)), 400)
    assert is_problem(await deliver_raw(api_client, PAYLOAD.encode("utf-16"), sign(PAYLOAD)), 400)
    assert is_problem(
        await deliver_raw(api_client, b"hello", sign("hello"), **{"Content-Encoding": "gzip"}), 415
    )


async def test_headers_that_are_no_text_are_turned_away(api_client: ApiClient) -> None:
    for path, header in (("/webhooks/stripe", b"Stripe-Signature: t=1,v1=\xff\xfe"), ("/api/disputes", b"")):
        head = b"POST %s HTTP/1.1\r\nHost: ombud.example\r\n%s\r\n" % (path.encode(), header)
        head += b"Authorization: Bearer \xff\xfe\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
        reader, writer = await asyncio.open_connection("127.0.0.1", api_client.client.port)
        writer.write(head)
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        assert answer.split()[1] in (b"400", b"401")


async def test_a_body_of_more_than_a_mebibyte_is_too_large(api_client: ApiClient) -> None:
    answer = await deliver(api_client, {**EVENT, "padding": "x" * (1024 * 1024)})
    assert is_problem(answer, 413)


async def test_without_a_secret_there_is_no_such_route(quick_store: Store) -> None:
    async with open_api_client(quick_store, stripe_webhook_secret=None) as api_client:
        assert is_problem(await deliver(api_client, EVENT), 404)
        assert api_client.cases() == []
