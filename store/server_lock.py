"""Lock of an SQLite file's only server; any number of commands may run beside it."""

from __future__ import annotations

import fcntl
from collections.abc import Callable

from store.engine import sqlite_file
from store.errors import StoreUnavailable


def acquire(url: str) -> Callable[[], None]:
    """Lock the file at `url` for this server until the returned function is called, or the process ends.

    The kernel releases the lock (`ombud.db.lock`, beside the file) when the process is killed.
    On PostgreSQL any number of processes may serve, and nothing is locked.

    Raises:
        StoreUnavailable: another process serves it, or the lock file can't be written.
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
