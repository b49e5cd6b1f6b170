"""Tests of the SQLite file: what a full disk, a deleted file and a long reader do to it."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.health import Readiness
from scheduler.clock import Clock
from scheduler.jobs import JobsHealth
from store.backends import sqlite
from store.engine import Store
from store.errors import StoreUnavailable
from store.transaction import Transaction
from tests.builders import MONDAY_9AM, a_case, a_policy
from tests.store.transactions import add_cases, add_outbox_rows


@pytest.fixture
def file(sqlite_template: Path, tmp_path: Path) -> Path:
    shutil.copy(sqlite_template, tmp_path / "ombud.db")
    return tmp_path / "ombud.db"


@pytest.fixture
def url(file: Path) -> str:
    """On SQLite alone."""
    return f"sqlite:///{file}"


def add_bytes(tx: Transaction, name: str, size: int) -> None:
    tx.installation.save(name, "x" * size)


async def troubles(store: Store) -> list[str]:
    now = Clock().now()
    return await Readiness(store, Clock(), lambda: JobsHealth(now, now, None)).troubles()


async def test_a_full_disk_is_noticed_at_the_first_refusal(store: Store) -> None:
    assert await troubles(store) == []
    writer = store._backend._writer  # type: ignore[attr-defined]
    (pages,) = writer.execute("PRAGMA page_count").fetchone()
    writer.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreUnavailable, match="disk is full"):
        await store.run(add_bytes, "big", 1_000_000)
    (trouble,) = await troubles(store)
    assert "disk is full" in trouble
    writer.execute("PRAGMA max_page_count = 1000000")
    await store.run(add_bytes, "big", 1_000_000)
    assert await troubles(store) == []


@pytest.mark.parametrize("is_replaced", [False, True])
async def test_a_file_that_is_deleted_or_replaced_takes_nothing_more(
    store: Store, file: Path, is_replaced: bool
) -> None:
    await store.run(add_cases, a_case())
    if is_replaced:
        shutil.copy(file, f"{file}.backup")
        shutil.move(f"{file}.backup", file)
    else:
        shutil.move(file, f"{file}.moved")
    with pytest.raises(StoreUnavailable, match="deleted or replaced"):
        await store.run(add_outbox_rows, "slack:#billing", "a")
    with pytest.raises(StoreUnavailable, match="deleted or replaced"):
        await store.read(lambda tx: tx.outbox.figures(MONDAY_9AM))
    (trouble,) = await troubles(store)
    assert "deleted or replaced" in trouble
    if not is_replaced:
        shutil.move(f"{file}.moved", file)
        await store.run(add_outbox_rows, "slack:#billing", "a")
        assert await troubles(store) == []


async def test_a_file_that_is_deleted_during_a_commit_is_no_success(store: Store, file: Path) -> None:
    def delete(tx: Transaction) -> None:
        add_outbox_rows(tx, "slack:#billing", "a")
        file.unlink()

    with pytest.raises(StoreUnavailable, match="deleted or replaced"):
        await store.run(delete)


async def test_the_log_shrinks_again_after_a_long_reader(
    file: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "LOG_SIZE", 1_000_000)
    monkeypatch.setattr(sqlite, "CHECKPOINT_PAGES", 50)
    store = Store.open(url, a_policy())
    log = file.with_name("ombud.db-wal")
    with closing(sqlite3.connect(file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM facts").fetchall()
        for place in range(20):
            await store.run(add_bytes, f"{place}", 300_000)
        assert log.stat().st_size > 5_000_000
        reader.execute("ROLLBACK")
    for place in range(3):
        await store.run(add_bytes, f"{place}", 10)
    assert log.stat().st_size <= 1_100_000
    await store.close()


async def test_the_planner_gets_statistics(file: Path, url: str) -> None:
    store = Store.open(url, a_policy())
    await store.run(add_outbox_rows, "slack:#billing", *(f"{place}" for place in range(200)))
    await store.run(
        lambda tx: tx.outbox.lease_rows(
            "slack:#billing", holder="me", now=MONDAY_9AM, lease=timedelta(minutes=1), limit=1
        )
    )
    await store.close()
    with closing(sqlite3.connect(file)) as connection:
        tables = {table for (table,) in connection.execute("SELECT DISTINCT tbl FROM sqlite_stat1")}
    assert "outbox" in tables
