"""SLA clocks with pauses: when they warn and end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.case import Pause, SlaClock, Status, Target
from core.events import SlaBreached, SlaWarned
from core.outcome import Outcome
from core.sla import (
    nearest_end,
    pause,
    raise_alarms,
    rearm,
    resume,
    running_clocks,
)
from tests.builders import FRIDAY_430PM, MONDAY_9AM, OFFICE_HOURS, a_case, a_clock, an_sla
from tests.core.lifecycle import a_case_that_is
from tests.core.working_time import paused_working_time, used_working_time

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TUESDAY_9AM = MONDAY_9AM + DAY


def due(target: Target, clock: SlaClock, **changes: object) -> datetime:
    case = a_case(clock=clock, **changes)
    return next(found.at for found in running_clocks(case, OFFICE_HOURS) if found.target is target)


def test_one_hour_from_friday_half_past_four_is_monday_half_past_nine() -> None:
    clock = a_clock(started_at=FRIDAY_430PM, unclaimed_since=FRIDAY_430PM)
    assert due(Target.CLAIM, clock) == datetime(2026, 3, 9, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("target", "warns_at", "ends_at"),
    [
        (Target.CLAIM, MONDAY_9AM + timedelta(minutes=45), MONDAY_9AM + HOUR),
        (Target.FIRST_ANSWER, MONDAY_9AM + 3 * HOUR, MONDAY_9AM + 4 * HOUR),
        (Target.RESOLUTION, TUESDAY_9AM + 4 * HOUR, TUESDAY_9AM + 8 * HOUR),
    ],
)
def test_every_target_warns_after_three_quarters_and_ends_after_all_of_its_time(
    target: Target, warns_at: datetime, ends_at: datetime
) -> None:
    found = next(found for found in running_clocks(a_case(), OFFICE_HOURS) if found.target is target)
    assert (found.warn_at, found.at) == (warns_at, ends_at)


def test_the_nearest_clock_is_the_one_that_ends_first() -> None:
    assert nearest_end(a_case(), OFFICE_HOURS).target is Target.CLAIM  # type: ignore[union-attr]
    soon = a_case(external_due_at=MONDAY_9AM + HOUR / 2)
    assert nearest_end(soon, OFFICE_HOURS).target is Target.EXTERNAL  # type: ignore[union-attr]
    late = a_case(external_due_at=MONDAY_9AM + 9 * DAY, resolver_id="ben")
    assert nearest_end(late, OFFICE_HOURS).target is Target.FIRST_ANSWER  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("status", "running"),
    [
        (Status.GATHERING, set()),
        (Status.OPEN, {Target.CLAIM, Target.FIRST_ANSWER, Target.RESOLUTION}),
        (Status.UNDER_REVIEW, {Target.FIRST_ANSWER, Target.RESOLUTION}),
        (Status.WAITING_ON_CUSTOMER, set()),
        (Status.AWAITING_APPROVAL, {Target.FIRST_ANSWER, Target.RESOLUTION}),
        (Status.SETTLING, set()),
        (Status.CLOSED, set()),
    ],
)
def test_each_status_has_its_clocks(status: Status, running: set[Target]) -> None:
    assert {found.target for found in running_clocks(a_case_that_is(status), OFFICE_HOURS)} == running


@pytest.mark.parametrize(
    ("pauses", "moved_by"),
    [
        ((), timedelta()),
        ((Pause(MONDAY_9AM + HOUR, MONDAY_9AM + 2 * HOUR),), HOUR),
        ((Pause(MONDAY_9AM + HOUR, MONDAY_9AM + HOUR),), timedelta()),
        ((Pause(MONDAY_9AM + 9 * HOUR, MONDAY_9AM + 20 * HOUR),), timedelta()),
        (
            (
                Pause(MONDAY_9AM + HOUR, MONDAY_9AM + 2 * HOUR),
                Pause(MONDAY_9AM + 2 * HOUR, MONDAY_9AM + 3 * HOUR),
            ),
            2 * HOUR,
        ),
    ],
)
def test_a_pause_moves_the_end_by_its_working_time(pauses: tuple[Pause, ...], moved_by: timedelta) -> None:
    moved = due(Target.RESOLUTION, a_clock(pauses=pauses))
    assert OFFICE_HOURS.working_between(MONDAY_9AM, moved) == timedelta(minutes=960) + moved_by


def test_a_pause_moves_the_warning_by_all_of_it_too() -> None:
    clock = a_clock(pauses=(Pause(MONDAY_9AM + HOUR, MONDAY_9AM + 3 * HOUR),))
    found = next(
        found
        for found in running_clocks(a_case(clock=clock), OFFICE_HOURS)
        if found.target is Target.RESOLUTION
    )
    assert OFFICE_HOURS.working_between(MONDAY_9AM, found.warn_at) == timedelta(minutes=720) + 2 * HOUR


def test_a_pause_before_the_case_came_back_to_the_queue_does_not_move_the_time_to_claim() -> None:
    pauses = (Pause(MONDAY_9AM + HOUR, MONDAY_9AM + 3 * HOUR),)
    back = MONDAY_9AM + 2 * HOUR
    assert due(Target.CLAIM, a_clock(unclaimed_since=back, pauses=pauses)) == back + 2 * HOUR
    back = MONDAY_9AM + 4 * HOUR
    assert due(Target.CLAIM, a_clock(unclaimed_since=back, pauses=pauses)) == back + HOUR


def test_a_date_set_by_others_knows_neither_pause_nor_office_hours() -> None:
    sunday = MONDAY_9AM - DAY
    case = a_case(
        status=Status.WAITING_ON_CUSTOMER,
        resolver_id="ben",
        clock=a_clock(pauses=(Pause(MONDAY_9AM),)),
        external_due_at=sunday,
    )
    assert [(found.target, found.at, found.warn_at) for found in running_clocks(case, OFFICE_HOURS)] == [
        (Target.EXTERNAL, sunday, sunday - DAY)
    ]


def test_pausing_twice_keeps_the_first_moment_and_resuming_twice_the_end() -> None:
    paused = pause(pause(a_clock(), MONDAY_9AM), MONDAY_9AM + HOUR)
    assert paused.pauses == (Pause(MONDAY_9AM),)
    resumed = resume(resume(paused, MONDAY_9AM + 2 * HOUR), MONDAY_9AM + 5 * HOUR)
    assert resumed.pauses == (Pause(MONDAY_9AM, MONDAY_9AM + 2 * HOUR),)


def test_a_pause_never_ends_before_it_began() -> None:
    assert resume(pause(a_clock(), MONDAY_9AM), MONDAY_9AM - HOUR).pauses == (Pause(MONDAY_9AM, MONDAY_9AM),)


def test_used_time_leaves_pauses_out_and_ends_with_the_resolution() -> None:
    pauses = (Pause(MONDAY_9AM + HOUR, MONDAY_9AM + 2 * HOUR), Pause(MONDAY_9AM + 4 * HOUR))
    case = a_case(clock=a_clock(pauses=pauses))
    assert paused_working_time(case.clock, OFFICE_HOURS, MONDAY_9AM + 6 * HOUR) == 3 * HOUR
    assert used_working_time(case, OFFICE_HOURS, MONDAY_9AM + 6 * HOUR) == 3 * HOUR
    done = a_case(clock=a_clock(resolved_at=MONDAY_9AM + 2 * HOUR))
    assert used_working_time(done, OFFICE_HOURS, MONDAY_9AM + 9 * DAY) == 2 * HOUR


def test_a_warning_comes_once_and_the_breach_after_it_once() -> None:
    case = a_case(clock=a_clock(targets=an_sla(first_answer_minutes=900)))
    warn_at, end = MONDAY_9AM + timedelta(minutes=45), MONDAY_9AM + HOUR
    assert raise_alarms(case, OFFICE_HOURS, warn_at - timedelta(microseconds=1)) == Outcome(case)
    warned = raise_alarms(case, OFFICE_HOURS, warn_at)
    assert warned.events == (SlaWarned(at=warn_at, actor_id="clock", target=Target.CLAIM, due_at=end),)
    assert raise_alarms(warned.case, OFFICE_HOURS, end - timedelta(microseconds=1)).events == ()
    breached = raise_alarms(warned.case, OFFICE_HOURS, end)
    assert breached.events == (SlaBreached(at=end, actor_id="clock", target=Target.CLAIM, due_at=end),)
    assert raise_alarms(breached.case, OFFICE_HOURS, end + HOUR).events == ()


def test_an_end_that_was_slept_through_is_told_without_its_warning() -> None:
    outcome = raise_alarms(a_case(), OFFICE_HOURS, MONDAY_9AM + 9 * DAY)
    assert [event.target for event in outcome.events if isinstance(event, SlaBreached)] == [
        Target.CLAIM,
        Target.FIRST_ANSWER,
        Target.RESOLUTION,
    ]
    assert not any(isinstance(event, SlaWarned) for event in outcome.events)


def test_more_time_arms_the_alarms_again_even_while_the_clock_stands_still() -> None:
    told = frozenset({Target.RESOLUTION})
    clock = a_clock(pauses=(Pause(TUESDAY_9AM),), answered_at=MONDAY_9AM, warned=told, breached=told)
    case = a_case(status=Status.WAITING_ON_CUSTOMER, resolver_id="ben", clock=clock)
    armed = rearm(case, OFFICE_HOURS, TUESDAY_9AM + HOUR)
    assert armed.clock.breached == armed.clock.warned == frozenset()


def test_less_time_arms_nothing_that_has_sounded() -> None:
    told = frozenset({Target.RESOLUTION})
    case = a_case(resolver_id="ben", clock=a_clock(warned=told, breached=told))
    assert rearm(case, OFFICE_HOURS, MONDAY_9AM + 9 * DAY) == case
