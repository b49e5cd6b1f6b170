"""Tests of deliveries to Teams, alone and beside Slack."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.claiming import release
from core.noting import add_note
from core.person import Person
from core.policy import Policy
from core.reclassifying import change_reason
from scheduler.outbox.bursts import FIRST_FEW
from scheduler.sweeps.digests import send_digests
from store.transaction import Transaction
from tests.connectors.sandbox_slack import Slack
from tests.scheduler.harness import ANA, Harness
from tests.scheduler.harness import BILLING as IN_SLACK
from tests.scheduler.teams_harness import (
    ANA_ENTRA,
    ANA_ON_BOTH,
    BILLING,
    CONTRACTS,
    CONTRACTS_ADDRESS,
    GRETA_ENTRA,
    GRETA_HERSELF,
    TeamsHarness,
    a_company_on_both,
    actions_of,
    text_of,
)


@pytest.fixture
def company() -> Policy:
    return a_company_on_both()


async def test_a_case_in_two_channels_has_a_card_in_both_and_one_claim_changes_both(
    harness: Harness, slack: Slack, teams: TeamsHarness
) -> None:
    case_id = await harness.raise_one()
    await harness.deliver_all()
    assert [case_id in card["text"] for card in harness.cards(IN_SLACK)] == [True]
    (card,) = teams.roots(BILLING)
    assert case_id in text_of(card)
    assert "claim" in actions_of(card)
    await teams.knows(ANA_ON_BOTH)
    await harness.claim(case_id)
    await harness.deliver_all()
    (in_slack,) = harness.cards(IN_SLACK)
    (in_teams,) = teams.roots(BILLING)
    assert "U0ANA" in str(in_slack["blocks"])
    assert "Ana Ruiz" in text_of(in_teams)
    assert "claim" not in actions_of(in_teams)
    assert len(in_teams.before) == 1
    assert "claimed" in str(slack.thread(IN_SLACK, in_slack["ts"]))
    assert ["claimed" in text_of(told) for told in teams.thread(in_teams)] == [True]


async def test_every_story_stands_under_its_own_case_in_order(harness: Harness, teams: TeamsHarness) -> None:
    one, other = await harness.raise_many(2)
    await harness.deliver_all()
    for number in range(3):
        for case_id in (one, other):
            await harness.act(case_id, add_note, actor_id=ANA.id, text=f"Note {number} on {case_id}")
    await harness.deliver_all()
    for case_id, root in zip((one, other), teams.roots(BILLING), strict=True):
        assert case_id in text_of(root)
        told = [text_of(posted) for posted in teams.thread(root)]
        assert [f"Note {n} on {case_id}" in told[n] for n in range(3)] == [True] * 3
        assert len(told) == 3


async def test_many_changes_of_one_case_are_one_update(harness: Harness, teams: TeamsHarness) -> None:
    case_id = await harness.raise_one("contract")
    await harness.deliver_all()
    await teams.knows(ANA_ON_BOTH)
    for _ in range(4):
        await harness.claim(case_id)
        await harness.act(case_id, release, actor_id=ANA.id)
    await harness.deliver_all()
    (card,) = teams.roots(CONTRACTS)
    assert len(card.before) == 1


async def test_who_works_in_the_queue_is_shown_buttons_of_their_own(
    harness: Harness, teams: TeamsHarness
) -> None:
    await teams.knows(GRETA_HERSELF)
    await harness.raise_one("contract")
    await harness.deliver_all()
    (card,) = teams.roots(CONTRACTS)
    content = card.body["attachments"][0]["content"]
    assert content["refresh"]["userIds"] == [f"29:{GRETA_ENTRA}-before-this-bot"]


async def test_the_brief_goes_where_its_resolver_last_did_something(
    harness: Harness, teams: TeamsHarness
) -> None:
    await teams.knows(ANA_ON_BOTH, last_on="teams")
    case_id = await harness.raise_one()
    await harness.claim(case_id)
    await harness.deliver_all()
    assert harness.cards("D0ANA") == []
    (brief,) = teams.chat(ANA_ENTRA)
    assert case_id in text_of(brief)


async def test_a_brief_is_kept_true_where_it_stands_wherever_its_reader_goes(
    harness: Harness, teams: TeamsHarness
) -> None:
    await teams.knows(ANA_ON_BOTH, last_on="teams")
    case_id = await harness.raise_one()
    await harness.claim(case_id)
    await harness.deliver_all()
    await teams.knows(ANA_ON_BOTH, last_on="slack")
    await harness.act(case_id, release, actor_id=ANA.id)
    await harness.deliver_all()
    (brief,) = teams.chat(ANA_ENTRA)
    assert "Back in its queue" in text_of(brief)
    assert harness.cards("D0ANA") == []


async def test_a_brief_on_a_platform_that_was_left_holds_up_nobody(
    harness: Harness, teams: TeamsHarness
) -> None:
    await teams.knows(ANA_ON_BOTH, last_on="slack")
    case_id = await harness.raise_one("contract")
    await harness.claim(case_id)
    await harness.deliver_all()
    assert harness.cards("D0ANA")
    teams.without_slack()
    await harness.act(case_id, release, actor_id=ANA.id)
    await harness.deliver_all()
    assert await harness.parked() == []


@pytest.mark.parametrize(("last_on", "is_in_slack"), [(None, True), ("slack", True), ("teams", False)])
async def test_a_person_on_both_is_written_to_in_one_place(
    harness: Harness, teams: TeamsHarness, last_on: str | None, is_in_slack: bool
) -> None:
    await teams.knows(ANA_ON_BOTH, last_on=last_on)
    await harness.claim(await harness.raise_one())
    await harness.deliver_all()
    assert (len(harness.cards("D0ANA")), len(teams.chat(ANA_ENTRA))) == (is_in_slack, not is_in_slack)


async def test_what_waits_for_somebody_under_a_given_up_id_still_reaches_them(
    harness: Harness, teams: TeamsHarness
) -> None:
    """They were met on Teams before it was known that Slack knows them too."""
    await teams.knows(replace(GRETA_HERSELF, email=None))
    case_id = await harness.raise_one("contract")
    await harness.claim(case_id, GRETA_HERSELF)
    await harness.act(case_id, release, actor_id=ANA.id)
    await harness.store.run(_join, replace(GRETA_HERSELF, slack_ref="U0FINN"))
    await harness.deliver_all()
    assert "no longer with you" in str([*harness.cards("D0FINN"), *teams.chat(GRETA_ENTRA)])
    assert await harness.parked() == []


async def test_the_chat_that_somebody_began_is_used_and_one_that_was_opened_is_kept(
    harness: Harness, teams: TeamsHarness
) -> None:
    await teams.knows(ANA_ON_BOTH, GRETA_HERSELF, last_on="teams")
    begun = await teams.wrote_to_the_bot(ANA_ENTRA)
    for person in (ANA_ON_BOTH, GRETA_HERSELF, ANA_ON_BOTH, GRETA_HERSELF):
        await harness.claim(await harness.raise_one("contract"), person)
    await harness.deliver_all()
    assert len(teams.fake_teams.messages[begun]) == 2
    assert len(teams.chat(GRETA_ENTRA)) == 2
    assert teams.fake_teams.count("open") == 1
    chat = await harness.store.read(lambda tx: tx.conversations.find_personal(GRETA_ENTRA))
    assert chat is not None
    assert chat.service_url == teams.fake_teams.url


async def test_an_installation_without_slack_does_everything(harness: Harness, teams: TeamsHarness) -> None:
    teams.without_slack()
    await teams.knows(GRETA_HERSELF)
    case_id = await harness.raise_one("contract")
    await harness.claim(case_id, GRETA_HERSELF)
    await harness.act(case_id, add_note, actor_id=GRETA_HERSELF.id, text="Called them")
    await harness.deliver_all()
    (card,) = teams.roots(CONTRACTS)
    assert ["Called them" in text_of(told) for told in teams.thread(card, CONTRACTS)] == [False, True]
    (brief,) = teams.chat(GRETA_ENTRA)
    assert "Greta Holm" in text_of(brief)
    assert await harness.parked() == []


async def test_a_channel_of_slack_without_slack_is_parked_by_name(
    harness: Harness, teams: TeamsHarness
) -> None:
    teams.without_slack()
    await harness.raise_one("damaged")
    await harness.deliver_all()
    assert "Slack isn't connected" in str((await harness.parked())[0].error)


async def test_a_burst_is_one_list_in_each_channel(harness: Harness, teams: TeamsHarness) -> None:
    await harness.raise_many(40)
    await harness.deliver_all()
    assert len(harness.cards(IN_SLACK)) == FIRST_FEW + 1
    *cards, told = teams.roots(BILLING)
    assert len(cards) == FIRST_FEW
    assert "37 more disputes" in text_of(told)


async def test_a_digest_comes_into_a_channel_of_teams(harness: Harness, teams: TeamsHarness) -> None:
    case_id = await harness.raise_one("contract")
    await harness.deliver_all()
    await send_digests(harness.store, harness.time.now())
    await harness.deliver_all()
    (_, digest) = teams.roots(CONTRACTS)
    assert "Unclaimed" in text_of(digest)
    assert case_id in text_of(digest)


async def test_a_deleted_card_is_posted_anew_and_the_thread_goes_on_there(
    harness: Harness, teams: TeamsHarness
) -> None:
    case_id = await harness.raise_one("contract")
    await harness.deliver_all()
    teams.fake_teams.delete(CONTRACTS, teams.roots(CONTRACTS)[0].id)
    await harness.act(case_id, add_note, actor_id=ANA.id, text="Called them")
    await harness.deliver_all()
    (card,) = teams.roots(CONTRACTS)
    assert ["Called them" in text_of(told) for told in teams.thread(card, CONTRACTS)] == [True]
    teams.fake_teams.delete(CONTRACTS, card.id)
    await harness.claim(case_id)
    await harness.deliver_all()
    (anew,) = teams.roots(CONTRACTS)
    posted = await harness.store.read(lambda tx: tx.posted_cards.find(case_id, CONTRACTS_ADDRESS))
    assert posted is not None
    assert (posted.channel_ref, posted.message_ref) == (CONTRACTS, anew.id)


async def test_a_moved_case_leaves_a_signpost_in_teams_and_its_card_goes_on(
    harness: Harness, teams: TeamsHarness
) -> None:
    case_id = await harness.raise_one()
    await harness.deliver_all()
    moved = {
        "reason_id": "contract",
        "policy": harness.services.policy,
        "actor_id": ANA.id,
        "why": "A contract",
    }
    await harness.act(case_id, change_reason, **moved)
    await harness.deliver_all()
    (left,) = teams.roots(BILLING)
    (card,) = teams.roots(CONTRACTS)
    assert "Moved to Contracts disputes" in text_of(left)
    assert "claim" not in actions_of(left)
    assert "claim" in actions_of(card)


def _join(tx: Transaction, person: Person) -> None:
    """As both platforms tell it."""
    tx.people.link_account("slack", str(person.slack_ref), name=person.name, email=person.email)
    tx.people.link_account("teams", str(person.teams_ref), name=person.name, email=person.email)
    assert tx.people.get(f"teams:{person.teams_ref}").teams_ref is None
