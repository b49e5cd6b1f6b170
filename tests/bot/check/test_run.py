"""Tests of `ombud check` as a whole, against the sandbox's Slack."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient

from bot.check.report import CheckResult, State, exit_status
from bot.check.run import run_checks
from bot.check.slack_policy import check_people
from bot.settings import Settings
from bot.slack.scopes import needed_scopes
from sandbox.slack.web_api import dispatch as web_api
from tests.bot.case_history import a_database
from tests.builders import a_policy, a_queue
from tests.connectors.sandbox_slack import Slack, a_slack
from tests.slack_policy import CONTRACTS, slack_only, write_slack_only

SIGNING_SECRET = "8f742231b10e8888abcd123ef45685a5"


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    async with a_slack() as slack:
        yield slack


@pytest.fixture
def settings(slack: Slack, tmp_path: Path) -> Settings:
    """An installation in which everything is right."""
    return Settings(
        database_url=a_database(tmp_path),
        base_url="https://ombud.example.com",
        policy_file=write_slack_only(tmp_path),
        slack_bot_token=SecretStr("xoxb-sandbox"),
        slack_signing_secret=SecretStr(SIGNING_SECRET),
        slack_api_url=f"{slack.url}/api/",
        api_keys={"crm": SecretStr("a-key-of-16-letters")},
        stripe_webhook_secret=SecretStr("whsec_sandbox"),
        secret_key=(SecretStr("0123456789abcdef0123456789abcdef"),),
        evidence_url=(tmp_path / "evidence").as_uri(),
    )


def with_changes(settings: Settings, **changes: Any) -> Settings:
    return settings.model_copy(update=changes)


def with_policy(settings: Settings, tmp_path: Path, old: str, new: str) -> Settings:
    """The same installation, with one thing changed in its policy."""
    text = slack_only()
    assert old in text
    file = tmp_path / "changed.yaml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    return with_changes(settings, policy_file=file)


async def failures(settings: Settings) -> list[CheckResult]:
    return [result for result in await run_checks(settings) if result.state is State.FAILED]


async def the_failure(settings: Settings) -> str:
    """The one failure, with its remedy."""
    (failure,) = await failures(settings)
    assert failure.remedy
    return f"{failure.title} {failure.remedy}"


async def test_a_sound_installation_has_nothing_to_mend(settings: Settings) -> None:
    results = await run_checks(settings)
    not_ok = [result.title for result in results if result.state is not State.OK]
    assert not_ok == [
        f"Calls to Slack go to {settings.slack_api_url}.",
        "Teams is off.",
        "No proxy is trusted, so all who guess at links count as one client, the proxy.",
        "Nobody looks for viruses in it.",
        "Customers get no mail.",
    ]
    assert exit_status(results) == 0


async def test_everything_is_looked_at(settings: Settings) -> None:
    groups = list(dict.fromkeys(result.group for result in await run_checks(settings)))
    assert groups == [
        "Settings",
        "Policy",
        "Clock",
        "Database",
        "Outbox",
        "Files",
        "Slack",
        "Slack channels",
        "People",
        "Teams",
        "Customer pages",
        "Evidence",
        "Mail",
    ]


async def test_no_secret_stands_on_the_page(settings: Settings, slack: Slack) -> None:
    await slack.do("revoke_token")
    page = repr(
        await run_checks(with_changes(settings, database_url="postgresql://ombud:hunter22@127.0.0.1:9/ombud"))
    )
    assert not [secret for secret in (*settings.secrets(), "hunter22") if secret in page]


async def test_with_slack_off_nobody_is_asked(settings: Settings, slack: Slack) -> None:
    results = await run_checks(with_changes(settings, slack_bot_token=None, slack_signing_secret=None))
    assert next(result.title for result in results if result.state is State.OFF) == "Slack is off."
    assert slack.calls() == []


async def test_a_revoked_token_is_said_to_be_so(settings: Settings, slack: Slack) -> None:
    await slack.do("revoke_token")
    failure = await the_failure(settings)
    assert "token_revoked" in failure
    assert "Install the app into the workspace again" in failure


async def test_a_wrong_token_is_said_to_be_so(settings: Settings) -> None:
    failure = await the_failure(with_changes(settings, slack_bot_token=SecretStr("xoxb-another")))
    assert "invalid_auth" in failure
    assert "OAuth & Permissions" in failure


@pytest.mark.parametrize("scope", sorted(needed_scopes()))
async def test_a_missing_scope_is_named_with_what_needs_it(
    settings: Settings, slack: Slack, scope: str
) -> None:
    await slack.do("remove_scope", scope=scope)
    titles = {failure.title: failure.remedy for failure in await failures(settings)}
    (title,) = [title for title in titles if f"scope {scope} is missing" in title]
    assert "reinstall" in titles[title]


async def test_slack_out_of_reach_is_told_apart_from_slack_refusing(settings: Settings) -> None:
    failure = await the_failure(with_changes(settings, slack_api_url="http://127.0.0.1:9/api/"))
    assert failure.startswith("Slack can't be reached")
    assert "Check the network" in failure


async def test_trouble_of_slack_s_own_is_said_to_be_so(settings: Settings, slack: Slack) -> None:
    await slack.fail_next("http_500", method="auth.test")
    assert "slack-status.com" in await the_failure(settings)


async def test_being_asked_to_slow_down_is_waited_out(settings: Settings, slack: Slack) -> None:
    await slack.fail_next("ratelimited", method="conversations.list", retry_after=1)
    assert await failures(settings) == []


async def test_an_archived_channel_is_named(settings: Settings, slack: Slack) -> None:
    await slack.do("archive_channel", channel="C0BILLING")
    failure = await the_failure(settings)
    assert failure.startswith("#billing-disputes of Billing disputes is archived.")
    assert "Unarchive it" in failure


async def test_a_channel_without_the_bot_is_named_with_the_invitation(
    settings: Settings, slack: Slack
) -> None:
    await slack.do("remove_member", channel="C0BILLING")
    failure = await the_failure(settings)
    assert failure.startswith("Ombud isn't in #billing-disputes")
    assert "/invite @ombud" in failure


async def test_a_channel_that_isn_t_there_is_named(settings: Settings, tmp_path: Path) -> None:
    changed = with_policy(settings, tmp_path, CONTRACTS, 'slack_channel: "#contracts-misspelt"')
    assert (await the_failure(changed)).startswith("#contracts-misspelt of Contract disputes doesn't exist")


async def test_a_channel_may_be_named_by_its_id(settings: Settings, tmp_path: Path) -> None:
    changed = with_policy(settings, tmp_path, CONTRACTS, "slack_channel: C0DELIVERY")
    assert await failures(changed) == []


async def test_a_channel_whose_members_may_claim_needs_members(settings: Settings, slack: Slack) -> None:
    for person in ("U0BEN", "U0CLEO", "U0DANA"):
        await slack.do("remove_member", channel="C0DELIVERY", user=person)
    warnings = [one.title for one in await run_checks(settings) if one.state is State.WARNING]
    assert any("Nobody but Ombud is in #delivery-disputes" in title for title in warnings)


async def test_a_deactivated_manager_is_named_with_every_role(settings: Settings, slack: Slack) -> None:
    await slack.do("deactivate_user", user="U0DANA")
    failure = await the_failure(settings)
    assert "dana.whitfield@brightwater.example" in failure
    assert "manager of Billing disputes, manager of Delivery disputes" in failure
    assert "deactivated, name somebody else" in failure


async def test_an_address_that_nobody_has_is_named(settings: Settings, tmp_path: Path) -> None:
    changed = with_policy(settings, tmp_path, "cleo.lind@", "nobody@")
    failure = await the_failure(changed)
    assert failure.startswith("Nobody active in Slack has the address nobody@brightwater.example")
    assert "resolver of Contract disputes" in failure


@pytest.mark.parametrize(
    ("ref", "sentence"),
    [
        ("U0CLEO", "The Slack account of U0CLEO is deactivated (resolver of Billing disputes)."),
        ("U0NOBODY", "Slack knows nobody with the id U0NOBODY (resolver of Billing disputes)."),
        ("U0OMBUD", "U0OMBUD is a bot (resolver of Billing disputes)."),
    ],
)
async def test_a_wrong_slack_id_is_told_with_what_is_wrong(slack: Slack, ref: str, sentence: str) -> None:
    await slack.do("deactivate_user", user="U0CLEO")
    queue = a_queue(managers=("U0DANA",), resolvers=("U0ANA", ref))
    policy = a_policy(queues={"billing": queue}, ladder=(), digests=())
    client = AsyncWebClient("xoxb-sandbox", f"{slack.url}/api/")
    assert [result.title async for result in check_people(client, policy)] == [sentence]


async def test_who_is_known_in_teams_need_not_be_in_slack_but_a_dead_account_is_told(slack: Slack) -> None:
    await slack.do("deactivate_user", user="U0CLEO")
    queue = a_queue(managers=("U0DANA",), resolvers=("elif@example.com", "U0CLEO"))
    policy = a_policy(queues={"billing": queue}, ladder=(), digests=())
    client = AsyncWebClient("xoxb-sandbox", f"{slack.url}/api/")
    in_teams = {"elif@example.com", "U0CLEO"}
    titles = [result.title async for result in check_people(client, policy, in_teams)]
    assert titles == ["The Slack account of U0CLEO is deactivated (resolver of Billing disputes)."]


async def test_socket_mode_is_tried(settings: Settings, slack: Slack) -> None:
    assert await failures(with_changes(settings, slack_app_token=SecretStr("xapp-sandbox"))) == []
    assert slack.calls("apps.connections.open")


async def test_a_wrong_app_token_is_said_to_be_so(settings: Settings) -> None:
    failure = await the_failure(with_changes(settings, slack_app_token=SecretStr("xapp-another")))
    assert failure.startswith("Socket Mode can't be opened: invalid_auth.")
    assert "connections:write" in failure


@pytest.mark.parametrize("told", [{}, {"bot": {"id": "B0OMBUD"}}])
async def test_a_slack_that_doesnt_say_which_app_this_is_lets_nobody_in(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, told: dict[str, Any]
) -> None:
    monkeypatch.setitem(web_api.METHODS, "bots.info", web_api.Method(lambda _world, _args: told))
    assert "doesn't say which app this is. Install the app" in await the_failure(settings)
