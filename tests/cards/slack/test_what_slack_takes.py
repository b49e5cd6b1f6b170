"""Tests that Slack accepts every card in every state."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from cards import full_case as page
from cards.actions import Action
from cards.views import DigestView
from core.case import Case
from tests.cards.examples import CASES, EVENTS, NOW, PEOPLE, POLICY, ROLES, ARow, view_of
from tests.cards.samples import CARDS, FORMS, HOME
from tests.cards.slack.rules import controls, good_home, good_message, good_modal


@pytest.mark.parametrize("name", CARDS)
def test_every_card_is_taken(name: str) -> None:
    good_message(CARDS[name])


@pytest.mark.parametrize("name", FORMS)
def test_every_form_is_taken(name: str) -> None:
    good_modal(FORMS[name])


def test_the_persons_own_page_is_taken() -> None:
    good_home(HOME)


@pytest.mark.parametrize(("case", "role"), list(product(CASES, ROLES)))
def test_a_case_is_taken_in_every_state_for_every_reader(case: str, role: str) -> None:
    good_message(view_of(CASES[case], role=ROLES[role]))
    view = page.full_case_view(
        CASES[case],
        policy=POLICY,
        people=PEOPLE,
        now=NOW,
        history=[ARow(id=f"D-{number}") for number in range(30)],
        events=[*EVENTS.values()] * 20,
        role=ROLES[role],
    )
    good_message(view)


def test_the_same_case_may_stand_in_two_lists_of_one_message() -> None:
    digest = CARDS["digest"]
    assert isinstance(digest, DigestView)
    twice = replace(digest, lists=digest.lists * 2)
    blocks = good_message(twice)["blocks"]
    assert [one["action_id"] for one in controls(blocks)] == [
        "open_case:D-1042",
        "open_case:D-1043",
        "open_case:D-1042:2",
        "open_case:D-1043:2",
    ]


def test_no_case_has_more_than_five_entries_in_its_menu() -> None:
    for case, role in product(CASES.values(), ROLES.values()):
        assert len(view_of(case, role=role).menu) <= 5


def test_every_button_of_a_case_says_which_case() -> None:
    for control in controls(good_message(view_of(CASES["under_review"]))["blocks"]):
        assert control["action_id"].endswith(":D-1042")
        assert control.get("value", "D-1042") == "D-1042"


def test_a_policy_that_no_longer_knows_the_reason_queue_or_tier_still_shows_the_case() -> None:
    case: Case = replace(CASES["under_review"], reason_id="gone", queue_id="gone")
    view = view_of(case)
    assert view.reason == "gone"
    assert view.clock is None
    assert Action.ASK_DECIDE in [button.action for button in view.buttons]
    good_message(view)
