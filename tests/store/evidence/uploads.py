"""Uploads for tests: whole, broken off, and with a crash at any step."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from core.uploaded_file import File
from store.engine import Store
from store.evidence.blobs import Blobs
from store.evidence.receiving import Receiver
from store.evidence.uploads import UploadTarget
from tests.builders import MONDAY_9AM
from tests.store.evidence.sample_bytes import pieces_of, read_all

FORM = UploadTarget(invoice_ref="in_1", customer_ref="cus_nordwind", via="page", draft_id="form-1")


class Crash(BaseException):
    """The process is gone."""


class CrashingProxy:
    """Passes calls on and crashes before or after the `crash_at`th call that changes something."""

    CHANGES = ("run", "put_part", "save", "save_preview", "discard", "has")

    def __init__(self, calls: list[str], crash_at: int, *, is_after: bool) -> None:
        self.calls, self.crash_at, self.is_after = calls, crash_at, is_after

    def wrap(self, thing: Any) -> Any:
        outer = self

        class Wrapped:
            def __getattr__(self, name: str) -> Any:
                real = getattr(thing, name)
                return outer.counted(name, real) if name in outer.CHANGES else real

        return Wrapped()

    def counted(self, name: str, real: Any) -> Any:
        async def call(*args: Any, **kwargs: Any) -> Any:
            self.calls.append(name)
            is_last = len(self.calls) == self.crash_at
            if is_last and not self.is_after:
                raise Crash
            result = await real(*args, **kwargs)
            if is_last:
                raise Crash
            return result

        return call


async def upload(
    receiver: Receiver, content: bytes, name: str, *, place: UploadTarget = FORM, kind: str = "other"
) -> File:
    file = await receiver.begin(place, name=name, kind=kind, size=len(content), now=MONDAY_9AM)
    await receiver.append(file.id, 0, pieces_of(content))
    return await receiver.finish(file.id, now=MONDAY_9AM)


async def broken_after(content: bytes, size: int) -> AsyncIterator[bytes]:
    async for piece in pieces_of(content[:size]):
        yield piece
    raise ConnectionResetError


async def find(store: Store, file_id: str) -> File | None:
    return await store.read(lambda tx: tx.files.find(file_id))


async def stored(blobs: Blobs, file: File) -> bytes:
    assert file.sha256 is not None
    return await read_all(blobs.read(file.sha256))
