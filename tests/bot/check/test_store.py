"""Tests of the checks of the database: what can't be used or is late is reported with a remedy."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from bot.check.report import CheckResult, State
from bot.check.store import check_store
from core.policy import Policy
from scheduler.clock import machine_time
from store.engine import Store
from store.outbox.repository import AttemptResult, Parked
from store.transaction import Transaction
from tests.bot.case_history import a_database, a_store, raise_cases, tamper
from tests.builders import MONDAY_9AM, a_policy

ADDRESS = "slack:#billing-disputes"
SOON = MONDAY_9AM + timedelta(minutes=1)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return a_database(tmp_path)


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[Store]:
    """With a case, and its card waiting to be told."""
    with a_store(tmp_path) as store:
        store.run_blocking(raise_cases)
        yield store


def check(url: str, policy: Policy | None = None, **changes: Any) -> list[CheckResult]:
    return list(check_store(url, policy or a_policy(), changes.get("now", SOON)))


def only_problem(results: list[CheckResult]) -> tuple[State, str]:
    """State and title of the one result that is not OK; it has a remedy."""
    (result,) = [result for result in results if result.state is not State.OK]
    return result.state, f"{result.title} {result.remedy}"


def give_up(tx: Transaction, error: str) -> None:
    (row,) = tx.outbox.lease_rows(ADDRESS, holder="test", now=SOON, lease=timedelta(minutes=1), limit=1)
    tx.outbox.save_results(ADDRESS, holder="test", results=[AttemptResult(row.id, Parked(error))])


def pending(tx: Transaction) -> int:
    return tx.outbox.figures(SOON).pending


def test_a_new_database_is_sound(url: str) -> None:
    assert {result.state for result in check(url)} == {State.OK}


def test_trying_to_write_leaves_nothing_behind(url: str) -> None:
    check(url)
    store = Store.open(url, a_policy(), threads=1)
    assert store.read_blocking(pending) == 0
    store.close_blocking()


def test_a_database_that_isn_t_there_is_not_made_by_looking(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "down" / "ombud.db"
    state, told = only_problem(check(f"sqlite:///{file}"))
    assert state is State.WARNING
    assert "`ombud serve` makes it" in told
    assert not file.parent.exists()


def test_a_folder_that_can_t_be_written_is_named(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK | os.X_OK)
    state, told = only_problem(check(url))
    assert state is State.FAILED
    assert told.startswith("Nothing can be written in ")


@pytest.mark.parametrize(("megabytes", "state"), [(300, State.WARNING), (20, State.FAILED)])
def test_a_disk_that_runs_full_is_told_in_time(
    url: str, monkeypatch: pytest.MonkeyPatch, megabytes: int, state: State
) -> None:
    class Usage(NamedTuple):
        free: int

    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(megabytes * 2**20))
    found, told = only_problem(check(url))
    assert found is state
    assert f"has {megabytes} MB left" in told


def test_tables_of_a_newer_version_are_told_so(url: str, tmp_path: Path) -> None:
    tamper(tmp_path, "UPDATE alembic_version SET version_num = '2031_01_01_later'")
    state, told = only_problem(check(url))
    assert state is State.FAILED
    assert "2031_01_01_later" in told
    assert "Install the Ombud that made it." in told


def test_a_file_that_is_no_database_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "ombud.db").write_text(
        "not a database, but long enough to be looked at as if it were one" * 50
    )
    state, told = only_problem(check(f"sqlite:///{tmp_path}/ombud.db"))
    assert state is State.FAILED
    assert "can't be used" in told


@pytest.mark.parametrize("url", ["sqlite://", "mysql://host/name", "postgresql://127.0.0.1:9/none"])
def test_an_address_that_leads_nowhere_is_told_so(url: str) -> None:
    state, told = only_problem(check(url))
    assert state is State.FAILED
    assert "Check DATABASE_URL" in told


def test_a_policy_that_lost_a_queue_of_open_cases_is_refused(busy: Store, tmp_path: Path) -> None:
    policy = a_policy()
    lost = replace(policy, queues={"logistics": policy.queues["logistics"]})
    failures = [one for one in check(f"sqlite:///{tmp_path}/ombud.db", lost) if one.state is State.FAILED]
    assert [one.group for one in failures] == ["Policy"]
    assert "queue “billing”" in failures[0].title
    assert "D-1001" in failures[0].title
    assert failures[0].remedy.startswith("Put it back.")


def test_what_was_given_up_is_told_with_why(busy: Store, tmp_path: Path) -> None:
    busy.run_blocking(give_up, "The channel is archived.")
    state, told = only_problem(check(f"sqlite:///{tmp_path}/ombud.db"))
    assert state is State.WARNING
    assert told.startswith(
        "Given up: post card about D-1001 to slack:#billing-disputes. The channel is archived."
    )
    assert "press Try again" in told


def test_promises_that_nobody_keeps_are_told(busy: Store, tmp_path: Path) -> None:
    later = MONDAY_9AM + timedelta(hours=3)
    state, told = only_problem(check(f"sqlite:///{tmp_path}/ombud.db", now=later))
    assert state is State.WARNING
    assert "2 wait to be told, the oldest for 3 hours" in told
    assert "`ombud serve` runs" in told


def test_a_case_from_the_future_is_told(busy: Store, tmp_path: Path) -> None:
    earlier = MONDAY_9AM - timedelta(days=1)
    state, told = only_problem(check(f"sqlite:///{tmp_path}/ombud.db", now=earlier))
    assert state is State.WARNING
    assert "D-1001 was raised in the future" in told


def test_without_a_policy_only_the_tables_are_looked_at(busy: Store, tmp_path: Path) -> None:
    results = list(check_store(f"sqlite:///{tmp_path}/ombud.db", None, SOON))
    assert [result.title for result in results] == ["SQLite answers, and its tables are up to date."]


@pytest.mark.parametrize(
    ("ahead", "told"),
    [
        (timedelta(minutes=10), "10 minutes ahead of the database's"),
        (timedelta(seconds=-90), "90 seconds behind"),
    ],
)
def test_a_machine_whose_clock_is_far_from_the_databases_is_told_so(
    url: str, ahead: timedelta, told: str
) -> None:
    results = list(check_store(url, a_policy(), SOON, machine=lambda: machine_time() + ahead))
    state, text = only_problem(results)
    assert (state, told in text) == (State.FAILED, True)
