"""What do we take from Slack about people?"""

from __future__ import annotations

import pytest

from cards.actions import Action
from core.errors import NotFound
from handlers.people import follow_member, follow_person
from tests.handlers.desk import ANA, BILLING, DANA, STRANGER, ZOE, Desk


def test_who_joins_the_channel_works_in_its_queue_until_they_leave(desk: Desk) -> None:
    case_id = desk.raise_one()
    for _ in range(2):
        desk.store.run_blocking(follow_member, BILLING, ZOE, True)
    assert desk.press(Action.OPEN_CASE, ZOE, case_id).card is not None
    for _ in range(2):
        desk.store.run_blocking(follow_member, BILLING, ZOE, False)
    with pytest.raises(NotFound):
        desk.press(Action.OPEN_CASE, ZOE, case_id)


def test_another_name_address_and_zone_are_kept_up_with(desk: Desk) -> None:
    profile = {"real_name": "Ana Ruiz", "email": "ana.ruiz@example.com"}
    desk.store.run_blocking(follow_person, {"id": ANA, "profile": profile, "tz": "Europe/Berlin"})
    ana = desk.person(ANA)
    assert ana is not None
    assert (ana.name, ana.email, ana.zone) == ("Ana Ruiz", "ana.ruiz@example.com", "Europe/Berlin")
    assert ana.id == "slack:UANA"


def test_what_slack_leaves_out_stays_as_it_was(desk: Desk) -> None:
    before = desk.person(ANA)
    desk.store.run_blocking(follow_person, {"id": ANA})
    desk.store.run_blocking(follow_person, {"id": ANA, "profile": None, "tz": None})
    assert desk.person(ANA) == before


def test_somebody_deactivated_comes_back_when_slack_says_so(desk: Desk) -> None:
    case_id = desk.raise_one()
    desk.store.run_blocking(follow_person, {"id": ANA, "deleted": True})
    with pytest.raises(NotFound):
        desk.press(Action.CLAIM, ANA, case_id)
    desk.store.run_blocking(follow_person, {"id": ANA, "deleted": False})
    desk.press(Action.CLAIM, ANA, case_id)


def test_strangers_are_not_kept_for_having_changed_their_picture(desk: Desk) -> None:
    desk.store.run_blocking(follow_person, {"id": STRANGER, "profile": {"real_name": "Sam"}})
    assert desk.person(STRANGER) is None


@pytest.mark.parametrize("kind", ["is_restricted", "is_ultra_restricted"])
def test_whoever_becomes_a_guest_of_the_workspace_has_no_role_and_no_address_here(
    desk: Desk, kind: str
) -> None:
    case_id = desk.raise_claimed(DANA)
    profile = {"real_name": "Dana", "email": "dana@example.com"}
    desk.store.run_blocking(follow_person, {"id": DANA, kind: True, "profile": profile})
    with pytest.raises(NotFound):
        desk.press(Action.OPEN_CASE, DANA, case_id)
    assert desk.store.read_blocking(lambda tx: tx.people.find_by_handle("dana@example.com")) is None
    desk.store.run_blocking(follow_person, {"id": DANA, "profile": profile})
    assert desk.press(Action.OPEN_CASE, DANA, case_id).card is not None
