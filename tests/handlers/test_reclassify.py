"""Correcting a case's reason or priority."""

from __future__ import annotations

import pytest

from cards.actions import Action, Field
from core.case import Case, CaseClosed, Status
from core.errors import FieldRefused, NotFound, Refused
from tests.handlers.harness import ANA, BEN, DANA, HEAD, OMAR, Harness


def change(harness: Harness, case_id: str, by: str = ANA, **values: str) -> Case:
    case = harness.case(case_id)
    form = {
        "reason": case.reason_id,
        "priority": str(case.priority),
        "why": "It was filed wrongly.",
        **values,
    }
    harness.send(Action.CHANGE, by, case_id, **form)
    return harness.case(case_id)


def test_another_queues_reason_sends_the_case_there_to_be_claimed(harness: Harness) -> None:
    case_id = harness.create_claimed_case(ANA)
    case = change(harness, case_id, reason="not_delivered")
    assert (case.queue_id, case.status, case.resolver_id) == ("logistics", Status.OPEN, None)
    assert harness.press(Action.OPEN_CASE, OMAR, case_id).card is not None
    assert harness.press(Action.OPEN_CASE, HEAD, case_id).card is not None
    for former in (ANA, BEN, DANA):
        with pytest.raises(NotFound):
            harness.press(Action.OPEN_CASE, former, case_id)


def test_moving_forgets_no_pause(harness: Harness) -> None:
    case_id = harness.create_claimed_case(ANA)
    harness.send(Action.AWAIT_CUSTOMER, ANA, case_id, what="A photo")
    harness.advance(hours=2)
    case = change(harness, case_id, reason="not_delivered", priority="1")
    assert [(pause.until or harness.now) - pause.since for pause in case.clock.pauses] == [
        harness.now - case.raised_at
    ]
    assert not case.clock.is_paused
    assert case.priority == 1


def test_a_reason_of_the_same_queue_leaves_the_case_with_its_resolver(harness: Harness) -> None:
    case_id = harness.create_claimed_case(ANA)
    case = change(harness, case_id, by=BEN, reason="chargeback")
    assert (case.reason_id, case.resolver_id, case.queue_id) == ("chargeback", "slack:UANA", "billing")
    assert harness.event_names(case_id)[-1] == "ReasonChanged"


def test_another_priority_brings_its_terms(harness: Harness) -> None:
    case_id = harness.create_case()
    case = change(harness, case_id, priority="1")
    assert (case.priority, case.clock.targets.claim_minutes) == (1, 30)


def test_changing_nothing_says_so(harness: Harness) -> None:
    case_id = harness.create_case()
    before = harness.event_names(case_id)
    with pytest.raises(Refused, match="already"):
        change(harness, case_id)
    assert harness.event_names(case_id) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (Field.WHY, "  "),
        (Field.REASON, ""),
        (Field.REASON, "gremlins"),
        (Field.PRIORITY, ""),
        (Field.PRIORITY, "0"),
        (Field.PRIORITY, "5"),
        (Field.PRIORITY, "-1"),
        (Field.PRIORITY, "²"),
        (Field.PRIORITY, "high"),
        (Field.PRIORITY, "1" * 5000),
    ],
)
def test_what_cannot_be_is_told_at_its_field_and_nothing_is_half_done(
    harness: Harness, field: Field, value: str
) -> None:
    case_id = harness.create_case()
    before = harness.case(case_id)
    values = {"reason": "chargeback", "priority": "1", field.value: value}
    with pytest.raises(FieldRefused) as refusal:
        change(harness, case_id, **values)
    assert refusal.value.field == field
    assert harness.case(case_id) == before


def test_a_closed_case_keeps_its_reason_and_priority(harness: Harness) -> None:
    case_id = harness.create_claimed_case(ANA)
    harness.send(Action.CLOSE, ANA, case_id, ending="withdrawn")
    with pytest.raises(CaseClosed):
        change(harness, case_id, priority="1")
