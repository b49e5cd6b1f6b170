"""Answers of outside systems: every client reports how each call ended to whoever watches the systems."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from connectors.errors import GiveUp, TryAgain

OnAnswer = Callable[[str, TryAgain | GiveUp | None, bool], None]
"""Takes the system's name, the error if there was one, and whether the call handed over a new message."""

MAIL = "mail"


def ignore(_system: str, _error: TryAgain | GiveUp | None, _is_message: bool) -> None:
    """For clients that nobody watches."""


@contextmanager
def reported(system: str, on_answer: OnAnswer, *, is_message: bool) -> Iterator[None]:
    """Report how the call inside ends. A call that is cancelled says nothing of the other side."""
    try:
        yield
    except (TryAgain, GiveUp) as error:
        if isinstance(error, TryAgain):
            error.system = system
        on_answer(system, error, is_message)
        raise
    on_answer(system, None, is_message)
