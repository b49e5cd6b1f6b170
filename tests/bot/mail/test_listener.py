"""The company's mail server gets rid of its mails here, and only of those that are stored."""

from __future__ import annotations

import asyncio
from email.message import EmailMessage
from random import Random
from typing import Any

import aiosmtplib
import pytest

from bot.mail import listener as mail_listener
from bot.mail import smtp as mail_doors
from bot.mail.spool import LARGEST_MAIL
from core.inbound_mail import Envelope, InboundEmail
from store.engine import Store
from tests.bot.mail.harness import (
    STORED,
    MailHarness,
    SmtpConnection,
    a_mail_harness,
    a_reply,
    an_smtp_connection,
    dot_stuffed,
    listening,
)
from tests.connectors.mail.builders import DOMAIN, OUR_ADDRESS, reply_address
from tests.connectors.mail.raw_mail import mail


@pytest.fixture
def harness(quick_store: Store) -> MailHarness:
    return a_mail_harness(quick_store)


async def test_a_mail_over_lmtp_is_told_and_kept_whole(harness: MailHarness) -> None:
    case_id = await harness.raise_one()
    async with listening(harness) as listener, an_smtp_connection(listener) as wire:
        await wire.greet()
        raw = a_reply(case_id, "It never came.\n.\n..dots.\n")
        assert await wire.deliver(raw, reply_address(case_id)) == [STORED]
        assert await wire.send("QUIT") == "221 Bye"
    assert [event.text for event in await harness.customer_messages(case_id)] == [
        "It never came.\n.\n..dots."
    ]
    (kept,) = await harness.mails(case_id)
    assert await harness.raw(kept) == raw


async def test_a_real_client_hands_in_over_smtp(harness: MailHarness) -> None:
    case_id = await harness.raise_one()
    message = EmailMessage()
    message["From"], message["To"] = "ap@nordwind.example", reply_address(case_id)
    message.set_content("Größe stimmt nicht.\n")
    async with listening(harness, "smtp") as listener:
        await aiosmtplib.send(message, hostname="127.0.0.1", port=listener.port, start_tls=False)
    assert [event.text for event in await harness.customer_messages(case_id)] == ["Größe stimmt nicht."]


async def test_what_the_listener_can_do_is_said(harness: MailHarness) -> None:
    async with listening(harness) as listener, an_smtp_connection(listener) as wire:
        offered = (await wire.greet()).split("\n")
    assert {line[4:] for line in offered} >= {f"SIZE {LARGEST_MAIL}", "8BITMIME", "SMTPUTF8", "PIPELINING"}
    assert LARGEST_MAIL > 30_000_000 * 4 / 3


async def test_each_recipient_has_an_answer_in_lmtp(harness: MailHarness) -> None:
    case_id = await harness.raise_one()
    async with listening(harness) as listener, an_smtp_connection(listener) as wire:
        await wire.greet()
        answers = await wire.deliver(a_reply(case_id), reply_address(case_id), OUR_ADDRESS)
        assert answers == [STORED, STORED]
        assert (await wire.send("NOOP")).startswith("250")
    assert len(await harness.customer_messages(case_id)) == 1


async def test_one_answer_is_for_all_in_smtp(harness: MailHarness) -> None:
    case_id = await harness.raise_one()
    async with listening(harness, "smtp") as listener, an_smtp_connection(listener) as wire:
        await wire.greet("EHLO")
        for line in (
            "MAIL FROM:<a@b.example>",
            f"RCPT TO:<{reply_address(case_id)}>",
            f"RCPT TO:<{OUR_ADDRESS}>",
        ):
            assert (await wire.send(line)).startswith("250")
        await wire.send("DATA")
        wire.writer.write(dot_stuffed(a_reply(case_id)) + b".\r\nNOOP\r\n")
        assert [await wire.read_reply(), await wire.read_reply()] == [STORED, "250 OK"]


@pytest.mark.parametrize("scheme", ["lmtp", "smtp"])
async def test_another_domain_is_refused_for_good(harness: MailHarness, scheme: str) -> None:
    async with listening(harness, scheme) as listener, an_smtp_connection(listener) as wire:
        await wire.greet("LHLO" if scheme == "lmtp" else "EHLO")
        await wire.send("MAIL FROM:<a@b.example>")
        for address in ("x@elsewhere.example", f"x@sub.{DOMAIN}", "postmaster"):
            assert (await wire.send(f"RCPT TO:<{address}>")).startswith("550")
        assert (await wire.send("DATA")).startswith("503")
        assert (await wire.send(f"RCPT TO:<x@{DOMAIN.upper()}>")).startswith("250")


async def test_addresses_may_be_written_in_any_letters(harness: MailHarness) -> None:
    case_id = await harness.raise_one()
    async with listening(harness) as listener, an_smtp_connection(listener) as wire:
        await wire.greet()
        await wire.send("MAIL FROM:<größe@nordwind.example> SMTPUTF8 BODY=8BITMIME")
        assert (await wire.send(f"RCPT TO:<größe@{DOMAIN}>")).startswith("250")
        await wire.send("DATA")
        wire.writer.write(a_reply(case_id) + b".\r\n")
        assert await wire.read_reply() == STORED


async def test_a_mail_announced_as_too_large_is_refused_before_it_is_sent(harness: MailHarness) -> None:
    async with listening(harness) as listener, an_smtp_connection(listener) as wire:
        await wire.greet()
        assert (await wire.send(f"MAIL FROM:<a@b.example> SIZE={LARGEST_MAIL + 1}")).startswith("552")


async def test_a_mail_that_grows_too_large_is_refused_and_the_session_goes_on(
    harness: MailHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_listener, "LARGEST_MAIL", 5_000)
    case_id = await harness.raise_one()
    async with listening(harness) as listener, an_smtp_connection(listener) as wire:
        await wire.greet()
        long = a_reply(case_id, "x" * 3_000 + "\n" + "y" * 900_000 + "\n")
        assert await wire.deliver(long, OUR_ADDRESS, OUR_ADDRESS) == [mail_doors.TOO_LARGE] * 2
        assert await wire.deliver(a_reply(case_id), reply_address(case_id)) == [STORED]
    assert len(await harness.customer_messages(case_id)) == 1


async def test_every_byte_arrives_as_it_was_sent_however_it_is_cut(harness: MailHarness) -> None:
    random = Random(20261121)
    read: list[bytes] = []

    def keep(raw: bytes, envelope: Envelope) -> tuple[InboundEmail, list[bytes]]:
        read.append(raw)
        return harness.intake.read_mail(raw, envelope)

    changed = a_mail_harness(harness.store, read_mail=keep)
    sent = [_odd(random) for _ in range(80)]
    async with listening(changed) as listener, an_smtp_connection(listener) as wire:
        await wire.greet()
        for raw in sent:
            await wire.send("MAIL FROM:<a@b.example>")
            await wire.send(f"RCPT TO:<{OUR_ADDRESS}>")
            await wire.send("DATA")
            await _write_in_pieces(wire, dot_stuffed(raw) + b".\r\n", random)
            assert (await wire.read_reply()).startswith("250")
    assert read == sent


async def test_commands_behind_a_mail_are_not_lost(harness: MailHarness) -> None:
    case_id = await harness.raise_one()
    start = f"MAIL FROM:<ap@nordwind.example>\r\nRCPT TO:<{reply_address(case_id)}>\r\nDATA\r\n".encode()
    first, second = a_reply(case_id, "One.\n"), a_reply(case_id, "Two.\n")
    async with listening(harness) as listener, an_smtp_connection(listener) as wire:
        await wire.greet()
        wire.writer.write(start + first + b".\r\n" + start + second + b".\r\nQUIT\r\n")
        said = [await wire.read_reply() for _ in range(9)]
    assert [answer[:3] for answer in said] == ["250", "250", "354", "250"] * 2 + ["221"]
    assert [event.text for event in await harness.customer_messages(case_id)] == ["One.", "Two."]


async def test_the_null_sender_of_a_bounce_comes_through(harness: MailHarness) -> None:
    senders: list[str | None] = []

    def note(raw: bytes, envelope: Envelope) -> tuple[InboundEmail, list[bytes]]:
        senders.append(envelope.sender)
        return harness.intake.read_mail(raw, envelope)

    async with (
        listening(a_mail_harness(harness.store, read_mail=note)) as listener,
        an_smtp_connection(listener) as wire,
    ):
        await wire.greet()
        await wire.deliver(mail("x\n"), OUR_ADDRESS, sender="")
        await wire.deliver(mail("y\n"), OUR_ADDRESS, sender="a@b.example")
    assert senders == ["", "a@b.example"]


async def test_a_mail_sent_twice_is_told_once_and_taken_twice(harness: MailHarness) -> None:
    case_id = await harness.raise_one()
    raw = a_reply(case_id)
    relayed = b"Received: from a by b; Mon, 2 Mar 2026 10:20:00 +0100\r\nDelivered-To: x@y\r\n" + raw
    async with listening(harness) as listener, an_smtp_connection(listener) as wire:
        await wire.greet()
        assert await wire.deliver(raw, reply_address(case_id)) == [STORED]
        assert (await wire.deliver(relayed, reply_address(case_id)))[0].startswith("250")
    assert len(await harness.customer_messages(case_id)) == 1


async def test_no_address_and_no_word_of_a_mail_is_logged(
    harness: MailHarness, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    case_id = await harness.raise_one()
    async with listening(harness) as listener, an_smtp_connection(listener) as wire:
        await wire.greet()
        await wire.deliver(a_reply(case_id, "a secret\n"), reply_address(case_id))
    said = caplog.text + "".join(capsys.readouterr())
    for secret in ("a secret", reply_address(case_id).partition("@")[0], "ap@nordwind.example"):
        assert secret not in said


def _odd(random: Random) -> bytes:
    """A mail of the pieces that confuse whoever looks for its end; it ends a line."""
    pieces: list[Any] = [
        b"\r\n",
        b".",
        b"\r",
        b"\n",
        b"..",
        b"\r\n.",
        b"\n.\r\n",
        b"a",
        b"x" * 2_000,
        b".\r\n.",
    ]
    body = b"".join(random.choice(pieces) for _ in range(random.randint(0, 60)))
    return body.replace(b"\r\r", b"\r") + b"end\r\n"


async def _write_in_pieces(wire: SmtpConnection, raw: bytes, random: Random) -> None:
    at = 0
    while at < len(raw):
        to = at + random.choice((1, 2, 3, 5, 100, 5_000))
        wire.writer.write(raw[at:to])
        await wire.writer.drain()
        if random.random() < 0.3:
            await asyncio.sleep(0)
        at = to
