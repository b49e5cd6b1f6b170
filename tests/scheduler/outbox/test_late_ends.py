"""Tests of posts that Slack carries out after we stopped waiting for its answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.slack.people import SlackPeople
from connectors.slack.posts import SlackPosts
from scheduler.deliver.send_once import LONGEST_LATENESS
from scheduler.outbox.drain import OutboxDrain
from tests.connectors.sandbox_slack import Slack
from tests.scheduler.fake_clocks import wait_until
from tests.scheduler.harness import BILLING, Harness

pytestmark = pytest.mark.slow
SOON = timedelta(seconds=4)


async def test_a_post_that_slack_finishes_after_our_time_is_not_doubled(
    harness: Harness, slack: Slack
) -> None:
    await harness.raise_one()
    await slack.fail_next("finish_late", method="chat.postMessage")
    api = slack.api(seconds=0.3)
    normal = harness.services
    impatient = replace(normal, posts=SlackPosts(api), people=SlackPeople(api))
    await OutboxDrain(impatient, holder="test").run_until_empty()
    await api.close()
    harness.time.add(SOON)
    await harness.deliver()
    assert harness.cards(BILLING) == [], "it isn't sent again while it may still arrive"
    await slack.do("finish_late")
    await wait_until(lambda: bool(harness.cards(BILLING)))
    await harness.deliver_all()
    assert len(harness.cards(BILLING)) == 1
    assert normal.counters.found_sent == 1


async def test_what_never_arrived_is_sent_once_it_can_arrive_late_no_more(
    harness: Harness, slack: Slack
) -> None:
    await harness.raise_one()
    await slack.fail_next("hang", method="chat.postMessage", seconds=0)
    await harness.deliver()
    harness.time.add(SOON)
    await harness.deliver()
    assert harness.cards(BILLING) == []
    harness.time.add(LONGEST_LATENESS)
    await harness.deliver()
    assert len(harness.cards(BILLING)) == 1


async def test_what_slack_has_refused_itself_is_sent_again_at_once(harness: Harness, slack: Slack) -> None:
    await harness.raise_one()
    await slack.fail_next("http_500", method="chat.postMessage")
    await harness.deliver()
    harness.time.add(SOON)
    await harness.deliver()
    assert len(harness.cards(BILLING)) == 1
