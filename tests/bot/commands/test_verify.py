"""Tests of `ombud verify`: it finds every way to alter the past, among any number of cases."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.commands import verify as verifying
from bot.commands.verify import print_verdict, verdict, verify
from store.engine import Store
from tests.bot.case_history import a_store, claim_decide_close, raise_cases, tamper
from tests.builders import a_policy


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Two cases, the first of them closed."""
    with a_store(tmp_path) as store:
        store.run_blocking(raise_cases, 2)
        store.run_blocking(claim_decide_close, "D-1001")
        yield store


def meanings(store: Store) -> list[str]:
    return [problem.meaning for problem in verify(store).problems]


def test_what_nobody_touched_is_clean(store: Store) -> None:
    result = verify(store)
    assert (result.cases, result.problems, result.exit_status) == (2, (), 0)
    assert verdict(result) == "2 cases verified: nothing was altered."


@pytest.mark.parametrize(
    ("statement", "meaning"),
    [
        (
            "UPDATE timeline SET body = replace(body, 'March', 'April') WHERE kind = 'NoteAdded'",
            "(NoteAdded) was altered or moved",
        ),
        ("DELETE FROM timeline WHERE kind = 'NoteAdded'", "is missing"),
        (
            "DELETE FROM timeline WHERE number = 1001 AND kind = 'CaseEnded'",
            "ends elsewhere",
        ),
        (
            "UPDATE cases SET body = replace(body, 'Old price list', 'No idea') WHERE number = 1001",
            "not as its last entry left it",
        ),
        ("UPDATE cases SET queue_id = 'logistics' WHERE number = 1001", "the lists show something else"),
        ("UPDATE cases SET closed_at = NULL WHERE number = 1001", "says (closed_at)"),
        ("UPDATE cases SET next_deadline_at = 1 WHERE number = 1001", "says (next_deadline_at)"),
        ("UPDATE timeline SET at = at + 1 WHERE kind = 'NoteAdded'", "has another date"),
        ("DELETE FROM cases WHERE number = 1001", "has a timeline but no case"),
    ],
)
def test_every_change_past_ombud_is_found(store: Store, tmp_path: Path, statement: str, meaning: str) -> None:
    tamper(tmp_path, statement)
    result = verify(store)
    assert {problem.case_id for problem in result.problems} == {"D-1001"}
    assert any(meaning in problem.meaning for problem in result.problems)
    assert result.exit_status == 1


def test_the_verdict_says_what_to_do(store: Store, tmp_path: Path) -> None:
    tamper(tmp_path, "UPDATE timeline SET body = replace(body, 'crm', 'erp') WHERE seq = 1")
    assert verdict(verify(store)).startswith("2 cases verified: 2 not as they were written.")
    assert "backup" in verdict(verify(store))


def test_every_case_is_looked_at_when_there_are_many_chunks(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.run_blocking(raise_cases, 8)
    tamper(tmp_path, "UPDATE timeline SET body = replace(body, 'crm', 'erp') WHERE number = 1010")
    monkeypatch.setattr(verifying, "CHUNK", 3)
    told: list[int] = []
    result = verify(store, told.append)
    assert told == [3, 6, 9, 10]
    assert {problem.case_id for problem in result.problems} == {"D-1010"}


def test_an_empty_database_is_clean(tmp_path: Path) -> None:
    with a_store(tmp_path / "empty") as store:
        assert verdict(verify(store)) == "0 cases verified: nothing was altered."


def test_the_command_prints_each_problem_and_fails(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert print_verdict(store) == 0
    assert capsys.readouterr().out == "2 cases verified: nothing was altered.\n"
    tamper(tmp_path, "DELETE FROM timeline WHERE kind = 'NoteAdded'")
    assert print_verdict(store) == 1
    problem, _, verdict_line = capsys.readouterr().out.rstrip().rpartition("\n")
    assert problem.startswith("D-1001: entry")
    assert verdict_line.startswith("2 cases verified: 1 not as")


def test_what_stands_in_an_altered_database_does_nothing_to_the_terminal(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tamper(tmp_path, "UPDATE timeline SET kind = 'x' || char(27) || '[2J' WHERE kind = 'NoteAdded'")
    assert print_verdict(store) == 1
    assert all(line.isprintable() for line in capsys.readouterr().out.split("\n"))


def test_a_case_that_cannot_be_read_is_named_and_the_rest_is_verified(store: Store, tmp_path: Path) -> None:
    tamper(tmp_path, "UPDATE cases SET body = CAST(x'7bff' AS TEXT) WHERE number = 1001")
    tamper(tmp_path, "UPDATE timeline SET body = body || ' ' WHERE number = 1002 AND seq = 1")
    result = verify(store)
    assert (result.cases, result.exit_status) == (2, 1)
    first, *others = [problem.meaning for problem in result.problems]
    assert "D-1001 can't be read" in first
    assert any("D-1002: entry 1" in other for other in others)


def test_a_corrupt_page_is_named_by_its_cases_and_the_rest_is_verified(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        store.run_blocking(raise_cases, 60)
    file = tmp_path / "ombud.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        leaves = connection.execute(
            "SELECT pageno FROM dbstat WHERE name = 'cases' AND pagetype = 'leaf' ORDER BY pageno"
        ).fetchall()
    with file.open("r+b") as raw:
        raw.seek((leaves[len(leaves) // 2][0] - 1) * size)
        raw.write(b"\xff" * size)
    damaged = Store.open(f"sqlite:///{file}", a_policy(), threads=1)
    result = verify(damaged)
    damaged.close_blocking()
    assert result.exit_status == 1
    named = {problem.case_id for problem in result.problems if "can't be read" in problem.meaning}
    assert 0 < len(named) < 30
    assert result.cases + len(named) >= 60
