"""Mail between customers and us through a real mail server.

Debian's OpenSMTPD plays the company's server: it relays our domain to the bot's LMTP listener, and everything
else to the customers' server.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import TypeVar

import pytest

from core.customer_events import CustomerWrote, MailFailed
from tests.bot.full_bot import FullBot, run_full_bot
from tests.bot.mail.harness import a_photo
from tests.builders import a_customer
from tests.journeys.mail_server import NOBODY, MailServer, a_mail_server

pytestmark = pytest.mark.slow

DOMAIN, CUSTOMER = "disputes.acme.example", "ap@nordwind.example"
PATIENCE_SECONDS = 120
E = TypeVar("E", CustomerWrote, MailFailed)


async def test_a_customer_answers_our_mail_with_a_photo(tmp_path: Path) -> None:
    async with _a_site(tmp_path) as (whole, server):
        case_id = await whole.raise_one()
        received = await server.until_they_have(1)
        assert case_id in received["Subject"]
        answer = _answer(received, "It came broken.\n\n-- \nJo Miller\n")
        answer.add_attachment(a_photo(), maintype="image", subtype="jpeg", filename="chair.jpg")
        await server.send(answer, CUSTOMER, parseaddr(received["Reply-To"])[1])
        event = await _until(whole, case_id, CustomerWrote)
        assert (event.text, event.files, event.is_verified) == ("It came broken.", ("chair.jpg",), True)
        case = await whole.case(case_id)
        assert [piece.name for piece in case.evidence] == ["chair.jpg"]


async def test_a_mail_that_cant_get_there_is_told_in_the_case(tmp_path: Path) -> None:
    async with _a_site(tmp_path) as (whole, _server):
        case_id = await whole.raise_one(customer=a_customer(email=NOBODY))
        event = await _until(whole, case_id, MailFailed)
        assert (event.to, event.why) == (NOBODY, "no such address")


async def test_what_cant_be_stored_waits_in_the_mail_servers_queue(tmp_path: Path) -> None:
    async with _a_site(tmp_path) as (whole, server):
        case_id = await whole.raise_one()
        received = await server.until_they_have(1)
        _take_away(tmp_path / "evidence")
        await server.send(
            _answer(received, "It came broken.\n"), CUSTOMER, parseaddr(received["Reply-To"])[1]
        )
        await server.until_it_says("451 4.3.0")
        _bring_back(tmp_path / "evidence")
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await _events(whole, case_id, CustomerWrote):
                await server.try_again()
                await asyncio.sleep(0.2)
        assert [event.text for event in await _events(whole, case_id, CustomerWrote)] == ["It came broken."]


@asynccontextmanager
async def _a_site(folder: Path) -> AsyncIterator[tuple[FullBot, MailServer]]:
    async with a_mail_server(folder, DOMAIN) as server:
        settings = {
            "secret_key": "0123456789abcdef0123456789abcdef",
            "evidence_url": f"file://{folder}/evidence",
            "smtp_url": f"smtp+plain://127.0.0.1:{server.port}",
            "mail_domain": DOMAIN,
            "mail_listen": f"lmtp://127.0.0.1:{server.ours}",
            "mail_trusted_server": "mx.acme.example",
        }
        async with run_full_bot(folder, **settings) as whole:
            yield whole, server


def _answer(received: EmailMessage, text: str) -> EmailMessage:
    """As it comes from the company's filter, which confirms the sender: OpenSMTPD itself checks nothing."""
    answer = EmailMessage()
    answer["Authentication-Results"] = "mx.acme.example; dmarc=pass header.from=nordwind.example"
    answer["From"], answer["To"] = f"Jo Miller <{CUSTOMER}>", received["Reply-To"]
    answer["Subject"] = f"Re: {received['Subject']}"
    answer["Message-ID"], answer["In-Reply-To"] = "<answer@nordwind.example>", received["Message-ID"]
    answer.set_content(text)
    return answer


async def _until(whole: FullBot, case_id: str, kind: type[E]) -> E:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (found := await _events(whole, case_id, kind)):
            await asyncio.sleep(0.05)
    return found[0]


async def _events(whole: FullBot, case_id: str, kind: type[E]) -> list[E]:
    entries = await whole.application.context.store.read(lambda tx: list(tx.timeline.list(case_id)))
    return [entry.event for entry in entries if isinstance(entry.event, kind)]


def _take_away(folder: Path) -> None:
    folder.rename(folder.with_name("away"))
    folder.write_text("a file in its place")


def _bring_back(folder: Path) -> None:
    folder.unlink()
    folder.with_name("away").rename(folder)
