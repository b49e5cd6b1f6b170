"""Tests of the store: what was acknowledged is on disk, whatever fails beside it."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import cast

import pytest

from core.case import Case
from core.errors import Refused
from store import migrate
from store.backends.sqlite import SqliteBackend
from store.backends.units import Unit
from store.engine import Store
from store.errors import AlreadyAnswered, NotMigrated, StoreUnavailable
from store.transaction import Transaction
from tests.builders import MONDAY_9AM, a_case, a_policy
from tests.store.transactions import add_cases, add_outbox_rows, claim, get, verify

pytestmark = pytest.mark.slow


def refuse(tx: Transaction, case_id: str) -> None:
    add_cases(tx, a_case(id=case_id))
    raise Refused("No.")


async def test_units_that_share_a_commit_do_not_disturb_each_other(store: Store) -> None:
    units = [
        store.run(refuse if number % 3 == 0 else add_one_case, f"D-{number}") for number in range(1001, 1061)
    ]
    answers = await asyncio.gather(*units, return_exceptions=True)
    for number, answer in zip(range(1001, 1061), answers, strict=True):
        found = await store.read(find, f"D-{number}")
        assert isinstance(answer, Refused) == (number % 3 == 0) == (found is None)


def find(tx: Transaction, case_id: str) -> Case | None:
    return tx.cases.find(case_id)


def add_one_case(tx: Transaction, case_id: str) -> None:
    add_cases(tx, a_case(id=case_id))


async def test_a_unit_that_breaks_the_databases_own_rules_is_alone_in_it(store: Store) -> None:
    await store.run(add_one_case, "D-1001")
    answers = await asyncio.gather(
        store.run(add_one_case, "D-1002"),
        store.run(add_one_case, "D-1001"),
        store.run(add_one_case, "D-1003"),
        return_exceptions=True,
    )
    assert [isinstance(answer, Exception) for answer in answers] == [False, True, False]
    assert await store.read(lambda tx: tx.timeline.list_case_ids()) == ["D-1001", "D-1002", "D-1003"]


async def test_many_event_loops_each_get_their_own_answers(store: Store) -> None:
    async def in_this_loop(first: int) -> list[str]:
        ids = [f"D-{number}" for number in range(first, first + 20)]
        await asyncio.gather(*(store.run(add_one_case, case_id) for case_id in ids))
        return [(await store.read(get, case_id)).id for case_id in ids]

    def in_a_thread(first: int) -> list[str]:
        return asyncio.run(in_this_loop(first))

    with ThreadPoolExecutor(3) as pool:
        answers = await asyncio.gather(
            *(
                asyncio.get_running_loop().run_in_executor(pool, in_a_thread, first)
                for first in (1001, 2001, 3001)
            )
        )
    assert [answer[0] for answer in answers] == ["D-1001", "D-2001", "D-3001"]


async def test_a_caller_that_gave_up_does_not_take_its_neighbours_along(store: Store) -> None:
    gone = asyncio.create_task(store.run(add_one_case, "D-1001"))
    await asyncio.sleep(0)
    gone.cancel()
    await store.run(add_one_case, "D-1002")
    assert (await store.read(get, "D-1002")).id == "D-1002"


def test_reading_units_may_not_write(store: Store) -> None:
    with pytest.raises(Exception, match=r"(?i)read-?only|query.only"):
        store.read_blocking(add_one_case, "D-1001")
    assert store.read_blocking(lambda tx: tx.cases.find("D-1001")) is None


def test_a_reading_unit_sees_one_unchanging_picture(store: Store) -> None:
    store.run_blocking(add_one_case, "D-1001")

    def read_twice(tx: Transaction) -> list[str | None]:
        before = tx.cases.get("D-1001").resolver_id
        store.run_blocking(claim, "D-1001", "slack:U0ANA")
        return [before, tx.cases.get("D-1001").resolver_id]

    assert store.read_blocking(read_twice) == [None, None]
    assert store.read_blocking(get, "D-1001").resolver_id == "slack:U0ANA"


def test_of_two_that_keep_the_same_message_one_finds_the_others_answer(store: Store) -> None:
    """The loser's unit is run again from the start."""
    both_looked = threading.Barrier(2)

    def answer_once(tx: Transaction, mine: str) -> str:
        if (known := tx.inbox.find_response("stripe", "evt_1")) is not None:
            return known
        if store.database == "postgresql":
            both_looked.wait(10)
        tx.inbox.save_response("stripe", "evt_1", mine, at=MONDAY_9AM)
        return mine

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda mine: store.run_blocking(answer_once, mine), ["a", "b"]))
    assert answers in (["a", "a"], ["b", "b"])


def test_a_unit_that_never_finds_the_answer_is_told_why(store: Store) -> None:
    store.run_blocking(lambda tx: tx.inbox.save_response("stripe", "evt_1", "a", at=MONDAY_9AM))
    with pytest.raises(AlreadyAnswered):
        store.run_blocking(lambda tx: tx.inbox.save_response("stripe", "evt_1", "b", at=MONDAY_9AM))


@pytest.mark.kill
@pytest.mark.parametrize("after", [5, 40, 90])
def test_a_killed_process_leaves_everything_it_was_told_is_kept(store: Store, url: str, after: int) -> None:
    command = [sys.executable, "-u", "-m", "tests.store.test_engine", url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        told = [writer.stdout.readline() for _ in range(after)]
        os.kill(writer.pid, signal.SIGKILL)
        told += [line for line in writer.stdout if line.endswith("\n")]

    def read_all(tx: Transaction) -> tuple[Sequence[str], int, list[str]]:
        kept = tx.timeline.list_case_ids(limit=100_000)
        promised = tx.outbox.count_pending("slack:#billing-disputes", "post_card")
        return kept, promised, [problem for case_id in kept for problem in verify(tx, case_id)]

    kept, promised, problems = store.read_blocking(read_all)
    assert {line.strip() for line in told} <= set(kept)
    assert (promised, problems) == (len(kept), [])


def main(url: str) -> None:
    """Keeps cases from eight threads and says so, until it is killed."""
    store = Store.open(url, a_policy())

    def add_many(first: int) -> None:
        for number in range(first, first + 10_000):
            store.run_blocking(add_one_case, f"D-{number}")
            sys.stdout.write(f"D-{number}\n")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add_many, range(100_000, 900_000, 100_000)))


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://x/y", "nonsense"])
def test_an_address_that_makes_no_sense_is_said_so(url: str) -> None:
    with pytest.raises(StoreUnavailable, match=r"sqlite:///var/ombud\.db"):
        Store.open(url, a_policy())


def test_a_folder_that_is_not_there_is_made(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/var/deeper/ombud.db"
    migrate.upgrade(url)
    Store.open(url, a_policy()).close_blocking()


def test_a_server_that_does_not_answer_is_said_so() -> None:
    with pytest.raises(StoreUnavailable, match="can't be reached"):
        Store.open("postgresql://nobody@127.0.0.1:1/x?connect_timeout=2", a_policy())


def test_a_file_that_is_no_database_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "ombud.db").write_text("This is not a database, however long it may be. " * 50)
    with pytest.raises(StoreUnavailable, match="can't be used"):
        Store.open(f"sqlite:///{tmp_path}/ombud.db", a_policy())


def test_without_tables_the_remedy_is_named(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/ombud.db", a_policy())
    with pytest.raises(NotMigrated, match="ombud migrate"):
        store.run_blocking(add_one_case, "D-1001")
    with pytest.raises(NotMigrated, match="ombud migrate"):
        store.read_blocking(get, "D-1001")
    store.close_blocking()


def test_while_another_program_writes_for_long_nobody_is_told_that_it_is_kept(
    sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.backends.sqlite.BUSY_SECONDS", 0.05)
    file = sqlite_template.with_name("busy.db")
    file.write_bytes(sqlite_template.read_bytes())
    other = sqlite3.connect(file, isolation_level=None)
    store = Store.open(f"sqlite:///{file}", a_policy())
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match=r"Another program .* Nothing was kept"):
        store.run_blocking(add_one_case, "D-1001")
    other.execute("ROLLBACK")
    store.run_blocking(add_one_case, "D-1001")
    other.close()
    store.close_blocking()


def test_when_the_disk_is_full_everybody_in_the_commit_is_told(sqlite_template: Path) -> None:
    file = sqlite_template.with_name("full.db")
    file.write_bytes(sqlite_template.read_bytes())
    backend = SqliteBackend(file, a_policy(), threads=1)
    store = Store(backend)
    backend._writer.execute("PRAGMA max_page_count = 1")
    gate = threading.Event()
    backend.writes.put(Unit(lambda tx: gate.wait(10), (), {}, None))
    with ThreadPoolExecutor(3) as pool:
        small = pool.submit(store.run_blocking, add_outbox_rows, "a", "k")
        large = pool.submit(store.run_blocking, add_cases, *(a_case(id=f"D-{n}") for n in range(1001, 1100)))
        gate.set()
    assert isinstance(large.exception(10), StoreUnavailable)
    assert "full" in str(large.exception())
    kept = store.read_blocking(lambda tx: tx.outbox.figures(MONDAY_9AM)).pending
    assert kept == (1 if small.exception(10) is None else 0)
    store.close_blocking()


def test_when_the_commit_fails_nobody_is_told_that_it_is_kept(sqlite_template: Path) -> None:
    file = sqlite_template.with_name("failing.db")
    file.write_bytes(sqlite_template.read_bytes())
    backend = SqliteBackend(file, a_policy(), threads=1)
    store = Store(backend)
    backend._writer = FailsToCommit(backend._writer)  # type: ignore[assignment]
    units = [Unit(add_one_case, (f"D-{number}",), {}, None) for number in range(1001, 1006)]
    for unit in units:
        backend.writes.put(unit)
    errors = [cast("Future[None]", unit.future).exception(10) for unit in units]
    assert all(isinstance(error, StoreUnavailable) for error in errors)
    assert store.read_blocking(lambda tx: tx.timeline.list_case_ids()) == []
    store.close_blocking()


class FailsToCommit:
    """A connection whose disk breaks just then."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> object:
        return getattr(self._connection, name)

    def execute(self, statement: str) -> object:
        if statement == "COMMIT":
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR
            raise error
        return self._connection.execute(statement)


if __name__ == "__main__":
    main(sys.argv[1])
