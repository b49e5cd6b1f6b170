"""Tests of the virus scan: files are held until they are clean, and removed when they aren't."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.clamd import Clamd
from core.case import Status
from core.closing import withdraw
from core.customer_events import FileRefused
from core.person import CUSTOMER
from core.policy import RequiredEvidence
from core.uploaded_file import FileState
from scheduler.sweeps.virus_scan import RETRY_FAILED_AFTER, VirusScan
from store.engine import Store
from store.evidence.blobs import Blobs
from store.evidence.refusals import stored_refusal
from store.evidence.uploads import UNVERIFIED
from store.transaction import Transaction
from tests.builders import MONDAY_9AM, a_reason
from tests.connectors.fake_clamav import EICAR, a_clamav
from tests.scheduler.evidence_harness import EvidenceHarness, pin
from tests.scheduler.harness import a_company, store_at

BY_MAIL = b"Subject: Look\r\n\r\n" + EICAR


@pytest.fixture
async def store(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Store]:
    """One reason asks for a delivery note."""
    shutil.copy(sqlite_template, tmp_path / "ombud.db")
    policy = a_company()
    note = (RequiredEvidence("delivery_note", "A photo of the delivery note"),)
    reasons = {**policy.reasons, "short": a_reason("short", required_evidence=note)}
    store = store_at(tmp_path / "ombud.db", replace(policy, reasons=reasons))
    yield store
    await store.close()


@pytest.fixture
async def evidence(store: Store, tmp_path: Path) -> AsyncIterator[EvidenceHarness]:
    blobs = Blobs.open((tmp_path / "evidence").as_uri())
    async with a_clamav() as clamav:
        yield EvidenceHarness(store, blobs, clamav, VirusScan(store, blobs, Clamd(clamav.url)))


async def test_what_is_clean_is_ready(evidence: EvidenceHarness) -> None:
    file = await evidence.take(b"words")
    assert file.state is FileState.HELD
    assert await evidence.scan.scan_files(MONDAY_9AM) == 1
    assert (await evidence.again(file)).state is FileState.READY
    assert await evidence.scan.scan_files(MONDAY_9AM) == 0
    assert evidence.clamav.scanned == [5]


async def test_the_last_piece_of_evidence_opens_the_case_once_it_is_clean(evidence: EvidenceHarness) -> None:
    case_id = await evidence.raise_one("short")
    file = await evidence.take(b"words", kind="delivery_note")
    await evidence.store.run(pin, file.id, case_id)
    assert (await evidence.case(case_id)).status is Status.GATHERING
    await evidence.scan.scan_files(MONDAY_9AM)
    case = await evidence.case(case_id)
    assert case.status is Status.OPEN
    assert [(piece.kind, piece.file_id) for piece in case.evidence] == [("delivery_note", file.id)]
    assert (await evidence.story(case_id))[-2:] == ["EvidenceAdded", "QueueTold"]


async def test_what_is_infected_is_thrown_away_and_the_case_hears_why(evidence: EvidenceHarness) -> None:
    case_id = await evidence.raise_one()
    file = await evidence.take(BY_MAIL, "look.eml", case_id=case_id)
    await evidence.scan.scan_files(MONDAY_9AM)
    refused = await evidence.again(file)
    assert (refused.state, await evidence.has(file)) == (FileState.REFUSED, False)
    assert "the virus scanner found Eicar-Test-Signature in it" in str(stored_refusal(refused.refusal))
    case = await evidence.case(case_id)
    assert case.evidence == ()
    assert (await evidence.story(case_id))[-1] == "FileRefused"
    event = await evidence.store.read(lambda tx: tx.timeline.list(case_id)[-1].event)
    assert isinstance(event, FileRefused)
    assert event.file_id == file.id


async def test_infected_bytes_stay_until_the_last_file_with_them_has_its_verdict(
    evidence: EvidenceHarness,
) -> None:
    first = await evidence.take(BY_MAIL, "look.eml", case_id=await evidence.raise_one())
    second = await evidence.take(BY_MAIL, "look.eml", case_id=await evidence.raise_one())
    assert first.sha256 == second.sha256
    assert await evidence.scan.scan_files(MONDAY_9AM) == 2
    assert not await evidence.has(first)
    assert "Eicar" in str(stored_refusal((await evidence.again(first)).refusal))
    assert "Eicar" in str(stored_refusal((await evidence.again(second)).refusal))


async def test_a_file_of_somebody_unknown_is_no_evidence_however_clean(evidence: EvidenceHarness) -> None:
    case_id = await evidence.raise_one()
    file = await evidence.take(b"words", case_id=case_id, kind=UNVERIFIED)
    await evidence.scan.scan_files(MONDAY_9AM)
    assert (await evidence.again(file)).state is FileState.READY
    assert (await evidence.case(case_id)).evidence == ()


async def test_a_case_that_was_closed_meanwhile_stays_as_it_is(evidence: EvidenceHarness) -> None:
    case_id = await evidence.raise_one()
    clean = await evidence.take(b"words", case_id=case_id)
    infected = await evidence.take(BY_MAIL, "look.eml", case_id=case_id)
    await evidence.store.run(_withdraw, case_id)
    before = await evidence.case(case_id)
    await evidence.scan.scan_files(MONDAY_9AM)
    assert await evidence.case(case_id) == before
    assert (await evidence.again(clean)).state is FileState.READY
    assert (await evidence.again(infected)).state is FileState.REFUSED
    assert (await evidence.story(case_id))[-1] == "FileRefused"


async def test_while_the_scanner_is_away_files_are_held(evidence: EvidenceHarness) -> None:
    file = await evidence.take(b"words")
    evidence.clamav.mood = "mute"
    assert await evidence.scan.scan_files(MONDAY_9AM) == 0
    assert (await evidence.again(file)).state is FileState.HELD
    evidence.clamav.mood = "well"
    assert await evidence.scan.scan_files(MONDAY_9AM) == 1


async def test_a_file_that_is_too_long_to_be_scanned_holds_up_no_other(evidence: EvidenceHarness) -> None:
    evidence.clamav.most = 1000
    long = await evidence.take(b"words " * 1000)
    short = await evidence.take(b"words")
    assert await evidence.scan.scan_files(MONDAY_9AM) == 1
    assert (await evidence.again(long)).state is FileState.HELD
    assert (await evidence.again(short)).state is FileState.READY
    evidence.clamav.most = 100_000
    assert await evidence.scan.scan_files(MONDAY_9AM + RETRY_FAILED_AFTER / 2) == 0
    assert await evidence.scan.scan_files(MONDAY_9AM + RETRY_FAILED_AFTER + timedelta(seconds=1)) == 1


async def test_a_file_whose_bytes_are_gone_is_asked_for_again(evidence: EvidenceHarness) -> None:
    case_id = await evidence.raise_one()
    file = await evidence.take(b"words", case_id=case_id)
    await evidence.blobs.remove(file.sha256 or "")
    await evidence.scan.scan_files(MONDAY_9AM)
    assert "Send it again" in str(stored_refusal((await evidence.again(file)).refusal))
    assert (await evidence.story(case_id))[-1] == "FileRefused"


def _withdraw(tx: Transaction, case_id: str) -> None:
    tx.record(withdraw(tx.cases.lock(case_id), why="", actor_id=CUSTOMER, now=MONDAY_9AM))
