"""Backends of the blob store: a folder, an S3-compatible store, or memory for tests; by obstore.

For a folder, this adds two things that obstore lacks: a stored file is synced to the disk before the call
returns, and half-written files of a killed process are found and removed.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, ObjectStore, S3Store

from store.errors import EvidenceUnavailable

if TYPE_CHECKING:  # they are there for the type checker alone
    from obstore.store import ClientConfig, RetryConfig

INCOMING = "incoming"

_RETRIES: RetryConfig = {"max_retries": 4, "retry_timeout": timedelta(seconds=30)}
_CLIENT: ClientConfig = {"connect_timeout": "5s", "timeout": "60s", "allow_http": True}
"""Timeouts are for one request, which carries a few megabytes at most. TLS is left out only for an endpoint
written `http://`, such as a store on the same machine."""
_FULL = ("os error 28", "os error 122", "Errno 28", "Errno 122")


def open_backend(url: str, options: dict[str, Any]) -> tuple[ObjectStore, Path | None]:
    """The store behind `file:///…` (or `file:folder`), `s3://bucket/prefix` or `memory:///`, and its folder.

    What `options` (obstore's S3 settings) leaves out, obstore takes from the usual AWS_* environment.

    Raises:
        EvidenceUnavailable: the address is malformed, or its folder can't be made.
    """
    parts = urlsplit(url)
    with storage_errors():
        if parts.scheme == "file" and parts.path and parts.netloc in ("", "localhost"):
            folder = Path(unquote(parts.path)).absolute()
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return LocalStore(folder), folder
        if parts.scheme == "s3" and parts.netloc:
            return S3Store.from_url(url, client_options=_CLIENT, retry_config=_RETRIES, **options), None
    if parts.scheme == "memory":
        return MemoryStore(), None
    raise EvidenceUnavailable(
        f"{url} is no place for evidence. Write it like file:///var/lib/ombud/evidence or s3://bucket/prefix."
    )


@contextmanager
def storage_errors() -> Iterator[None]:
    """Turns errors of the folder or the store into EvidenceUnavailable, with how to fix them.

    A FileNotFoundError passes: only the caller knows what it means.
    """
    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, OSError) as error:
        reason = str(error).partition("\n")[0]
        if any(sign in reason for sign in _FULL):
            reason = "The disk is full. Make room and try again."
        raise EvidenceUnavailable(f"Evidence can't be stored or fetched now. {reason}") from error


def move_into_place(folder: Path, written: str, name: str) -> None:
    """Give a completely written file its final name; file and name are synced to the disk on return."""
    temporary, final = folder / written, folder / name
    _sync(temporary)
    is_first = not final.parent.exists()
    final.parent.mkdir(parents=True, exist_ok=True)
    temporary.replace(final)
    _sync(final.parent)
    if is_first:
        _sync(final.parent.parent)
    temporary.parent.rmdir()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


async def last_changes(store: ObjectStore) -> dict[str, datetime]:
    """For every upload that has parts, when the newest part came."""
    newest: dict[str, datetime] = {}
    async for item in listed(store, INCOMING):
        upload_id = item["path"].split("/")[1]
        newest[upload_id] = max(item["last_modified"], newest.get(upload_id, item["last_modified"]))
    return newest


def last_changes_in(folder: Path) -> dict[str, datetime]:
    """As `last_changes` for a folder, including the half-written parts that obstore hides."""
    newest: dict[str, datetime] = {}
    uploads = folder / INCOMING
    for upload in uploads.iterdir() if uploads.exists() else ():
        try:
            newest[upload.name] = datetime.fromtimestamp(upload.stat().st_mtime, UTC)
        except FileNotFoundError:  # it was finished or discarded meanwhile
            continue
    return newest


def remove_folder(folder: Path, upload_id: str) -> None:
    shutil.rmtree(folder / INCOMING / upload_id, ignore_errors=True)


async def listed(store: ObjectStore, prefix: str) -> AsyncIterator[Any]:
    """Everything under `prefix`, with its path, size and last change, a page at a time."""
    async for page in obstore.list(store, prefix, chunk_size=500):
        for item in page:
            yield item
