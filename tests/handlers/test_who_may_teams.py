"""Permissions from Teams: colleagues as in Slack, guests and strangers none."""

from __future__ import annotations

from contextlib import suppress

import pytest

from cards.actions import Action
from cards.views import CaseView, ListView
from core.errors import NotAllowed, NotFound, Refused
from handlers.actions import CHANGES, FOR_READERS, QUERIES
from handlers.types import Reply
from store.outbox.posted_cards import PostedCard
from tests.handlers.harness import ANA, ANA_TEAMS, BEN, BILLING_TEAMS, DANA_TEAMS, GUEST, KIM, Harness
from tests.handlers.test_who_may import (
    NEW,
    OF_NO_CASE,
    ON_ONE_CASE,
    TO_ANY_RESOLVER,
    TO_ITS_RESOLVER,
    attempt,
    has_changed,
    ready_for,
)

A_GUEST = "You are a guest here. Guests can read the cards, not work on them."
STRANGER = "0f-stranger"
CHANGES_THE_CASE = {*CHANGES} - {Action.NOTE}


@pytest.mark.parametrize("action", ON_ONE_CASE)
def test_strangers_are_told_that_there_is_no_such_case(teams_harness: Harness, action: Action) -> None:
    case_id = ready_for(teams_harness, action)
    before, promised = teams_harness.case(case_id), teams_harness.pending_deliveries()
    with pytest.raises(NotFound) as hidden:
        attempt(teams_harness, action, STRANGER, case_id)
    with pytest.raises(NotFound) as missing:
        attempt(teams_harness, action, STRANGER, "D-9999")
    assert str(hidden.value).replace(case_id, "D-9999") == str(missing.value)
    assert (teams_harness.case(case_id), teams_harness.pending_deliveries()) == (before, promised)


@pytest.mark.parametrize("action", ON_ONE_CASE)
def test_guests_are_told_that_they_are_guests_whether_there_is_such_a_case_or_not(
    teams_harness: Harness, action: Action
) -> None:
    case_id = ready_for(teams_harness, action)
    before, promised = teams_harness.case(case_id), teams_harness.pending_deliveries()
    for asked in (case_id, "D-9999"):
        with pytest.raises(Refused, match=f"^{A_GUEST}$"):
            attempt(teams_harness, action, GUEST, asked)
    assert (teams_harness.case(case_id), teams_harness.pending_deliveries()) == (before, promised)


@pytest.mark.parametrize("action", sorted(OF_NO_CASE - FOR_READERS - {Action.OPEN_HOME}))
def test_guests_are_told_so_by_what_stands_on_no_case_too(teams_harness: Harness, action: Action) -> None:
    for value in ("", "queue", "D-9999"):
        with pytest.raises(Refused, match=f"^{A_GUEST}$"):
            teams_harness.press(action, GUEST, value=value, values=NEW)


def test_a_guests_own_page_says_nothing_else(teams_harness: Harness) -> None:
    page = teams_harness.press(Action.OPEN_HOME, GUEST).home
    assert page is not None
    assert (page.greeting, page.figures, page.lists, page.buttons) == (A_GUEST, (), (), ())


@pytest.mark.parametrize("by", [GUEST, STRANGER])
@pytest.mark.parametrize("action", sorted(OF_NO_CASE))
def test_guests_and_strangers_get_nothing_out_of_what_stands_on_no_case(
    teams_harness: Harness, action: Action, by: str
) -> None:
    case_id = ready_for(teams_harness, Action.CLAIM)
    before = teams_harness.case(case_id), teams_harness.case_ids(), teams_harness.pending_deliveries()
    for value in ("", case_id, "queue", "queue|billing|", "teams:" + BILLING_TEAMS, "Nordwind"):
        with suppress(Refused):
            reply = teams_harness.press(action, by, value=value, values=NEW, channel=BILLING_TEAMS)
            assert (shown(reply), reply.form) == ([], None)
    assert (
        teams_harness.case(case_id),
        teams_harness.case_ids(),
        teams_harness.pending_deliveries(),
    ) == before


def shown(reply: Reply) -> list[str]:
    """The cases that a reply shows."""
    lists: list[ListView] = [reply.card] if isinstance(reply.card, ListView) else []
    lists += reply.home.lists if reply.home else ()
    cards = [*(reply.found or ()), *([reply.card] if isinstance(reply.card, CaseView) else []), *reply.unfurl]
    return [row.case_id for one in lists for row in one.rows] + [str(card) for card in cards]


def test_every_action_is_tried_here() -> None:
    assert {*ON_ONE_CASE, *OF_NO_CASE} == {*CHANGES, *QUERIES}


@pytest.mark.parametrize("action", ON_ONE_CASE)
def test_a_manager_may_do_everything_from_teams(teams_harness: Harness, action: Action) -> None:
    case_id = ready_for(teams_harness, action)
    assert has_changed(teams_harness, action, DANA_TEAMS, case_id) is (action in CHANGES_THE_CASE)


@pytest.mark.parametrize("action", sorted(TO_ITS_RESOLVER))
def test_what_somebody_claimed_in_slack_is_theirs_in_teams(teams_harness: Harness, action: Action) -> None:
    case_id = ready_for(teams_harness, action)
    with pytest.raises(NotAllowed, match=f"Only the resolver of {case_id} or a manager of Billing disputes"):
        attempt(teams_harness, action, KIM, case_id)
    assert has_changed(teams_harness, action, ANA_TEAMS, case_id) is (action in CHANGES_THE_CASE)


@pytest.mark.parametrize("action", sorted(TO_ANY_RESOLVER))
def test_a_colleague_whom_slack_does_not_know_may_what_every_resolver_may(
    teams_harness: Harness, action: Action
) -> None:
    case_id = ready_for(teams_harness, action)
    assert has_changed(teams_harness, action, KIM, case_id) is (action in CHANGES_THE_CASE)


def test_what_one_claims_in_teams_the_other_is_refused_in_slack(teams_harness: Harness) -> None:
    case_id = teams_harness.create_case()
    teams_harness.press(Action.CLAIM, ANA_TEAMS, case_id)
    teams_harness.press(Action.CLAIM, ANA, case_id)
    assert teams_harness.case(case_id).resolver_id == f"slack:{ANA}"
    with pytest.raises(Refused, match=f"{case_id} is already claimed by Ana"):
        teams_harness.press(Action.CLAIM, BEN, case_id)


def test_a_colleague_who_became_a_guest_has_nothing_left_in_teams(teams_harness: Harness) -> None:
    case_id = teams_harness.create_claimed_case(ANA_TEAMS)
    teams_harness.store.run_blocking(lambda tx: tx.people.link_account("teams", ANA_TEAMS, is_active=False))
    for action in ON_ONE_CASE:
        with pytest.raises(Refused, match=A_GUEST):
            attempt(teams_harness, action, ANA_TEAMS, case_id)
    assert teams_harness.press(Action.OPEN_CASE, ANA, case_id).card is not None


def test_the_card_in_a_channel_is_read_by_a_guest_and_pressed_by_nobody_but_colleagues(
    teams_harness: Harness,
) -> None:
    case_id = teams_harness.create_case()
    address = f"teams:{BILLING_TEAMS}"
    card = PostedCard(
        case_id=case_id, address=address, kind="card", channel_ref=BILLING_TEAMS, message_ref="1"
    )
    teams_harness.store.run_blocking(lambda tx: tx.posted_cards.save(card))
    seen = teams_harness.press(Action.SHOW_CARD, GUEST, value=case_id, channel=BILLING_TEAMS).card
    assert isinstance(seen, CaseView)
    assert ([one.action for one in seen.buttons], seen.menu) == ([Action.OPEN_CASE], ())
