"""Is this installation sound? Whatever isn't is told with its remedy."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable

import structlog
from rich.console import Console

from bot.check.customers import NO_PROBES, Probes, check_customers
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
    settings: Settings, probes: Probes = NO_PROBES, teams: TeamsProbes = NO_TEAMS_PROBES
) -> list[CheckResult]:
    """Everything that can be found out without changing anything, in the order in which to mend it."""
    clock = Clock(settings.clock_file)
    machine = Clock()
    policy, findings = _read_policy(settings)
    return [
        *check_settings(settings),
        *findings,
        *check_clock(settings, machine.now(), clock.now()),
        *await asyncio.to_thread(_run_store_checks, settings.database_url, policy, clock),
        *await _run_group("Slack", _check_slack(settings, policy, machine)),
        *await _run_group("Teams", check_teams(settings, policy, teams)),
        *await _run_group("Customers", check_customers(settings, policy, probes)),
    ]


async def print_check(
    settings: Settings, probes: Probes = NO_PROBES, teams: TeamsProbes = NO_TEAMS_PROBES
) -> int:
    """For the command line: the findings on standard output. Returns the exit status."""
    return print_results(await run_checks(settings, probes, teams), Console(highlight=False))


async def _check_slack(settings: Settings, policy: Policy | None, machine: Clock) -> list[CheckResult]:
    """Who is in Teams needn't be in Slack."""
    elsewhere: frozenset[str] = frozenset()
    if settings.has_teams and policy is not None:
        elsewhere = await asyncio.to_thread(known_in_teams, settings.database_url, policy)
    return [finding async for finding in check_slack(settings, policy, machine.now, elsewhere)]


async def _run_group(group: str, findings: Awaitable[list[CheckResult]]) -> list[CheckResult]:
    """The findings; or that there is a fault in the check itself, and the rest of the page still stands."""
    try:
        return await findings
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
    """A mistake's last sentence says what to write."""
    title, stop, remedy = line.rpartition(". ")
    return (f"{title}.", remedy) if stop else (line, "")


def _run_store_checks(url: str, policy: Policy | None, clock: Clock) -> Iterable[CheckResult]:
    findings: list[CheckResult] = []
    try:
        findings.extend(check_store(url, policy, clock.now()))
    except Exception:
        log.exception("check_failed", group="Database")
        findings.append(_crashed("Database"))
    return findings


def _crashed(group: str) -> CheckResult:
    """The log has what it is."""
    return CheckGroup(group).failed(
        "This could not be checked to the end.", "Report it with what the log says."
    )
