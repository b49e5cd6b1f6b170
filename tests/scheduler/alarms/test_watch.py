"""Tests of the watch over delivery: whoever can mend it is told that it stands still, and that it goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.errors import TryAgain
from core.policy import Policy
from scheduler.alarms.watch import watch_delivery
from scheduler.outbox.drain import OutboxDrain
from tests.connectors.sandbox_slack import Slack
from tests.scheduler.harness import BILLING, DANA, DELIVERY, FINN, Harness
from tests.scheduler.mail_harness import MailHarness, a_mail_harness, text_of
from tests.scheduler.teams_harness import (
    DANA_ENTRA,
    DANA_ON_BOTH,
    GRETA,
    TeamsHarness,
    a_company_on_both,
)
from tests.scheduler.teams_harness import text_of as said_in

pytestmark = pytest.mark.slow
MANY = 10_000


@pytest.fixture
def company() -> Policy:
    return a_company_on_both()


@pytest.fixture
async def mail_harness(harness: Harness) -> AsyncIterator[MailHarness]:
    async with a_mail_harness(harness) as mail_harness:
        yield mail_harness


async def pass_minutes(harness: Harness, count: int) -> None:
    for _ in range(count * 2):
        harness.time.add(timedelta(seconds=30))
        await watch_delivery(harness.services)
        await harness.deliver()


def mails_to(mail_harness: MailHarness, who: str) -> list[str]:
    return [str(one["Subject"]) for one in mail_harness.mails if one["To"] == who]


async def test_a_revoked_token_is_told_by_mail_once_and_its_end_too(
    harness: Harness, slack: Slack, mail_harness: MailHarness
) -> None:
    """Also when nothing was to be sent: the token is tried each minute."""
    await slack.do("revoke_token")
    await pass_minutes(harness, 20)
    assert mails_to(mail_harness, DANA) == ["Ombud: Slack doesn't work"]
    assert mails_to(mail_harness, FINN) == mails_to(mail_harness, GRETA) == mails_to(mail_harness, DANA)
    text = " ".join(text_of(mail_harness.mails[0]).split())
    assert "The bot's token was revoked." in text
    assert "set the new SLACK_BOT_TOKEN" in text
    await slack.do("restore_token")
    await pass_minutes(harness, 3)
    assert "Slack works again" in str(harness.cards("D0DANA")[-1])
    assert len(mails_to(mail_harness, DANA)) == 1


async def test_it_is_told_within_two_minutes(
    harness: Harness, slack: Slack, mail_harness: MailHarness
) -> None:
    await slack.do("revoke_token")
    await pass_minutes(harness, 2)
    assert len(mails_to(mail_harness, DANA)) == 1


async def test_an_outage_of_slack_is_told_in_teams(
    harness: Harness, slack: Slack, teams: TeamsHarness
) -> None:
    await teams.knows(DANA_ON_BOTH, last_on="slack")
    await slack.fail_next("http_500", times=MANY)
    await harness.raise_many(3)
    await pass_minutes(harness, 4)
    assert teams.chat(DANA_ENTRA) == [], "an outage may pass by itself"
    await pass_minutes(harness, 10)
    (alarm,) = teams.chat(DANA_ENTRA)
    assert "Slack doesn't work" in said_in(alarm)
    slack.world.slack.faults.pending.clear()
    await pass_minutes(harness, 20)
    assert [("Slack works again" in said_in(one)) for one in teams.chat(DANA_ENTRA)] == [False, True]


async def test_what_every_way_is_closed_for_is_told_once_one_opens(harness: Harness, slack: Slack) -> None:
    await slack.do("revoke_token")
    await harness.raise_one()
    await pass_minutes(harness, 30)
    await slack.do("restore_token")
    await pass_minutes(harness, 20)
    (told,) = [one for one in harness.cards("D0DANA") if "Slack" in str(one)]
    assert "works again" in str(told)
    assert len(harness.cards(BILLING)) == 1


async def test_a_channel_whose_rate_rests_for_hours_is_told(harness: Harness, slack: Slack) -> None:
    await slack.fail_next("ratelimited", channel=DELIVERY, retry_after=4 * 3600)
    await harness.raise_one("damaged")
    await harness.deliver()
    await pass_minutes(harness, 4)
    assert harness.cards("D0FINN") == []
    await pass_minutes(harness, 20)
    (alarm,) = harness.cards("D0FINN")
    assert "Messages to #delivery-disputes are waiting" in str(alarm)
    assert "slow down" in str(alarm)
    assert harness.cards("D0DANA") == [], "another queue's manager has nothing to do with it"
    harness.time.add(timedelta(hours=4))
    await pass_minutes(harness, 3)
    assert "Messages reach #delivery-disputes again" in str(harness.cards("D0FINN")[-1])


async def test_a_manager_whose_own_chat_stands_still_is_told_by_mail(
    harness: Harness, slack: Slack, mail_harness: MailHarness
) -> None:
    await slack.fail_next("http_500", channel="D0DANA", times=MANY)
    await harness.store.run(
        lambda tx: tx.outbox.add(
            key="digest",
            address=f"person:{DANA}",
            effect="alert_stray",
            due_at=harness.time.now(),
            payload={"sender": "x@example.com", "subject": ""},
        )
    )
    await harness.deliver()
    await pass_minutes(harness, 20)
    assert "Ombud: Messages to Dana Whitfield are waiting" in mails_to(mail_harness, DANA)


async def test_a_mail_server_that_refuses_is_told_in_chat(
    harness: Harness, mail_harness: MailHarness
) -> None:
    mail_harness.server.refuse["MAIL"] = "550 5.7.1 Not you"
    await mail_harness.raise_one()
    await harness.deliver()
    await pass_minutes(harness, 3)
    told = " ".join(str(one) for one in harness.cards("D0DANA"))
    assert "doesn't let us send as this address" in told


async def test_a_connection_that_slack_reaches_us_by_is_watched_too(harness: Harness) -> None:
    is_down = True

    async def probe() -> None:
        if is_down:
            raise TryAgain("The connection is down.", remedy="Look.")

    harness.services.systems.add("Slack's Socket Mode", probe, quiet_after=timedelta())
    await pass_minutes(harness, 4)
    (alarm,) = harness.cards("D0DANA")
    assert "Slack's Socket Mode doesn't work" in str(alarm)
    is_down = False
    await pass_minutes(harness, 2)
    assert "works again" in str(harness.cards("D0DANA")[-1])


async def test_it_is_remembered_by_the_next_process(
    harness: Harness, slack: Slack, teams: TeamsHarness
) -> None:
    """It began under one process, and its end is seen by another."""
    await teams.knows(DANA_ON_BOTH)
    await slack.do("revoke_token")
    await pass_minutes(harness, 3)
    another = type(harness.services.systems)(harness.time.now)
    another.add("slack", harness.services.systems._known["slack"].probe)
    harness.services = replace(harness.services, systems=another)
    harness.drain = OutboxDrain(harness.services, holder="another")
    await slack.do("restore_token")
    await pass_minutes(harness, 3)
    assert ["works again" in said_in(one) for one in teams.chat(DANA_ENTRA)] == [False]
    assert "works again" in str(harness.cards("D0DANA"))
    assert await harness.store.read(lambda tx: tx.troubles.list()) == []
