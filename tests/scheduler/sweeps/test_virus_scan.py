"""Is a file held back until it is clean, and thrown away when it isn't?"""

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
from core.person import CUSTOMER
from core.policy import RequiredEvidence
from core.uploaded_file import FileState
from scheduler.sweeps.virus_scan import RETRY_FAILED_AFTER, VirusScan
from store.engine import Store
from store.evidence.blobs import Blobs
from store.evidence.uploads import UNVERIFIED
from store.transaction import Transaction
from tests.builders import MONDAY_9AM, a_reason
from tests.connectors.fake_clamav import EICAR, a_clamav
from tests.scheduler.evidence_harness import EvidenceHarness, pin
from tests.scheduler.harness import a_company, store_at

BY_MAIL = b"Subject: Look\r\n\r\n" + EICAR


@pytest.fixture
async def store(empty_database: Path, tmp_path: Path) -> AsyncIterator[Store]:
    """One reason asks for a delivery note."""
    shutil.copy(empty_database, tmp_path / "ombud.db")
    policy = a_company()
    note = (RequiredEvidence("delivery_note", "A photo of the delivery note"),)
    reasons = {**policy.reasons, "short": a_reason("short", required_evidence=note)}
    store = store_at(tmp_path / "ombud.db", replace(policy, reasons=reasons))
    yield store
    await store.close()


@pytest.fixture
async def shelf(store: Store, tmp_path: Path) -> AsyncIterator[EvidenceHarness]:
    blobs = Blobs.open((tmp_path / "evidence").as_uri())
    async with a_clamav() as clamav:
        yield EvidenceHarness(store, blobs, clamav, VirusScan(store, blobs, Clamd(clamav.url)))


async def test_what_is_clean_is_ready(shelf: EvidenceHarness) -> None:
    file = await shelf.take(b"words")
    assert file.state is FileState.HELD
    assert await shelf.scan.scan_files(MONDAY_9AM) == 1
    assert (await shelf.again(file)).state is FileState.READY
    assert await shelf.scan.scan_files(MONDAY_9AM) == 0
    assert shelf.clamav.scanned == [5]


async def test_the_last_piece_of_evidence_opens_the_case_once_it_is_clean(shelf: EvidenceHarness) -> None:
    case_id = await shelf.raise_one("short")
    file = await shelf.take(b"words", kind="delivery_note")
    await shelf.store.run(pin, file.id, case_id)
    assert (await shelf.case(case_id)).status is Status.GATHERING
    await shelf.scan.scan_files(MONDAY_9AM)
    case = await shelf.case(case_id)
    assert case.status is Status.OPEN
    assert [(piece.kind, piece.file_id) for piece in case.evidence] == [("delivery_note", file.id)]
    assert (await shelf.story(case_id))[-2:] == ["EvidenceAdded", "QueueTold"]


async def test_what_is_infected_is_thrown_away_and_the_case_hears_why(shelf: EvidenceHarness) -> None:
    case_id = await shelf.raise_one()
    file = await shelf.take(BY_MAIL, "look.eml", case_id=case_id)
    await shelf.scan.scan_files(MONDAY_9AM)
    refused = await shelf.again(file)
    assert (refused.state, await shelf.has(file)) == (FileState.REFUSED, False)
    assert "the virus scanner found Eicar-Test-Signature in it" in refused.why
    case = await shelf.case(case_id)
    assert case.evidence == ()
    assert (await shelf.story(case_id))[-1] == "FileRefused"


async def test_infected_bytes_stay_until_the_last_file_with_them_has_its_verdict(
    shelf: EvidenceHarness,
) -> None:
    first = await shelf.take(BY_MAIL, "look.eml", case_id=await shelf.raise_one())
    second = await shelf.take(BY_MAIL, "look.eml", case_id=await shelf.raise_one())
    assert first.sha256 == second.sha256
    assert await shelf.scan.scan_files(MONDAY_9AM) == 2
    assert not await shelf.has(first)
    assert "Eicar" in (await shelf.again(first)).why
    assert "Eicar" in (await shelf.again(second)).why


async def test_a_file_of_somebody_unknown_is_no_evidence_however_clean(shelf: EvidenceHarness) -> None:
    case_id = await shelf.raise_one()
    file = await shelf.take(b"words", case_id=case_id, kind=UNVERIFIED)
    await shelf.scan.scan_files(MONDAY_9AM)
    assert (await shelf.again(file)).state is FileState.READY
    assert (await shelf.case(case_id)).evidence == ()


async def test_a_case_that_was_closed_meanwhile_stays_as_it_is(shelf: EvidenceHarness) -> None:
    case_id = await shelf.raise_one()
    clean = await shelf.take(b"words", case_id=case_id)
    infected = await shelf.take(BY_MAIL, "look.eml", case_id=case_id)
    await shelf.store.run(_withdraw, case_id)
    before = await shelf.case(case_id)
    await shelf.scan.scan_files(MONDAY_9AM)
    assert await shelf.case(case_id) == before
    assert (await shelf.again(clean)).state is FileState.READY
    assert (await shelf.again(infected)).state is FileState.REFUSED
    assert (await shelf.story(case_id))[-1] == "FileRefused"


async def test_while_the_scanner_is_away_files_are_held(shelf: EvidenceHarness) -> None:
    file = await shelf.take(b"words")
    shelf.clamav.mood = "mute"
    assert await shelf.scan.scan_files(MONDAY_9AM) == 0
    assert (await shelf.again(file)).state is FileState.HELD
    shelf.clamav.mood = "well"
    assert await shelf.scan.scan_files(MONDAY_9AM) == 1


async def test_a_file_that_is_too_long_to_be_scanned_holds_up_no_other(shelf: EvidenceHarness) -> None:
    shelf.clamav.most = 1000
    long = await shelf.take(b"words " * 1000)
    short = await shelf.take(b"words")
    assert await shelf.scan.scan_files(MONDAY_9AM) == 1
    assert (await shelf.again(long)).state is FileState.HELD
    assert (await shelf.again(short)).state is FileState.READY
    shelf.clamav.most = 100_000
    assert await shelf.scan.scan_files(MONDAY_9AM + RETRY_FAILED_AFTER / 2) == 0
    assert await shelf.scan.scan_files(MONDAY_9AM + RETRY_FAILED_AFTER + timedelta(seconds=1)) == 1


async def test_a_file_whose_bytes_are_gone_is_asked_for_again(shelf: EvidenceHarness) -> None:
    case_id = await shelf.raise_one()
    file = await shelf.take(b"words", case_id=case_id)
    await shelf.blobs.remove(file.sha256 or "")
    await shelf.scan.scan_files(MONDAY_9AM)
    assert "Send it again" in (await shelf.again(file)).why
    assert (await shelf.story(case_id))[-1] == "FileRefused"


def _withdraw(tx: Transaction, case_id: str) -> None:
    tx.record(withdraw(tx.cases.lock(case_id), why="", actor_id=CUSTOMER, now=MONDAY_9AM))
