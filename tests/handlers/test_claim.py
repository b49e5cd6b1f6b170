"""What happens when people press Claim and Release?"""

import pytest

from cards.actions import Action
from core.case import Status
from core.errors import NotAllowed, NotFound, Stale
from tests.handlers.harness import ANA, BEN, DANA, ZOE, Harness


def test_a_resolver_who_claims_has_the_case(desk: Harness) -> None:
    case_id = desk.create_case()
    desk.press(Action.CLAIM, ANA, case_id)
    assert desk.case(case_id).resolver_id == "slack:UANA"
    assert desk.case(case_id).status is Status.UNDER_REVIEW


def test_the_second_to_claim_is_told_by_name_who_has_it(desk: Harness) -> None:
    case_id = desk.create_case()
    desk.press(Action.CLAIM, ANA, case_id)
    with pytest.raises(Stale, match=f"{case_id} is already claimed by Ana"):
        desk.press(Action.CLAIM, BEN, case_id)


def test_claiming_twice_changes_nothing(desk: Harness) -> None:
    case_id = desk.create_case()
    desk.press(Action.CLAIM, ANA, case_id)
    desk.press(Action.CLAIM, ANA, case_id)
    assert desk.event_names(case_id).count("CaseClaimed") == 1


def test_somebody_of_no_queue_is_told_of_no_case(desk: Harness) -> None:
    case_id = desk.create_case()
    with pytest.raises(NotFound):
        desk.press(Action.CLAIM, ZOE, case_id)


def test_somebody_never_met_is_told_of_no_case_and_not_kept(desk: Harness) -> None:
    case_id = desk.create_case()
    with pytest.raises(NotFound):
        desk.press(Action.OPEN_CASE, "USTRANGER", case_id)


def test_only_its_resolver_or_a_manager_may_release_it(desk: Harness) -> None:
    case_id = desk.create_case()
    desk.press(Action.CLAIM, ANA, case_id)
    with pytest.raises(NotAllowed, match="Only the resolver"):
        desk.press(Action.RELEASE, BEN, case_id)
    desk.press(Action.RELEASE, DANA, case_id)
    assert desk.case(case_id).resolver_id is None
