"""Run of all checks of `ombud check`, in the order in which to fix what they find."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable
from pathlib import Path

import structlog
from rich.console import Console

from bot.check.customers import NO_PROBES, Probes, check_customers
from bot.check.files import check_files
from bot.check.report import CheckGroup, CheckResult, print_results
from bot.check.settings import check_clock, check_settings
from bot.check.slack import check_slack
from bot.check.store import check_store
from bot.check.teams import NO_TEAMS_PROBES, TeamsProbes, check_teams
from bot.check.teams_policy import known_in_teams
from bot.policy.reader import PolicyMistakes, read_policy
from bot.settings import Settings
from core.policy import Policy
from scheduler.clock import Clock

log = structlog.get_logger()
_POLICY = CheckGroup("Policy")


async def run_checks(
    settings: Settings,
    probes: Probes = NO_PROBES,
    teams: TeamsProbes = NO_TEAMS_PROBES,
    env_file: Path | None = None,
) -> list[CheckResult]:
    """The results of every check. Changes nothing, sends nothing. `env_file` is where settings stand."""
    clock = Clock(settings.clock_file)
    machine = Clock()
    policy, results = _read_policy(settings)
    return [
        *check_settings(settings),
        *results,
        *check_clock(settings, machine.now(), clock.now()),
        *await asyncio.to_thread(_run_store_checks, settings.database_url, policy, clock),
        *check_files(settings, env_file),
        *await _run_group("Slack", _check_slack(settings, policy, machine)),
        *await _run_group("Teams", check_teams(settings, policy, teams)),
        *await _run_group("Customers", check_customers(settings, policy, probes)),
    ]


async def print_check(
    settings: Settings,
    probes: Probes = NO_PROBES,
    teams: TeamsProbes = NO_TEAMS_PROBES,
    env_file: Path | None = None,
) -> int:
    """For the command line: print the results on standard output. Returns the exit status."""
    return print_results(await run_checks(settings, probes, teams, env_file), Console(highlight=False))


async def _check_slack(settings: Settings, policy: Policy | None, machine: Clock) -> list[CheckResult]:
    """The checks of Slack, where people who are known in Teams needn't have an account."""
    teams_handles: frozenset[str] = frozenset()
    if settings.has_teams and policy is not None:
        teams_handles = await asyncio.to_thread(known_in_teams, settings.database_url, policy)
    return [result async for result in check_slack(settings, policy, machine.now, teams_handles)]


async def _run_group(group: str, results: Awaitable[list[CheckResult]]) -> list[CheckResult]:
    """The results of a group. A check that crashes is logged and reported; the other groups still run."""
    try:
        return await results
    except Exception:
        log.exception("check_failed", group=group)
        return [_crashed(group)]


def _read_policy(settings: Settings) -> tuple[Policy | None, list[CheckResult]]:
    try:
        policy = read_policy(settings.policy_file)
    except PolicyMistakes as mistakes:
        lines = str(mistakes).splitlines()
        return None, [_POLICY.failed(*_title_and_remedy(line)) for line in lines]
    counts = f"{len(policy.queues)} queues, {len(policy.reasons)} reasons, {len(policy.tiers)} tiers"
    return policy, [_POLICY.ok(f"{settings.policy_file} has {counts}.")]


def _title_and_remedy(line: str) -> tuple[str, str]:
    """The last sentence of a policy mistake is its remedy."""
    title, stop, remedy = line.rpartition(". ")
    return (f"{title}.", remedy) if stop else (line, "")


def _run_store_checks(url: str, policy: Policy | None, clock: Clock) -> Iterable[CheckResult]:
    results: list[CheckResult] = []
    try:
        results.extend(check_store(url, policy, clock.now()))
    except Exception:
        log.exception("check_failed", group="Database")
        results.append(_crashed("Database"))
    return results


def _crashed(group: str) -> CheckResult:
    """The result of a check that raised; the error itself is in the log."""
    return CheckGroup(group).failed(
        "This could not be checked to the end.", "Report it with what the log says."
    )
