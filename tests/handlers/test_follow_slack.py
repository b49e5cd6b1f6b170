"""Slack's events about people."""

from __future__ import annotations

from typing import Any

import pytest

from cards.actions import Action
from core.errors import NotFound, Refused
from core.slack_guests import Workspace
from handlers.follow_slack import follow_member, follow_person
from tests.handlers.harness import ANA, BILLING, DANA, STRANGER, ZOE, Harness

OURS = Workspace("T0OURS", "E0OURS")


def change_person(harness: Harness, ref: str, **changes: Any) -> None:
    """Slack reports a change of a person of our own workspace, unless `changes` say otherwise."""
    harness.store.run_blocking(follow_person, {"id": ref, "team_id": "T0OURS", **changes}, OURS)


def test_who_joins_the_channel_works_in_its_queue_until_they_leave(harness: Harness) -> None:
    case_id = harness.create_case()
    for _ in range(2):
        harness.store.run_blocking(follow_member, BILLING, ZOE, True)
    assert harness.press(Action.OPEN_CASE, ZOE, case_id).card is not None
    for _ in range(2):
        harness.store.run_blocking(follow_member, BILLING, ZOE, False)
    with pytest.raises(NotFound):
        harness.press(Action.OPEN_CASE, ZOE, case_id)


def test_a_stranger_who_joins_has_no_role_until_slack_was_asked_who_they_are(harness: Harness) -> None:
    case_id = harness.create_case()
    with pytest.raises(NotFound):
        harness.press(Action.CLAIM, STRANGER, case_id)
    assert harness.store.run_blocking(follow_member, BILLING, STRANGER, True)
    with pytest.raises(NotFound):
        harness.press(Action.CLAIM, STRANGER, case_id)
    assert not harness.store.run_blocking(follow_member, BILLING, ZOE, True)


def test_another_name_address_and_zone_are_kept_up_with(harness: Harness) -> None:
    profile = {"real_name": "Ana Ruiz", "email": "ana.ruiz@example.com"}
    change_person(harness, ANA, profile=profile, tz="Europe/Berlin")
    ana = harness.person(ANA)
    assert ana is not None
    assert (ana.name, ana.email, ana.zone) == ("Ana Ruiz", "ana.ruiz@example.com", "Europe/Berlin")
    assert ana.id == "slack:UANA"


def test_what_slack_leaves_out_stays_as_it_was(harness: Harness) -> None:
    before = harness.person(ANA)
    change_person(harness, ANA)
    change_person(harness, ANA, profile=None, tz=None)
    assert harness.person(ANA) == before


def test_somebody_deactivated_comes_back_when_slack_says_so(harness: Harness) -> None:
    case_id = harness.create_case()
    change_person(harness, ANA, deleted=True)
    with pytest.raises(Refused, match="You are a guest here"):
        harness.press(Action.CLAIM, ANA, case_id)
    change_person(harness, ANA, deleted=False)
    harness.press(Action.CLAIM, ANA, case_id)


def test_strangers_are_not_kept_for_having_changed_their_picture(harness: Harness) -> None:
    change_person(harness, STRANGER, profile={"real_name": "Sam"})
    assert harness.person(STRANGER) is None


@pytest.mark.parametrize(
    "told",
    [
        {"is_restricted": True},
        {"is_ultra_restricted": True},
        {"is_stranger": True},
        {"team_id": "T0THEIRS"},
        {"team_id": "T0THEIRS", "enterprise_user": {"enterprise_id": "E0THEIRS", "teams": ["T0THEIRS"]}},
        {"team_id": None},
    ],
)
def test_whoever_is_a_guest_or_of_another_company_has_no_role_and_no_address_here(
    harness: Harness, told: dict[str, Any]
) -> None:
    case_id = harness.create_claimed_case(DANA)
    profile = {"real_name": "Dana", "email": "dana@example.com"}
    change_person(harness, DANA, profile=profile, **told)
    with pytest.raises(Refused, match="You are a guest here"):
        harness.press(Action.OPEN_CASE, DANA, case_id)
    assert harness.store.read_blocking(lambda tx: tx.people.find_by_handle("dana@example.com")) is None
    change_person(harness, DANA, profile=profile)
    assert harness.press(Action.OPEN_CASE, DANA, case_id).card is not None


@pytest.mark.parametrize(
    "told",
    [
        {"team_id": "T0NEXT", "enterprise_user": {"enterprise_id": "E0OURS"}},
        {"team_id": None, "enterprise_user": {"teams": ["T0NEXT", "T0OURS"]}},
        {"team_id": "E0OURS"},
    ],
)
def test_every_workspace_of_the_companys_grid_is_ours(harness: Harness, told: dict[str, Any]) -> None:
    case_id = harness.create_claimed_case(DANA)
    change_person(harness, DANA, profile={"email": "dana@example.com"}, **told)
    assert harness.press(Action.OPEN_CASE, DANA, case_id).card is not None
