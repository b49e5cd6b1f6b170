"""Logging: one structured line for each event, with its case, without secrets."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from textwrap import indent
from typing import Any
from urllib.parse import quote

import structlog

from bot.terminal import safe_json, safe_lines, safe_text

Line = MutableMapping[str, Any]
Hide = Callable[[object, str, Line], Line]

HIDDEN = "•••"
_TOKEN_PATTERNS = (
    r"xox[a-z]-[\w-]+|xapp-[\w-]+",  # Slack's tokens
    r"(?<=hooks\.slack\.com/)[^\s'\"]+",  # whoever has a response_url may write there
    r"whsec_\w+|[sr]k_(?:live|test)_\w+",  # Stripe's
    r"eyJ[\w-]+\.[\w-]+\.[\w-]+",  # JSON web tokens
    r"(?i:(?<=bearer ))[^\s'\"]+",
    r"(?<=://)[^/\s'\"]*:[^\s'\"]*(?=@)",  # name and password of an address
    r"(?:(?<=/a/)|(?<=/d/)|(?<=/e/))[\w.-]{20,}",  # the way to a customer's page, or to a file
)
_SENSITIVE_WORDS = r"token|secret|passw(?:or)?d|authorization|api_?key|cookie|ticket"
_NAMED_SECRET = re.compile(
    rf"(?i)((?:{_SENSITIVE_WORDS})(?:=|['\"]: ?b?['\"])|authorization\W{{1,4}}basic )[^\s'\"&,;]+"
)
"""`token=…` in an address or a form, `'token': '…'` in a payload."""
_SECRET_NAME = re.compile(rf"(?i){_SENSITIVE_WORDS}")
_MIN_SECRET_LENGTH = 6
"""A shorter value is an ordinary word; replacing it everywhere would only make the log unreadable."""
_MAX_DEPTH = 6


def set_up_logs(log_format: str, secrets: Iterable[str] = ()) -> None:
    """Send our lines and the libraries' to standard error, as text for people or JSON for machines.

    `secrets` are the values that must never be logged (`Settings.secrets`), whatever they look like.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
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
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_final_processors(log_format, secret_hider(secrets)),
            ],
        )
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("slack_bolt").setLevel(logging.ERROR)
    for chatty in ("apscheduler", "slack_sdk", "aiohttp.access", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def secret_hider(secrets: Iterable[str] = ()) -> Hide:
    """A processor that replaces these values, and anything that looks like a token, anywhere in a line."""
    known = {
        form
        for value in secrets
        if len(value) >= _MIN_SECRET_LENGTH
        for form in (value, quote(value, safe=""))
    }
    values = [re.escape(value) for value in sorted(known, key=len, reverse=True)]
    shapes = re.compile("|".join([*values, *_TOKEN_PATTERNS]))

    def hide(_logger: object, _method: str, line: Line) -> Line:
        for name, value in line.items():
            if not name.startswith("_"):
                line[name] = _without_secrets(name, value, shapes)
        return line

    return hide


def _final_processors(log_format: str, hide: Hide) -> list[Any]:
    """The last processors. Tracebacks have no local variables: those hold secrets and customers' words."""
    if log_format == "json":
        plain = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        return [
            structlog.processors.ExceptionRenderer(plain),
            hide,
            structlog.processors.JSONRenderer(ensure_ascii=False),
            _safe_document,
        ]
    text = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), pad_event_to=0, exception_formatter=structlog.dev.plain_traceback
    )
    return [structlog.processors.format_exc_info, hide, _make_safe, text]


def _make_safe(_logger: object, _method: str, line: Line) -> Line:
    """What others wrote neither moves the cursor nor looks like a line of its own.

    A traceback has several lines, and the message in it may, too: they are indented, as no event is.
    """
    for name, value in line.items():
        if isinstance(value, str):
            is_traceback = name in ("exception", "stack")
            line[name] = indent(safe_lines(value), "  ") if is_traceback else safe_text(value)
    return line


def _safe_document(_logger: object, _method: str, document: str) -> str:
    return safe_json(document)


def _without_secrets(name: str, value: object, shapes: re.Pattern[str], depth: int = 0) -> object:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, (str, bytes)) and _SECRET_NAME.search(name):
        return HIDDEN if value else value
    if isinstance(value, str):
        return _NAMED_SECRET.sub(rf"\1{HIDDEN}", shapes.sub(HIDDEN, value))
    if isinstance(value, Mapping) and depth < _MAX_DEPTH:
        return {
            str(_without_secrets("", str(key), shapes)): _without_secrets(str(key), inner, shapes, depth + 1)
            for key, inner in value.items()
        }
    if isinstance(value, (list, tuple, set, frozenset)) and depth < _MAX_DEPTH:
        return [_without_secrets(name, inner, shapes, depth + 1) for inner in value]
    return _without_secrets("", _safe_repr(value), shapes)


def _safe_repr(value: object) -> str:
    try:
        return repr(value)
    except Exception as fault:
        return f"<{type(value).__name__} that can't be shown: {type(fault).__name__}>"
