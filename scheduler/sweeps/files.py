"""Sweep of files: removes abandoned uploads and forms, and bytes that no row names any more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from core.uploaded_file import FileState
from store.engine import Store
from store.evidence.blobs import Blobs
from store.transaction import Transaction

log = structlog.get_logger()

ABANDONED_AFTER = timedelta(days=1)
"""How long an upload may pause, and how long bytes are kept that no row names yet."""
FORMS_KEPT_FOR = timedelta(days=30)
"""How long an untouched form is kept, and its files with it."""
BATCH = 200


@dataclass(frozen=True, slots=True)
class SweepCounts:
    forms: int
    files: int
    uploads: int
    contents: int
    rows: int = 0
    """Of files that were refused, or marked as removed by an earlier sweep."""


async def sweep_files(store: Store, blobs: Blobs, now: datetime) -> SweepCounts:
    """Remove what was abandoned a day ago or longer. An interrupted run loses nothing.

    A file is marked as removed by one sweep, and its row deleted by the next: a message that is being sent
    with it meanwhile still gets it.

    Rows first, then bytes that no row names: the other way round a case could name missing bytes. Bytes that
    are stored again meanwhile stay, and so do those that a file or a mail still names.
    """
    before = now - ABANDONED_AFTER
    forms = await store.run(lambda tx: tx.drafts.purge(now - FORMS_KEPT_FOR))
    rows = await store.run(lambda tx: tx.files.remove_ended(before))
    files = 0
    while removed := await store.run(_remove_abandoned, before):
        files += removed
    uploads = await _discard_uploads(store, blobs, before)
    contents = await _remove_unneeded(store, blobs, before)
    swept = SweepCounts(forms, files, uploads, contents, rows)
    log.info("files swept", forms=forms, files=files, uploads=uploads, contents=contents, rows=rows)
    return swept


def _remove_abandoned(tx: Transaction, before: datetime) -> int:
    abandoned = tx.files.lock_abandoned(before, limit=BATCH)
    for file in abandoned:
        tx.files.save(replace(file, state=FileState.REMOVED, has_preview=False))
    return len(abandoned)


async def _discard_uploads(store: Store, blobs: Blobs, before: datetime) -> int:
    """Discard stored parts older than `before` whose file isn't being uploaded any more."""
    count = 0
    async for batch in _in_batches(blobs.list_uploads(before)):
        for upload_id in await store.read(_ended, batch):
            await blobs.discard(upload_id)
            count += 1
    return count


async def _remove_unneeded(store: Store, blobs: Blobs, before: datetime) -> int:
    """Remove bytes stored before `before` that no row names, each checked again right before its removal."""
    count = 0
    async for batch in _in_batches(blobs.list_stored(before)):
        for sha256 in await store.read(_unneeded, batch):
            if await store.read(_unneeded, [sha256]):
                count += await blobs.remove(sha256, unless_since=before)
    return count


def _ended(tx: Transaction, upload_ids: list[str]) -> list[str]:
    found = {upload_id: tx.files.find(upload_id) for upload_id in upload_ids}
    return [one for one, file in found.items() if file is None or file.state is not FileState.UPLOADING]


def _unneeded(tx: Transaction, hashes: list[str]) -> list[str]:
    return [sha256 for sha256 in hashes if not tx.files.count_uses(sha256)]


async def _in_batches(names: AsyncIterator[str]) -> AsyncIterator[list[str]]:
    batch: list[str] = []
    async for name in names:
        batch.append(name)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
