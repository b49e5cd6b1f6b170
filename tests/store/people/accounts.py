"""Ana's accounts in Slack and Teams, as the platforms report them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from core.case import Status
from core.events import CaseEnded
from core.outcome import Outcome
from core.person import Person
from store.engine import Store
from store.transaction import Transaction
from tests.builders import MONDAY_9AM, a_case
from tests.store.transactions import add_cases

ANA = Person(
    id="slack:U0ANA",
    name="Ana Ruiz",
    email="Ana@Example.com",
    slack_ref="U0ANA",
    teams_ref="0a-na",
    teams_mri="29:ana",
    zone="Europe/Madrid",
)


def link_slack_account(tx: Transaction, /, **more: Any) -> Person:
    told = {"name": "Ana Ruiz", "email": "Ana@Example.com", "zone": "Europe/Madrid", **more}
    return tx.people.link_account("slack", told.pop("ref", "U0ANA"), **told)


def link_teams_account(tx: Transaction, /, **more: Any) -> Person:
    told = {"name": "Ruiz, Ana (Finance)", "email": "ana@example.COM", "mri": "29:ana", **more}
    return tx.people.link_account("teams", told.pop("ref", "0a-na"), **told)


def link_guest_account(tx: Transaction) -> Person:
    return tx.people.link_account("teams", "0a-na", name="Ana (Guest)", is_active=False, mri="29:ana")


def find_by_handle(tx: Transaction, handle: str) -> Person | None:
    return tx.people.find_by_handle(handle)


def get_by_ref(store: Store, platform: str, ref: str) -> Person:
    person = store.read_blocking(lambda tx: tx.people.find_by_ref(platform, ref))
    assert person is not None
    return person


def linked_person(store: Store) -> Person:
    """The one person behind both of Ana's accounts."""
    on_slack, on_teams = get_by_ref(store, "slack", "U0ANA"), get_by_ref(store, "teams", "0a-na")
    assert on_slack == on_teams
    return on_slack


def add_claimed_case(tx: Transaction, case_id: str, resolver_id: str) -> None:
    add_cases(tx, a_case(id=case_id, status=Status.UNDER_REVIEW, resolver_id=resolver_id))


def close_case(tx: Transaction, case_id: str) -> None:
    case = tx.cases.lock(case_id)
    ended = CaseEnded(at=MONDAY_9AM, actor_id=str(case.resolver_id), resolution="withdrawn")  # type: ignore[arg-type]
    tx.record(Outcome(replace(case, status=Status.CLOSED), (ended,)))
