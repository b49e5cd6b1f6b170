"""What the company's mail server is told when something is wrong, and what is left of the mail."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from pathlib import Path

import pytest

from bot.mail import listener as mail_listener
from bot.mail import smtp as mail_doors
from bot.mail.spool import Spool
from core.inbound_mail import Envelope, InboundEmail
from store.backends import sqlite
from store.engine import Store
from tests.bot.mail.harness import STORED, MailHarness, a_mail_harness, a_reply, an_smtp_connection, listening
from tests.builders import a_policy
from tests.connectors.mail.builders import OUR_ADDRESS, reply_address
from tests.connectors.mail.raw_mail import mail

TRY_AGAIN = mail_doors.TRY_AGAIN


@pytest.fixture
def harness(quick_store: Store) -> MailHarness:
    return a_mail_harness(quick_store)


async def test_a_locked_database_asks_the_sender_to_try_again(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0)
    file = shutil.copy(sqlite_template, tmp_path / "locked.db")
    harness = a_mail_harness(Store.open(f"sqlite:///{file}", a_policy()))
    case_id = await harness.raise_one()
    lock = sqlite3.connect(file, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    async with listening(harness) as listener, an_smtp_connection(listener) as wire:
        await wire.greet()
        assert await wire.deliver(a_reply(case_id), reply_address(case_id)) == [TRY_AGAIN]
        lock.execute("ROLLBACK")
        lock.close()
        assert await wire.deliver(a_reply(case_id), reply_address(case_id)) == [STORED]
    assert len(await harness.customer_messages(case_id)) == 1
    await harness.store.close()


async def test_an_evidence_store_that_is_away_asks_the_sender_to_try_again(
    quick_store: Store, tmp_path: Path
) -> None:
    folder = tmp_path / "evidence"
    harness = a_mail_harness(quick_store, f"file://{folder}")
    case_id = await harness.raise_one()
    _take_away(folder)
    async with listening(harness) as listener, an_smtp_connection(listener) as wire:
        await wire.greet()
        assert await wire.deliver(a_reply(case_id), reply_address(case_id)) == [TRY_AGAIN]
        _bring_back(folder)
        assert await wire.deliver(a_reply(case_id), reply_address(case_id)) == [STORED]
    assert len(await harness.customer_messages(case_id)) == 1


async def test_a_full_disk_asks_the_sender_to_try_again(
    harness: MailHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = await harness.raise_one()
    with monkeypatch.context() as full:
        full.setattr(mail_doors, "Spool", _FullSpool)
        async with listening(harness) as listener, an_smtp_connection(listener) as wire:
            await wire.greet()
            assert await wire.deliver(a_reply(case_id), reply_address(case_id)) == [TRY_AGAIN]
            assert (await wire.send("NOOP")).startswith("250")
    assert await harness.customer_messages(case_id) == []


async def test_a_mistake_of_ours_asks_the_sender_to_try_again(harness: MailHarness) -> None:
    def stumble(_raw: bytes, _envelope: Envelope) -> tuple[InboundEmail, list[bytes]]:
        raise ZeroDivisionError

    async with (
        listening(a_mail_harness(harness.store, read_mail=stumble)) as listener,
        an_smtp_connection(listener) as wire,
    ):
        await wire.greet()
        assert await wire.deliver(mail("x\n"), OUR_ADDRESS, OUR_ADDRESS) == [TRY_AGAIN, TRY_AGAIN]


async def test_whoever_sends_too_slowly_is_sent_away(
    harness: MailHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_doors, "_PIECE_SECONDS", 0.05)
    async with listening(harness) as listener, an_smtp_connection(listener) as wire:
        await wire.greet()
        await wire.send("MAIL FROM:<a@b.example>")
        await wire.send(f"RCPT TO:<{OUR_ADDRESS}>")
        await wire.send("DATA")
        wire.writer.write(b"Subject: half a mail")
        assert (await wire.read_reply()).startswith("421 4.4.2")
        assert await wire.is_closed()


async def test_too_many_sessions_are_sent_away_until_one_ends(
    harness: MailHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_listener, "MOST_SESSIONS", 1)
    async with listening(harness) as listener:
        async with an_smtp_connection(listener) as first, an_smtp_connection(listener) as second:
            assert (await first.read_reply()).startswith("220")
            assert (await second.read_reply()).startswith("421 4.3.2")
            await first.send("QUIT")
            assert await first.is_closed()
        async with an_smtp_connection(listener) as third:
            assert (await third.read_reply()).startswith("220")


async def test_stopping_ends_idle_sessions_but_lets_a_mail_come_in(harness: MailHarness) -> None:
    case_id = await harness.raise_one()
    async with (
        listening(harness) as listener,
        an_smtp_connection(listener) as idle,
        an_smtp_connection(listener) as busy,
    ):
        await idle.greet()
        await busy.greet()
        await busy.send("MAIL FROM:<ap@nordwind.example>")
        await busy.send(f"RCPT TO:<{reply_address(case_id)}>")
        await busy.send("DATA")
        busy.writer.write(b"Subject: half")
        stopping = asyncio.create_task(listener.stop())
        assert (await idle.read_reply()).startswith("421 4.3.2")
        busy.writer.write(b"\r\n" + a_reply(case_id) + b".\r\n")
        assert await busy.read_reply() == STORED
        await stopping
    assert len(await harness.customer_messages(case_id)) == 1


async def test_a_connection_that_breaks_in_the_middle_leaves_nothing(harness: MailHarness) -> None:
    case_id = await harness.raise_one()
    async with listening(harness) as listener:
        async with an_smtp_connection(listener) as wire:
            await wire.greet()
            await wire.send("MAIL FROM:<ap@nordwind.example>")
            await wire.send(f"RCPT TO:<{reply_address(case_id)}>")
            await wire.send("DATA")
            wire.writer.write(a_reply(case_id))
        async with an_smtp_connection(listener) as wire:
            await wire.greet()
    assert await harness.mails(case_id) == []


class _FullSpool(Spool):
    """On a disk that takes nothing."""

    async def write(self, piece: bytes) -> None:
        raise OSError(28, "No space left on device")


def _take_away(folder: Path) -> None:
    folder.rename(folder.with_name("away"))
    folder.write_text("a file in its place")


def _bring_back(folder: Path) -> None:
    folder.unlink()
    folder.with_name("away").rename(folder)
