"""Is nothing lost when Teams says no, says nothing, or our process dies on the way?"""

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
    desk: Harness, teams: TeamsHarness, status: int
) -> None:
    teams.connector.fail_next("post", status)
    case_id = await desk.raise_one("contract")
    await desk.deliver()
    assert teams.roots(CONTRACTS) == []
    assert len(await desk.pending(CONTRACTS_ADDRESS)) == 1
    await desk.deliver_all()
    assert [case_id in text_of(card) for card in teams.roots(CONTRACTS)] == [True]
    assert await desk.parked() == []


async def test_a_connection_that_breaks_before_anything_was_done_costs_nothing(
    desk: Harness, teams: TeamsHarness
) -> None:
    teams.connector.fail_next("post")
    await desk.raise_one("contract")
    await desk.deliver_all()
    assert len(teams.roots(CONTRACTS)) == 1


@pytest.mark.parametrize("status", [0, 502, 504])
async def test_after_a_lost_answer_it_is_sent_again_and_the_later_card_is_the_one_kept_true(
    desk: Harness, teams: TeamsHarness, status: int
) -> None:
    """Teams lets no bot read what it posted: rather twice than never."""
    teams.connector.fail_next("post", status, is_done=True)
    case_id = await desk.raise_one("contract")
    await desk.deliver_all()
    lost, kept = teams.roots(CONTRACTS)
    await teams.knows(ANA_ON_BOTH)
    await desk.claim(case_id)
    await desk.deliver_all()
    assert (len(lost.before), len(kept.before)) == (0, 1)
    assert len(teams.thread(kept, CONTRACTS)) == 1
    assert desk.services.counters.found_sent == 0


async def test_a_process_that_dies_between_sending_and_settling_leaves_one_card_that_is_known(
    desk: Harness, teams: TeamsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = await desk.raise_one("contract")
    posts = desk.services.teams.posts if desk.services.teams else None
    assert posts is not None
    send = posts.post

    async def send_and_die(*args: object, **kwargs: object) -> object:
        await send(*args, **kwargs)  # type: ignore[arg-type]
        raise asyncio.CancelledError

    monkeypatch.setattr(posts, "post", send_and_die)
    with pytest.raises(asyncio.CancelledError):
        await desk.deliver()
    monkeypatch.undo()
    await desk.store.run(lambda tx: tx.outbox.clear_leases("test"))
    desk.drain = OutboxDrain(desk.services, holder="test again")
    await desk.deliver_all()
    _, kept = teams.roots(CONTRACTS)
    posted = await desk.store.read(lambda tx: tx.posted_cards.find(case_id, CONTRACTS_ADDRESS))
    assert posted is not None
    assert posted.message_ref == kept.id


async def test_a_thread_whose_answer_is_lost_costs_no_second_card(desk: Harness, teams: TeamsHarness) -> None:
    case_id = await desk.raise_one("contract")
    await desk.deliver_all()
    teams.connector.fail_next("post", 502, is_done=True)
    await desk.act(case_id, add_note, actor_id=ANA.id, text="Called them")
    await desk.deliver_all()
    assert len(teams.roots(CONTRACTS)) == 1
    assert len(teams.thread(teams.roots(CONTRACTS)[0], CONTRACTS)) == 2


async def test_an_update_without_an_answer_is_simply_repeated(desk: Harness, teams: TeamsHarness) -> None:
    await teams.knows(ANA_ON_BOTH)
    case_id = await desk.raise_one("contract")
    await desk.deliver_all()
    teams.connector.fail_next("update", is_done=True)
    await desk.claim(case_id)
    await desk.deliver_all()
    (card,) = teams.roots(CONTRACTS)
    assert "Ana Ruiz" in text_of(card)
    assert len(card.before) == 2


async def test_a_429_rests_the_conversation_as_long_as_teams_says_and_nobody_else(
    desk: Harness, teams: TeamsHarness
) -> None:
    teams.connector.fail_next("post", 429, headers={"Retry-After": "25"})
    await desk.raise_one("contract")
    await desk.deliver()
    await desk.raise_one()
    await desk.deliver()
    assert len(teams.roots(BILLING)) == 1
    desk.time.add(timedelta(seconds=24))
    await desk.deliver()
    assert teams.roots(CONTRACTS) == []
    desk.time.add(timedelta(seconds=15))
    await desk.deliver()
    assert len(teams.roots(CONTRACTS)) == 1


async def test_a_429_closes_the_conversation_for_every_lane_that_speaks_there(
    desk: Harness, teams: TeamsHarness
) -> None:
    teams.connector.fail_next("post", 429, headers={"Retry-After": "25"})
    await desk.raise_one("contract")
    await desk.deliver()
    began = desk.time.now()
    await desk.services.rate_limiter.wait_for_update(CONTRACTS)
    assert desk.time.now() - began >= timedelta(seconds=24)


async def test_a_429_on_an_update_rests_that_conversation_and_no_update_of_slack(
    desk: Harness, slack: Slack, teams: TeamsHarness
) -> None:
    await teams.knows(ANA_ON_BOTH)
    case_id = await desk.raise_one()
    await desk.deliver_all()
    teams.connector.fail_next("update", 429, headers={"Retry-After": "25"})
    await desk.claim(case_id)
    began = desk.time.now()
    await desk.deliver()
    assert "U0ANA" in str(desk.cards(IN_SLACK)[0]["blocks"])
    await desk.services.rate_limiter.wait_for_update()
    await desk.services.rate_limiter.wait_for_post(CONTRACTS)
    assert desk.time.now() == began
    await desk.services.rate_limiter.wait_for_post(BILLING)
    assert desk.time.now() - began >= timedelta(seconds=24)


@pytest.mark.parametrize("how", ["the app was removed", "the channel was deleted"])
async def test_a_closed_channel_parks_its_lane_once_and_names_the_problem(
    desk: Harness, teams: TeamsHarness, how: str
) -> None:
    if how == "the app was removed":
        teams.connector.without_bot.add(CONTRACTS)
    else:
        teams.connector.drop(CONTRACTS)
    for _ in range(4):
        await desk.raise_one("contract")
    await desk.deliver_all()
    parked = [row for row in await desk.parked() if row.address == CONTRACTS_ADDRESS]
    assert len(parked) == 4
    assert [of for verb, of in teams.connector.calls if verb == "post"].count(CONTRACTS) == 1
    channel = await desk.store.read(lambda tx: tx.channels.find(CONTRACTS))
    assert channel is not None
    assert channel.problem is not None
    assert "Ombud app" in channel.problem


async def test_what_was_parked_is_sent_once_the_app_is_back(desk: Harness, teams: TeamsHarness) -> None:
    teams.connector.without_bot.add(CONTRACTS)
    for _ in range(3):
        await desk.raise_one("contract")
    await desk.deliver_all()
    teams.connector.without_bot.clear()
    await sync_teams_people(desk.services)
    await desk.deliver_all()
    assert len(teams.roots(CONTRACTS)) == 3
    assert CONTRACTS_ADDRESS not in {row.address for row in await desk.parked()}


async def test_a_case_in_both_loses_nothing_in_slack_when_teams_is_closed(
    desk: Harness, teams: TeamsHarness
) -> None:
    teams.connector.without_bot.add(BILLING)
    await desk.raise_one()
    await desk.deliver_all()
    assert len(desk.cards(IN_SLACK)) == 1
    assert {row.address for row in await desk.parked()} == {IN_TEAMS}


async def test_after_a_day_of_trouble_a_person_is_asked(desk: Harness, teams: TeamsHarness) -> None:
    await teams.knows(GRETA_HERSELF)
    await desk.raise_one("contract")
    for _ in range(120):
        teams.connector.fail_next("post", 504)
        await desk.deliver()
        desk.time.add(LONGEST_WAIT)
    await desk.deliver_all()
    assert [row.effect for row in await desk.parked()] == [Effect.POST_CARD]
    (alert,) = teams.chat(GRETA_ENTRA)
    assert "Tried" in text_of(alert)


async def test_two_processes_share_the_work_and_double_nothing(desk: Harness, teams: TeamsHarness) -> None:
    other = OutboxDrain(desk.services, holder="other")
    await desk.raise_many(6)
    await desk.raise_one("contract")
    await asyncio.gather(desk.drain.run_until_empty(), other.run_until_empty())
    await desk.deliver_all()
    assert (len(teams.roots(BILLING)), len(teams.roots(CONTRACTS))) == (6, 1)


async def test_a_process_that_was_frozen_past_its_lease_does_not_send(
    desk: Harness, teams: TeamsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def freeze(*_: object) -> None:
        desk.time.add(LEASE)

    await desk.raise_one("contract")
    monkeypatch.setattr(RateLimiter, "wait_for_post", freeze)
    await desk.deliver()
    assert teams.connector.count("post") == 0
    monkeypatch.undo()
    await desk.deliver_all()
    assert len(teams.roots(CONTRACTS)) == 1


async def test_a_call_whose_end_is_unknown_calls_nobody_twice_once_it_is_answered(
    desk: Harness, teams: TeamsHarness
) -> None:
    """It can't be found, so it can't go quiet: at least nobody is called for nothing."""
    await teams.knows(GRETA_HERSELF, ANA_ON_BOTH)
    begun = await teams.wrote_to_the_bot(GRETA_ENTRA)
    case_id = await desk.raise_one("contract")
    await desk.deliver_all()
    desk.time.add(timedelta(minutes=61))
    await DeadlineSweep().sweep_deadlines(desk.store, desk.time.now())
    address = person_address(GRETA)
    (row,) = await desk.pending(address)
    await desk.store.run(
        lambda tx: tx.outbox.lease_rows(address, holder="x", now=desk.time.now(), lease=LEASE, limit=1)
    )
    desk.time.add(LEASE)
    await desk.claim(case_id)
    await desk.deliver_all()
    assert row.effect == Effect.ALERT_MANAGERS
    assert teams.connector.messages[begun] == []


async def test_a_call_pings_the_manager_in_the_channel(desk: Harness, teams: TeamsHarness) -> None:
    await teams.knows(GRETA_HERSELF)
    await desk.raise_one("contract")
    await desk.deliver_all()
    desk.time.add(timedelta(minutes=61))
    await DeadlineSweep().sweep_deadlines(desk.store, desk.time.now())
    await desk.deliver_all()
    (card,) = teams.roots(CONTRACTS)
    (call,) = [one for one in teams.thread(card, CONTRACTS) if "Needs you" in text_of(one)]
    content = call.body["attachments"][0]["content"]
    assert [one["mentioned"]["id"] for one in content["msteams"]["entities"]] == [GRETA_ENTRA]
