"""Claim, release, reassign: one resolver at a time, and everybody else is notified."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.case import Pause, Status, Target
from core.claiming import AlreadyClaimed, claim, reassign, release
from core.events import CaseClaimed, CaseReassigned, CaseReleased
from core.outcome import Outcome
from core.snoozing import await_customer
from tests.builders import MONDAY_9AM, MONDAY_NOON, a_case, a_clock
from tests.core.lifecycle import ANA, BEN, a_case_that_is, bens_case

BOTH = frozenset({Target.CLAIM, Target.RESOLUTION})


def test_a_case_is_whose_claims_it() -> None:
    outcome = claim(a_case(), resolver_id=ANA, now=MONDAY_NOON)
    assert (outcome.case.resolver_id, outcome.case.status) == (ANA, Status.UNDER_REVIEW)
    assert outcome.case.moved_at == MONDAY_NOON
    assert outcome.events == (CaseClaimed(at=MONDAY_NOON, actor_id=ANA, is_first=True),)
    assert outcome.case.claimed_at == MONDAY_NOON


def test_only_the_first_claim_of_all_is_news_to_the_customer() -> None:
    released = release(a_case_that_is(Status.UNDER_REVIEW), actor_id=BEN, now=MONDAY_9AM).case
    again = claim(released, resolver_id=ANA, now=MONDAY_NOON)
    assert again.events == (CaseClaimed(at=MONDAY_NOON, actor_id=ANA, is_first=False),)
    assert again.case.claimed_at == MONDAY_9AM


def test_a_double_click_on_claim_is_harmless() -> None:
    claimed = claim(a_case(), resolver_id=ANA, now=MONDAY_9AM).case
    assert claim(claimed, resolver_id=ANA, now=MONDAY_NOON) == Outcome(claimed)


@pytest.mark.parametrize(
    "status", [Status.UNDER_REVIEW, Status.WAITING_ON_CUSTOMER, Status.AWAITING_APPROVAL, Status.SETTLING]
)
def test_a_case_claimed_by_somebody_else_is_refused_by_name(status: Status) -> None:
    with pytest.raises(AlreadyClaimed, match=f"D-1001 is already claimed by {BEN}") as refused:
        claim(a_case_that_is(status), resolver_id=ANA, now=MONDAY_NOON)
    assert refused.value.resolver_id == BEN


def test_a_released_case_is_nobodys_and_its_time_to_claim_starts_anew() -> None:
    case = bens_case(clock=a_clock(warned=BOTH, breached=BOTH))
    outcome = release(case, actor_id=ANA, now=MONDAY_NOON)
    assert (outcome.case.resolver_id, outcome.case.status) == (None, Status.OPEN)
    assert outcome.case.clock.unclaimed_since == MONDAY_NOON
    assert outcome.case.clock.started_at == MONDAY_9AM
    assert outcome.case.clock.warned == outcome.case.clock.breached == {Target.RESOLUTION}
    assert outcome.events == (CaseReleased(at=MONDAY_NOON, actor_id=ANA, former_resolver_id=BEN),)


def test_releasing_a_case_that_waits_for_the_customer_ends_the_pause_and_the_snooze() -> None:
    waiting = await_customer(bens_case(), what="x", actor_id=BEN, now=MONDAY_9AM).case
    snoozed = bens_case(
        status=waiting.status, clock=waiting.clock, snoozed_until=MONDAY_NOON + timedelta(days=1)
    )
    released = release(snoozed, actor_id=BEN, now=MONDAY_NOON).case
    assert released.clock.pauses == (Pause(MONDAY_9AM, MONDAY_NOON),)
    assert released.snoozed_until is None


def test_a_case_may_be_handed_over_from_the_queue_or_from_a_desk() -> None:
    from_queue = reassign(a_case(), resolver_id=ANA, actor_id=BEN, why="knows them", now=MONDAY_NOON)
    assert (from_queue.case.resolver_id, from_queue.case.status) == (ANA, Status.UNDER_REVIEW)
    from_desk = reassign(bens_case(), resolver_id=ANA, actor_id=BEN, why="holiday", now=MONDAY_NOON)
    assert from_desk.events == (
        CaseReassigned(at=MONDAY_NOON, actor_id=BEN, resolver_id=ANA, former_resolver_id=BEN, why="holiday"),
    )
    assert from_desk.case.moved_at == MONDAY_NOON


def test_handing_a_case_to_whoever_has_it_changes_nothing() -> None:
    case = bens_case()
    assert reassign(case, resolver_id=BEN, actor_id=ANA, why="", now=MONDAY_NOON) == Outcome(case)


def test_handing_over_ends_the_former_resolvers_snooze_but_not_the_wait_for_the_customer() -> None:
    waiting = a_case_that_is(Status.WAITING_ON_CUSTOMER)
    handed = reassign(waiting, resolver_id=ANA, actor_id=BEN, why="", now=MONDAY_NOON).case
    assert handed.clock.is_paused
    snoozed = bens_case(snoozed_until=MONDAY_NOON + timedelta(days=3))
    assert (
        reassign(snoozed, resolver_id=ANA, actor_id=BEN, why="", now=MONDAY_NOON).case.snoozed_until is None
    )
