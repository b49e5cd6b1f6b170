"""Unit of work: a function of a transaction, and the future that its caller awaits.

A unit may be run again from the start when another transaction committed first, so it must only read and
write through the transaction and return a value.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from store.errors import TryUnitAgain
from store.transaction import Transaction

AnyFuture = asyncio.Future[Any] | concurrent.futures.Future[Any]


class Unit:
    """A function with its arguments; an event loop awaits it, or a thread when `loop` is None."""

    __slots__ = ("_args", "_fn", "_kwargs", "error", "future", "has_added_outbox", "loop", "result")

    def __init__(
        self,
        fn: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        loop: asyncio.AbstractEventLoop | None,
    ) -> None:
        self._fn = fn
        self._args = args
        self._kwargs = kwargs
        self.loop = loop
        self.future: AnyFuture = loop.create_future() if loop else concurrent.futures.Future()
        self.result: Any = None
        self.error: BaseException | None = None
        self.has_added_outbox = False

    def run(self, tx: Transaction) -> None:
        """Call the function; its result or error is held until the commit."""
        self.error = None
        try:
            self.result = self._fn(tx, *self._args, **self._kwargs)
        except BaseException as error:  # noqa: BLE001 - raised again in the caller
            self.error = error
        self.has_added_outbox = tx.has_added_outbox

    def fail(self, error: BaseException) -> None:
        """Fail with this error, unless the unit had failed by itself."""
        if self.error is None:
            self.error = error

    @property
    def wants_another_try(self) -> bool:
        return isinstance(self.error, TryUnitAgain)

    def resolve(self) -> None:
        """Resolve the future; to be called on the event loop's own thread if there is one."""
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


def resolve_all(units: Iterable[Unit]) -> None:
    """Resolve the units' futures, waking every event loop once for all of its units."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Unit]] = {}
    for unit in units:
        if unit.loop is None:
            unit.resolve()
        else:
            by_loop.setdefault(unit.loop, []).append(unit)
    for loop, done in by_loop.items():
        with suppress(RuntimeError):  # the loop is closed: its callers are gone
            loop.call_soon_threadsafe(_resolve_each, done)


def _resolve_each(units: Iterable[Unit]) -> None:
    for unit in units:
        unit.resolve()
