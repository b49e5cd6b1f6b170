"""What is a unit of work, and how does its caller get the answer?

A unit is a function of a transaction. It may be run again from the start when another commit came
between, so it must do nothing but read and write through the transaction and return a value.
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
    """A function with its arguments, and who waits for it: an event loop, or a thread when `loop` is None."""

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
        """Call the function; what it returns or raises is kept until the commit."""
        self.error = None
        try:
            self.result = self._fn(tx, *self._args, **self._kwargs)
        except BaseException as error:  # noqa: BLE001 - it is raised again in whoever waits
            self.error = error
        self.has_added_outbox = tx.has_added_outbox

    def fail(self, error: BaseException) -> None:
        """The answer is this error, unless the unit had failed by itself."""
        if self.error is None:
            self.error = error

    @property
    def wants_another_try(self) -> bool:
        return isinstance(self.error, TryUnitAgain)

    def answer(self) -> None:
        """Give the result to whoever waits; on the event loop's own thread when there is one."""
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


def answer(units: Iterable[Unit]) -> None:
    """Wake every event loop once, however many of its units are done."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Unit]] = {}
    for unit in units:
        if unit.loop is None:
            unit.answer()
        else:
            by_loop.setdefault(unit.loop, []).append(unit)
    for loop, done in by_loop.items():
        with suppress(RuntimeError):  # the loop was closed: nobody waits any more
            loop.call_soon_threadsafe(_answer_all, done)


def _answer_all(units: Iterable[Unit]) -> None:
    for unit in units:
        unit.answer()
