"""How does anybody read or write? `await store.run(fn, ...)` and `await store.read(fn, ...)`.

`fn` is a plain function whose first argument is a Transaction. It may be run again from the start when
another commit came between, so it does nothing but read and write through the transaction.
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
    """Runs units on threads of its own; sqlite.py and postgres.py each have one."""

    database: str
    policy: Policy
    on_outbox: list[Callable[[], None]]
    writes: SimpleQueue[Unit | None]
    reads: SimpleQueue[Unit | None]

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
    """The database, for everybody."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.policy = backend.policy
        self.on_outbox = backend.on_outbox
        """Called from another thread after a commit that added outbox rows."""
        self._gathered: dict[asyncio.AbstractEventLoop, list[Unit]] = {}

    @classmethod
    def open(cls, url: str, policy: Policy, *, threads: int = 8) -> Store:
        """Connect; `store.migrate.upgrade` makes the tables.

        Raises:
            StoreUnavailable: the address makes no sense or nobody answers there.
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

    async def run(self, fn: Callable[Concatenate[Transaction, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `fn` in a transaction of its own. What it wrote is on disk when this returns.

        Raises whatever `fn` raises, after a rollback; StoreUnavailable when the database can't, and its
        OutcomeUnknown when nobody can tell whether it did.
        """
        loop = asyncio.get_running_loop()
        unit = Unit(fn, args, kwargs, loop)
        gathered = self._gathered.get(loop)
        if gathered is None:
            gathered = self._gathered[loop] = []
            loop.call_soon(self._hand_over, loop)
        gathered.append(unit)
        result: R = await unit.future  # type: ignore[misc]
        return result

    async def read(
        self, fn: Callable[Concatenate[Transaction, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run `fn` on one unchanging picture of the database; writing is refused."""
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
        """Finish what waits, then let go of the database."""
        await asyncio.to_thread(self._backend.close)

    def close_blocking(self) -> None:
        self._backend.close()

    def _hand_over(self, loop: asyncio.AbstractEventLoop) -> None:
        """Give the writer everything that this turn of the loop asked for, so that one commit takes it all.

        Handed over one by one, the loop and the writer fought over the interpreter for every statement.
        """
        for unit in self._gathered.pop(loop):
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
