"""Tests of concurrent claims: exactly one wins."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.claiming import AlreadyClaimed
from store.engine import Store
from tests.builders import a_case, a_policy
from tests.store.transactions import add_cases, claim, event_kinds, get, verify

pytestmark = pytest.mark.slow


def attempt(store: Store, case_id: str, person: str) -> tuple[str, str]:
    try:
        return "won", store.run_blocking(claim, case_id, person)
    except AlreadyClaimed as refusal:
        return "lost to", refusal.resolver_id


def test_of_several_simultaneous_claims_exactly_one_wins_and_the_others_are_told_by_whom(
    store: Store,
) -> None:
    people = [f"slack:U{place}" for place in range(4)]
    with ThreadPoolExecutor(4) as pool:
        for number in range(1001, 1101):
            case_id = f"D-{number}"
            store.run_blocking(add_cases, a_case(id=case_id))
            answers = list(pool.map(attempt, [store] * 4, [case_id] * 4, people))
            winner = store.read_blocking(get, case_id).resolver_id
            assert winner is not None
            assert sorted(answers) == [*[("lost to", winner)] * 3, ("won", winner)]
            assert store.read_blocking(event_kinds, case_id) == ["QueueTold", "CaseClaimed"]
            assert store.read_blocking(verify, case_id) == []


def test_two_processes_that_claim_the_same_cases_share_them_without_a_clash(store: Store, url: str) -> None:
    numbers = range(1001, 1061)
    store.run_blocking(add_cases, *(a_case(id=f"D-{number}") for number in numbers))
    command = [sys.executable, "-m", "tests.store.cases.test_claiming", url]
    rivals = [
        subprocess.Popen([*command, person], stdout=subprocess.PIPE, text=True)
        for person in ("slack:UANA", "slack:UBEN")
    ]
    outputs = [rival.communicate(timeout=60)[0].splitlines() for rival in rivals]
    assert [rival.returncode for rival in rivals] == [0, 0]
    for number, answers in zip(numbers, zip(*outputs, strict=True), strict=True):
        winner = store.read_blocking(get, f"D-{number}").resolver_id
        assert sorted(answers) == [f"lost to {winner}", f"won {winner}"]
        assert store.read_blocking(verify, f"D-{number}") == []


def main(url: str, person: str) -> None:
    """One of the two processes: claims everything, one after the other."""
    store = Store.open(url, a_policy())
    for number in range(1001, 1061):
        print(*attempt(store, f"D-{number}", person))
    store.close_blocking()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
