"""Lock of an SQLite file's only server, by whatever name it opens it; commands may run beside it."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import sys
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

from store.engine import sqlite_file
from store.errors import StoreUnavailable


def acquire(url: str) -> Callable[[], None]:
    """Lock the file at `url` for this server until the returned function is called, or the process ends.

    The kernel releases the locks when the process is killed. There are two: `ombud.db.lock` beside the file
    that a symbolic link leads to, which also machines and containers with the same folder see; and a name of
    its device and inode, which is the same through a hard link. A descriptor of the database itself is never
    opened while SQLite has it open: closing one would drop SQLite's own locks.
    On PostgreSQL any number of processes may serve, and nothing is locked.

    Raises:
        StoreUnavailable: another process serves it, or the lock file can't be written.
    """
    file = sqlite_file(url)
    if file is None:
        return lambda: None
    real = file.resolve()
    lock = real.with_name(f"{real.name}.lock")
    with ExitStack() as held:
        try:
            lock.parent.mkdir(parents=True, exist_ok=True)
            beside = held.enter_context(lock.open("ab"))
            if not _has_lock(beside.fileno()):
                raise _served_already(file)
            with suppress(FileExistsError):
                real.touch(exist_ok=False)
            inode = real.stat()
        except OSError as trouble:
            raise StoreUnavailable(f"The database file can't be used: {lock}: {trouble.strerror}.") from None
        held.callback(_lock_inode(inode, file))
        return held.pop_all().close


def _has_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _lock_inode(inode: os.stat_result, file: Path) -> Callable[[], None]:
    """Lock by an address that only one socket of this machine can have; only Linux has such."""
    if sys.platform != "linux":
        return lambda: None
    name = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        name.bind(f"\0ombud-{inode.st_dev:x}-{inode.st_ino:x}")
    except OSError as trouble:
        name.close()
        if trouble.errno != errno.EADDRINUSE:
            raise
        raise _served_already(file) from None
    return name.close


def _served_already(file: Path) -> StoreUnavailable:
    return StoreUnavailable(
        f"Another `ombud serve` works on {file}. Stop that one, or let both use PostgreSQL."
    )
