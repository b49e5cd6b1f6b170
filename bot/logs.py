"""How does the process speak? One structured line an event, with the case it is about, no secrets."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRET = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|whsec_\w+|sk_(?:live|test)_\w+|(?<=[Bb]earer )\S+|(?<=://)[^/@\s:]+:[^/@\s]+(?=@)"
)
_HIDDEN = "•••"


def set_up_logs(log_format: str) -> None:
    """Send our lines and the libraries' to standard error, as text for people or JSON for machines."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    ending: list[Any] = (
        [structlog.processors.dict_tracebacks, hide_secrets, structlog.processors.JSONRenderer()]
        if log_format == "json"
        else [structlog.processors.format_exc_info, hide_secrets, _text_renderer()]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
        )
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for chatty in ("apscheduler", "slack_bolt", "slack_sdk", "aiohttp.access", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def hide_secrets(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blot out anything that looks like a token, wherever it got into the line."""
    for key, value in line.items():
        if isinstance(value, str):
            line[key] = _SECRET.sub(_HIDDEN, value)
        elif value is not None and not isinstance(value, (int, float, bool)) and not key.startswith("_"):
            text = repr(value)
            if _SECRET.search(text):
                line[key] = _SECRET.sub(_HIDDEN, text)
    return line


def _text_renderer() -> structlog.dev.ConsoleRenderer:
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0)
