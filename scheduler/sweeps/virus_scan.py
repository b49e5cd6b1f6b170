"""Virus scan of uploaded files, which are held back until ClamAV finds them clean."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from connectors.clamd import Clamd
from connectors.errors import GiveUp, TryAgain
from core.evidence import refuse_file
from core.uploaded_file import File, FileState
from store.engine import Store
from store.errors import StoreUnavailable
from store.evidence.blobs import BlobMissing, Blobs
from store.evidence.refusals import Fault, UploadRefused
from store.evidence.uploads import save_and_pin
from store.transaction import Transaction

log = structlog.get_logger()

BATCH = 20
RETRY_FAILED_AFTER = timedelta(minutes=10)
"""How long a file is skipped that could not be scanned, so that it doesn't hold up the rest."""


class VirusScan:
    """Remembers files that could not be scanned."""

    def __init__(self, store: Store, blobs: Blobs, clamd: Clamd) -> None:
        self._store, self._blobs, self._clamd = store, blobs, clamd
        self._resting: dict[str, datetime] = {}

    async def scan_files(self, now: datetime) -> int:
        """Scan all held files, the longest waiting first. Returns how many got a result.

        Each file has its own transaction and is checked again in it, so two scans at once do no harm. When
        ClamAV doesn't answer, all files wait for the next run.
        """
        self._resting = {file_id: until for file_id, until in self._resting.items() if until > now}
        judged = 0
        while held := await self._next(now):
            for file in held:
                self._resting[file.id] = now + RETRY_FAILED_AFTER
                try:
                    judged += await self._scan(file, now)
                except TryAgain as error:
                    del self._resting[file.id]
                    log.warning("scan postponed", file_id=file.id, why=error.message, remedy=error.remedy)
                    return judged
                except Exception:
                    log.exception("scan failed", file_id=file.id, case_id=file.case_id)
        return judged

    async def _next(self, now: datetime) -> list[File]:
        held = await self._store.read(lambda tx: tx.files.list_held(BATCH + len(self._resting)))
        return [file for file in held if file.id not in self._resting][:BATCH]

    async def _scan(self, file: File, now: datetime) -> bool:
        """Whether the file got a result. Raises TryAgain."""
        try:
            virus = await self._clamd.find_virus(self._blobs.read(file.sha256 or ""))
        except GiveUp as error:
            log.warning("file not scanned", file_id=file.id, why=error.message, remedy=error.remedy)
            return False
        except StoreUnavailable as error:
            raise TryAgain(str(error)) from error
        except BlobMissing:
            log.exception("bytes of a file are gone", file_id=file.id, case_id=file.case_id)
            await self._refuse(file, Fault.DAMAGED, now)
            return True
        if virus is None:
            await self._store.run(_clear, file.id, now)
        else:
            log.warning("virus found", file_id=file.id, case_id=file.case_id, signature=virus)
            await self._refuse(file, Fault.INFECTED, now, signature=virus)
        return True

    async def _refuse(self, file: File, fault: Fault, now: datetime, **values: str) -> None:
        """Refuse the file and remove its bytes, unless another row still names them."""
        error = UploadRefused(fault, name=file.name, **values)
        if await self._store.run(_refuse, file.id, error, now) and file.sha256 is not None:
            await self._blobs.remove(file.sha256)


def _clear(tx: Transaction, file_id: str, now: datetime) -> None:
    """Mark the file as ready. If it belongs to a case, it is evidence from now on and is announced."""
    file = _find_held(tx, file_id)
    if file is not None:
        save_and_pin(tx, replace(file, state=FileState.READY), now)


def _refuse(tx: Transaction, file_id: str, error: UploadRefused, now: datetime) -> bool:
    """Returns whether no row names the bytes any more."""
    file = _find_held(tx, file_id)
    if file is None or file.sha256 is None:
        return False
    tx.files.save(replace(file, state=FileState.REFUSED, refusal=error.refusal, has_preview=False))
    if file.case_id is not None:
        case = tx.cases.lock(file.case_id)
        tx.record(refuse_file(case, file.name, str(error), now, file_id=file.id))
    return tx.files.count_uses(file.sha256) == 0


def _find_held(tx: Transaction, file_id: str) -> File | None:
    file = tx.files.lock(file_id)
    return file if file is not None and file.state is FileState.HELD else None
