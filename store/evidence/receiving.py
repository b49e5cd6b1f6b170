"""How does a file come in, over however many connections, and end as what may be kept of it?

    file = await receiver.begin(place, name=…, kind=…, size=…, now=now)    refused early: name, size, room
    file = await receiver.append(file.id, offset, stream)                   WrongOffset: where it goes on
    file = await receiver.finish(file.id, now=now)                          judged, cleaned, pictured, stored
    file = await receiver.take_whole(stream, place=…, name=…, kind=…, now=now)    or all of it at once

A file ends `ready`, or `held` where a scanner looks at it first. Whoever hands it in pins what is ready to
its case and gives what is held its `case_id`: the scan then pins it.

No crash leaves a case pointing at nothing. The row names its bytes before they are stored (a sweep then keeps
them), says `ready` only afterwards, and the parts go last; whatever is cut short can be done again.
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
from store.evidence.pieces import full_disk_errors, hash_of, in_parts, pieces_of
from store.evidence.refusals import Fault, FileRejected, NoSuchUpload, UploadRefused, WrongOffset, said_before
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

AT_ONCE = 2
"""Files that are looked into at the same time; each takes a process."""


class Receiver:
    """Knows no time and no page: web uploads and mail both come through here."""

    def __init__(
        self,
        store: Store,
        blobs: Blobs,
        *,
        limits: Limits | None = None,
        has_scanner: bool = False,
        scratch: Path | None = None,
    ) -> None:
        """`scratch` is where files lie while they are looked into; left out: where the system keeps such."""
        self.limits = limits or Limits()
        self._store = store
        self._blobs = blobs
        self._state = FileState.HELD if has_scanner else FileState.READY
        self._scratch = scratch
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def begin(self, target: UploadTarget, *, name: str, kind: str, size: int, now: datetime) -> File:
        """A place for `size` announced bytes. Raises FileRefusedError before any of them has come."""
        file = _new_file(target, name=name, kind=kind, size=size, now=now)
        if size < 1:
            raise _refusal(FileRejected(Fault.EMPTY), file.name)
        self._demand_size(size, file.name)
        _demand_name(file.name)
        await self._store.run(add_file, file, target, self.limits)
        return file

    async def append(self, file_id: str, offset: int, stream: AsyncIterable[bytes]) -> File:
        """Take in what comes from `offset` on. What arrived stays, even if the stream breaks.

        Raises:
            WrongOffset: it goes on elsewhere; another connection may have been quicker.
            FileRefusedError: more comes than was announced.
            NoSuchUpload: there is nothing to go on with.
        """
        file = await self._store.read(get_uploading, file_id)
        if file.received != offset:
            raise WrongOffset(file_id, file.received)
        async with aclosing(in_parts(stream)) as parts:
            async for part in parts:
                file = await self._take_part(file, part)
        return file

    async def finish(self, file_id: str, *, now: datetime) -> File:
        """Look into what was uploaded and store it. Asked again, it answers the same.

        Raises:
            WrongOffset: it isn't whole yet.
            FileRefusedError: it can't be taken.
            NoSuchUpload: there is nothing to finish.
        """
        async with self._lock_of(file_id):
            file = await self._find_unfinished(file_id)
            if file.state is not FileState.UPLOADING:
                return file
            try:
                async with self._turns, self._a_folder() as folder:
                    await self._fetch_upload(file, folder / "it")
                    settled = await self._settle(file, folder / "it", now)
            except FileRejected as found:
                refusal = _refusal(found, file.name)
                await self._store.run(refuse_upload, file_id, str(refusal))
                await self._blobs.discard(file_id)
                raise refusal from found
            await self._blobs.discard(file_id)
            return settled

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
        """Take in a file as one; `size` is what was announced, if anything was. Refused, it leaves nothing.

        Raises:
            FileRefusedError: it can't be taken.
        """
        file = _new_file(target, name=name, kind=kind, size=size, now=now)
        self._demand_size(size, file.name)
        _demand_name(file.name)
        await self._store.read(demand_room, size, target, self.limits)
        async with self._a_folder() as folder:
            received = await self._write(stream, folder / "it", file.name)
            file = replace(file, size=received, received=received)
            async with self._turns:
                try:
                    examined = await inspect_file(folder / "it", file.name)
                except FileRejected as found:
                    raise _refusal(found, file.name) from found
                await self._store.run(add_file, file, target, self.limits)
                return await self._keep(file, examined, now, target.meant_for)

    async def remove(self, file_id: str) -> None:
        """The customer doesn't want to send it after all. What is in a case already stays."""
        await self._store.run(remove_upload, file_id)
        await self._blobs.discard(file_id)

    async def _take_part(self, file: File, part: bytes) -> File:
        """Stored first, then noted: what is noted is there. The lock keeps two connections apart."""
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
        await self._store.run(refuse_upload, file.id, str(refusal))
        await self._blobs.discard(file.id)
        raise refusal

    async def _find_unfinished(self, file_id: str) -> File:
        """What is whole already is returned too; what was refused is refused again in the same words."""
        file = await self._store.read(lambda tx: tx.files.find(file_id))
        if file is None or file.state is FileState.REMOVED:
            raise NoSuchUpload(file_id)
        if file.state is FileState.REFUSED:
            raise said_before(file.why)
        if file.state is FileState.UPLOADING and file.received < file.size:
            raise WrongOffset(file_id, file.received)
        return file

    async def _fetch_upload(self, file: File, target: Path) -> None:
        """Raises WrongOffset, and has set the upload back, when parts that were noted are gone."""
        try:
            await self._write(self._blobs.read_upload(file.id, file.size), target, file.name)
        except IncompleteUpload as error:
            await self._store.run(save_received, file.id, before=file.received, after=error.received)
            raise WrongOffset(file.id, error.received) from error

    async def _settle(self, file: File, source: Path, now: datetime) -> File:
        return await self._keep(file, await inspect_file(source, file.name), now)

    async def _keep(
        self, file: File, examined: InspectedFile, now: datetime, meant_for: str | None = None
    ) -> File:
        """Name the bytes, store them, say that they are there; and look once more whether they are."""
        sha256 = await asyncio.to_thread(hash_of, examined.path)
        await self._store.run(save_content_hash, file.id, sha256)
        blob = await self._blobs.save(examined.path)
        if examined.preview is not None:
            await self._blobs.save_preview(sha256, await asyncio.to_thread(examined.preview.read_bytes))
        whole = replace(
            file,
            name=_rightly_named(file.name, examined),
            size=blob.size,
            received=blob.size,
            sha256=sha256,
            media_type=examined.kind.media_type,
            has_preview=examined.preview is not None,
            state=self._state,
        )
        settled = await self._store.run(complete_upload, whole, now, meant_for=meant_for)
        if not await self._blobs.has(sha256):
            await self._blobs.save(examined.path)
        return settled

    async def _write(self, stream: AsyncIterable[bytes] | bytes, target: Path, name: str) -> int:
        """Raises FileRefusedError as soon as it is too much; the rest of the stream is left alone."""
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
    async def _a_folder(self) -> AsyncIterator[Path]:
        """For one file and what is made of it; gone afterwards."""
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
    except FileRejected as found:
        raise _refusal(found, name) from found


def _refusal(found: FileRejected, name: str) -> UploadRefused:
    return UploadRefused(found.fault, name=name, **found.values)


def _rightly_named(name: str, examined: InspectedFile) -> str:
    """With the ending of what it is now: a HEIC has become a JPEG, a nameless part of a mail gets one."""
    endings = examined.kind.endings
    return name if ending_of(name) in endings else with_ending(name, endings[0])
