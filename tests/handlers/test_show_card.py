"""A channel's card as each of its readers sees it."""

from __future__ import annotations

import pytest

from cards.actions import Action
from cards.views import CaseView
from core.errors import NotFound
from core.platforms import MOST_READERS
from store.outbox.posted_cards import PostedCard
from store.queue_members import readers_of, workers_of
from store.transaction import Transaction
from tests.handlers.harness import (
    ANA,
    ANA_TEAMS,
    BILLING_TEAMS,
    DANA_TEAMS,
    KIM,
    LOGISTICS_TEAMS,
    OMAR,
    Harness,
)

STRANGER = "0f-stranger"


def post(harness: Harness, case_id: str, channel: str = BILLING_TEAMS, kind: str = "card") -> None:
    posted = PostedCard(
        case_id=case_id, address=f"teams:{channel}", kind=kind, channel_ref=channel, message_ref="1"
    )
    harness.store.run_blocking(lambda tx: tx.posted_cards.save(posted))


def card(harness: Harness, by: str, case_id: str, channel: str = BILLING_TEAMS) -> CaseView:
    seen = harness.press(Action.SHOW_CARD, by, value=case_id, channel=channel).card
    assert isinstance(seen, CaseView)
    return seen


def offered(view: CaseView) -> set[Action]:
    return {one.action for one in view.buttons} | {one.action for one in view.menu}


def test_everybody_sees_the_buttons_that_are_theirs(teams_harness: Harness) -> None:
    case_id = teams_harness.create_claimed_case(ANA)
    post(teams_harness, case_id)
    by = {one: offered(card(teams_harness, one, case_id)) for one in (ANA_TEAMS, KIM, DANA_TEAMS, STRANGER)}
    assert Action.ASK_DECIDE in by[ANA_TEAMS]
    assert by[ANA_TEAMS] == by[DANA_TEAMS]
    assert by[KIM] == {Action.ASK_NOTE, Action.OPEN_CASE, Action.ASK_REASSIGN, Action.ASK_CHANGE}
    assert by[STRANGER] == {Action.OPEN_CASE}


def test_all_else_is_the_same_for_everybody(teams_harness: Harness) -> None:
    case_id = teams_harness.create_claimed_case(ANA)
    post(teams_harness, case_id)
    mine, theirs = card(teams_harness, ANA_TEAMS, case_id), card(teams_harness, KIM, case_id)
    assert (mine.resolver, mine.statement, mine.clock) == (theirs.resolver, theirs.statement, theirs.clock)
    assert mine.resolver is not None
    assert mine.resolver.name == "Ana"


def test_a_case_that_has_left_the_channel_offers_nothing_there(teams_harness: Harness) -> None:
    case_id = teams_harness.create_case()
    post(teams_harness, case_id, LOGISTICS_TEAMS)
    left = card(teams_harness, DANA_TEAMS, case_id, LOGISTICS_TEAMS)
    assert (left.status, offered(left)) == ("Moved to Billing disputes", set())
    assert Action.CLAIM in offered(card(teams_harness, DANA_TEAMS, case_id))


@pytest.mark.parametrize("value", ["", "D-9999", "nonsense", "D-" + "9" * 40])
def test_a_case_that_is_not_there_has_no_card(teams_harness: Harness, value: str) -> None:
    with pytest.raises(NotFound):
        teams_harness.press(Action.SHOW_CARD, DANA_TEAMS, value=value, channel=BILLING_TEAMS)


def test_whoever_may_not_see_the_case_has_it_shown_nowhere_but_where_it_stands(
    teams_harness: Harness,
) -> None:
    case_id = teams_harness.create_case()
    for channel in (BILLING_TEAMS, LOGISTICS_TEAMS, "a:chat", None):
        with pytest.raises(NotFound):
            teams_harness.press(Action.SHOW_CARD, STRANGER, value=case_id, channel=channel)
    post(teams_harness, case_id, kind="listed")
    with pytest.raises(NotFound):
        teams_harness.press(Action.SHOW_CARD, STRANGER, value=case_id, channel=BILLING_TEAMS)
    post(teams_harness, case_id)
    assert card(teams_harness, STRANGER, case_id).case_id == case_id
    with pytest.raises(NotFound):
        teams_harness.press(Action.SHOW_CARD, STRANGER, value=case_id, channel=LOGISTICS_TEAMS)


def test_managers_and_resolvers_known_to_teams_have_cards_of_their_own(teams_harness: Harness) -> None:
    case_id = teams_harness.create_case()
    assert card(teams_harness, KIM, case_id).readers == ("29:dana", "29:ana", "29:kim")


def working_in(tx: Transaction, queue_id: str) -> list[str]:
    return [person.name for person in workers_of(tx, tx.policy.queues[queue_id])]


def reading(tx: Transaction, queue_id: str) -> tuple[str, ...]:
    return readers_of(tx, tx.policy.queues[queue_id])


def test_a_queues_people_are_those_of_both_of_its_channels_once_each(teams_harness: Harness) -> None:
    assert teams_harness.store.read_blocking(working_in, "billing") == ["Dana", "Ana", "Ben", "Kim"]
    assert teams_harness.store.read_blocking(working_in, "logistics") == ["Omar"]


def join(tx: Transaction, channel: str, people: int) -> None:
    refs = [f"1-{number:03}" for number in range(people)]
    for ref in refs:
        tx.people.link_account("teams", ref, name=ref, mri=f"29:{ref}")
    tx.people.set_members(channel, refs)


def test_more_than_teams_takes_are_cut_off_the_managers_never(teams_harness: Harness) -> None:
    teams_harness.store.run_blocking(join, BILLING_TEAMS, MOST_READERS + 10)
    readers = teams_harness.store.read_blocking(reading, "billing")
    assert len(readers) == MOST_READERS
    assert readers[:3] == ("29:dana", "29:ana", "29:1-000")
    assert readers == teams_harness.store.read_blocking(reading, "billing")


def test_whoever_left_slack_works_no_longer_through_its_channel(teams_harness: Harness) -> None:
    teams_harness.store.run_blocking(lambda tx: tx.people.remove_member(BILLING_TEAMS, ANA_TEAMS))
    assert "Ana" in teams_harness.store.read_blocking(working_in, "billing")
    teams_harness.store.run_blocking(lambda tx: tx.people.link_account("slack", ANA, is_active=False))
    assert "Ana" not in teams_harness.store.read_blocking(working_in, "billing")
    case_id = teams_harness.create_case()
    with pytest.raises(NotFound):
        teams_harness.press(Action.CLAIM, ANA_TEAMS, case_id)


def test_a_link_unfolds_in_the_queues_channel_of_teams_too(teams_harness: Harness) -> None:
    case_id = teams_harness.create_case(reason_id="not_delivered")
    url = f"https://ombud.example/cases/{case_id}"
    for channel, cards in ((LOGISTICS_TEAMS, [url]), (BILLING_TEAMS, []), (None, [])):
        reply = teams_harness.press(Action.SHARE_LINK, OMAR, value=url, channel=channel)
        assert list(reply.unfurl) == cards
