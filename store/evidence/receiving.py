"""Receiving of files: in parts over several connections, or whole; inspected, cleaned, stored.

    file = await receiver.begin(target, name=…, kind=…, size=…, now=now)   checked early: name, size, limits
    file = await receiver.append(file.id, offset, stream)                  WrongOffset: where to continue
    file = await receiver.finish(file.id, now=now)                         inspected, cleaned, stored
    file = await receiver.receive_whole(stream, target=…, name=…, kind=…, now=now)    or in one request

A received file is `ready`, or `held` for a virus scan. The caller adds a ready file to its case as evidence,
and sets the `case_id` of a held one: the scan then adds it.

No crash leaves a case that refers to missing bytes. The row gets the hash before the bytes are stored (so
that no sweep removes them) and the state `ready` only afterwards; the parts are removed last. Every step may
be repeated.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from secrets import token_urlsafe
from typing import NoReturn
from weakref import WeakValueDictionary

from core.uploaded_file import File, FileState
from store.engine import Store
from store.evidence.blobs import Blobs, IncompleteUpload
from store.evidence.inspect.file_types import demand_ending
from store.evidence.inspect.run import InspectedFile, inspect_file
from store.evidence.limits import MEGABYTE, Limits
from store.evidence.names import ending_of, safe_name, with_ending
from store.evidence.refusals import (
    Fault,
    FileRejected,
    NoSuchUpload,
    UploadRefused,
    WrongOffset,
    stored_refusal,
)
from store.evidence.streams import full_disk_errors, hash_of, in_upload_parts, pieces_of
from store.evidence.uploads import (
    UploadTarget,
    add_file,
    complete_upload,
    demand_room,
    get_uploading,
    refuse_upload,
    remove_upload,
    save_content_hash,
    save_received,
)

MOST_INSPECTIONS = 2
"""Files inspected at the same time; each takes a process."""


class Receiver:
    """Receives files of web uploads and of mails."""

    def __init__(
        self,
        store: Store,
        blobs: Blobs,
        *,
        limits: Limits | None = None,
        has_scanner: bool = False,
        scratch: Path | None = None,
    ) -> None:
        """`scratch` is the folder for files during inspection; None: the system's temporary folder."""
        self.limits = limits or Limits()
        self._store = store
        self._blobs = blobs
        self._state = FileState.HELD if has_scanner else FileState.READY
        self._scratch = scratch
        self._slots = asyncio.Semaphore(MOST_INSPECTIONS)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def begin(self, target: UploadTarget, *, name: str, kind: str, size: int, now: datetime) -> File:
        """Begin an upload of `size` announced bytes. Raises UploadRefused before any of them has come."""
        file = _new_file(target, name=name, kind=kind, size=size, now=now)
        if size < 1:
            raise _refusal(FileRejected(Fault.EMPTY), file.name)
        self._demand_size(size, file.name)
        _demand_name(file.name)
        await self._store.run(add_file, file, target, self.limits)
        return file

    async def append(self, file_id: str, offset: int, stream: AsyncIterable[bytes]) -> File:
        """Store what comes from `offset` on. What has arrived is kept, even if the stream breaks.

        Raises:
            WrongOffset: the upload continues at another offset, as after a concurrent connection.
            UploadRefused: more comes than was announced.
            NoSuchUpload: no such upload is in progress.
        """
        file = await self._store.read(get_uploading, file_id)
        if file.received != offset:
            raise WrongOffset(file_id, file.received)
        async with aclosing(in_upload_parts(stream)) as parts:
            async for part in parts:
                file = await self._store_part(file, part)
        return file

    async def finish(self, file_id: str, *, now: datetime) -> File:
        """Inspect and store what was uploaded. A repeated call has the same result.

        Raises:
            WrongOffset: it isn't complete yet.
            UploadRefused: it can't be accepted.
            NoSuchUpload: no such upload is in progress.
        """
        async with self._lock_of(file_id):
            file = await self._find_unfinished(file_id)
            if file.state is not FileState.UPLOADING:
                return file
            try:
                async with self._slots, self._temporary_folder() as folder:
                    await self._fetch_upload(file, folder / "it")
                    stored = await self._inspect_and_store(file, folder / "it", now)
            except FileRejected as rejected:
                refusal = _refusal(rejected, file.name)
                await self._store.run(refuse_upload, file_id, refusal.refusal)
                await self._blobs.discard(file_id)
                raise refusal from rejected
            await self._blobs.discard(file_id)
            return stored

    async def receive_whole(
        self,
        stream: AsyncIterable[bytes] | bytes,
        *,
        target: UploadTarget,
        name: str,
        kind: str,
        now: datetime,
        size: int = 0,
    ) -> File:
        """Receive a file in one request; `size` is the announced size, or 0. A refused file leaves nothing.

        Raises:
            UploadRefused: it can't be accepted.
        """
        file = _new_file(target, name=name, kind=kind, size=size, now=now)
        self._demand_size(size, file.name)
        _demand_name(file.name)
        await self._store.read(demand_room, size, target, self.limits)
        async with self._temporary_folder() as folder:
            received = await self._write(stream, folder / "it", file.name)
            file = replace(file, size=received, received=received)
            async with self._slots:
                try:
                    inspected = await inspect_file(folder / "it", file.name)
                except FileRejected as rejected:
                    raise _refusal(rejected, file.name) from rejected
                await self._store.run(add_file, file, target, self.limits)
                return await self._store_file(file, inspected, now, target.meant_for)

    async def remove(self, file_id: str) -> None:
        """Remove an upload, for its customer. A file that is in a case already stays."""
        await self._store.run(remove_upload, file_id)
        await self._blobs.discard(file_id)

    async def _store_part(self, file: File, part: bytes) -> File:
        """Store the bytes first, then save their number, under a lock against concurrent connections."""
        after = file.received + len(part)
        if after > file.size:
            await self._refuse_longer(file)
        async with self._lock_of(file.id):
            known = await self._store.read(get_uploading, file.id)
            if known.received != file.received:
                raise WrongOffset(file.id, known.received)
            await self._blobs.put_part(file.id, file.received, part)
            return await self._store.run(save_received, file.id, before=file.received, after=after)

    async def _refuse_longer(self, file: File) -> NoReturn:
        refusal = _refusal(FileRejected(Fault.LONGER_THAN_SAID), file.name)
        await self._store.run(refuse_upload, file.id, refusal.refusal)
        await self._blobs.discard(file.id)
        raise refusal

    async def _find_unfinished(self, file_id: str) -> File:
        """The upload to finish, or the file it has become; a refused one is refused again."""
        file = await self._store.read(lambda tx: tx.files.find(file_id))
        if file is None or file.state is FileState.REMOVED:
            raise NoSuchUpload(file_id)
        if file.state is FileState.REFUSED:
            raise stored_refusal(file.refusal)
        if file.state is FileState.UPLOADING and file.received < file.size:
            raise WrongOffset(file_id, file.received)
        return file

    async def _fetch_upload(self, file: File, target: Path) -> None:
        """Raises WrongOffset, after setting the upload back, when saved parts are missing."""
        try:
            await self._write(self._blobs.read_upload(file.id, file.size), target, file.name)
        except IncompleteUpload as error:
            await self._store.run(save_received, file.id, before=file.received, after=error.received)
            raise WrongOffset(file.id, error.received) from error

    async def _inspect_and_store(self, file: File, source: Path, now: datetime) -> File:
        return await self._store_file(file, await inspect_file(source, file.name), now)

    async def _store_file(
        self, file: File, inspected: InspectedFile, now: datetime, meant_for: str | None = None
    ) -> File:
        """Save the hash, store the bytes, save the file; then store again if a sweep removed the bytes."""
        sha256 = await asyncio.to_thread(hash_of, inspected.path)
        await self._store.run(save_content_hash, file.id, sha256)
        blob = await self._blobs.save(inspected.path)
        if inspected.preview is not None:
            await self._blobs.save_preview(sha256, await asyncio.to_thread(inspected.preview.read_bytes))
        whole = replace(
            file,
            name=_with_right_ending(file.name, inspected),
            size=blob.size,
            received=blob.size,
            sha256=sha256,
            media_type=inspected.file_type.media_type,
            has_preview=inspected.preview is not None,
            state=self._state,
        )
        stored = await self._store.run(complete_upload, whole, now, meant_for=meant_for)
        if not await self._blobs.has(sha256):
            await self._blobs.save(inspected.path)
        return stored

    async def _write(self, stream: AsyncIterable[bytes] | bytes, target: Path, name: str) -> int:
        """Raises UploadRefused as soon as it is too large, without reading the rest of the stream."""
        size = 0
        with full_disk_errors(), await asyncio.to_thread(target.open, "wb") as out:
            async for piece in pieces_of(stream):
                size += len(piece)
                self._demand_size(size, name)
                await asyncio.to_thread(out.write, piece)
        return size

    def _demand_size(self, size: int, name: str) -> None:
        if size > self.limits.bytes_per_file:
            limit = self.limits.bytes_per_file // MEGABYTE
            raise _refusal(FileRejected(Fault.TOO_BIG, megabytes=-(-size // MEGABYTE), limit=limit), name)

    def _lock_of(self, file_id: str) -> asyncio.Lock:
        return self._locks.setdefault(file_id, asyncio.Lock())

    @asynccontextmanager
    async def _temporary_folder(self) -> AsyncIterator[Path]:
        """A temporary folder for one file and the results of its inspection."""
        with full_disk_errors():
            folder = tempfile.TemporaryDirectory(prefix="ombud-", dir=self._scratch)
        try:
            yield Path(folder.name)
        finally:
            await asyncio.to_thread(folder.cleanup)


def _new_file(place: UploadTarget, *, name: str, kind: str, size: int, now: datetime) -> File:
    return File(
        id=token_urlsafe(24),
        invoice_ref=place.invoice_ref,
        customer_ref=place.customer_ref,
        case_id=place.case_id,
        draft_id=place.draft_id,
        kind=kind,
        name=safe_name(name),
        size=size,
        via=place.via,
        came_at=now,
    )


def _demand_name(name: str) -> None:
    try:
        demand_ending(name)
    except FileRejected as rejected:
        raise _refusal(rejected, name) from rejected


def _refusal(rejected: FileRejected, name: str) -> UploadRefused:
    return UploadRefused(rejected.fault, name=name, **rejected.values)


def _with_right_ending(name: str, inspected: InspectedFile) -> str:
    """The name with the ending of its type: a HEIC has become a JPEG; a mail part may have had no ending."""
    endings = inspected.file_type.endings
    return name if ending_of(name) in endings else with_ending(name, endings[0])
