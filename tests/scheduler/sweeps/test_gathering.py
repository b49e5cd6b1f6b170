"""Tests of the end of gathering: the queue is told that a case is ready."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.case import Evidence
from core.customer_messages import receive_message, report_mail_failure
from core.intake import submit_evidence
from core.policy import RequiredEvidence
from store.engine import Store
from tests.scheduler.harness import DELIVERY, Harness, a_company, store_at

NOTE = Evidence(kind="note", name="note.jpg")
READY = "The case is ready for its queue."


@pytest.fixture
async def store(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Store]:
    """Of a company that wants to see a note before it looks into damage."""
    file, company = tmp_path / "ombud.db", a_company()
    shutil.copy(sqlite_template, file)
    damaged = replace(company.reasons["damaged"], required_evidence=(RequiredEvidence("note", "A note"),))
    store = store_at(file, replace(company, reasons={**company.reasons, "damaged": damaged}))
    yield store
    await store.close()


async def complete(harness: Harness, case_id: str) -> None:
    await harness.act(
        case_id, submit_evidence, pieces=(NOTE,), policy=harness.store.policy, actor_id="customer"
    )
    await harness.deliver_all()


async def test_the_card_comes_once_the_evidence_is_there_and_nothing_more_is_said(harness: Harness) -> None:
    case_id = await harness.raise_one("damaged")
    await harness.deliver_all()
    assert harness.texts(DELIVERY) == []
    await complete(harness, case_id)
    assert len(harness.cards(DELIVERY)) == 1
    assert READY not in harness.texts(DELIVERY)


@pytest.mark.parametrize("why", ["a stranger's mail", "a mail that came back"])
async def test_a_queue_that_had_the_card_before_is_called_when_the_case_is_ready(
    harness: Harness, why: str
) -> None:
    case_id = await harness.raise_one("damaged")
    if why == "a stranger's mail":
        said = {"text": "Hello", "via": "mail", "sender": "lager@nordwind.example", "is_verified": False}
        await harness.act(case_id, receive_message, policy=harness.store.policy, **said)
    else:
        await harness.act(case_id, report_mail_failure, to="ap@nordwind.example", why="mailbox full")
    await harness.deliver_all()
    assert len(harness.cards(DELIVERY)) == 1
    await complete(harness, case_id)
    ready = harness.slack.messages(DELIVERY)[-1]
    assert (ready["text"], ready["thread_ts"]) == (READY, harness.cards(DELIVERY)[0]["ts"])
    assert ready["subtype"] == "thread_broadcast"
