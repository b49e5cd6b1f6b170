"""A provider's mail is taken only when it is signed, fresh, whole and stored."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.mail.spool import LARGEST_MAIL, Spool
from bot.routes import MAX_BODY_BYTES, error_middleware
from bot.webhooks import mail as mail_webhook
from bot.webhooks.mail import (
    HEADER,
    MAIL_INTAKE,
    MAIL_SECRET,
    MOST_AT_ONCE,
    MOST_OF_CLIENT,
    TOLERANCE_SECONDS,
)
from core.inbound_mail import Envelope, InboundEmail
from store.engine import Store
from tests.bot.mail.harness import MailHarness, a_mail_harness, a_reply

SECRET = "a secret of the provider's and ours"
Client = TestClient[Any, Any]


@pytest.fixture
def harness(quick_store: Store) -> MailHarness:
    return a_mail_harness(quick_store)


@pytest.fixture
async def client(harness: MailHarness) -> AsyncIterator[Client]:
    async with TestClient(TestServer(_app(harness))) as opened:
        yield opened


async def test_a_signed_mail_is_told_and_kept_whole(client: Client, harness: MailHarness) -> None:
    case_id = await harness.raise_one()
    raw = a_reply(case_id)
    assert await _post(client, raw, _signed(raw, harness)) == (200, {"stored": True, "outcome": "told"})
    assert [event.text for event in await harness.customer_messages(case_id)] == ["The note is on its way."]
    (kept,) = await harness.mails(case_id)
    assert await harness.raw(kept) == raw


async def test_the_same_mail_again_is_told_once(client: Client, harness: MailHarness) -> None:
    case_id = await harness.raise_one()
    raw = a_reply(case_id)
    await _post(client, raw, _signed(raw, harness))
    assert await _post(client, raw, _signed(raw, harness)) == (200, {"stored": True, "outcome": "repeat"})
    assert len(await harness.customer_messages(case_id)) == 1


@pytest.mark.parametrize(
    "how",
    [
        "missing",
        "empty",
        "another secret",
        "another body",
        "another time",
        "too old",
        "from the future",
        "no hex",
    ],
)
async def test_what_isnt_signed_is_turned_away(client: Client, harness: MailHarness, how: str) -> None:
    case_id = await harness.raise_one()
    raw = a_reply(case_id)
    good = _signed(raw, harness)
    header = {
        "missing": None,
        "empty": "",
        "another secret": _signed(raw, harness, secret="another secret"),
        "another body": _signed(raw + b"x", harness),
        "another time": good.replace("t=", "t=1"),
        "too old": _signed(raw, harness, late=-TOLERANCE_SECONDS - 1),
        "from the future": _signed(raw, harness, late=TOLERANCE_SECONDS + 1),
        "no hex": good[:-1] + "g",
    }[how]
    status, answer = await _post(client, raw, header)
    assert (status, answer["title"]) == (401, "Not signed")
    assert await harness.mails(case_id) == []


@pytest.mark.parametrize("late", [-TOLERANCE_SECONDS, TOLERANCE_SECONDS])
async def test_clocks_may_differ_by_five_minutes(client: Client, harness: MailHarness, late: int) -> None:
    raw = a_reply(await harness.raise_one())
    assert (await _post(client, raw, _signed(raw, harness, late=late)))[0] == 200


async def test_a_mail_larger_than_a_form_is_taken(client: Client, harness: MailHarness) -> None:
    raw = a_reply(await harness.raise_one(), "y" * (2 * MAX_BODY_BYTES) + "\n")
    assert (await _post(client, BytesIO(raw), _signed(raw, harness)))[0] == 200


async def test_a_mail_that_is_too_large_is_turned_away_when_it_says_so(
    client: Client, harness: MailHarness
) -> None:
    headers = {HEADER: _signed(b"", harness), "Content-Length": str(LARGEST_MAIL + 1)}
    async with client.post("/webhooks/mail", headers=headers, data=_nothing()) as response:
        assert response.status == 413


async def test_a_mail_that_grows_too_large_is_turned_away(
    client: Client, harness: MailHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Spool.__init__, "__defaults__", (1_000,))
    raw = a_reply(await harness.raise_one(), "y" * 5_000)
    assert (await _post(client, _pieces(raw), _signed(raw, harness)))[0] == 413


async def test_nothing_is_no_mail(client: Client, harness: MailHarness) -> None:
    assert (await _post(client, b"", _signed(b"", harness)))[0] == 400


async def test_what_cant_be_stored_is_to_be_sent_again(harness: MailHarness) -> None:
    def stumble(_raw: bytes, _envelope: Envelope) -> tuple[InboundEmail, list[bytes]]:
        raise OSError(28, "No space left on device")

    raw = a_reply(await harness.raise_one())
    async with TestClient(TestServer(_app(a_mail_harness(harness.store, read_mail=stumble)))) as client:
        status, answer = await _post(client, raw, _signed(raw, harness))
    assert (status, answer["title"]) == (503, "Try again")


async def test_without_a_secret_there_is_no_such_door(harness: MailHarness) -> None:
    async with TestClient(TestServer(_app(None))) as client:
        assert (await _post(client, b"x", _signed(b"x", harness)))[0] == 404


def _app(harness: MailHarness | None) -> web.Application:
    app = web.Application(client_max_size=MAX_BODY_BYTES, middlewares=[error_middleware])
    app.add_routes(mail_webhook.routes)
    if harness is not None:
        app[MAIL_INTAKE], app[MAIL_SECRET] = harness.intake, SECRET
    return app


def _signed(raw: bytes, harness: MailHarness, *, secret: str = SECRET, late: int = 0) -> str:
    """As the documentation says, not as the code does."""
    stamp = str(int(harness.clock.now().timestamp()) + late)
    check = hmac.new(secret.encode(), stamp.encode() + b"." + raw, hashlib.sha256)
    return f"t={stamp},v1={check.hexdigest()}"


async def _post(client: Client, raw: Any, header: str | None) -> tuple[int, dict[str, Any]]:
    headers = {"Content-Type": "message/rfc822"} | ({} if header is None else {HEADER: header})
    async with client.post("/webhooks/mail", data=raw, headers=headers) as response:
        return response.status, await response.json()


async def _pieces(raw: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(raw), 500):
        yield raw[at : at + 500]


async def _nothing() -> AsyncIterator[bytes]:
    yield b"Subject: x"


async def test_only_so_many_bodies_are_received_at_once(client: Client, harness: MailHarness) -> None:
    """Each of them may fill a spool before its signature is known to be wrong."""
    go_on = asyncio.Event()

    async def unfinished() -> AsyncIterator[bytes]:
        yield b"From: a@b.example\r\n"
        await go_on.wait()

    header = _signed(b"", harness, secret="another secret")
    waiting = [asyncio.create_task(_post(client, unfinished(), header)) for _ in range(MOST_AT_ONCE)]
    while mail_webhook._PLACES.free:
        await asyncio.sleep(0.01)
    raw = a_reply(await harness.raise_one())
    status, answer = await _post(client, raw, _signed(raw, harness))
    assert (status, answer["title"]) == (503, "Busy")
    go_on.set()
    assert {status for status, _ in await asyncio.gather(*waiting)} == {401}
    assert (await _post(client, raw, _signed(raw, harness)))[0] == 200


def test_one_client_cannot_take_every_place() -> None:
    places = mail_webhook._Places(MOST_AT_ONCE, MOST_OF_CLIENT)
    assert [places.take("203.0.113.5") for _ in range(MOST_OF_CLIENT + 1)] == [True] * MOST_OF_CLIENT + [
        False
    ]
    assert places.take("203.0.113.6")
    places.give_back("203.0.113.5")
    assert places.take("203.0.113.5")


async def test_a_body_that_dawdles_gives_its_place_back(
    client: Client, harness: MailHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dawdling() -> AsyncIterator[bytes]:
        while True:
            yield b"x"
            await asyncio.sleep(0.01)

    monkeypatch.setattr("web.request_body.GRACE_SECONDS", 0.05)
    assert (await _post(client, dawdling(), _signed(b"", harness)))[0] == 408
    assert mail_webhook._PLACES.free == MOST_AT_ONCE


async def test_a_packed_mail_is_refused(client: Client, harness: MailHarness) -> None:
    headers = {HEADER: _signed(b"x", harness), "Content-Encoding": "gzip"}
    async with client.post("/webhooks/mail", data=b"x", headers=headers) as response:
        assert response.status == 415
