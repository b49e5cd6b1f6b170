"""An installation with Teams for tests of `ombud check`, and what the bot has stored of Teams."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.check.report import CheckResult, State
from bot.check.teams import NO_TEAMS_PROBES, TeamsProbes, check_teams
from bot.settings import Settings
from core.policy import Policy
from store.engine import Store
from store.transaction import Transaction
from tests.bot.case_history import a_database
from tests.builders import a_policy, a_queue
from tests.connectors.fake_microsoft import APP_ID, APP_PASSWORD, TENANT_ID, entra_id
from tests.slack_policy import EXAMPLE

CHANNEL = "19:billing@thread.tacv2"
ANA, BEN = "ana@brightwater.example", "ben@brightwater.example"


def an_installation(folder: Path) -> Settings:
    """Settings with which every check passes."""
    return Settings(
        _env_file=None,
        database_url=a_database(folder),
        base_url="https://disputes.example.com",
        policy_file=EXAMPLE,
        teams_app_id=APP_ID,
        teams_app_password=SecretStr(APP_PASSWORD),
        teams_tenant_id=TENANT_ID,
    )


def with_changes(settings: Settings, **changes: Any) -> Settings:
    return settings.model_copy(update=changes)


def teams_policy(**changes: Any) -> Policy:
    """One queue, in Teams alone unless told otherwise."""
    queue = {
        "slack_channel": None,
        "teams_channel": CHANNEL,
        "managers": (ANA,),
        "resolvers": (BEN,),
        **changes,
    }
    return replace(a_policy(), queues={"billing": replace(a_queue(), id="billing", name="Billing", **queue)})


async def check_results(
    settings: Settings, policy: Policy | None = None, probes: TeamsProbes = NO_TEAMS_PROBES
) -> list[CheckResult]:
    return await check_teams(settings, policy, probes)


async def only_problem(
    settings: Settings, policy: Policy | None = None, probes: TeamsProbes = NO_TEAMS_PROBES
) -> CheckResult:
    """The one result that isn't OK."""
    (trouble,) = [one for one in await check_results(settings, policy, probes) if one.state is not State.OK]
    assert trouble.remedy
    return trouble


def record_seen_in_teams(
    settings: Settings, policy: Policy, *addresses: str, has_channel: bool = True, problem: str | None = None
) -> None:
    """Store what the running bot finds out in Teams: people by their addresses, and the queue's channel."""

    def save(tx: Transaction) -> None:
        for one in addresses:
            tx.people.link_account("teams", entra_id(one), name=one, email=one, is_active=True)
        if has_channel:
            tx.channels.save(CHANNEL, CHANNEL, problem)

    write(settings, policy, save)


def write(settings: Settings, policy: Policy, unit: Callable[[Transaction], None]) -> None:
    store = Store.open(settings.database_url, policy, threads=1)
    try:
        store.run_blocking(unit)
    finally:
        store.close_blocking()
