"""Tests of the drain: every outbox row reaches Slack once, in order, whatever fails meanwhile."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from cards import present
from core.case import Case
from core.claiming import release
from core.effects import Effect
from core.noting import add_note
from scheduler.deliver.dispatch import DELIVER_BY_EFFECT
from scheduler.lease import LEASE
from scheduler.outbox.drain import OutboxDrain
from scheduler.rate_limits import RateLimiter
from scheduler.retry import LONGEST_WAIT
from store.outbox.posted_cards import PostedCard
from tests.connectors.sandbox_slack import Slack
from tests.scheduler.fake_clocks import FakeTime, wait_until
from tests.scheduler.harness import ANA, BEN, BILLING, DANA, DELIVERY, FINN, Harness

pytestmark = pytest.mark.slow


def test_every_effect_has_its_way_to_people() -> None:
    assert set(DELIVER_BY_EFFECT) == set(Effect)


async def test_a_case_is_told_in_order_card_first_then_its_story(harness: Harness, slack: Slack) -> None:
    case_id = await harness.raise_one()
    await harness.claim(case_id)
    for number in range(3):
        await harness.act(case_id, add_note, actor_id=ANA.id, text=f"Note {number}")
    await harness.deliver()
    (card,) = harness.cards(BILLING)
    assert case_id in card["text"]
    told = [str(one) for one in slack.thread(BILLING, card["ts"])]
    assert ["claimed" in told[0], *(f"Note {n}" in told[n + 1] for n in range(3))] == [True] * 4


async def test_the_card_changes_where_it_stands(harness: Harness, slack: Slack) -> None:
    case_id = await harness.raise_one()
    await harness.deliver()
    await harness.claim(case_id)
    await harness.deliver()
    (card,) = harness.cards(BILLING)
    assert "U0ANA" in str(card["blocks"])
    assert len(slack.calls("chat.update")) == 1


async def test_the_resolver_gets_a_brief_that_stays_true(harness: Harness) -> None:
    case_id = await harness.raise_one()
    await harness.claim(case_id)
    await harness.deliver()
    (brief,) = harness.cards("D0ANA")
    assert "U0ANA" in str(brief["blocks"])
    await harness.act(case_id, release, actor_id=ANA.id)
    await harness.deliver()
    assert "Back in its queue" in str(harness.cards("D0ANA")[0]["blocks"])


async def test_the_brief_names_no_case_of_a_queue_that_isnt_the_resolvers(harness: Harness) -> None:
    hidden, before, case_id = (
        await harness.raise_one("damaged"),
        await harness.raise_one(),
        await harness.raise_one(),
    )
    await harness.store.run(lambda tx: tx.channels.save("#billing-disputes", BILLING, None))
    await harness.store.run(lambda tx: tx.people.set_members(BILLING, [str(ANA.slack_ref)]))
    await harness.claim(case_id)
    await harness.deliver()
    (brief,) = harness.cards("D0ANA")
    assert before in str(brief["blocks"])
    assert hidden not in str(brief["blocks"])
    assert "1 more in other queues" in str(brief["blocks"])


async def test_many_changes_of_one_case_are_one_update(harness: Harness, slack: Slack) -> None:
    case_id = await harness.raise_one()
    await harness.deliver()
    for _ in range(5):
        await harness.claim(case_id)
        await harness.act(case_id, release, actor_id=ANA.id)
    await harness.deliver()
    in_channel = [call for call in slack.calls("chat.update") if call["args"]["channel"] == BILLING]
    assert len(in_channel) == 1
    assert len(slack.thread(BILLING, harness.cards(BILLING)[0]["ts"])) == 10


async def test_an_update_of_one_case_is_not_taken_for_that_of_another(harness: Harness) -> None:
    case_ids = await harness.raise_many(3)
    await harness.deliver()
    for case_id in case_ids:
        await harness.claim(case_id)
    await harness.deliver_all()
    assert ["U0ANA" in str(card["blocks"]) for card in harness.cards(BILLING)] == [True] * 3


@pytest.mark.parametrize("trouble", ["lose_answer", "http_500"])
async def test_a_post_without_an_answer_is_not_doubled(harness: Harness, slack: Slack, trouble: str) -> None:
    await slack.fail_next(trouble, method="chat.postMessage", times=1)
    case_id = await harness.raise_one()
    await harness.claim(case_id)
    await slack.fail_next(trouble, method="chat.postMessage", channel=BILLING, times=1)
    await harness.deliver_all()
    assert len(harness.cards(BILLING)) == 1
    assert len(slack.thread(BILLING, harness.cards(BILLING)[0]["ts"])) == 1
    assert len(harness.cards("D0ANA")) == 1
    assert not await harness.parked()


async def test_a_lost_answer_in_the_thread_is_found_in_the_thread(harness: Harness, slack: Slack) -> None:
    case_id = await harness.raise_one()
    await harness.deliver()
    await harness.act(case_id, add_note, actor_id=ANA.id, text="Called them")
    await slack.fail_next("lose_answer", method="chat.postMessage")
    await harness.deliver_all()
    assert len(slack.thread(BILLING, harness.cards(BILLING)[0]["ts"])) == 1
    assert harness.services.counters.found_sent == 1


async def test_what_was_lost_two_attempts_ago_is_still_found(harness: Harness, slack: Slack) -> None:
    await harness.raise_one()
    await slack.fail_next("lose_answer", method="chat.postMessage")
    await harness.deliver()
    for _ in range(3):
        await slack.fail_next("http_500", method="conversations.history")
        harness.time.add(LONGEST_WAIT)
        await harness.deliver()
    await harness.deliver_all()
    assert len(harness.cards(BILLING)) == 1


async def test_a_process_that_dies_after_sending_does_not_send_again(
    harness: Harness, slack: Slack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The send has happened; the settling never does."""
    await harness.raise_one()
    posts = harness.services.posts
    assert posts is not None
    send = posts.post

    async def send_and_die(*args: object, **kwargs: object) -> object:
        await send(*args, **kwargs)  # type: ignore[arg-type]
        raise asyncio.CancelledError

    monkeypatch.setattr(posts, "post", send_and_die)
    with pytest.raises(asyncio.CancelledError):
        await harness.deliver()
    assert len(harness.cards(BILLING)) == 1
    monkeypatch.undo()

    await harness.store.run(lambda tx: tx.outbox.clear_leases("test"))
    harness.drain = OutboxDrain(harness.services, holder="test again")
    await harness.deliver_all()
    assert len(harness.cards(BILLING)) == 1
    assert harness.services.counters.found_sent == 1


async def test_a_429_rests_the_lane_as_long_as_slack_says_and_nobody_else(
    harness: Harness, slack: Slack, time: FakeTime
) -> None:
    await slack.fail_next("ratelimited", method="chat.postMessage", channel=BILLING, retry_after=30)
    await harness.raise_many(2)
    await harness.raise_one("damaged")
    await harness.deliver()
    assert len(harness.cards(DELIVERY)) == 1
    time.add(timedelta(seconds=29))
    await harness.deliver()
    assert harness.cards(BILLING) == []
    time.add(timedelta(seconds=10))
    await harness.deliver()
    assert [card["text"].count("D-1001") for card in harness.cards(BILLING)] == [1, 0]


async def test_history_is_read_after_a_lost_answer_but_not_after_a_429(
    harness: Harness, slack: Slack
) -> None:
    await slack.fail_next("ratelimited", method="chat.postMessage", channel=BILLING, retry_after=30)
    await harness.raise_one()
    await harness.deliver_all()
    assert slack.calls("conversations.history") == []
    await slack.fail_next("lose_answer", method="chat.postMessage", channel=BILLING)
    await harness.raise_one()
    await harness.deliver_all()
    assert len(slack.calls("conversations.history")) == 1
    assert len(harness.cards(BILLING)) == 2


async def test_a_known_failure_does_not_make_a_lost_answer_forgotten(harness: Harness, slack: Slack) -> None:
    await slack.fail_next("lose_answer", method="chat.postMessage", channel=BILLING)
    await slack.fail_next("ratelimited", method="conversations.history", retry_after=30)
    await harness.raise_one()
    await harness.deliver_all()
    assert len(slack.calls("conversations.history")) == 2
    assert len(harness.cards(BILLING)) == 1


async def test_an_attempt_that_takes_too_long_is_broken_off_and_its_end_found_out(
    harness: Harness, slack: Slack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler.outbox.attempt.LONGEST_ATTEMPT", timedelta(seconds=0.2))
    await harness.raise_one()
    await slack.fail_next("hang", method="chat.postMessage", seconds=1)
    await harness.deliver()
    assert harness.services.counters.postponed == 1
    monkeypatch.undo()
    await harness.deliver_all()
    assert len(slack.calls("conversations.history")) == 1
    assert len(harness.cards(BILLING)) == 1


async def test_a_process_that_was_frozen_past_its_lease_does_not_send(
    harness: Harness, slack: Slack, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def freeze(*_: object) -> None:
        harness.time.add(LEASE)

    await harness.raise_one()
    monkeypatch.setattr(RateLimiter, "wait_for_post", freeze)
    await harness.deliver()
    assert slack.calls("chat.postMessage") == []
    monkeypatch.undo()
    await harness.deliver_all()
    assert len(slack.calls("conversations.history")) == 1
    assert len(harness.cards(BILLING)) == 1


async def test_a_row_that_is_retried_meanwhile_does_not_break_the_rest_of_its_lane(
    harness: Harness, slack: Slack, time: FakeTime
) -> None:
    await slack.fail_next("invalid_blocks", method="chat.postMessage")
    await harness.raise_one()
    await harness.deliver()
    await slack.fail_next("ratelimited", method="chat.postMessage", channel=BILLING, retry_after=30)
    await harness.raise_one()
    await harness.deliver()
    await harness.store.run(lambda tx: tx.outbox.unpark("slack:#billing-disputes", time.now()))
    time.add(timedelta(seconds=29))
    await harness.deliver()
    assert harness.cards(BILLING) == []
    await harness.deliver_all()
    assert len(harness.cards(BILLING)) == 2


async def test_a_429_on_updates_rests_updates_of_every_channel(harness: Harness, slack: Slack) -> None:
    here, there = await harness.raise_one(), await harness.raise_one("damaged")
    await harness.deliver()
    await slack.fail_next("ratelimited", method="chat.update", retry_after=20)
    await harness.claim(here)
    await harness.deliver()
    calls = len(slack.calls("chat.update"))
    began = harness.time.now()
    await harness.claim(there, BEN)
    await harness.deliver_all()
    assert calls == 1
    assert harness.time.now() - began >= timedelta(seconds=20)
    assert len([call for call in slack.calls("chat.update") if call["status"] == 429]) == 1


async def test_an_archived_channel_parks_with_one_alert_and_a_retry_sends_everything(
    harness: Harness, slack: Slack
) -> None:
    await slack.do("archive_channel", channel=BILLING)
    await harness.raise_many(5)
    await harness.deliver_all()
    assert len(await harness.parked()) == 5
    (alert,) = harness.cards("D0DANA")
    assert "archived" in str(alert["blocks"])
    assert "retry_parked" in str(alert["blocks"])
    assert len(slack.calls("chat.postMessage")) == 2

    await slack.do("unarchive_channel", channel=BILLING)
    await harness.store.run(lambda tx: tx.outbox.unpark("slack:#billing-disputes", harness.time.now()))
    await harness.deliver_all()
    assert len(harness.cards(BILLING)) == 5
    assert not await harness.parked()


async def test_nobody_is_alerted_again_within_the_hour_but_after_it(harness: Harness, slack: Slack) -> None:
    await slack.do("archive_channel", channel=BILLING)
    await harness.raise_one()
    await harness.deliver()
    harness.time.add(timedelta(minutes=30))
    await harness.raise_one()
    await harness.deliver()
    assert len(harness.cards("D0DANA")) == 1
    harness.time.add(timedelta(minutes=31))
    await harness.raise_one()
    await harness.deliver()
    assert len(harness.cards("D0DANA")) == 2


async def test_an_alert_that_cannot_be_delivered_alerts_nobody(
    harness: Harness, slack: Slack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler.outbox.parked_alert.managers_for", lambda *_: (DANA, FINN))
    await slack.do("archive_channel", channel=BILLING)
    await slack.do("deactivate_user", user="U0DANA")
    await harness.raise_one()
    await harness.deliver_all()
    assert {row.effect for row in await harness.parked()} == {Effect.POST_CARD, Effect.ALERT_PARKED}
    assert len(harness.cards("D0FINN")) == 1


async def test_a_deactivated_resolver_holds_up_nobody(harness: Harness, slack: Slack) -> None:
    await slack.do("deactivate_user", user="U0ANA")
    case_id = await harness.raise_one()
    await harness.claim(case_id)
    await harness.deliver_all()
    assert "U0ANA" in str(harness.cards(BILLING)[0]["blocks"])
    assert "deactivated" in str(harness.cards("D0DANA")[0]["blocks"])


async def test_a_revoked_token_loses_nothing(harness: Harness, slack: Slack) -> None:
    await slack.do("revoke_token")
    case_id = await harness.raise_one()
    await harness.claim(case_id)
    for _ in range(3 * 24):
        await harness.deliver()
        harness.time.add(timedelta(hours=1))
    assert not await harness.parked()
    await slack.do("restore_token")
    await harness.deliver_all()
    assert len(harness.cards(BILLING)) == 1


async def test_after_a_day_of_trouble_a_person_is_asked(harness: Harness, slack: Slack) -> None:
    await slack.fail_next("http_500", method="chat.postMessage", channel=BILLING, times=1000)
    await slack.fail_next("internal_error", method="conversations.history", times=1000)
    await harness.raise_one()
    for _ in range(120):
        await harness.deliver()
        harness.time.add(LONGEST_WAIT)
    assert len(await harness.parked()) == 1
    assert "Tried" in str(harness.cards("D0DANA")[0]["blocks"])


async def test_a_deleted_card_is_posted_anew_and_the_thread_goes_on_there(
    harness: Harness, slack: Slack
) -> None:
    case_id = await harness.raise_one()
    await harness.deliver()
    workspace = slack.world.slack.workspace
    workspace.remove(workspace.channels[BILLING], harness.cards(BILLING)[0]["ts"])
    await harness.claim(case_id)
    await harness.deliver()
    (card,) = harness.cards(BILLING)
    assert len(slack.thread(BILLING, card["ts"])) == 1


async def test_a_thread_whose_card_was_deleted_gets_a_new_card(harness: Harness, slack: Slack) -> None:
    case_id = await harness.raise_one()
    await harness.deliver()
    workspace = slack.world.slack.workspace
    workspace.remove(workspace.channels[BILLING], harness.cards(BILLING)[0]["ts"])
    await harness.act(case_id, add_note, actor_id=ANA.id, text="Called them")
    await harness.deliver()
    (card,) = harness.cards(BILLING)
    assert len(slack.thread(BILLING, card["ts"])) == 1


async def test_a_mistake_of_ours_is_tried_again(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    await harness.raise_one()
    monkeypatch.setattr("scheduler.deliver.cards.case_view", _break)
    await harness.deliver()
    assert harness.services.counters.postponed == 1
    monkeypatch.undo()
    await harness.deliver_all()
    assert len(harness.cards(BILLING)) == 1


async def test_a_mistake_that_stays_is_parked_before_long_and_the_lane_goes_on(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = await harness.raise_many(2)

    def case_view(case: Case, **shown: object) -> object:
        return _break() if case.id == bad else present.case_view(case, **shown)  # type: ignore[arg-type]

    monkeypatch.setattr("scheduler.deliver.cards.case_view", case_view)
    began = harness.time.now()
    await harness.deliver_all()
    assert [row.case_id for row in await harness.parked()] == [bad]
    assert good in harness.texts(BILLING)[0]
    assert harness.time.now() - began < timedelta(minutes=15)


def _break(*_: object, **__: object) -> object:
    raise RuntimeError("a bug")


async def test_a_teams_channel_without_teams_is_parked_by_name(harness: Harness) -> None:
    now = harness.time.now()
    await harness.store.run(
        lambda tx: tx.outbox.add(key="t", address="teams:19:x", effect=Effect.POST_CARD, due_at=now)
    )
    await harness.deliver()
    assert "Teams isn't connected" in str((await harness.parked())[0].error)


async def test_a_card_that_was_already_posted_is_redrawn_not_doubled(harness: Harness) -> None:
    case_id = await harness.raise_one()
    await harness.deliver()
    now = harness.time.now()
    address = "slack:#billing-disputes"
    await harness.store.run(
        lambda tx: tx.outbox.add(
            key="again", address=address, effect=Effect.POST_CARD, case_id=case_id, due_at=now
        )
    )
    await harness.deliver()
    assert len(harness.cards(BILLING)) == 1
    posted = await harness.store.read(lambda tx: tx.posted_cards.find(case_id, address))
    assert isinstance(posted, PostedCard)
    assert posted.message_ref == harness.cards(BILLING)[0]["ts"]


async def test_two_processes_share_the_work_and_double_nothing(harness: Harness) -> None:
    other = OutboxDrain(harness.services, holder="other")
    await harness.raise_many(6)
    await harness.raise_one("damaged")
    await asyncio.gather(harness.drain.run_until_empty(), other.run_until_empty())
    await harness.deliver_all()
    assert (len(harness.cards(BILLING)), len(harness.cards(DELIVERY))) == (6, 1)


async def test_stopping_lets_the_send_under_way_end_and_begins_no_other(
    harness: Harness, slack: Slack
) -> None:
    await harness.raise_many(3)
    await slack.fail_next("hang", method="chat.postMessage", seconds=0.2)
    harness.drain.start()
    await wait_until(lambda: not slack.world.slack.faults.pending)
    await harness.drain.stop()
    assert len(slack.calls("chat.postMessage")) == 1


async def test_a_commit_wakes_the_drain(harness: Harness, slack: Slack) -> None:
    harness.drain.start()
    await harness.raise_one()
    await wait_until(lambda: bool(slack.calls("chat.postMessage")))
    await harness.drain.stop()
    assert len(harness.cards(BILLING)) == 1
