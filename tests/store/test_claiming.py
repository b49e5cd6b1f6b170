"""Does exactly one win when several claim at once?"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from core import claiming
from core.case import Case
from core.claiming import AlreadyClaimed
from core.events import QueueTold
from core.outcome import Outcome
from store.engine import Store
from store.transaction import Transaction
from tests.builders import MONDAY_9AM, a_case


def keep(tx: Transaction, case: Case) -> None:
    tx.record(Outcome(case, (QueueTold(at=MONDAY_9AM, actor_id="api:crm"),)))


def claim(tx: Transaction, case_id: str, resolver_id: str) -> str:
    case = tx.cases.lock(case_id)
    outcome = claiming.claim(case, resolver_id=resolver_id, now=MONDAY_9AM)
    tx.record(outcome)
    return resolver_id


def look(tx: Transaction, case_id: str) -> tuple[str | None, list[str], Sequence[str]]:
    kinds = [entry.kind for entry in tx.timeline.list(case_id)]
    return tx.cases.get(case_id).resolver_id, kinds, tx.timeline.verify(case_id)


def test_of_several_simultaneous_claims_exactly_one_wins_and_the_others_are_told_by_whom(
    store: Store,
) -> None:
    people = [f"slack:U{place}" for place in range(4)]

    def attempt(case_id: str, person: str) -> tuple[str, str]:
        try:
            return "won", store.run_blocking(claim, case_id, person)
        except AlreadyClaimed as refusal:
            return "lost to", refusal.resolver_id

    with ThreadPoolExecutor(4) as pool:
        for number in range(1001, 1101):
            case = a_case(id=f"D-{number}")
            store.run_blocking(keep, case)
            answers = list(pool.map(attempt, [case.id] * 4, people))
            winner, kinds, problems = store.read_blocking(look, case.id)
            assert sorted(answers) == sorted([("won", winner)] + [("lost to", winner)] * 3)
            assert kinds == ["QueueTold", "CaseClaimed"]
            assert problems == []
