"""Does another process serve this SQLite file already? There may be one; commands beside it may be many."""

from __future__ import annotations

import fcntl
from collections.abc import Callable

from store.engine import sqlite_file
from store.errors import StoreUnavailable


def acquire(url: str) -> Callable[[], None]:
    """Be the one server of the file at `url` until the returned function is called, or the process ends.

    The kernel lets go of the lock (`ombud.db.lock`, beside the file) when the process is killed.
    On PostgreSQL any number may serve, and nothing is held.

    Raises:
        StoreUnavailable: another process serves it, or nothing can be written there.
    """
    file = sqlite_file(url)
    if file is None:
        return lambda: None
    lock = file.with_name(f"{file.name}.lock")
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        held = lock.open("ab")
    except OSError as trouble:
        raise StoreUnavailable(f"The database file can't be used: {lock}: {trouble.strerror}.") from None
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.close()
        raise StoreUnavailable(
            f"Another `ombud serve` works on {file}. Stop that one, or let both use PostgreSQL."
        ) from None
    return held.close
