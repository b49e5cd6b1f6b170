"""Tests of the sweep of files: what was abandoned is removed, all else stays."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.clamd import Clamd
from core.uploaded_file import FileState
from scheduler.sweeps.files import ABANDONED_AFTER, FORMS_KEPT_FOR, sweep_files
from scheduler.sweeps.virus_scan import VirusScan
from store.engine import Store
from store.evidence.blobs import Blobs
from store.evidence.receiving import Receiver
from store.evidence.uploads import UploadTarget
from store.transaction import Transaction
from tests.builders import MONDAY_9AM, a_customer, an_invoice
from tests.connectors.fake_clamav import ClamAv
from tests.scheduler.evidence_harness import EvidenceHarness, pin

LATER = datetime.now(UTC) + 2 * ABANDONED_AFTER
"""For bytes, whose age goes by the clock of where they lie."""
MUCH_LATER = LATER + FORMS_KEPT_FOR


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


@pytest.fixture
def evidence(store: Store, tmp_path: Path) -> EvidenceHarness:
    blobs = Blobs.open((tmp_path / "evidence").as_uri())
    return EvidenceHarness(
        store, blobs, ClamAv(), VirusScan(store, blobs, Clamd("tcp://127.0.0.1:9")), has_scanner=False
    )


async def _upload(
    evidence: EvidenceHarness, draft_id: str, *, is_finished: bool, came_at: datetime = MONDAY_9AM
) -> str:
    receiver = Receiver(evidence.store, evidence.blobs)
    place = UploadTarget(invoice_ref="in_1", customer_ref="cus_nordwind", via="page", draft_id=draft_id)
    file = await receiver.begin(place, name="a.txt", kind="other", size=5, now=came_at)
    await receiver.append(file.id, 0, _once(b"words" if is_finished else b"wo"))
    if is_finished:
        await receiver.finish(file.id, now=MONDAY_9AM)
    return file.id


def _a_form(tx: Transaction) -> str:
    until = MONDAY_9AM + timedelta(days=90)
    tx.links.find_or_add(an_invoice(), a_customer(), link_id="link-1", now=MONDAY_9AM, expires_at=until)
    return tx.drafts.save("link-1", {}, LATER - ABANDONED_AFTER).id


async def _state(evidence: EvidenceHarness, file_id: str) -> FileState | None:
    """None: there is no row of it any more."""
    file = await evidence.store.read(lambda tx: tx.files.find(file_id))
    return file.state if file else None


async def test_an_upload_that_never_ended_goes_after_a_day(evidence: EvidenceHarness) -> None:
    file_id = await _upload(evidence, await evidence.store.run(_a_form), is_finished=False)
    await sweep_files(evidence.store, evidence.blobs, MONDAY_9AM + ABANDONED_AFTER)
    assert await _state(evidence, file_id) is FileState.UPLOADING
    swept = await sweep_files(evidence.store, evidence.blobs, LATER)
    assert (swept.files, swept.uploads) == (1, 1)
    assert await _state(evidence, file_id) is FileState.REMOVED
    assert (await sweep_files(evidence.store, evidence.blobs, MUCH_LATER)).rows == 1
    assert await _state(evidence, file_id) is None
    assert [one async for one in evidence.blobs.list_uploads(LATER)] == []


async def test_an_upload_that_began_lately_keeps_its_parts(evidence: EvidenceHarness) -> None:
    an_hour_ago = LATER - timedelta(hours=1)
    file_id = await _upload(evidence, "form-1", is_finished=False, came_at=an_hour_ago)
    assert (await sweep_files(evidence.store, evidence.blobs, LATER)).uploads == 0
    assert [one async for one in evidence.blobs.list_uploads(LATER)] == [file_id]


async def test_a_file_is_kept_as_long_as_its_form(evidence: EvidenceHarness) -> None:
    file_id = await _upload(evidence, await evidence.store.run(_a_form), is_finished=True)
    await sweep_files(evidence.store, evidence.blobs, LATER)
    assert await _state(evidence, file_id) is FileState.READY
    swept = await sweep_files(evidence.store, evidence.blobs, MUCH_LATER)
    assert (swept.forms, swept.files, swept.contents) == (1, 1, 1)
    assert await _state(evidence, file_id) is FileState.REMOVED
    assert (await sweep_files(evidence.store, evidence.blobs, MUCH_LATER)).rows == 1
    assert await _state(evidence, file_id) is None


async def test_what_is_in_a_case_stays_for_ever(evidence: EvidenceHarness) -> None:
    file = await evidence.take(b"words", case_id=await evidence.raise_one())
    swept = await sweep_files(evidence.store, evidence.blobs, MUCH_LATER)
    assert (swept.files, swept.contents) == (0, 0)
    assert await evidence.has(file)


async def test_bytes_that_another_file_still_needs_stay(evidence: EvidenceHarness) -> None:
    loose = await evidence.take(b"words")
    kept = await evidence.take(b"words", case_id=await evidence.raise_one())
    assert loose.sha256 == kept.sha256
    swept = await sweep_files(evidence.store, evidence.blobs, LATER)
    assert (swept.files, swept.contents) == (1, 0)
    assert await evidence.has(kept)


async def test_bytes_that_were_stored_before_the_process_died_go_after_a_day(
    evidence: EvidenceHarness,
) -> None:
    blob = await evidence.blobs.save(_once(b"nobody's"))
    assert (await sweep_files(evidence.store, evidence.blobs, MONDAY_9AM)).contents == 0
    assert await evidence.blobs.has(blob.sha256)
    assert (await sweep_files(evidence.store, evidence.blobs, LATER)).contents == 1
    assert not await evidence.blobs.has(blob.sha256)


async def test_bytes_that_a_row_has_named_stay_though_they_are_old(
    evidence: EvidenceHarness, tmp_path: Path
) -> None:
    """Bytes without a row for days are uploaded again: from the new row on, they are needed."""
    blob = await evidence.blobs.save(_once(b"words"))
    for path in (tmp_path / "evidence").rglob(blob.sha256):
        os.utime(path, (0, 0))
    file = await evidence.take(b"words")
    await evidence.store.run(pin, file.id, await evidence.raise_one())
    assert (await sweep_files(evidence.store, evidence.blobs, LATER)).contents == 0
    assert await evidence.has(file)


async def test_a_sweep_twice_finds_nothing_more(evidence: EvidenceHarness) -> None:
    await evidence.take(b"words")
    await sweep_files(evidence.store, evidence.blobs, LATER)
    again = await sweep_files(evidence.store, evidence.blobs, LATER)
    assert (again.files, again.uploads, again.contents) == (0, 0, 0)
