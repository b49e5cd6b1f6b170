"""Set-up of every test: shared fixtures, the search for examples, and what a test logs."""

import structlog
from hypothesis import settings

from tests.fixtures.browser import browser, chromium, shared_context
from tests.fixtures.databases import new_postgresql, postgres_server, sqlite_template, url
from tests.fixtures.effort import IS_CHAOS, tries
from tests.fixtures.missing import IS_CI
from tests.fixtures.order import pytest_collection_modifyitems, pytest_xdist_make_scheduler

__all__ = [
    "browser",
    "chromium",
    "new_postgresql",
    "postgres_server",
    "pytest_collection_modifyitems",
    "pytest_xdist_make_scheduler",
    "shared_context",
    "sqlite_template",
    "url",
]

# No deadlines: a slow machine is not a failing rule. In CI the same examples are drawn each time, so that a
# red run is red again at home with CI=true.
settings.register_profile(
    "ombud",
    deadline=None,
    derandomize=IS_CI and not IS_CHAOS,
    database=None if IS_CI else settings().database,
    max_examples=tries(100),
)
settings.load_profile("ombud")

# Structlog's own default draws a picture of every local variable: for one traceback up to ten seconds.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)
