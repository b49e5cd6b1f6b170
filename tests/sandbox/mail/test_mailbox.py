"""Customers' mailboxes: the bot's mail arrives, and replies reach it by SMTP."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

import aiosmtplib
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.fixtures.ports import free_port
from tests.sandbox.harness import Harness, Json, run_sandbox

ANNA, OURS = "office@marigold.example", "case+d1042.0123456789abcdef0123@disputes.example"


@dataclass(slots=True)
class Received:
    """What the bot's mail server received."""

    letters: list[tuple[str, str, EmailMessage]] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        parsed = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        self.letters.append((envelope.mail_from or "", envelope.rcpt_tos[0], parsed))
        return "250 Taken"


@pytest.fixture
async def received() -> AsyncIterator[tuple[Received, int]]:
    taken, port = Received(), free_port()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(taken, loop=loop), "127.0.0.1", port)
    yield taken, port
    server.close()
    await server.wait_closed()


@pytest.fixture
async def harness(received: tuple[Received, int]) -> AsyncIterator[Harness]:
    async with run_sandbox(mail_port=free_port(), bot_mail_port=received[1]) as one:
        yield one


async def mailed(harness: Harness, to: str = ANNA) -> Json:
    """The bot mails the customer; returns the mail as the mailbox lists it."""
    message = EmailMessage()
    message["From"], message["To"] = "Brightwater <disputes@disputes.example>", to
    message["Reply-To"], message["Subject"] = OURS, "We have your objection [D-1042]"
    message["Message-ID"] = "<one@disputes.example>"
    message.set_content("Thank you.")
    message.add_alternative("<p>Thank <b>you</b>.</p>", subtype="html")
    await aiosmtplib.send(
        message, sender=OURS, hostname="127.0.0.1", port=harness.world.settings.mail_port, start_tls=False
    )
    mails = (await harness.post_route("mails"))["mails"]
    return dict(mails[-1]) if mails else {}


async def test_a_mail_lies_in_the_mailbox_of_whom_it_was_sent_to(harness: Harness) -> None:
    mail = await mailed(harness)
    assert (mail["owner"], mail["is_sent"]) == (ANNA, False)
    assert (mail["text"], mail["html"]) == ("Thank you.\n", "<p>Thank <b>you</b>.</p>\n")
    assert (mail["reply_to"], mail["subject"]) == (OURS, "We have your objection [D-1042]")


async def test_an_answer_reaches_the_bot_with_its_thread_and_its_files(
    harness: Harness, received: tuple[Received, int]
) -> None:
    mail = await mailed(harness)
    photo = {"name": "crate.jpg", "type": "image/jpeg", "data": b64encode(b"not really").decode()}
    answer = await harness.post_route("mail-reply", id=mail["id"], text="Here it is.", files=[photo])
    assert answer["ok"], answer
    ((sender, to, letter),) = received[0].letters
    assert (sender, to) == (ANNA, OURS)
    assert letter["In-Reply-To"] == "<one@disputes.example>"
    assert letter["Subject"] == "Re: We have your objection [D-1042]"
    body = letter.get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines()[0] == "Here it is."
    assert "> Thank you." in body.get_content()
    (attached,) = letter.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("crate.jpg", b"not really")


async def test_a_colleague_may_answer_and_a_program_may_forget_the_thread(
    harness: Harness, received: tuple[Received, int]
) -> None:
    mail = await mailed(harness)
    await harness.post_route(
        "mail-reply", **{"id": mail["id"], "text": "Hi", "as": "colleague", "keeps_headers": False}
    )
    ((sender, _to, letter),) = received[0].letters
    assert sender == "colleague@marigold.example"
    assert letter["In-Reply-To"] is None


async def test_a_full_mailbox_sends_the_mail_back(harness: Harness, received: tuple[Received, int]) -> None:
    await harness.post_route("mail-full", address=ANNA)
    assert await mailed(harness) == {}
    for _ in range(100):
        if received[0].letters:
            break
        await asyncio.sleep(0.05)
    ((sender, to, letter),) = received[0].letters
    assert (sender.strip("<>"), to) == ("", OURS)
    assert letter.get_content_type() == "multipart/report"
    assert "Status: 5.2.2" in letter.as_string()
    assert "<one@disputes.example>" in letter.as_string()


async def test_without_the_bot_an_answer_says_so_and_is_not_kept(harness: Harness) -> None:
    mail = await mailed(harness)
    object.__setattr__(harness.world.settings, "bot_mail_port", free_port())
    answer = await harness.post_route("mail-reply", id=mail["id"], text="Here it is.")
    assert answer == {"ok": False, "problem": "Ombud takes no mail just now. Is it running?"}
    assert len((await harness.post_route("mails"))["mails"]) == 1
