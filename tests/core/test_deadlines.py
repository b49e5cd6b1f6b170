"""Deadlines: everything that is due is applied once, and nothing before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.case import Case, Status, Target
from core.deadlines import apply_deadlines, next_deadline
from core.effects import Effect, effects_of
from core.events import CaseEscalated, QueueTold, ResolverNudged, SlaBreached, SlaWarned, SnoozeEnded
from core.noting import add_note
from core.outcome import Outcome
from core.policy import Rung
from tests.builders import MONDAY_9AM, MONDAY_NOON, a_case, a_clock, a_policy, a_queue, an_sla
from tests.core.lifecycle import BEN, POLICY, a_case_that_is, bens_case, run_deadlines

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
TUESDAY_9AM = MONDAY_9AM + DAY
LONG = an_sla(claim_minutes=60_000, first_answer_minutes=60_000, resolution_minutes=60_000)


def calm_case(**changes: object) -> Case:
    """Ben's case, with targets so far away that only nudges are due."""
    return bens_case(**{"clock": a_clock(targets=LONG), **changes})


def nudges(case: Case, until: datetime) -> list[datetime]:
    return [at for at, event in run_deadlines(case, until) if isinstance(event, ResolverNudged)]


def test_an_unclaimed_case_is_warned_of_missed_and_escalated_in_this_order() -> None:
    told = run_deadlines(a_case(), MONDAY_9AM + 4 * HOUR)
    assert [(at, type(event), getattr(event, "target", None)) for at, event in told] == [
        (MONDAY_9AM + timedelta(minutes=45), SlaWarned, Target.CLAIM),
        (MONDAY_9AM + HOUR, SlaBreached, Target.CLAIM),
        (MONDAY_9AM + HOUR, CaseEscalated, Target.CLAIM),
        (MONDAY_9AM + 3 * HOUR, SlaWarned, Target.FIRST_ANSWER),
        (MONDAY_9AM + 4 * HOUR, SlaBreached, Target.FIRST_ANSWER),
    ]


@pytest.mark.parametrize("status", list(Status))
def test_the_next_deadline_is_the_first_moment_at_which_a_tick_does_something(status: Status) -> None:
    case = a_case_that_is(status)
    due_at = next_deadline(case, POLICY)
    if due_at is None:
        assert apply_deadlines(case, POLICY, MONDAY_9AM + 365 * DAY) == Outcome(case)
    else:
        assert apply_deadlines(case, POLICY, due_at - INSTANT) == Outcome(case)
        assert apply_deadlines(case, POLICY, due_at).events


@pytest.mark.parametrize("slept", [timedelta(), HOUR, DAY, 30 * DAY])
def test_ticking_again_at_once_does_nothing_however_long_one_slept(slept: timedelta) -> None:
    for status in Status:
        now = MONDAY_9AM + slept
        once = apply_deadlines(a_case_that_is(status), POLICY, now)
        assert apply_deadlines(once.case, POLICY, now) == Outcome(once.case)
        due_at = next_deadline(once.case, POLICY)
        assert due_at is None or due_at > now


def test_everything_that_was_slept_through_is_done_in_one_tick() -> None:
    case = bens_case(snoozed_until=MONDAY_NOON)
    told = [type(event) for event in apply_deadlines(case, POLICY, MONDAY_9AM + 30 * DAY).events]
    assert told == [SnoozeEnded, SlaBreached, SlaBreached, CaseEscalated]


def test_what_is_missed_and_called_for_at_once_is_told_by_the_call_alone() -> None:
    breach, call = apply_deadlines(a_case(), POLICY, MONDAY_9AM + HOUR).events
    assert isinstance(call, CaseEscalated)
    assert effects_of(breach) == (Effect.REFRESH_CARDS,)


def test_what_is_missed_without_a_call_is_told_by_itself() -> None:
    late = apply_deadlines(a_case(), POLICY, MONDAY_9AM + HOUR).case
    (breach,) = apply_deadlines(late, POLICY, MONDAY_9AM + 4 * HOUR).events
    assert Effect.TELL_STORY in effects_of(breach)
    (uncalled,) = apply_deadlines(a_case(), a_policy(ladder=()), MONDAY_9AM + HOUR).events
    assert Effect.TELL_STORY in effects_of(uncalled)


def test_a_case_remembers_where_it_called_whoever_manages_its_queue_later() -> None:
    late = apply_deadlines(a_case(), POLICY, MONDAY_9AM + HOUR).case
    assert late.called_at == ("slack:#billing-disputes", "person:dana@example.com")
    omars = a_policy(queues={"billing": a_queue(managers=("omar@example.com",))})
    later = apply_deadlines(late, omars, MONDAY_9AM + 5 * HOUR).case
    assert later.called_at == (*late.called_at, "person:omar@example.com")


def test_a_case_that_was_settled_and_is_late_again_forgets_where_it_called_the_last_time() -> None:
    late = apply_deadlines(bens_case(called_at=("slack:#dissolved",)), POLICY, TUESDAY_9AM).case
    assert late.called_at == ("slack:#billing-disputes", "person:dana@example.com")


def test_a_call_reminds_the_resolver_so_that_the_nudge_waits_a_working_day_more() -> None:
    case = bens_case(clock=a_clock(answered_at=MONDAY_9AM), moved_at=MONDAY_9AM + 2 * HOUR)
    ladder = a_policy(ladder=(Rung(("manager",), 0),))
    told = run_deadlines(case, MONDAY_9AM + 3 * DAY, ladder)
    nudged = [at for at, event in told if isinstance(event, ResolverNudged)]
    called = next(at for at, event in told if isinstance(event, CaseEscalated))
    assert nudged == [TUESDAY_9AM + 2 * HOUR, called + DAY]


def test_a_clock_that_starts_in_the_tick_that_ends_the_gathering_has_all_of_its_time() -> None:
    outcome = apply_deadlines(a_case_that_is(Status.GATHERING), POLICY, MONDAY_9AM + 30 * DAY)
    assert [type(event) for event in outcome.events] == [QueueTold]


def test_a_resolver_is_nudged_after_a_working_day_of_silence_and_again_after_the_next() -> None:
    assert nudges(calm_case(), MONDAY_9AM + 2 * DAY + 8 * HOUR) == [
        MONDAY_9AM + 8 * HOUR,
        TUESDAY_9AM + 8 * HOUR,
        MONDAY_9AM + 2 * DAY + 8 * HOUR,
    ]


def test_a_nudge_says_since_when_nothing_moved() -> None:
    asked = run_deadlines(calm_case(), TUESDAY_9AM + 8 * HOUR)
    assert [event for _, event in asked if isinstance(event, ResolverNudged)][-1].quiet_since == MONDAY_9AM


def test_nobody_is_nudged_at_the_weekend() -> None:
    friday_noon = datetime(2026, 3, 6, 12, tzinfo=UTC)
    assert nudges(calm_case(moved_at=friday_noon), friday_noon + 3 * DAY) == [friday_noon + 3 * DAY]


def test_whoever_does_something_is_not_nudged() -> None:
    noted = add_note(calm_case(), text="Called them.", actor_id=BEN, now=MONDAY_NOON).case
    assert nudges(noted, TUESDAY_9AM + 3 * HOUR - INSTANT) == []
    assert nudges(noted, TUESDAY_9AM + 3 * HOUR) == [TUESDAY_9AM + 3 * HOUR]


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.UNDER_REVIEW}))
def test_only_a_case_under_review_is_nudged_about(status: Status) -> None:
    assert nudges(a_case_that_is(status), MONDAY_9AM + 30 * DAY) == []


def test_a_snoozed_case_is_quiet_until_it_wakes_and_a_working_day_longer() -> None:
    until = MONDAY_9AM + 7 * DAY
    assert nudges(calm_case(snoozed_until=until), until + 8 * HOUR) == [until + 8 * HOUR]


def test_a_snooze_silences_no_alarm() -> None:
    asleep = bens_case(snoozed_until=MONDAY_9AM + 20 * DAY)
    told = [event.target for _, event in run_deadlines(asleep, TUESDAY_9AM) if isinstance(event, SlaBreached)]
    assert told == [Target.FIRST_ANSWER]


def test_a_policy_that_changes_is_followed_from_the_next_tick() -> None:
    patient = a_policy(nudge_minutes=960)
    assert next_deadline(calm_case(), POLICY) == MONDAY_9AM + 8 * HOUR
    assert next_deadline(calm_case(), patient) == TUESDAY_9AM + 8 * HOUR
