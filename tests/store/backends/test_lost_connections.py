"""Tests of a connection to PostgreSQL that is lost before, during or after a unit."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from store.backends.postgres import PostgresConnection
from store.backends.sessions import connect
from store.engine import Store
from store.errors import OutcomeUnknown
from store.transaction import Transaction
from tests.builders import a_case, a_policy
from tests.store.transactions import add_cases, claim, event_kinds, get, verify

pytestmark = pytest.mark.postgres


@pytest.fixture
def url(new_postgresql: Callable[[], str]) -> str:
    return new_postgresql()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """One thread writes, so that it is known whose connection is cut."""
    opened = Store.open(url, a_policy(), threads=1)
    opened.run_blocking(add_cases, a_case())
    opened.read_blocking(get, "D-1001")
    yield opened
    opened.close_blocking()


def cut_everybody(url: str) -> None:
    """Whoever is connected, and wait until they are gone."""
    with psycopg.connect(url, autocommit=True) as connection:
        others = b"FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        connection.execute(b"SELECT pg_terminate_backend(pid) " + others)
        while connection.execute(b"SELECT 1 " + others).fetchone():
            time.sleep(0.01)
    time.sleep(0.05)


def test_a_connection_cut_between_units_is_made_anew_for_whoever_comes(store: Store, url: str) -> None:
    cut_everybody(url)
    assert store.read_blocking(get, "D-1001").id == "D-1001"
    cut_everybody(url)
    assert store.run_blocking(claim, "D-1001", "slack:U0ANA") == "slack:U0ANA"


def test_a_unit_that_only_writes_is_not_in_doubt_when_it_was_cut_before(store: Store, url: str) -> None:
    cut_everybody(url)
    store.run_blocking(add_cases, a_case(id="D-1002"))
    assert store.read_blocking(event_kinds, "D-1002") == ["QueueTold"]


def test_a_unit_that_is_cut_before_its_commit_runs_again_and_leaves_one_trace(store: Store, url: str) -> None:
    runs = 0

    def claim_and_be_cut(tx: Transaction) -> None:
        nonlocal runs
        runs += 1
        claim(tx, "D-1001", "slack:U0ANA")
        if runs == 1:
            cut_everybody(url)

    store.run_blocking(claim_and_be_cut)
    assert runs == 2
    assert store.read_blocking(event_kinds, "D-1001") == ["QueueTold", "CaseClaimed"]
    assert store.read_blocking(verify, "D-1001") == []


def test_a_unit_whose_commit_is_not_answered_is_neither_kept_twice_nor_said_to_be_lost(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = PostgresConnection._send

    def loses_the_answer(link: PostgresConnection, text: str, arguments: Any) -> Any:
        answer = usual(link, text, arguments)
        if text == "COMMIT" and threading.current_thread().name == "ombud-writer":
            link._connection.close()
            raise psycopg.OperationalError("server closed the connection unexpectedly")
        return answer

    monkeypatch.setattr(PostgresConnection, "_send", loses_the_answer)
    with pytest.raises(OutcomeUnknown, match="can't tell whether that was kept"):
        store.run_blocking(claim, "D-1001", "slack:U0ANA")
    monkeypatch.undo()
    assert store.read_blocking(event_kinds, "D-1001") == ["QueueTold", "CaseClaimed"]


def test_no_statement_and_no_silence_lasts_for_ever(url: str) -> None:
    connection = connect(url)
    assert connection.execute(b"SHOW statement_timeout").fetchone() == ("30s",)
    given = connection.info.get_parameters()
    connection.close()
    wanted = {"keepalives_idle": "20", "keepalives_interval": "5", "keepalives_count": "3"}
    assert {**wanted, "tcp_user_timeout": "20000"}.items() <= given.items()
    slow = connect(url + "&connect_timeout=3")
    assert slow.info.get_parameters()["connect_timeout"] == "3"
    slow.close()
