"""Faults told without content: kind and place of an exception, never its message.

What libraries write into messages is often what a client sent: a request line with a working link, a cookie.
"""

from __future__ import annotations

import asyncio
import traceback
from pathlib import Path
from typing import Any

import structlog

_MOST_FRAMES = 6
log = structlog.get_logger()


def describe(fault: BaseException) -> dict[str, Any]:
    """The exception's kind, and where it was raised, innermost last: fields of a log line."""
    frames = traceback.extract_tb(fault.__traceback__)[-_MOST_FRAMES:]
    where = [f"{_place(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    return {"kind": type(fault).__name__, "where": where}


def log_loop_fault(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Exception handler of the event loop: one line, where asyncio prints arguments and tracebacks.

    A connection that broke is the other side's business and no fault: it isn't logged.
    """
    fault = context.get("exception")
    if isinstance(fault, ConnectionError):
        return
    what = str(context.get("message", "")).partition("(")[0].partition("<")[0].strip()
    log.error("background_fault", what=what, **(describe(fault) if fault is not None else {}))


def _place(filename: str) -> str:
    """The file with its folder: `routes.py` says little alone."""
    return "/".join(Path(filename).parts[-2:])
