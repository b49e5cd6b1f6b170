"""Budget of the database for each thing that people do: who makes one dearer changes its number on purpose.

Counted, not timed, so the same on every machine. `tests/scheduler/test_budget.py` has what happens by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import pytest

from cards.actions import Action
from tests.builders import a_policy, a_reason
from tests.connectors.mail.builders import OUR_ADDRESS, an_email, reply_address
from tests.handlers.harness import ANA, Harness
from tests.handlers.mail_harness import MailHarness
from tests.store.traffic import Cost, Traffic, cost_of, open_traffic

DECISION = {
    "verdict": "accepted",
    "root_cause": "pricing_error",
    "customer_text": "You are right.",
    "internal_text": "",
}
Work = Callable[[], object]


@pytest.fixture
def traffic(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Traffic]:
    policy = a_policy()
    named = replace(policy.queues["logistics"], resolvers=("ana@example.com",))
    policy = replace(
        policy,
        queues={**policy.queues, "logistics": named},
        reasons={**policy.reasons, "late": a_reason("late", queue_id="logistics")},
    )
    traffic = open_traffic(url, policy, monkeypatch)
    yield traffic
    traffic.store.close_blocking()


def intake(harness: Harness) -> Work:
    return lambda: harness.create_case()


def claim(harness: Harness) -> Work:
    case_id = harness.create_case()
    return lambda: harness.press(Action.CLAIM, ANA, case_id, key="press-1")


def claim_by_a_named_resolver(harness: Harness) -> Work:
    case_id = harness.create_case(reason_id="late")
    return lambda: harness.press(Action.CLAIM, ANA, case_id, key="press-1")


def note(harness: Harness) -> Work:
    case_id = harness.create_claimed_case()
    return lambda: harness.press(Action.NOTE, ANA, case_id, key="form-1", values={"note": "Called them."})


def decide(harness: Harness) -> Work:
    case_id = harness.create_claimed_case()
    return lambda: harness.press(Action.DECIDE, ANA, case_id, key="form-1", values=DECISION)


def mail_of_the_customer(harness: Harness) -> Work:
    case_id = harness.create_claimed_case()
    letter = an_email(recipients=(OUR_ADDRESS, reply_address(case_id)))
    harness.type(ANA, "queue")  # two readers open their connections
    harness.type(ANA, "queue")
    return lambda: MailHarness(harness).receive(letter)


def page_of_a_list(harness: Harness) -> Work:
    for _ in range(3):
        harness.create_case()
    harness.type(ANA, "queue")  # two readers open their connections
    harness.type(ANA, "queue")
    return lambda: harness.type(ANA, "queue")


BUDGETS: Mapping[Callable[[Harness], Work], tuple[Cost, Cost]] = {
    intake: (Cost(trips=1, statements=8, rows=6), Cost(trips=4, statements=4, rows=6)),
    claim: (Cost(trips=1, statements=12, rows=8), Cost(trips=6, statements=6, rows=8)),
    claim_by_a_named_resolver: (Cost(trips=1, statements=10, rows=8), Cost(trips=4, statements=4, rows=8)),
    note: (Cost(trips=1, statements=8, rows=4), Cost(trips=5, statements=5, rows=4)),
    decide: (Cost(trips=1, statements=12, rows=8), Cost(trips=5, statements=5, rows=8)),
    mail_of_the_customer: (Cost(trips=1, statements=13, rows=8), Cost(trips=9, statements=8, rows=8)),
    page_of_a_list: (Cost(trips=0, statements=6, rows=0), Cost(trips=7, statements=6, rows=0)),
}
"""What begins each, and its cost on SQLite and on PostgreSQL."""


@pytest.mark.parametrize("begin", BUDGETS, ids=lambda begin: begin.__name__)
def test_it_costs_what_its_budget_says(traffic: Traffic, url: str, begin: Callable[[Harness], Work]) -> None:
    sqlite, postgresql = BUDGETS[begin]
    work = begin(Harness(traffic.store))
    assert cost_of(traffic, work) == (sqlite if url.startswith("sqlite:") else postgresql)
