"""Tests of `record`: the case, its timeline and its outbox rows are saved as the rule's outcome says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.calendar import ROUND_THE_CLOCK, WorkCalendar
from core.case import Chargeback, Escalation, Evidence, Pause, Resolution, Status, Target
from core.deadlines import next_deadline
from core.effects import Effect
from core.errors import NotFound
from core.events import CaseClaimed, CaseEscalated, QueueTold, SlaBreached
from core.intake import raise_dispute
from core.outcome import Outcome
from core.sla import nearest_end
from store.engine import Store
from store.transaction import Transaction
from tests.builders import (
    MONDAY_9AM,
    MONDAY_NOON,
    a_case,
    a_clock,
    a_customer,
    a_dispute,
    a_policy,
    a_queue,
    an_invoice,
    euros,
)
from tests.store.transactions import add_cases, claim, event_kinds, get, note, verify

HOUR = timedelta(hours=1)


def pending(tx: Transaction) -> list[tuple[str, str]]:
    later = MONDAY_NOON + timedelta(days=30)
    taken = []
    for address in tx.outbox.list_due_lanes(later, 100):
        rows = tx.outbox.lease_rows(address, holder="test", now=later, lease=HOUR, limit=100)
        taken += [(row.id, row.effect, row.address) for row in rows]
    return [(effect, address) for _, effect, address in sorted(taken)]


def test_a_case_comes_back_as_it_was_kept(store: Store) -> None:
    case = a_case(
        customer=a_customer(name="Łódź & Söhne 🧾", email=None),
        clock=a_clock(
            pauses=(Pause(MONDAY_9AM, MONDAY_NOON), Pause(MONDAY_NOON)),
            warned=frozenset({Target.CLAIM, Target.RESOLUTION}),
        ),
        evidence=(Evidence(kind="photo", name="note.jpg"),),
        escalation=Escalation(target=Target.CLAIM, since=MONDAY_9AM, rung=0, told_at=MONDAY_NOON),
        chargeback=Chargeback(
            ref="dp_1",
            charge_ref="ch_1",
            status="needs_response",
            network_reason="general",
            seen_at=MONDAY_9AM,
        ),
        external_due_at=MONDAY_NOON + timedelta(microseconds=1),
    )
    store.run_blocking(add_cases, case)
    assert store.read_blocking(get, case.id) == case


def test_a_claim_refreshes_the_card_tells_thread_and_customer_and_briefs_the_resolver(store: Store) -> None:
    store.run_blocking(add_cases, a_case())
    store.run_blocking(claim, "D-1001", "slack:U0ANA")
    assert store.run_blocking(pending) == [
        (Effect.POST_CARD, "slack:#billing-disputes"),
        (Effect.REFRESH_CARDS, "slack:#billing-disputes"),
        (Effect.TELL_STORY, "slack:#billing-disputes"),
        (Effect.BRIEF_RESOLVER, "person:slack:U0ANA"),
        (Effect.TELL_CUSTOMER, "mail:1"),
    ]


def test_two_events_of_one_outcome_refresh_a_card_once(store: Store) -> None:
    store.run_blocking(add_cases, a_case())

    def breach(tx: Transaction) -> None:
        case = tx.cases.lock("D-1001")
        missed = SlaBreached(at=MONDAY_NOON, actor_id="clock", target=Target.CLAIM, due_at=MONDAY_9AM)
        told = CaseEscalated(at=MONDAY_NOON, actor_id="clock", target=Target.CLAIM, rung=0, tell=())
        tx.record(Outcome(case, (missed, told)))

    store.run_blocking(breach)
    effects = [effect for effect, _ in store.run_blocking(pending)]
    assert effects.count(Effect.REFRESH_CARDS) == 1


def test_an_outcome_without_events_writes_nothing(store: Store) -> None:
    store.run_blocking(lambda tx: tx.record(Outcome(a_case())))
    with pytest.raises(NotFound):
        store.read_blocking(get, "D-1001")


def test_several_outcomes_of_one_transaction_continue_the_same_timeline(store: Store) -> None:
    def all_at_once(tx: Transaction) -> None:
        add_cases(tx, a_case())
        claim(tx, "D-1001", "slack:U0ANA")
        note(tx, "D-1001", "first")
        note(tx, "D-1001", "second")

    store.run_blocking(all_at_once)
    assert store.read_blocking(event_kinds, "D-1001") == [
        "QueueTold",
        "CaseClaimed",
        "NoteAdded",
        "NoteAdded",
    ]
    assert store.read_blocking(verify, "D-1001") == []


def test_an_outcome_made_of_an_older_state_of_the_case_never_gets_in(store: Store) -> None:
    store.run_blocking(add_cases, a_case())

    def forget_to_lock(tx: Transaction) -> None:
        case = replace(tx.cases.get("D-1001"), resolver_id="slack:U0BEN")
        tx.record(Outcome(case, (CaseClaimed(at=MONDAY_9AM, actor_id="slack:U0BEN"),)))

    with pytest.raises(Exception, match=r"(?i)unique|constraint"):
        store.run_blocking(forget_to_lock)
    assert store.read_blocking(get, "D-1001").resolver_id is None


def test_what_few_outcomes_change_is_kept_too(store: Store) -> None:
    case = a_case()
    store.run_blocking(add_cases, case)

    def change(tx: Transaction) -> None:
        tx.cases.lock(case.id)
        changed = replace(
            case,
            status=Status.CLOSED,
            closed_at=MONDAY_NOON,
            resolution=Resolution.WITHDRAWN,
            priority=1,
            queue_id="logistics",
            customer=a_customer(name="Other Inc"),
            invoice=an_invoice(number="INV-2"),
            disputed=euros(5),
        )
        tx.record(Outcome(changed, (QueueTold(at=MONDAY_NOON, actor_id="clock"),)))

    store.run_blocking(change)
    (row,) = store.read_blocking(lambda tx: tx.cases.list_all(None, 10)).rows
    assert (row.status, row.closed_at, row.resolution) == (Status.CLOSED, MONDAY_NOON, Resolution.WITHDRAWN)
    assert (row.priority, row.queue_id, row.customer_name) == (1, "logistics", "Other Inc")
    assert (row.invoice_number, row.disputed_minor, row.due_at) == ("INV-2", 500, None)
    assert store.read_blocking(verify, case.id) == []


def test_a_case_is_due_when_its_first_clock_has_something_to_say(store: Store) -> None:
    case = a_case()
    store.run_blocking(add_cases, case)
    due_at = next_deadline(case, a_policy())
    assert due_at is not None
    early, on_time = due_at - timedelta(microseconds=1), due_at
    assert store.run_blocking(lambda tx: tx.cases.lock_due(early, 10)) == []
    assert store.run_blocking(lambda tx: tx.cases.lock_due(on_time, 10)) == [case.id]


def test_after_a_change_of_policy_a_case_can_be_reckoned_anew(url: str) -> None:
    usual = Store.open(url, a_policy())
    usual.run_blocking(add_cases, a_case())
    usual.close_blocking()
    night_shift = WorkCalendar("UTC", ROUND_THE_CLOCK)
    changed = a_policy(queues={"billing": a_queue(calendar=night_shift)}, nudge_minutes=1)
    store = Store.open(url, changed)
    store.run_blocking(lambda tx: tx.cases.recompute_deadlines("D-1001"))
    due_at = nearest_end(a_case(), night_shift)
    (row,) = store.read_blocking(lambda tx: tx.cases.list_all(None, 10)).rows
    assert due_at is not None
    assert row.due_at == due_at.at
    assert store.read_blocking(verify, "D-1001") == []
    store.close_blocking()


def test_disputes_are_numbered_from_1001_and_no_number_comes_twice(store: Store) -> None:
    def raise_three(tx: Transaction) -> list[str]:
        given = [tx.cases.next_id(), tx.cases.next_id(), tx.cases.next_id()]
        for case_id in given:
            tx.record(
                raise_dispute(a_dispute(), tx.policy, case_id=case_id, actor_id="api:crm", now=MONDAY_9AM)
            )
        return given

    assert store.run_blocking(raise_three) == ["D-1001", "D-1002", "D-1003"]
    assert store.run_blocking(raise_three) == ["D-1004", "D-1005", "D-1006"]


@pytest.mark.parametrize("case_id", ["D-9999", "D-", "1001", "x'; DROP TABLE cases; --"])
def test_a_case_that_is_not_there_is_not_found(store: Store, case_id: str) -> None:
    with pytest.raises(NotFound, match="There is no case"):
        store.run_blocking(lambda tx: tx.cases.lock(case_id))
    assert store.read_blocking(lambda tx: tx.cases.find(case_id)) is None
