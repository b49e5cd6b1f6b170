"""Chargeback updates, in any order, and the external deadline that they set."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations

import pytest

from core.case import Case, Status, Target
from core.chargebacks import ChargebackUpdate, update_chargeback
from core.closing import withdraw
from core.deadlines import apply_deadlines
from core.events import CaseEscalated, ChargebackHeard, SlaBreached, SlaWarned
from core.outcome import Outcome
from core.sla import nearest_end
from tests.builders import MONDAY_9AM, MONDAY_NOON, OFFICE_HOURS, a_clock, an_sla
from tests.core.lifecycle import BEN, POLICY, a_case_that_is, a_chargeback_update, bens_case

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
EVIDENCE_DUE = MONDAY_9AM + 10 * DAY
OURS = EVIDENCE_DUE - 2 * DAY
"""The policy's margin is 48 hours."""
LONG = an_sla(first_answer_minutes=60_000, resolution_minutes=60_000)


def hear(case: Case, heard: ChargebackUpdate, now: datetime = MONDAY_9AM) -> Case:
    return update_chargeback(case, heard, POLICY, now).case


def test_our_date_is_the_networks_less_the_margin() -> None:
    outcome = update_chargeback(bens_case(), a_chargeback_update(due_at=EVIDENCE_DUE), POLICY, MONDAY_NOON)
    assert outcome.case.external_due_at == OURS
    assert outcome.events == (
        ChargebackHeard(
            at=MONDAY_NOON,
            actor_id="stripe",
            ref="dp_1",
            kind="charge.dispute.updated",
            status="needs_response",
            evidence_due_at=EVIDENCE_DUE,
        ),
    )


def test_the_nearer_of_the_two_clocks_is_shown() -> None:
    case = bens_case(clock=a_clock(answered_at=MONDAY_9AM))
    far = nearest_end(hear(case, a_chargeback_update(due_at=EVIDENCE_DUE)), OFFICE_HOURS)
    near = nearest_end(hear(case, a_chargeback_update(due_at=MONDAY_9AM + 3 * DAY)), OFFICE_HOURS)
    assert far is not None
    assert near is not None
    assert (far.target, near.target) == (Target.RESOLUTION, Target.EXTERNAL)
    assert near.at == MONDAY_9AM + DAY


@pytest.mark.parametrize("status", ["won", "lost", "warning_closed", "prevented"])
def test_a_chargeback_that_is_over_sets_no_date(status: str) -> None:
    case = hear(bens_case(), a_chargeback_update(due_at=EVIDENCE_DUE))
    over = hear(
        case, a_chargeback_update(status=status, due_at=EVIDENCE_DUE, seen_at=MONDAY_NOON), MONDAY_NOON
    )
    assert over.external_due_at is None
    assert over.status is Status.UNDER_REVIEW, "our own case stays for a person to close"


@pytest.mark.parametrize("status", ["under_review", "warning_under_review", "some_day_added"])
def test_once_the_evidence_is_handed_in_nobody_is_warned_or_called_any_more(status: str) -> None:
    case = hear(bens_case(clock=a_clock(targets=LONG)), a_chargeback_update(due_at=EVIDENCE_DUE))
    missed = apply_deadlines(case, POLICY, OURS).case
    assert missed.escalation is not None
    handed_in = a_chargeback_update(status=status, due_at=EVIDENCE_DUE, seen_at=MONDAY_NOON)
    for before in (case, missed):
        after = hear(before, handed_in, OURS)
        assert (after.external_due_at, after.escalation) == (None, None)
        told = apply_deadlines(after, POLICY, EVIDENCE_DUE).events
        assert not [one for one in told if isinstance(one, SlaWarned | SlaBreached | CaseEscalated)]


@pytest.mark.parametrize("status", ["needs_response", "warning_needs_response"])
def test_a_chargeback_that_asks_for_evidence_sets_its_date(status: str) -> None:
    assert hear(bens_case(), a_chargeback_update(status=status, due_at=EVIDENCE_DUE)).external_due_at == OURS


def test_within_one_second_handing_in_is_not_undone_by_the_question() -> None:
    asked, handed_in = (
        a_chargeback_update(due_at=EVIDENCE_DUE),
        a_chargeback_update(status="under_review", due_at=EVIDENCE_DUE),
    )
    for order in ((asked, handed_in), (handed_in, asked)):
        case = bens_case()
        for heard in order:
            case = hear(case, heard)
        assert (case.chargeback, case.external_due_at) == (handed_in.chargeback, None)


def test_a_chargeback_without_a_date_sets_none() -> None:
    assert hear(bens_case(), a_chargeback_update(due_at=None)).external_due_at is None


def test_the_same_news_twice_is_heard_once() -> None:
    case = hear(bens_case(), a_chargeback_update(due_at=EVIDENCE_DUE))
    assert update_chargeback(case, a_chargeback_update(due_at=EVIDENCE_DUE), POLICY, MONDAY_NOON) == Outcome(
        case
    )


STORY = (
    a_chargeback_update(due_at=EVIDENCE_DUE, seen_at=MONDAY_9AM),
    a_chargeback_update(due_at=EVIDENCE_DUE + DAY, seen_at=MONDAY_9AM + HOUR, status="under_review"),
    a_chargeback_update(status="lost", seen_at=MONDAY_9AM + 2 * HOUR),
)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_news_may_come_in_any_order_and_more_than_once(order: tuple[int, ...]) -> None:
    case = bens_case()
    for index in (*order, *order):
        case = hear(case, STORY[index])
    assert case.chargeback == STORY[2].chargeback
    assert case.external_due_at is None


def test_within_one_second_an_end_is_not_undone_but_an_update_is_heard() -> None:
    lost, updated = a_chargeback_update(status="lost"), a_chargeback_update(due_at=EVIDENCE_DUE)
    assert hear(hear(bens_case(), lost), updated).chargeback == lost.chargeback
    assert hear(hear(bens_case(), updated), lost).chargeback == lost.chargeback
    later = replace(updated.chargeback, seen_at=MONDAY_NOON)
    assert hear(hear(bens_case(), lost), replace(updated, chargeback=later)).external_due_at == OURS


def test_its_date_is_warned_of_a_day_before_by_the_clock_on_the_wall() -> None:
    case = hear(bens_case(clock=a_clock(targets=LONG)), a_chargeback_update(due_at=EVIDENCE_DUE))
    warned = apply_deadlines(case, POLICY, OURS - DAY)
    assert SlaWarned(at=OURS - DAY, actor_id="clock", target=Target.EXTERNAL, due_at=OURS) in warned.events
    missed = apply_deadlines(warned.case, POLICY, OURS)
    breached = SlaBreached(
        at=OURS, actor_id="clock", target=Target.EXTERNAL, due_at=OURS, came_with_call=True
    )
    assert breached in missed.events


def test_a_later_date_is_warned_of_and_missed_anew() -> None:
    case = hear(bens_case(clock=a_clock(targets=LONG)), a_chargeback_update(due_at=EVIDENCE_DUE))
    missed = apply_deadlines(case, POLICY, OURS).case
    later = hear(missed, a_chargeback_update(due_at=EVIDENCE_DUE + 5 * DAY, seen_at=MONDAY_NOON), OURS)
    assert later.clock.warned == later.clock.breached == frozenset()
    assert Target.EXTERNAL in apply_deadlines(later, POLICY, OURS + 5 * DAY).case.clock.breached


def test_a_date_that_was_lifted_and_set_again_is_missed_again() -> None:
    missed = apply_deadlines(
        hear(bens_case(), a_chargeback_update(due_at=MONDAY_9AM)), POLICY, MONDAY_9AM
    ).case
    lifted = hear(missed, a_chargeback_update(status="won", seen_at=MONDAY_9AM + HOUR))
    again = hear(lifted, a_chargeback_update(due_at=MONDAY_9AM, seen_at=MONDAY_9AM + 2 * HOUR))
    told = apply_deadlines(again, POLICY, MONDAY_9AM + 2 * HOUR).events
    assert Target.EXTERNAL in [event.target for event in told if isinstance(event, SlaBreached)]


def test_news_of_a_closed_case_is_kept_and_changes_nothing_else() -> None:
    closed = a_case_that_is(Status.CLOSED)
    outcome = update_chargeback(closed, a_chargeback_update(due_at=EVIDENCE_DUE), POLICY, MONDAY_NOON)
    assert len(outcome.events) == 1
    assert outcome.case == replace(
        closed, chargeback=a_chargeback_update(due_at=EVIDENCE_DUE).chargeback, external_due_at=OURS
    )


def test_a_chargeback_that_ends_after_the_case_leaves_its_clock_as_it_was() -> None:
    missed = apply_deadlines(
        hear(bens_case(), a_chargeback_update(due_at=MONDAY_9AM)), POLICY, MONDAY_9AM
    ).case
    closed = withdraw(missed, why="", actor_id=BEN, now=MONDAY_9AM).case
    assert hear(closed, a_chargeback_update(status="won", seen_at=MONDAY_NOON)).clock == closed.clock


def test_a_closed_cases_missed_date_rings_nobody() -> None:
    case = hear(bens_case(), a_chargeback_update(due_at=MONDAY_9AM))
    closed = withdraw(case, why="", actor_id=BEN, now=MONDAY_9AM).case
    assert apply_deadlines(closed, POLICY, MONDAY_NOON) == Outcome(closed)
