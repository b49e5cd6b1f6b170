"""Tests of alerts about parked rows, also when the manager's own chat is what fails."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from connectors.errors import GiveUp
from core.effects import Effect, alarm_address, person_address
from core.policy import Policy
from handlers.retry_delivery import retry_parked
from handlers.types import Click
from scheduler.deliver.parked import LONGEST_PLATFORM_OUTAGE
from scheduler.outbox.drain import OutboxDrain
from scheduler.outbox.parked_alert import queue_parked_alerts
from store.transaction import Transaction
from tests.connectors.sandbox_slack import Slack
from tests.scheduler.harness import BILLING as IN_SLACK
from tests.scheduler.harness import DANA, Harness
from tests.scheduler.mail_harness import DOMAIN, MailHarness, a_mail_harness, html_of, text_of
from tests.scheduler.teams_harness import (
    ANA_ENTRA,
    ANA_IN_TEAMS,
    BILLING,
    CONTRACTS,
    CONTRACTS_ADDRESS,
    DANA_ENTRA,
    DANA_ON_BOTH,
    GRETA,
    GRETA_ENTRA,
    GRETA_HERSELF,
    TeamsHarness,
    a_company_on_both,
    actions_of,
)
from tests.scheduler.teams_harness import text_of as said_in

SECRET = "Our secret agreement of 2019"


@pytest.fixture
def company() -> Policy:
    return a_company_on_both()


def sent_to_greta(mail_harness: MailHarness) -> list[EmailMessage]:
    return [one for one in mail_harness.mails if one["To"] == GRETA]


@pytest.fixture
async def mail_harness(harness: Harness, teams: TeamsHarness) -> AsyncIterator[MailHarness]:
    """After Teams: there is a mail server as well."""
    async with a_mail_harness(harness) as mail_harness:
        yield mail_harness


async def test_what_teams_refuses_is_told_in_slack(harness: Harness, teams: TeamsHarness) -> None:
    await teams.knows(DANA_ON_BOTH, last_on="teams")
    teams.fake_teams.without_bot.add(BILLING)
    await harness.raise_one()
    await harness.deliver_all()
    (alert,) = harness.cards("D0DANA")
    assert "the Teams channel of Billing disputes" in str(alert["blocks"])
    assert "retry_parked" in str(alert["blocks"])
    assert teams.chat(DANA_ENTRA) == []


async def test_what_slack_refuses_is_told_in_teams(
    harness: Harness, slack: Slack, teams: TeamsHarness
) -> None:
    await teams.knows(DANA_ON_BOTH, last_on="slack")
    await slack.do("archive_channel", channel=IN_SLACK)
    await harness.raise_one()
    await harness.deliver_all()
    (alert,) = teams.chat(DANA_ENTRA)
    assert "archived" in said_in(alert)
    assert "#billing-disputes" in said_in(alert)
    assert actions_of(alert) == ["retry_parked"]
    assert harness.cards("D0DANA") == []


async def test_who_is_on_teams_alone_is_told_there_in_person(harness: Harness, teams: TeamsHarness) -> None:
    await teams.knows(GRETA_HERSELF)
    teams.fake_teams.without_bot.add(CONTRACTS)
    for _ in range(3):
        await harness.raise_one("contract")
    await harness.deliver_all()
    (alert,) = teams.chat(GRETA_ENTRA)
    assert "3 messages can't be delivered" in said_in(alert)
    assert "installed" in said_in(alert)


async def test_the_button_in_teams_sends_everything_again(harness: Harness, teams: TeamsHarness) -> None:
    await teams.knows(GRETA_HERSELF)
    teams.fake_teams.without_bot.add(CONTRACTS)
    await harness.raise_one("contract")
    await harness.deliver_all()
    (alert,) = teams.chat(GRETA_ENTRA)
    (data,) = _buttons(alert.body)
    teams.fake_teams.without_bot.clear()
    click = Click(
        platform="teams",
        actor_ref=GRETA_ENTRA,
        action=data["action"],
        value=data["value"],
        at=harness.time.now(),
        key="activity:1",
    )
    reply = await harness.store.run(retry_parked, click, GRETA_HERSELF)
    assert reply.whisper == "Trying 1 message again now."
    await harness.deliver_all()
    assert len(teams.roots(CONTRACTS)) == 1


async def test_who_teams_takes_nothing_for_is_told_by_mail(
    harness: Harness, teams: TeamsHarness, mail_harness: MailHarness
) -> None:
    await teams.knows(GRETA_HERSELF)
    begun = await teams.wrote_to_the_bot(GRETA_ENTRA)
    teams.fake_teams.without_bot |= {CONTRACTS, begun, f"a:chat-with-{GRETA_ENTRA}"}
    case_id = await harness.raise_one("contract", statement=SECRET)
    await harness.deliver_all()
    (mail,) = sent_to_greta(mail_harness)
    assert mail["Subject"] == "Ombud can't reach the Teams channel of Contracts disputes"
    assert mail["Message-ID"].endswith(f"@{DOMAIN}>")
    assert mail["Auto-Submitted"] == "auto-generated"
    for body in (text_of(mail), html_of(mail)):
        words = " ".join(body.split())
        assert case_id in words
        assert "The Ombud app isn&#x27;t installed" in words or "The Ombud app isn't installed" in words
        assert "Add the app to the team" in words
        for private in (SECRET, "Nordwind", "120.00"):
            assert private not in words
    assert "by itself once messages can be posted there again" in " ".join(text_of(mail).split())
    assert {row.effect for row in await harness.parked()} == {Effect.POST_CARD}


async def test_who_is_on_no_platform_is_told_by_mail(
    harness: Harness, teams: TeamsHarness, mail_harness: MailHarness
) -> None:
    teams.fake_teams.without_bot.add(CONTRACTS)
    await harness.raise_one("contract")
    await harness.deliver_all()
    assert len(sent_to_greta(mail_harness)) == 1


async def test_without_any_platform_it_still_goes_by_mail(
    harness: Harness, teams: TeamsHarness, mail_harness: MailHarness
) -> None:
    harness.services = replace(harness.services, posts=None, people=None, teams=None)
    harness.drain = OutboxDrain(harness.services, holder="test")
    await harness.raise_one("contract")
    await harness.deliver_all()
    assert len(sent_to_greta(mail_harness)) == 1


async def test_a_manager_whose_own_chat_is_closed_hears_of_that_by_mail(
    harness: Harness, teams: TeamsHarness, mail_harness: MailHarness
) -> None:
    """What waited for them shares its fate, but not the alert about it."""
    await teams.knows(GRETA_HERSELF)
    begun = await teams.wrote_to_the_bot(GRETA_ENTRA)
    teams.fake_teams.without_bot |= {begun, f"a:chat-with-{GRETA_ENTRA}"}
    case_id = await harness.raise_one("contract")
    await harness.claim(case_id, GRETA_HERSELF)
    await harness.deliver_all()
    (mail,) = sent_to_greta(mail_harness)
    assert mail["Subject"] == "Ombud can't reach Greta Holm"
    assert "by itself once they have added the Ombud app in Teams" in " ".join(text_of(mail).split())


async def test_a_card_that_is_too_large_waits_for_a_manager_with_a_button(
    harness: Harness, teams: TeamsHarness, mail_harness: MailHarness
) -> None:
    teams.fake_teams.fail_next("post", 413)
    await harness.raise_one("contract")
    await harness.deliver_all()
    (mail,) = sent_to_greta(mail_harness)
    assert "presses “Try again”" in " ".join(text_of(mail).split())


async def test_what_shares_the_fate_of_a_managers_chat_is_not_the_alert(
    harness: Harness, teams: TeamsHarness, mail_harness: MailHarness
) -> None:
    await teams.knows(GRETA_HERSELF)
    begun = await teams.wrote_to_the_bot(GRETA_ENTRA)
    teams.fake_teams.without_bot |= {CONTRACTS, begun, f"a:chat-with-{GRETA_ENTRA}"}
    await harness.raise_one("contract")
    await harness.deliver_all()
    await harness.store.run(_promise_digest_and_alert, harness.time.now())
    await harness.deliver_all()
    about = [one["Subject"] for one in sent_to_greta(mail_harness)]
    assert sorted(about) == [
        "Ombud can't reach Greta Holm",
        "Ombud can't reach the Teams channel of Contracts disputes",
        "Ombud can't reach the Teams channel of Contracts disputes",
    ]
    assert {row.effect for row in await harness.parked()} == {Effect.POST_CARD, Effect.SEND_DIGEST}


async def test_a_resolver_whom_teams_refuses_is_reported_in_slack(
    harness: Harness, teams: TeamsHarness
) -> None:
    await teams.knows(ANA_IN_TEAMS)
    await teams.knows(DANA_ON_BOTH, last_on="teams")
    begun = await teams.wrote_to_the_bot(ANA_ENTRA)
    teams.fake_teams.without_bot |= {begun, f"a:chat-with-{ANA_ENTRA}"}
    await harness.claim(await harness.raise_one(), ANA_IN_TEAMS)
    await harness.deliver_all()
    assert len(harness.cards("D0DANA")) == 1
    assert teams.chat(DANA_ENTRA) == []


async def test_an_alert_that_reaches_nobody_there_goes_to_the_other_managers_once(
    harness: Harness, slack: Slack, teams: TeamsHarness
) -> None:
    await teams.knows(DANA_ON_BOTH, last_on="teams")
    begun = await teams.wrote_to_the_bot(DANA_ENTRA)
    teams.fake_teams.without_bot |= {BILLING, begun, f"a:chat-with-{DANA_ENTRA}"}
    await slack.do("deactivate_user", user="U0DANA")
    await harness.raise_one()
    await harness.deliver_all()
    parked = [row.effect for row in await harness.parked()]
    assert Effect.POST_CARD in parked
    (alert,) = [row for row in await harness.parked() if row.address == alarm_address(DANA)]
    refusal = GiveUp("No.", "None.")
    (heard,) = harness.cards("D0FINN")
    assert "can't be delivered" in str(heard["blocks"])
    assert await harness.store.run(queue_parked_alerts, alert, refusal, harness.time.now()) == 0


async def test_without_mail_an_alert_waits_for_a_platform_that_is_down(
    harness: Harness, teams: TeamsHarness
) -> None:
    await teams.knows(GRETA_HERSELF)
    teams.fake_teams.without_bot.add(CONTRACTS)
    teams.fake_teams.fail_next("open", 503)
    teams.fake_teams.fail_next("open", 503)
    await harness.raise_one("contract")
    await harness.deliver_all()
    assert len(teams.chat(GRETA_ENTRA)) == 1


async def test_with_mail_it_waits_a_while_only(
    harness: Harness, teams: TeamsHarness, mail_harness: MailHarness
) -> None:
    await teams.knows(GRETA_HERSELF)
    teams.fake_teams.without_bot.add(CONTRACTS)
    for _ in range(100):
        teams.fake_teams.fail_next("open", 503)
    await harness.raise_one("contract")
    began = harness.time.now()
    await harness.deliver()
    assert sent_to_greta(mail_harness) == []
    await harness.deliver_all()
    assert len(sent_to_greta(mail_harness)) == 1
    assert LONGEST_PLATFORM_OUTAGE <= harness.time.now() - began <= 3 * LONGEST_PLATFORM_OUTAGE


async def test_a_mail_whose_end_is_unknown_is_the_same_mail_again(
    harness: Harness, teams: TeamsHarness, mail_harness: MailHarness
) -> None:
    mail_harness.server.after_data = mail_harness.server.hang_up
    teams.fake_teams.without_bot.add(CONTRACTS)
    await harness.raise_one("contract")
    await harness.deliver()
    mail_harness.server.after_data = None
    await harness.deliver_all()
    first, again = sent_to_greta(mail_harness)
    assert first["Message-ID"] == again["Message-ID"]


async def test_an_alert_is_not_sent_once_the_channel_is_mended(harness: Harness, teams: TeamsHarness) -> None:
    await teams.knows(GRETA_HERSELF)
    teams.fake_teams.without_bot.add(CONTRACTS)
    teams.fake_teams.fail_next("open", 503)
    await harness.raise_one("contract")
    await harness.deliver()
    teams.fake_teams.without_bot.clear()
    await harness.store.run(lambda tx: tx.outbox.unpark(CONTRACTS_ADDRESS, harness.time.now()))
    await harness.deliver_all()
    harness.time.add(timedelta(hours=1))
    await harness.deliver_all()
    assert teams.chat(GRETA_ENTRA) == []


def _promise_digest_and_alert(tx: Transaction, now: datetime) -> None:
    address, error = person_address(GRETA), {"error": "No.", "remedy": "None."}
    digest, alert = {"digest_id": "contracts"}, {"address": CONTRACTS_ADDRESS, **error}
    tx.outbox.add(key="1", address=address, effect=Effect.SEND_DIGEST, payload=digest, due_at=now)
    tx.outbox.add(key="2", address=address, effect=Effect.ALERT_PARKED, payload=alert, due_at=now)


def _buttons(part: Any) -> list[dict[str, Any]]:
    if isinstance(part, list):
        return [found for one in part for found in _buttons(one)]
    if not isinstance(part, dict):
        return []
    own = [part["data"]] if part.get("type") == "Action.Execute" else []
    return own + [found for name, one in part.items() if name != "fallback" for found in _buttons(one)]
