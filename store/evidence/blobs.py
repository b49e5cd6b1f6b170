"""Blob store: bytes streamed in pieces of a few megabytes, named by the SHA-256 of their content.

An upload comes in parts (`incoming/<upload id>/<offset>`), possibly over several connections; `assemble`
joins them under `sha256/ab/ab…`. That name appears only when all of its bytes are there and were hashed again
while being written, so that neither a crash nor a concurrent request leaves other content under it. Previews
are under `preview/ab/ab…`.

The order in which no case ever refers to missing bytes: put_part (for each part), assemble, save the file's
row with the hash, check that it still `has` the hash (a sweep may have removed it: assemble again), then
`discard` the parts.

Every method raises EvidenceUnavailable when the folder or the store fails, and may be repeated.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterable, AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import obstore
from obstore.store import ObjectStore

from store.errors import EvidenceUnavailable
from store.evidence import backends as place
from store.evidence.backends import INCOMING, storage_errors
from store.evidence.streams import MOST_IN_A_PART, PIECE, checked, hashed, in_parts, read_file

_S3_PART = 5 * 1024 * 1024
"""S3 takes no smaller parts, but for the last."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_UPLOAD_ID = re.compile(r"[A-Za-z0-9_-]{8,128}")

Pieces = Callable[[], AsyncIterator[bytes]]


class BlobMissing(Exception):
    """Nothing is stored under this hash."""


class IncompleteUpload(Exception):
    """Parts are missing. The upload can go on from `received`."""

    def __init__(self, upload_id: str, received: int) -> None:
        super().__init__(f"Of upload {upload_id} only the first {received} bytes are here.")
        self.received = received


@dataclass(frozen=True, slots=True)
class Blob:
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class BlobStream:
    """`size` bytes, to be read once: `async for piece in stored.pieces`."""

    size: int
    pieces: AsyncIterator[bytes]


class Blobs:
    __slots__ = ("_folder", "_store")

    def __init__(self, store: ObjectStore, folder: Path | None) -> None:
        self._store = store
        self._folder = folder

    @classmethod
    def open(cls, url: str, **options: Any) -> Blobs:
        """Evidence at `file:///…`, `s3://bucket/prefix` or, lost when the process ends, `memory:///`.

        Raises:
            EvidenceUnavailable: the address is malformed, or its folder can't be made.
        """
        return cls(*place.open_backend(url, options))

    async def check(self) -> None:
        """Write, read and remove a probe. Raises EvidenceUnavailable, which says what is wrong."""
        upload_id = f"check-{uuid4().hex}"
        await self.put_part(upload_id, 0, b"?")
        try:
            async for _ in self.read_upload(upload_id, 1):
                pass
        except IncompleteUpload as error:
            raise EvidenceUnavailable("What was just stored can't be found again.") from error
        finally:
            await self.discard(upload_id)

    async def put_part(self, upload_id: str, offset: int, chunk: bytes) -> None:
        """Store the part of an upload that begins at `offset`, in place of another that began there."""
        if not 0 < len(chunk) <= MOST_IN_A_PART:
            raise ValueError(f"a part has 1 to {MOST_IN_A_PART} bytes, not {len(chunk)}")
        await self._put_bytes(f"{_folder_of(upload_id)}/{offset:015d}", chunk)

    async def read_upload(self, upload_id: str, size: int) -> AsyncIterator[bytes]:
        """The first `size` bytes of an upload, whatever more there is; parts that overlap are read once.

        Raises IncompleteUpload when bytes are missing.
        """
        at = 0
        for offset, path in await self._parts(upload_id):
            if offset > at or at >= size:
                break
            part = await self._part(path)
            piece = part[at - offset : size - offset]
            at += len(piece)
            if piece:
                yield piece
        if at < size:
            raise IncompleteUpload(upload_id, at)

    async def assemble(self, upload_id: str, size: int) -> Blob:
        """Store the upload under its hash; its parts remain until `discard`. Raises IncompleteUpload."""
        return await self._store_blob(lambda: self.read_upload(upload_id, size))

    async def discard(self, upload_id: str) -> None:
        """Remove the parts of an upload that was assembled or abandoned."""
        prefix = _folder_of(upload_id)
        if self._folder is not None:
            await asyncio.to_thread(place.remove_folder, self._folder, upload_id)
            return
        with storage_errors():
            paths = [item["path"] async for item in place.listed(self._store, prefix)]
            with suppress(FileNotFoundError):
                await obstore.delete_async(self._store, paths)

    async def list_uploads(self, before: datetime) -> AsyncIterator[str]:
        """Uploads that have parts, none of them since `before`, by the store's own clock."""
        with storage_errors():
            if self._folder is None:
                newest = await place.last_changes(self._store)
            else:
                newest = await asyncio.to_thread(place.last_changes_in, self._folder)
        for upload_id, at in newest.items():
            if at < before:
                yield upload_id

    async def save(self, source: Path | AsyncIterable[bytes]) -> Blob:
        """Store a file or a stream under its hash. The same content again is stored once."""
        if isinstance(source, Path):
            return await self._store_blob(lambda: read_file(source))
        upload_id, size = f"kept-{uuid4().hex}", 0
        try:
            async for chunk in in_parts(source):
                await self.put_part(upload_id, size, chunk)
                size += len(chunk)
            return await self.assemble(upload_id, size)
        finally:
            await self.discard(upload_id)

    async def fetch(self, sha256: str) -> BlobStream:
        """What is stored under this hash, with its size. Raises BlobMissing."""
        return await self._fetch(_name("sha256", sha256))

    async def read(self, sha256: str) -> AsyncIterator[bytes]:
        """As `fetch`, without the size. Raises BlobMissing."""
        stored = await self.fetch(sha256)
        async for piece in stored.pieces:
            yield piece

    async def has(self, sha256: str) -> bool:
        with storage_errors():
            try:
                await obstore.head_async(self._store, _name("sha256", sha256))
            except FileNotFoundError:
                return False
            return True

    async def remove(self, sha256: str, *, unless_since: datetime | None = None) -> bool:
        """Remove the bytes and their preview, unless they were stored again after `unless_since`.

        The caller has checked that no file and no mail uses them (`tx.files.count_uses`).
        """
        name = _name("sha256", sha256)
        with storage_errors():
            try:
                stored = await obstore.head_async(self._store, name)
                if unless_since is not None and stored["last_modified"] >= unless_since:
                    return False
                await obstore.delete_async(self._store, name)
            except FileNotFoundError:
                pass
            with suppress(FileNotFoundError):
                await obstore.delete_async(self._store, _name("preview", sha256))
        return True

    async def list_stored(self, before: datetime) -> AsyncIterator[str]:
        """The hashes of the blobs stored before then, for a sweep of unused ones."""
        with storage_errors():
            async for item in place.listed(self._store, "sha256"):
                if item["last_modified"] < before:
                    yield item["path"].rpartition("/")[2]

    async def save_preview(self, sha256: str, preview: bytes) -> None:
        """Save a preview of the blob `sha256`, in place of a former one."""
        await self._put_bytes(_name("preview", sha256), preview)

    async def fetch_preview(self, sha256: str) -> BlobStream:
        """Raises BlobMissing."""
        return await self._fetch(_name("preview", sha256))

    async def _store_blob(self, pieces: Pieces) -> Blob:
        """Read the bytes twice: for the hash, which is the name, and to write them.

        A blob that exists is written again, so that a sweep doesn't take it for an old one.
        """
        blob = Blob(*await hashed(pieces()))
        name = _name("sha256", blob.sha256)
        written = name if self._folder is None else f"{INCOMING}/kept-{uuid4().hex}/whole"
        again = checked(pieces(), blob.sha256)
        try:
            if blob.size <= MOST_IN_A_PART:
                await self._put_bytes(written, b"".join([piece async for piece in again]))
            else:
                await self._put_stream(written, again)
        finally:
            await again.aclose()
        if self._folder is not None:
            with storage_errors():
                try:
                    await asyncio.to_thread(place.move_into_place, self._folder, written, name)
                except FileNotFoundError as error:  # the folder was changed by hand
                    raise _no_such_folder(error) from error
        return blob

    async def _put_bytes(self, path: str, content: bytes) -> None:
        with storage_errors():
            try:
                await obstore.put_async(self._store, path, content, use_multipart=False)
            except FileNotFoundError as error:
                raise _no_such_folder(error) from error

    async def _put_stream(self, path: str, pieces: AsyncIterator[bytes]) -> None:
        with storage_errors():
            try:
                await obstore.put_async(
                    self._store, path, pieces, use_multipart=True, chunk_size=_S3_PART, max_concurrency=1
                )
            except FileNotFoundError as error:
                raise _no_such_folder(error) from error

    async def _parts(self, upload_id: str) -> list[tuple[int, str]]:
        with storage_errors():
            found = [item["path"] async for item in place.listed(self._store, _folder_of(upload_id))]
        return sorted((int(path.rpartition("/")[2]), path) for path in found)

    async def _part(self, path: str) -> bytes:
        """Empty when it was just discarded."""
        with storage_errors():
            try:
                return bytes(await (await obstore.get_async(self._store, path)).bytes_async())
            except FileNotFoundError:
                return b""

    async def _fetch(self, path: str) -> BlobStream:
        with storage_errors():
            try:
                size = (await obstore.head_async(self._store, path))["size"]
            except FileNotFoundError as error:
                raise BlobMissing(path) from error
        return BlobStream(size, self._pieces(path, size))

    async def _pieces(self, path: str, size: int) -> AsyncIterator[bytes]:
        """Each piece is a request of its own, so that a slow reader runs into no timeout of the store's."""
        for start in range(0, size, PIECE):
            with storage_errors():
                try:
                    piece = await obstore.get_range_async(
                        self._store, path, start=start, end=min(start + PIECE, size)
                    )
                except FileNotFoundError as error:
                    raise BlobMissing(path) from error
            yield bytes(piece)


def _no_such_folder(error: FileNotFoundError) -> EvidenceUnavailable:
    return EvidenceUnavailable(f"Evidence can't be stored: {str(error).partition(chr(10))[0]}")


def _name(kind: str, sha256: str) -> str:
    if _SHA256.fullmatch(sha256) is None:
        raise ValueError(f"{sha256!r} is no SHA-256")
    return f"{kind}/{sha256[:2]}/{sha256}"


def _folder_of(upload_id: str) -> str:
    if _UPLOAD_ID.fullmatch(upload_id) is None:
        raise ValueError(f"{upload_id!r} is no upload's id")
    return f"{INCOMING}/{upload_id}"
