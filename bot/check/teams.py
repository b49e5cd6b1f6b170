"""Checks of Teams: ids, addresses, token, messaging endpoint, then the policy's channels and people."""

from __future__ import annotations

import asyncio
import ipaddress
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.check.mail import Probe
from bot.check.report import CheckGroup, CheckResult
from bot.check.teams_policy import check_teams_policy
from bot.settings import Settings
from core.loopback import is_loopback
from core.policy import Policy

_GROUP = CheckGroup("Teams")
_GUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_ROUTE = "/api/messages"
_HOW_TO_SET_UP = (
    "Register the app as docs/teams.md says, then set TEAMS_APP_ID, TEAMS_APP_PASSWORD and TEAMS_TENANT_ID."
)
_REGISTRATION = "Copy it from the app registration's Overview in the Azure portal."
_PUBLIC_CLOUD_HOSTS = (".botframework.com", ".microsoftonline.com")
_GOVERNMENT_CLOUD_HOSTS = (".microsoftonline.us", ".azure.us")


@dataclass(frozen=True, slots=True)
class TeamsProbes:
    """Connection attempts, which only connectors can make; None where it isn't to be tried."""

    token: Probe | None = None
    """Gets a fresh token; returns a sentence about it. Raises an error with `message` and `remedy`."""
    endpoint: Callable[[str], Awaitable[int]] | None = None
    """The HTTP status of the response to an unsigned request. Raises an error with `message`."""


NO_TEAMS_PROBES = TeamsProbes()


async def check_teams(settings: Settings, policy: Policy | None, probes: TeamsProbes) -> list[CheckResult]:
    """Changes nothing and posts nothing in Teams."""
    if not settings.has_teams:
        return [_GROUP.off("Teams is off.", _HOW_TO_SET_UP), *_check_queues_without_teams(policy)]
    results = [*_check_ids(settings), *_check_addresses(settings)]
    results += [result async for result in _check_token(probes)]
    results += [*_check_messaging_endpoint(settings)]
    results += [result async for result in _check_endpoint(settings, probes)]
    if policy is not None:
        results += await asyncio.to_thread(check_teams_policy, settings.database_url, policy)
    return results


def _check_queues_without_teams(policy: Policy | None) -> Iterator[CheckResult]:
    for queue in policy.queues.values() if policy else ():
        if queue.teams_channel and not queue.slack_channel:
            yield _GROUP.failed(
                f"{queue.name} has its channel in Teams, which is off: nobody sees its cases.",
                f"{_HOW_TO_SET_UP} Or give the queue a slack_channel in policy.yaml.",
            )
        elif queue.teams_channel:
            yield _GROUP.warning(
                f"{queue.name} has a channel in Teams, which is off: its cases show in Slack alone.",
                _HOW_TO_SET_UP,
            )


def _check_ids(settings: Settings) -> Iterator[CheckResult]:
    for variable, value, what in (
        ("TEAMS_APP_ID", settings.teams_app_id, "application (client) id"),
        ("TEAMS_TENANT_ID", settings.teams_tenant_id, "directory (tenant) id"),
    ):
        if not _GUID.fullmatch(value or ""):
            yield _GROUP.failed(f"{variable} isn't the {what}, which is a GUID.", _REGISTRATION)


def _check_addresses(settings: Settings) -> Iterator[CheckResult]:
    """Warns of hosts that aren't Microsoft's: the OpenID host vouches for Teams' keys, and the login host
    receives the app's secret."""
    for variable, url, what in (
        ("TEAMS_OPENID_URL", settings.teams_openid_url, "Whoever is at {url} can speak as Teams."),
        ("TEAMS_LOGIN_URL", settings.teams_login_url, "The app's secret goes to {url}."),
    ):
        host = urlsplit(url).hostname or ""
        if f".{host}".endswith(_GOVERNMENT_CLOUD_HOSTS):
            yield _GROUP.failed(
                f"{variable} is of Microsoft's cloud for the US government, where Ombud can't work: it takes "
                "only what the public cloud has signed.",
                f"Take {variable} out to use the public cloud.",
            )
        elif not f".{host}".endswith(_PUBLIC_CLOUD_HOSTS):
            yield _GROUP.warning(
                what.format(url=url), f"Take {variable} out to trust Microsoft alone, unless this is a trial."
            )


async def _check_token(probes: TeamsProbes) -> AsyncIterator[CheckResult]:
    if probes.token is None:
        return
    try:
        yield _GROUP.ok(await probes.token())
    except Exception as trouble:
        said = getattr(trouble, "message", f"A token can't be asked for ({type(trouble).__name__}).")
        remedy = getattr(trouble, "remedy", None)
        yield _GROUP.failed(said, remedy or "Check the network and the proxy: login.microsoftonline.com.")


def _check_messaging_endpoint(settings: Settings) -> Iterator[CheckResult]:
    """Whether Teams can reach the address to which it delivers activities."""
    place, host = f"{settings.base_url}{_ROUTE}", urlsplit(settings.base_url).hostname or ""
    if is_loopback(settings.base_url) and is_loopback(settings.teams_openid_url):
        yield _GROUP.ok(f"The Teams of this machine delivers to {place}.")
    elif is_loopback(settings.base_url) or not settings.base_url.startswith("https://"):
        yield _GROUP.failed(
            f"Teams can't deliver to {place}: it wants a public https address.",
            f"Set BASE_URL to one, and name it with {_ROUTE} as the messaging endpoint of the bot resource.",
        )
    elif _is_private(host):
        yield _GROUP.warning(
            f"Teams can hardly deliver to {place}: {host} looks like a name of your own network.",
            "Let Microsoft reach it from the internet, by a reverse proxy or a tunnel, and set BASE_URL so.",
        )
    else:
        yield _GROUP.ok(f"Teams delivers to {place}, which the bot resource must name.")


def _is_private(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal", ".lan", ".intranet"))


async def _check_endpoint(settings: Settings, probes: TeamsProbes) -> AsyncIterator[CheckResult]:
    if probes.endpoint is None:
        return
    place = f"{settings.base_url}{_ROUTE}"
    try:
        status = await probes.endpoint(place)
    except Exception as trouble:
        said = getattr(trouble, "message", f"{place} can't be tried ({type(trouble).__name__}).")
        yield _GROUP.warning(said, "Start `ombud serve`; if it runs, see that BASE_URL leads to it.")
    else:
        yield _check_endpoint_status(place, status)


def _check_endpoint_status(place: str, status: int) -> CheckResult:
    if status == 401:
        return _GROUP.ok("It answers there, and turns away what nobody signed.")
    if status == 404:
        return _GROUP.failed(
            f"What answers at {place} knows nothing of Teams.",
            f"Restart `ombud serve` with these settings, and let the proxy pass {_ROUTE} on.",
        )
    if 300 <= status < 400:
        return _GROUP.failed(
            f"{place} sends elsewhere (HTTP {status}), where Teams doesn't follow.",
            "Set BASE_URL to the address that it leads to.",
        )
    return _GROUP.failed(
        f"{place} answers HTTP {status} to what nobody signed; Ombud would say 401.",
        "See that BASE_URL leads to Ombud, and what stands before it.",
    )
