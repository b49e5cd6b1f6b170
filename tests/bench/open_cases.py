"""Cost of a tick and of a list's page with a million open cases."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from time import perf_counter

import psycopg

from core.policy import Policy
from scheduler.clock import Clock
from scheduler.sweeps.deadlines import DeadlineSweep
from store.db.instants import to_micros
from store.engine import Store
from tests.bench.fill_cases import fill
from tests.bench.table import Result, at_most, median_seconds, under

FEW, MANY = 10_000, 1_000_000
DUE = 2_000
PAGE = 20
Database = Callable[[], AbstractContextManager[str]]
RAW_PAGE = (
    "SELECT number, status, queue_id, reason_id, tier_id, priority, customer_name, customer_ref, "
    "invoice_number, currency, disputed_minor, due_at, due_target, resolver_id, raised_at, "
    "snoozed_until, resolution, closed_at FROM cases "
    "WHERE queue_id = {0} AND closed_at IS NULL AND due_at <= {0} ORDER BY due_at, number LIMIT {0}"
)


def measure(database: Database, policy: Policy) -> list[Result]:
    few_idle, few_page, _, due_ms = _at(database, policy, FEW, due=DUE)
    many_idle, many_page, raw_page, _ = _at(database, policy, MANY, due=0)
    with database() as url:
        name = url.partition(":")[0]
    return [
        at_most(
            f"a tick with nothing due at 1,000,000 open, {name}; floor: at 10,000", many_idle, few_idle, 1.3
        ),
        under(f"a due case in a tick, {name}", due_ms, 0.2, " ms"),
        at_most(
            f"a page of the overdue list at 1,000,000, {name}; floor: its raw query", many_page, raw_page, 5.0
        ),
        at_most(
            f"a page of the overdue list at 1,000,000, {name}; floor: at 10,000", many_page, few_page, 1.3
        ),
    ]


def _at(database: Database, policy: Policy, count: int, *, due: int) -> tuple[float, float, float, float]:
    """Milliseconds of an idle tick, a page, the raw page query, and a due case."""
    with database() as url:
        fill(url, policy, count, due=due)
        store = Store.open(url, policy)
        try:
            due_ms = asyncio.run(_sweep_ms(store)) / due if due else 0.0
            idle = asyncio.run(_idle_ms(store))
            now = Clock(None).now()
            page = median_seconds(
                lambda: store.read_blocking(lambda tx: tx.cases.list_overdue(("billing",), now, None, PAGE)),
                runs=300,
            )
            return idle, page * 1000, _raw_page_ms(url, to_micros(now)), due_ms
        finally:
            store.close_blocking()


async def _sweep_ms(store: Store) -> float:
    began = perf_counter()
    await DeadlineSweep().sweep_deadlines(store, Clock(None).now())
    return (perf_counter() - began) * 1000


async def _idle_ms(store: Store) -> float:
    spans = []
    for _ in range(300):
        began = perf_counter()
        looked_at = await DeadlineSweep().sweep_deadlines(store, Clock(None).now())
        spans.append(perf_counter() - began)
        assert looked_at == 0
    return sorted(spans)[len(spans) // 2] * 1000


def _raw_page_ms(url: str, now: int) -> float:
    values = ("billing", now, PAGE)
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        took = median_seconds(lambda: connection.execute(RAW_PAGE.format("?"), values).fetchall(), runs=300)
        connection.close()
        return took * 1000
    with psycopg.connect(url, autocommit=True) as link:
        raw = RAW_PAGE.format("%s")
        return median_seconds(lambda: link.execute(raw, values, prepare=True).fetchall(), runs=300) * 1000
