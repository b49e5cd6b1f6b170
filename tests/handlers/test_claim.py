"""Claim and Release, pressed by people."""

import pytest

from cards.actions import Action
from core.case import Status
from core.errors import NotAllowed, NotFound, Stale
from tests.handlers.harness import ANA, BEN, DANA, ZOE, Harness


def test_a_resolver_who_claims_has_the_case(harness: Harness) -> None:
    case_id = harness.create_case()
    harness.press(Action.CLAIM, ANA, case_id)
    assert harness.case(case_id).resolver_id == "slack:UANA"
    assert harness.case(case_id).status is Status.UNDER_REVIEW


def test_the_second_to_claim_is_told_by_name_who_has_it(harness: Harness) -> None:
    case_id = harness.create_case()
    harness.press(Action.CLAIM, ANA, case_id)
    with pytest.raises(Stale, match=f"{case_id} is already claimed by Ana"):
        harness.press(Action.CLAIM, BEN, case_id)


def test_claiming_twice_changes_nothing(harness: Harness) -> None:
    case_id = harness.create_case()
    harness.press(Action.CLAIM, ANA, case_id)
    harness.press(Action.CLAIM, ANA, case_id)
    assert harness.event_names(case_id).count("CaseClaimed") == 1


def test_somebody_of_no_queue_is_told_of_no_case(harness: Harness) -> None:
    case_id = harness.create_case()
    with pytest.raises(NotFound):
        harness.press(Action.CLAIM, ZOE, case_id)


def test_somebody_never_met_is_told_of_no_case_and_not_kept(harness: Harness) -> None:
    case_id = harness.create_case()
    with pytest.raises(NotFound):
        harness.press(Action.OPEN_CASE, "USTRANGER", case_id)


def test_only_its_resolver_or_a_manager_may_release_it(harness: Harness) -> None:
    case_id = harness.create_case()
    harness.press(Action.CLAIM, ANA, case_id)
    with pytest.raises(NotAllowed, match="Only the resolver"):
        harness.press(Action.RELEASE, BEN, case_id)
    harness.press(Action.RELEASE, DANA, case_id)
    assert harness.case(case_id).resolver_id is None
