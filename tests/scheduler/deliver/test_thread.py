"""Tests of customers' messages and files in the thread and in the resolver's chat."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import unquote

import pytest

from core.case import Evidence
from core.closing import withdraw
from core.customer_messages import receive_message, report_mail_failure
from core.customer_questions import ask_customer
from core.tokens import Tokens
from core.uploaded_file import File, FileState
from scheduler.outbox.drain import OutboxDrain
from store.transaction import Transaction
from tests.scheduler.harness import ANA, BILLING, Harness

KEY = "k" * 32


def a_file(case_id: str) -> File:
    return File(
        id="f-photo",
        invoice_ref="in_1",
        customer_ref="cus_nordwind",
        case_id=case_id,
        draft_id=None,
        kind="other",
        name="photo.jpg",
        size=1_200_000,
        sha256="0" * 64,
        state=FileState.READY,
        via="mail",
        came_at=datetime(2026, 3, 2, 9, tzinfo=UTC),
    )


def keep(tx: Transaction, file: File) -> None:
    tx.files.add(file)


async def claimed(harness: Harness) -> str:
    case_id = await harness.raise_one()
    await harness.claim(case_id, ANA)
    await harness.deliver()
    return case_id


async def write(harness: Harness, case_id: str, text: str, **more: object) -> None:
    said = {"sender": "ap@nordwind.example", "via": "mail", "policy": harness.services.policy, **more}
    await harness.act(case_id, receive_message, text=text, **said)
    await harness.deliver_all()


def thread(harness: Harness) -> list[str]:
    """The messages under the card, oldest first."""
    return [
        unquote(str(one["blocks"]))
        for one in harness.slack.messages(BILLING)
        if one.get("thread_ts", one["ts"]) != one["ts"]
    ]


async def test_an_answer_lands_in_the_thread_with_its_file_and_tells_the_resolver(harness: Harness) -> None:
    harness.services = replace(harness.services, base_url="https://ombud.example", tokens=Tokens((KEY,)))
    harness.drain = OutboxDrain(harness.services, holder="test")
    case_id = await claimed(harness)
    await harness.act(case_id, ask_customer, what="A photo", text="Could you send one?", actor_id=ANA.id)
    await harness.store.run(keep, a_file(case_id))
    piece = Evidence(kind="other", name="photo.jpg", file_id="f-photo")
    await write(harness, case_id, "Here it is.", files=(piece,))
    asked, wrote, heard = thread(harness)[-3:]
    assert "Could you send one?" in asked
    assert "Here it is." in wrote
    assert "<https://ombud.example/e/" in wrote
    assert "|photo.jpg (1.2 MB)>" in wrote
    assert "The clock runs again" in heard
    assert "Here it is." in str(harness.cards("D0ANA")[-1]["blocks"])
    (card,) = harness.cards(BILLING)
    assert "Under review" in str(card["blocks"])
    assert "photo.jpg" in str(card["blocks"])


async def test_the_address_of_a_file_is_the_same_all_day_and_ends_after_a_month(harness: Harness) -> None:
    services = replace(harness.services, base_url="https://ombud.example", tokens=Tokens((KEY,)))
    first = services.file_url("f-photo")
    harness.time.add(harness.time.now().replace(hour=23) - harness.time.now())
    assert first == services.file_url("f-photo")
    assert first is not None
    token = first.rpartition("/")[2]
    now = harness.time.now()
    assert Tokens((KEY,)).read_file(token, now=now.replace(day=now.day)) == "f-photo"
    assert Tokens((KEY,)).read_file(token, now=now.replace(year=now.year + 1)) is None
    assert harness.services.file_url("f-photo") is None


async def test_somebody_elses_mail_offers_to_accept_them_and_leaves_the_card_as_it_is(
    harness: Harness,
) -> None:
    case_id = await claimed(harness)
    await write(harness, case_id, "I know more.", sender="kim@nordwind.example", is_verified=False)
    assert "accept_sender" in thread(harness)[-1]
    assert "accept_sender" in str(harness.cards("D0ANA")[-1]["blocks"])


async def test_a_mail_to_a_closed_case_asks_the_resolver_whether_to_reopen(harness: Harness) -> None:
    case_id = await claimed(harness)
    await harness.act(case_id, withdraw, why="", actor_id=ANA.id)
    await write(harness, case_id, "One more thing.")
    for told in (thread(harness)[-1], str(harness.cards("D0ANA")[-1]["blocks"])):
        assert "Take it up again?" in told
        assert "ask_reopen" in told


async def test_a_mail_that_came_back_is_told_with_its_reason(harness: Harness) -> None:
    case_id = await claimed(harness)
    await harness.act(case_id, report_mail_failure, to="ap@nordwind.example", why="mailbox full")
    await harness.deliver_all()
    assert "Mail to ap@nordwind.example failed: mailbox full." in thread(harness)[-1]
    assert "mailbox full" in str(harness.cards("D0ANA")[-1]["blocks"])


@pytest.mark.parametrize("words", ["<!channel> *hi* <@U0BEN>", "&amp;lt;!here&gt;"])
async def test_a_customers_words_call_nobody(harness: Harness, words: str) -> None:
    case_id = await claimed(harness)
    await write(harness, case_id, words)
    message = harness.slack.messages(BILLING)[-1]
    assert "<!" not in str(message["text"])
    quote = message["blocks"][1]
    assert quote["type"] == "rich_text"
