"""Does the queue hear that a case is ready, also when its card came before?"""

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
async def store(empty_database: Path, tmp_path: Path) -> AsyncIterator[Store]:
    """Of a company that wants to see a note before it looks into damage."""
    file, company = tmp_path / "ombud.db", a_company()
    shutil.copy(empty_database, file)
    damaged = replace(company.reasons["damaged"], required_evidence=(RequiredEvidence("note", "A note"),))
    store = store_at(file, replace(company, reasons={**company.reasons, "damaged": damaged}))
    yield store
    await store.close()


async def complete(desk: Harness, case_id: str) -> None:
    await desk.act(case_id, submit_evidence, pieces=(NOTE,), policy=desk.store.policy, actor_id="customer")
    await desk.deliver_all()


async def test_the_card_comes_once_the_evidence_is_there_and_nothing_more_is_said(desk: Harness) -> None:
    case_id = await desk.raise_one("damaged")
    await desk.deliver_all()
    assert desk.texts(DELIVERY) == []
    await complete(desk, case_id)
    assert len(desk.cards(DELIVERY)) == 1
    assert READY not in desk.texts(DELIVERY)


@pytest.mark.parametrize("why", ["a stranger's mail", "a mail that came back"])
async def test_a_queue_that_had_the_card_before_is_called_when_the_case_is_ready(
    desk: Harness, why: str
) -> None:
    case_id = await desk.raise_one("damaged")
    if why == "a stranger's mail":
        said = {"text": "Hello", "via": "mail", "sender": "lager@nordwind.example", "is_verified": False}
        await desk.act(case_id, receive_message, policy=desk.store.policy, **said)
    else:
        await desk.act(case_id, report_mail_failure, to="ap@nordwind.example", why="mailbox full")
    await desk.deliver_all()
    assert len(desk.cards(DELIVERY)) == 1
    await complete(desk, case_id)
    ready = desk.slack.messages(DELIVERY)[-1]
    assert (ready["text"], ready["thread_ts"]) == (READY, desk.cards(DELIVERY)[0]["ts"])
    assert ready["subtype"] == "thread_broadcast"
