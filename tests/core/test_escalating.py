"""Escalation: rung by rung, as long as a target is missed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.case import Case, Escalation, Pause, Resolution, Status, Target
from core.chargebacks import update_chargeback
from core.claiming import claim, release
from core.deadlines import apply_deadlines, next_deadline
from core.escalating import people_on_rung
from core.events import CaseEscalated
from core.policy import Policy, Rung
from core.reclassifying import change_priority, change_reason
from core.snoozing import await_customer, resume_after_answer
from tests.builders import MONDAY_9AM, a_case, a_clock, a_policy, a_queue
from tests.core.lifecycle import (
    ANA,
    BEN,
    POLICY,
    a_chargeback_update,
    bens_case,
    decide_by_ben,
    run_deadlines,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TUESDAY_5PM = MONDAY_9AM + DAY + 8 * HOUR
"""When two working days have gone since Monday at nine."""
WEDNESDAY_1PM = datetime(2026, 3, 4, 13, tzinfo=UTC)
WEDNESDAY_5PM = datetime(2026, 3, 4, 17, tzinfo=UTC)

Call = tuple[datetime, int, tuple[str, ...], bool]


def answered_case() -> Case:
    """Ben's; the customer was answered, so that only the resolution is left to miss."""
    return bens_case(clock=a_clock(answered_at=MONDAY_9AM))


def calls(case: Case, until: datetime, policy: Policy = POLICY) -> list[Call]:
    return [
        (at, event.rung, event.tell, event.is_repeat)
        for at, event in run_deadlines(case, until, policy)
        if isinstance(event, CaseEscalated)
    ]


def late_case(**changes: object) -> Case:
    return apply_deadlines(replace(answered_case(), **changes), POLICY, TUESDAY_5PM).case  # type: ignore[arg-type]


def test_the_ladder_is_climbed_in_working_time_and_repeats_until_the_next_rung() -> None:
    assert calls(answered_case(), MONDAY_9AM + 30 * DAY) == [
        (TUESDAY_5PM, 0, ("dana@example.com",), False),
        (WEDNESDAY_1PM, 0, ("dana@example.com",), True),
        (WEDNESDAY_5PM, 1, ("head@example.com",), False),
    ]


def test_the_last_rung_repeats_for_ever_when_it_says_so() -> None:
    policy = a_policy(ladder=(Rung(("manager",), 0, repeat_minutes=480),))
    told = calls(answered_case(), TUESDAY_5PM + 7 * DAY, policy)
    assert [(at.isoweekday(), is_repeat) for at, _, _, is_repeat in told] == [
        (2, False), (3, True), (4, True), (5, True), (1, True), (2, True),
    ]  # fmt: skip


def test_a_ladder_may_begin_later_or_not_at_all() -> None:
    later = a_policy(ladder=(Rung(("manager",), 60),))
    assert calls(answered_case(), MONDAY_9AM + 30 * DAY, later) == [
        (MONDAY_9AM + 2 * DAY + HOUR, 0, ("dana@example.com",), False)
    ]
    assert calls(answered_case(), MONDAY_9AM + 30 * DAY, a_policy(ladder=())) == []


def test_rungs_that_were_slept_through_are_all_told_but_their_repeats_are_not() -> None:
    outcome = apply_deadlines(late_case(), POLICY, MONDAY_9AM + 30 * DAY)
    told = [event for event in outcome.events if isinstance(event, CaseEscalated)]
    assert [(event.rung, event.is_repeat) for event in told] == [(1, False)]


def test_a_repeat_counts_from_when_it_was_last_said() -> None:
    late = apply_deadlines(late_case(), POLICY, WEDNESDAY_1PM + HOUR).case
    assert late.escalation is not None
    assert (late.escalation.rung, late.escalation.told_at) == (0, WEDNESDAY_1PM + HOUR)


def test_manager_means_the_managers_of_the_cases_queue_and_nobody_is_told_twice() -> None:
    queue = a_queue(managers=("dana@example.com", "omar@example.com"))
    assert people_on_rung(("manager", "head@example.com", "dana@example.com"), queue) == (
        "dana@example.com",
        "omar@example.com",
        "head@example.com",
    )


def test_an_unclaimed_case_is_escalated_when_its_time_to_claim_is_over_and_a_claim_ends_that() -> None:
    assert calls(a_case(), MONDAY_9AM + HOUR) == [(MONDAY_9AM + HOUR, 0, ("dana@example.com",), False)]
    missed = apply_deadlines(a_case(), POLICY, MONDAY_9AM + HOUR).case
    assert claim(missed, resolver_id=ANA, now=MONDAY_9AM + 2 * HOUR).case.escalation is None


def test_several_misses_at_once_climb_for_the_weightiest() -> None:
    case = apply_deadlines(a_case(), POLICY, MONDAY_9AM + 9 * DAY).case
    assert case.escalation is not None
    assert case.escalation.target is Target.RESOLUTION


def test_another_target_missed_on_the_ladder_calls_nobody_anew_and_the_climb_goes_on_for_the_weightier() -> (
    None
):
    assert calls(a_case(), MONDAY_9AM + 8 * HOUR) == [
        (MONDAY_9AM + HOUR, 0, ("dana@example.com",), False),
        (MONDAY_9AM + 5 * HOUR, 0, ("dana@example.com",), True),
    ]
    both = apply_deadlines(
        apply_deadlines(a_case(), POLICY, MONDAY_9AM + HOUR).case, POLICY, MONDAY_9AM + 4 * HOUR
    ).case
    assert both.escalation is not None
    assert (both.escalation.target, both.escalation.rung) == (Target.FIRST_ANSWER, 0)
    assert (both.escalation.since, both.escalation.told_at) == (MONDAY_9AM + HOUR, MONDAY_9AM + HOUR)


def test_a_lighter_target_missed_on_the_ladder_leaves_the_climb_to_the_weightier() -> None:
    released = release(late_case(), actor_id=BEN, now=WEDNESDAY_1PM).case
    later = apply_deadlines(released, POLICY, WEDNESDAY_1PM + HOUR).case
    assert Target.CLAIM in later.clock.breached
    assert later.escalation is not None
    assert later.escalation.target is Target.RESOLUTION


def test_a_date_of_the_card_network_is_called_for_whatever_else_was() -> None:
    late = late_case(external_due_at=TUESDAY_5PM + HOUR)
    assert late.escalation is not None
    again = apply_deadlines(late, POLICY, TUESDAY_5PM + HOUR)
    (call,) = [event for event in again.events if isinstance(event, CaseEscalated)]
    assert (call.target, call.rung, call.is_repeat) == (Target.EXTERNAL, 0, False)


def test_a_climb_that_begins_below_again_forgets_no_earlier_call() -> None:
    former = "person:former@example.com"
    late = replace(late_case(external_due_at=TUESDAY_5PM + HOUR), called_at=(former,))
    assert former in apply_deadlines(late, POLICY, TUESDAY_5PM + HOUR).case.called_at


def test_claiming_does_not_end_the_climb_for_an_answer_that_is_late_as_well() -> None:
    both = apply_deadlines(a_case(), POLICY, MONDAY_9AM + 5 * HOUR).case
    claimed = claim(both, resolver_id=ANA, now=MONDAY_9AM + 5 * HOUR).case
    assert claimed.escalation is not None
    assert claimed.escalation.target is Target.FIRST_ANSWER


def test_releasing_and_claiming_again_does_not_silence_an_overdue_case() -> None:
    released = release(late_case(), actor_id=BEN, now=WEDNESDAY_1PM).case
    unclaimed_too_long = apply_deadlines(released, POLICY, WEDNESDAY_1PM + 2 * HOUR).case
    assert unclaimed_too_long.escalation is not None
    assert unclaimed_too_long.escalation.target is Target.RESOLUTION
    claimed = claim(unclaimed_too_long, resolver_id=BEN, now=WEDNESDAY_1PM + 2 * HOUR).case
    assert claimed.escalation is not None
    assert claimed.escalation.target is Target.RESOLUTION
    assert claimed.escalation.rung == 0


def test_asking_the_customer_is_an_answer_and_ends_the_climb_for_one() -> None:
    late = apply_deadlines(bens_case(), POLICY, MONDAY_9AM + 4 * HOUR).case
    assert late.escalation is not None
    assert late.escalation.target is Target.FIRST_ANSWER
    assert await_customer(late, what="x", actor_id=BEN, now=MONDAY_9AM + 4 * HOUR).case.escalation is None


def test_nobody_is_called_while_we_wait_and_the_wait_counts_for_nothing_afterwards() -> None:
    at = MONDAY_9AM + 2 * DAY + HOUR  # Wednesday at ten, an hour up the ladder
    waiting = await_customer(late_case(), what="x", actor_id=BEN, now=at).case
    assert calls(waiting, MONDAY_9AM + 30 * DAY) == []
    back = resume_after_answer(waiting, actor_id="customer", now=at + 7 * DAY).case
    assert [(told, rung) for told, rung, _, _ in calls(back, MONDAY_9AM + 30 * DAY)] == [
        (WEDNESDAY_1PM + 7 * DAY, 0),
        (WEDNESDAY_5PM + 7 * DAY, 1),
    ]


def test_a_missed_date_of_the_card_network_is_escalated_even_while_we_wait() -> None:
    clock = a_clock(answered_at=MONDAY_9AM, pauses=(Pause(MONDAY_9AM),))
    waiting = bens_case(status=Status.WAITING_ON_CUSTOMER, clock=clock, external_due_at=MONDAY_9AM + HOUR)
    assert [rung for _, rung, _, _ in calls(waiting, MONDAY_9AM + 3 * DAY)] == [0, 0, 1]


def test_a_decision_ends_the_climb() -> None:
    assert decide_by_ben(late_case(), verdict=Resolution.REJECTED, now=WEDNESDAY_1PM).case.escalation is None


def test_more_time_ends_the_climb_and_the_new_end_begins_it_again() -> None:
    eased = change_priority(
        late_case(), priority=4, why="", policy=POLICY, actor_id=BEN, now=TUESDAY_5PM
    ).case
    assert eased.escalation is None
    assert [rung for _, rung, _, _ in calls(eased, MONDAY_9AM + 30 * DAY)] == [0, 0, 1]


def test_a_case_that_is_late_when_it_moves_is_told_to_the_managers_of_its_new_queue() -> None:
    moved = change_reason(
        late_case(), reason_id="not_delivered", why="", policy=POLICY, actor_id=BEN, now=TUESDAY_5PM
    ).case
    assert calls(moved, TUESDAY_5PM) == [(TUESDAY_5PM, 0, ("omar@example.com",), False)]


def test_a_chargeback_that_is_over_ends_the_climb_for_its_date() -> None:
    heard = update_chargeback(
        answered_case(), a_chargeback_update(due_at=MONDAY_9AM + 2 * DAY), POLICY, MONDAY_9AM
    ).case
    late = apply_deadlines(heard, POLICY, MONDAY_9AM).case
    assert late.escalation is not None
    assert late.escalation.target is Target.EXTERNAL
    won = update_chargeback(
        late, a_chargeback_update(status="won", seen_at=MONDAY_9AM + HOUR), POLICY, MONDAY_9AM + HOUR
    )
    assert won.case.escalation is None


@pytest.mark.parametrize("rung", [1, 5])
def test_a_ladder_that_became_shorter_leaves_old_climbs_in_peace(rung: int) -> None:
    escalation = Escalation(target=Target.RESOLUTION, since=TUESDAY_5PM, rung=rung, told_at=TUESDAY_5PM)
    case = replace(late_case(), escalation=escalation)
    assert calls(case, MONDAY_9AM + 30 * DAY, a_policy(ladder=(Rung(("manager",), 0, 60),))) == []


def test_whoever_is_off_the_ladder_has_no_deadline_on_it() -> None:
    waiting = await_customer(late_case(), what="x", actor_id=BEN, now=TUESDAY_5PM).case
    assert next_deadline(waiting, POLICY) is None
