"""Tests of refusals and outages of Teams and of our own crashes: nothing is lost."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from core.effects import Effect, person_address
from core.noting import add_note
from core.policy import Policy
from scheduler.lease import LEASE
from scheduler.outbox.drain import OutboxDrain
from scheduler.rate_limits import RateLimiter
from scheduler.retry import LONGEST_WAIT
from scheduler.sweeps.deadlines import DeadlineSweep
from scheduler.sync.teams import sync_teams_people
from tests.connectors.sandbox_slack import Slack
from tests.scheduler.harness import ANA, Harness
from tests.scheduler.harness import BILLING as IN_SLACK
from tests.scheduler.teams_harness import (
    ANA_ON_BOTH,
    BILLING,
    CONTRACTS,
    CONTRACTS_ADDRESS,
    GRETA,
    GRETA_ENTRA,
    GRETA_HERSELF,
    IN_TEAMS,
    TeamsHarness,
    a_company_on_both,
    text_of,
)


@pytest.fixture
def company() -> Policy:
    return a_company_on_both()


@pytest.mark.parametrize("status", [412, 429, 502, 503, 504])
async def test_what_passes_goes_back_to_the_outbox_and_arrives_once(
    harness: Harness, teams: TeamsHarness, status: int
) -> None:
    teams.fake_teams.fail_next("post", status)
    case_id = await harness.raise_one("contract")
    await harness.deliver()
    assert teams.roots(CONTRACTS) == []
    assert len(await harness.pending(CONTRACTS_ADDRESS)) == 1
    await harness.deliver_all()
    assert [case_id in text_of(card) for card in teams.roots(CONTRACTS)] == [True]
    assert await harness.parked() == []


async def test_a_connection_that_breaks_before_anything_was_done_costs_nothing(
    harness: Harness, teams: TeamsHarness
) -> None:
    teams.fake_teams.fail_next("post")
    await harness.raise_one("contract")
    await harness.deliver_all()
    assert len(teams.roots(CONTRACTS)) == 1


@pytest.mark.parametrize("status", [0, 502, 504])
async def test_after_a_lost_answer_it_is_sent_again_and_the_later_card_is_the_one_kept_true(
    harness: Harness, teams: TeamsHarness, status: int
) -> None:
    """Teams lets no bot read what it posted: rather twice than never."""
    teams.fake_teams.fail_next("post", status, is_done=True)
    case_id = await harness.raise_one("contract")
    await harness.deliver_all()
    lost, kept = teams.roots(CONTRACTS)
    await teams.knows(ANA_ON_BOTH)
    await harness.claim(case_id)
    await harness.deliver_all()
    assert (len(lost.before), len(kept.before)) == (0, 1)
    assert len(teams.thread(kept, CONTRACTS)) == 1
    assert harness.services.counters.found_sent == 0


async def test_a_process_that_dies_between_sending_and_settling_leaves_one_card_that_is_known(
    harness: Harness, teams: TeamsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = await harness.raise_one("contract")
    posts = harness.services.teams.posts if harness.services.teams else None
    assert posts is not None
    send = posts.post

    async def send_and_die(*args: object, **kwargs: object) -> object:
        await send(*args, **kwargs)  # type: ignore[arg-type]
        raise asyncio.CancelledError

    monkeypatch.setattr(posts, "post", send_and_die)
    with pytest.raises(asyncio.CancelledError):
        await harness.deliver()
    monkeypatch.undo()
    await harness.store.run(lambda tx: tx.outbox.clear_leases("test"))
    harness.drain = OutboxDrain(harness.services, holder="test again")
    await harness.deliver_all()
    _, kept = teams.roots(CONTRACTS)
    posted = await harness.store.read(lambda tx: tx.posted_cards.find(case_id, CONTRACTS_ADDRESS))
    assert posted is not None
    assert posted.message_ref == kept.id


async def test_a_thread_whose_answer_is_lost_costs_no_second_card(
    harness: Harness, teams: TeamsHarness
) -> None:
    case_id = await harness.raise_one("contract")
    await harness.deliver_all()
    teams.fake_teams.fail_next("post", 502, is_done=True)
    await harness.act(case_id, add_note, actor_id=ANA.id, text="Called them")
    await harness.deliver_all()
    assert len(teams.roots(CONTRACTS)) == 1
    assert len(teams.thread(teams.roots(CONTRACTS)[0], CONTRACTS)) == 2


async def test_an_update_without_an_answer_is_simply_repeated(harness: Harness, teams: TeamsHarness) -> None:
    await teams.knows(ANA_ON_BOTH)
    case_id = await harness.raise_one("contract")
    await harness.deliver_all()
    teams.fake_teams.fail_next("update", is_done=True)
    await harness.claim(case_id)
    await harness.deliver_all()
    (card,) = teams.roots(CONTRACTS)
    assert "Ana Ruiz" in text_of(card)
    assert len(card.before) == 2


async def test_a_429_rests_the_conversation_as_long_as_teams_says_and_nobody_else(
    harness: Harness, teams: TeamsHarness
) -> None:
    teams.fake_teams.fail_next("post", 429, headers={"Retry-After": "25"})
    await harness.raise_one("contract")
    await harness.deliver()
    await harness.raise_one()
    await harness.deliver()
    assert len(teams.roots(BILLING)) == 1
    harness.time.add(timedelta(seconds=24))
    await harness.deliver()
    assert teams.roots(CONTRACTS) == []
    harness.time.add(timedelta(seconds=15))
    await harness.deliver()
    assert len(teams.roots(CONTRACTS)) == 1


async def test_a_429_closes_the_conversation_for_every_lane_that_speaks_there(
    harness: Harness, teams: TeamsHarness
) -> None:
    teams.fake_teams.fail_next("post", 429, headers={"Retry-After": "25"})
    await harness.raise_one("contract")
    await harness.deliver()
    began = harness.time.now()
    await harness.services.rate_limiter.wait_for_update(CONTRACTS)
    assert harness.time.now() - began >= timedelta(seconds=24)


async def test_a_429_on_an_update_rests_that_conversation_and_no_update_of_slack(
    harness: Harness, slack: Slack, teams: TeamsHarness
) -> None:
    await teams.knows(ANA_ON_BOTH)
    case_id = await harness.raise_one()
    await harness.deliver_all()
    teams.fake_teams.fail_next("update", 429, headers={"Retry-After": "25"})
    await harness.claim(case_id)
    began = harness.time.now()
    await harness.deliver()
    assert "U0ANA" in str(harness.cards(IN_SLACK)[0]["blocks"])
    await harness.services.rate_limiter.wait_for_update()
    await harness.services.rate_limiter.wait_for_post(CONTRACTS)
    assert harness.time.now() == began
    await harness.services.rate_limiter.wait_for_post(BILLING)
    assert harness.time.now() - began >= timedelta(seconds=24)


@pytest.mark.parametrize("how", ["the app was removed", "the channel was deleted"])
async def test_a_closed_channel_parks_its_lane_once_and_names_the_problem(
    harness: Harness, teams: TeamsHarness, how: str
) -> None:
    if how == "the app was removed":
        teams.fake_teams.without_bot.add(CONTRACTS)
    else:
        teams.fake_teams.drop(CONTRACTS)
    for _ in range(4):
        await harness.raise_one("contract")
    await harness.deliver_all()
    parked = [row for row in await harness.parked() if row.address == CONTRACTS_ADDRESS]
    assert len(parked) == 4
    assert [of for verb, of in teams.fake_teams.calls if verb == "post"].count(CONTRACTS) == 1
    channel = await harness.store.read(lambda tx: tx.channels.find(CONTRACTS))
    assert channel is not None
    assert channel.problem is not None
    assert "Ombud app" in channel.problem


async def test_what_was_parked_is_sent_once_the_app_is_back(harness: Harness, teams: TeamsHarness) -> None:
    teams.fake_teams.without_bot.add(CONTRACTS)
    for _ in range(3):
        await harness.raise_one("contract")
    await harness.deliver_all()
    teams.fake_teams.without_bot.clear()
    await sync_teams_people(harness.services)
    await harness.deliver_all()
    assert len(teams.roots(CONTRACTS)) == 3
    assert CONTRACTS_ADDRESS not in {row.address for row in await harness.parked()}


async def test_a_case_in_both_loses_nothing_in_slack_when_teams_is_closed(
    harness: Harness, teams: TeamsHarness
) -> None:
    teams.fake_teams.without_bot.add(BILLING)
    await harness.raise_one()
    await harness.deliver_all()
    assert len(harness.cards(IN_SLACK)) == 1
    assert {row.address for row in await harness.parked()} == {IN_TEAMS}


async def test_after_a_day_of_trouble_a_person_is_asked(harness: Harness, teams: TeamsHarness) -> None:
    await teams.knows(GRETA_HERSELF)
    await harness.raise_one("contract")
    for _ in range(120):
        teams.fake_teams.fail_next("post", 504)
        await harness.deliver()
        harness.time.add(LONGEST_WAIT)
    await harness.deliver_all()
    assert [row.effect for row in await harness.parked()] == [Effect.POST_CARD]
    (alert,) = teams.chat(GRETA_ENTRA)
    assert "Tried" in text_of(alert)


async def test_two_processes_share_the_work_and_double_nothing(harness: Harness, teams: TeamsHarness) -> None:
    other = OutboxDrain(harness.services, holder="other")
    await harness.raise_many(6)
    await harness.raise_one("contract")
    await asyncio.gather(harness.drain.run_until_empty(), other.run_until_empty())
    await harness.deliver_all()
    assert (len(teams.roots(BILLING)), len(teams.roots(CONTRACTS))) == (6, 1)


async def test_a_process_that_was_frozen_past_its_lease_does_not_send(
    harness: Harness, teams: TeamsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def freeze(*_: object) -> None:
        harness.time.add(LEASE)

    await harness.raise_one("contract")
    monkeypatch.setattr(RateLimiter, "wait_for_post", freeze)
    await harness.deliver()
    assert teams.fake_teams.count("post") == 0
    monkeypatch.undo()
    await harness.deliver_all()
    assert len(teams.roots(CONTRACTS)) == 1


async def test_a_call_whose_end_is_unknown_calls_nobody_twice_once_it_is_answered(
    harness: Harness, teams: TeamsHarness
) -> None:
    """It can't be found, so it can't be replaced: at least no needless alert is sent."""
    await teams.knows(GRETA_HERSELF, ANA_ON_BOTH)
    begun = await teams.wrote_to_the_bot(GRETA_ENTRA)
    case_id = await harness.raise_one("contract")
    await harness.deliver_all()
    harness.time.add(timedelta(minutes=61))
    await DeadlineSweep().sweep_deadlines(harness.store, harness.time.now())
    address = person_address(GRETA)
    (row,) = await harness.pending(address)
    await harness.store.run(
        lambda tx: tx.outbox.lease_rows(address, holder="x", now=harness.time.now(), lease=LEASE, limit=1)
    )
    harness.time.add(LEASE)
    await harness.claim(case_id)
    await harness.deliver_all()
    assert row.effect == Effect.ALERT_MANAGERS
    assert teams.fake_teams.messages[begun] == []


async def test_a_call_pings_the_manager_in_the_channel(harness: Harness, teams: TeamsHarness) -> None:
    await teams.knows(GRETA_HERSELF)
    await harness.raise_one("contract")
    await harness.deliver_all()
    harness.time.add(timedelta(minutes=61))
    await DeadlineSweep().sweep_deadlines(harness.store, harness.time.now())
    await harness.deliver_all()
    (card,) = teams.roots(CONTRACTS)
    (call,) = [one for one in teams.thread(card, CONTRACTS) if "Needs you" in text_of(one)]
    content = call.body["attachments"][0]["content"]
    assert [one["mentioned"]["id"] for one in content["msteams"]["entities"]] == [GRETA_ENTRA]
