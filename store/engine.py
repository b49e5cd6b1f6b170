"""The store: `await store.run(fn, ...)` writes, `await store.read(fn, ...)` reads.

`fn` is a plain function whose first argument is a Transaction. It may be run again from the start when
another transaction committed first, so it only reads and writes through its transaction.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from core.policy import Policy
from store.backends.units import Unit
from store.errors import StoreUnavailable
from store.transaction import Transaction

P = ParamSpec("P")
R = TypeVar("R")

_SQLITE = "sqlite:///"
_POSTGRESQL = ("postgresql://", "postgres://", "postgresql+psycopg://")


class Backend(Protocol):
    """Runs units on its own threads; each of `store/backends` implements it."""

    database: str
    policy: Policy
    on_outbox: list[Callable[[], None]]
    writes: SimpleQueue[Unit | None]
    reads: SimpleQueue[Unit | None]
    write_trouble: StoreUnavailable | None

    def close(self) -> None: ...


def sqlite_file(url: str) -> Path | None:
    """The file of a `sqlite:///var/ombud.db`; None for another kind of address.

    Raises:
        StoreUnavailable: an address of SQLite without a file.
    """
    if not url.startswith("sqlite:"):
        return None
    name = url.removeprefix(_SQLITE).partition("?")[0]
    if not url.startswith(_SQLITE) or name in ("", ":memory:"):
        raise StoreUnavailable(f"{url} names no file. Write it like sqlite:///var/ombud.db.")
    return Path(name)


def postgresql_url(url: str) -> str:
    """The address as libpq reads it. Raises StoreUnavailable for another database's."""
    for prefix in _POSTGRESQL:
        if url.startswith(prefix):
            return "postgresql://" + url.removeprefix(prefix)
    raise StoreUnavailable(
        f"{url.partition(':')[0]} is not a database that Ombud knows. "
        "Write sqlite:///var/ombud.db or postgresql://user@host/name."
    )


class Store:
    """The database as the rest of the house uses it."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.policy = backend.policy
        self.on_outbox = backend.on_outbox
        """Called from another thread after a commit that added outbox rows."""
        self._pending_units: dict[asyncio.AbstractEventLoop, list[Unit]] = {}

    @classmethod
    def open(cls, url: str, policy: Policy, *, threads: int = 8) -> Store:
        """Connect; `store.migrate.upgrade` makes the tables.

        Raises:
            StoreUnavailable: the address is malformed or no server answers there.
        """
        file = sqlite_file(url)
        if file is not None:
            from store.backends.sqlite import SqliteBackend  # noqa: PLC0415 - load one driver only: a quick start

            return cls(SqliteBackend(file, policy, threads=min(threads, 4)))
        from store.backends.postgres import PostgresBackend  # noqa: PLC0415

        return cls(PostgresBackend(postgresql_url(url), policy, threads=threads))

    @property
    def database(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._backend.database

    @property
    def write_trouble(self) -> StoreUnavailable | None:
        """Why the last unit that should have written couldn't, as on a full disk; None: it could."""
        return self._backend.write_trouble

    async def run(self, fn: Callable[Concatenate[Transaction, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `fn` in a transaction of its own. What it wrote is on disk when this returns.

        Raises what `fn` raises, after a rollback; StoreUnavailable when the database fails, and its
        OutcomeUnknown when the connection broke during the COMMIT.
        """
        loop = asyncio.get_running_loop()
        unit = Unit(fn, args, kwargs, loop)
        pending = self._pending_units.get(loop)
        if pending is None:
            pending = self._pending_units[loop] = []
            loop.call_soon(self._submit_pending, loop)
        pending.append(unit)
        result: R = await unit.future  # type: ignore[misc]
        return result

    async def read(
        self, fn: Callable[Concatenate[Transaction, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run `fn` on one snapshot of the database; writes fail."""
        unit = Unit(fn, args, kwargs, asyncio.get_running_loop())
        self._backend.reads.put(unit)
        result: R = await unit.future  # type: ignore[misc]
        return result

    def run_blocking(
        self, fn: Callable[Concatenate[Transaction, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """`run` where there is no event loop."""
        return self._wait(self._backend.writes, fn, args, kwargs)

    def read_blocking(
        self, fn: Callable[Concatenate[Transaction, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """`read` where there is no event loop."""
        return self._wait(self._backend.reads, fn, args, kwargs)

    async def close(self) -> None:
        """Finish the queued units, then close the database."""
        await asyncio.to_thread(self._backend.close)

    def close_blocking(self) -> None:
        self._backend.close()

    def _submit_pending(self, loop: asyncio.AbstractEventLoop) -> None:
        """Queue every unit of this turn of the loop at once, so that one commit can take them all.

        Queued one by one, the loop and the writer thread contended for the interpreter at every statement.
        """
        for unit in self._pending_units.pop(loop):
            self._backend.writes.put(unit)

    def _wait(
        self,
        queue: SimpleQueue[Unit | None],
        fn: Callable[..., R],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> R:
        unit = Unit(fn, args, kwargs, None)
        queue.put(unit)
        result: R = unit.future.result()
        return result
