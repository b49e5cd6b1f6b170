"""Checks of Slack: token, scopes, clock drift, delivery of events, then the policy's channels and people."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.check.report import CheckGroup, CheckResult
from bot.check.slack_policy import check_channels, check_people
from bot.settings import Settings
from bot.slack.scopes import features_needing, needed_scopes
from core.loopback import is_loopback
from core.policy import Policy

_GROUP = CheckGroup("Slack")
_CLOCK = CheckGroup("Clock")
_REINSTALL = "Update the app from manifest.yaml and reinstall it (OAuth & Permissions)."
_NEW_TOKEN = "Install the app into the workspace again and set the new SLACK_BOT_TOKEN."  # noqa: S105
_REMEDIES = {
    "token_revoked": _NEW_TOKEN,
    "token_expired": f"Turn token rotation off for the app. {_NEW_TOKEN}",
    "account_inactive": _NEW_TOKEN,
    "invalid_auth": "Set SLACK_BOT_TOKEN to the app's bot token, from OAuth & Permissions.",
    "not_authed": "Set SLACK_BOT_TOKEN to the app's bot token, from OAuth & Permissions.",
    "not_allowed_token_type": "Set SLACK_BOT_TOKEN to the token that starts with xoxb-.",
    "missing_scope": _REINSTALL,
    "ratelimited": "Slack asks us to slow down: run the check again in a minute.",
}
_UNREACHABLE = "Check the network, the proxy and SLACK_API_URL; https://slack-status.com knows of outages."
_WARN_DRIFT_SECONDS = 60
_MAX_DRIFT_SECONDS = 300
"""From here on, every request from Slack is refused, because its signature is too old."""


async def check_slack(
    settings: Settings,
    policy: Policy | None,
    now: Callable[[], datetime],
    teams_handles: Collection[str] = (),
) -> AsyncIterator[CheckResult]:
    """`now` returns the machine's own time; `teams_handles` are of people who needn't be in Slack.

    After a refused token, nothing else is checked.
    """
    if settings.slack_bot_token is None:
        return
    client = _client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url)
    try:
        me = await client.auth_test()
    except Exception as trouble:
        yield _failed_call("Slack doesn't accept SLACK_BOT_TOKEN", trouble)
        return
    yield _GROUP.ok(f"Ombud is @{me.get('user')} in {me.get('team')}.")
    async for result in _check_app(client, str(me.get("bot_id") or "")):
        yield result
    for result in (*_check_scopes(me.headers), *_check_clock_drift(me.headers, now())):
        yield result
    async for result in _check_event_delivery(client, settings):
        yield result
    if policy is not None:
        async for result in _check_policy(client, policy, str(me.get("user")), teams_handles):
            yield result


async def _check_app(client: AsyncWebClient, bot_ref: str) -> AsyncIterator[CheckResult]:
    """Payloads are compared with the app's own id, so nothing is done while Slack doesn't tell it."""
    try:
        bot = (await client.bots_info(bot=bot_ref)).get("bot") or {}
    except Exception as trouble:
        yield _failed_call("Slack doesn't say which app this is", trouble)
        return
    if not bot.get("app_id"):
        yield _GROUP.failed("Slack doesn't say which app this is.", _NEW_TOKEN)


async def _check_policy(
    client: AsyncWebClient, policy: Policy, bot_name: str, teams_handles: Collection[str]
) -> AsyncIterator[CheckResult]:
    try:
        async for result in check_channels(client, policy, bot_name=bot_name):
            yield result
        async for result in check_people(client, policy, teams_handles):
            yield result
    except Exception as trouble:
        yield _failed_call("Channels and people can't all be looked up", trouble)


def _client(token: str, base_url: str) -> AsyncWebClient:
    """Retries after a 429; every other error is raised at once."""
    retry = AsyncRateLimitErrorRetryHandler(max_retry_count=3)
    client = AsyncWebClient(token, base_url, timeout=15, retry_handlers=[retry])
    if is_loopback(base_url):
        client.proxy = None
    return client


def _check_scopes(headers: Mapping[str, str]) -> list[CheckResult]:
    """From a header of Slack's response, which names the token's scopes."""
    granted = headers.get("x-oauth-scopes")
    if granted is None:
        return [_GROUP.warning("Slack doesn't say which scopes the token has.", _REINSTALL)]
    missing = sorted(needed_scopes() - {scope.strip() for scope in granted.split(",")})
    if not missing:
        return [_GROUP.ok("The app has every scope it needs.")]
    return [
        _GROUP.failed(
            f"The scope {scope} is missing, so these don't work: {', '.join(features_needing(scope))}.",
            _REINSTALL,
        )
        for scope in missing
    ]


def _check_clock_drift(headers: Mapping[str, str], now: datetime) -> list[CheckResult]:
    try:
        theirs = parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        return []
    seconds = round(abs((theirs - now).total_seconds()))
    if seconds < _WARN_DRIFT_SECONDS:
        return [_CLOCK.ok("This machine and Slack agree on the time.")]
    tell = _CLOCK.failed if seconds >= _MAX_DRIFT_SECONDS else _CLOCK.warning
    return [
        tell(
            f"This machine's clock is {seconds} seconds away from Slack's; "
            f"at {_MAX_DRIFT_SECONDS} every click is refused.",
            "Set the machine's clock, best by NTP.",
        )
    ]


async def _check_event_delivery(client: AsyncWebClient, settings: Settings) -> AsyncIterator[CheckResult]:
    """Whether clicks and commands can reach us: by Socket Mode, or at our own address."""
    if settings.slack_app_token is not None:
        try:
            await client.apps_connections_open(app_token=settings.slack_app_token.get_secret_value())
        except Exception as trouble:
            yield _failed_call("Socket Mode can't be opened", trouble, _NEW_APP_TOKEN)
        else:
            yield _GROUP.ok("Socket Mode is on: clicks come by a connection that Ombud opens.")
    elif settings.base_url.startswith("https://") or is_loopback(settings.slack_api_url):
        yield _GROUP.ok(f"Clicks come to {settings.base_url}/slack/events, which manifest.yaml must name.")
    else:
        yield _GROUP.failed(
            f"Slack can't deliver clicks to {settings.base_url}: it wants a public https address.",
            "Set BASE_URL to one, or use Socket Mode (manifest.yaml says how).",
        )


_NEW_APP_TOKEN = (
    "Turn Socket Mode on for the app, make an app-level token with connections:write "  # noqa: S105
    "(Basic Information) and set it as SLACK_APP_TOKEN."
)


def _failed_call(what: str, trouble: Exception, remedy: str = "") -> CheckResult:
    """The result for a failed call: Slack's error code, never the response, which may repeat what we sent."""
    if isinstance(trouble, SlackApiError):
        code = _error_code(trouble.response)
        return _GROUP.failed(f"{what}: {code}.", remedy or _REMEDIES.get(code) or _UNREACHABLE)
    return _GROUP.failed(f"Slack can't be reached ({type(trouble).__name__}).", _UNREACHABLE)


def _error_code(response: AsyncSlackResponse) -> str:
    data = getattr(response, "data", None)
    code = data.get("error") if isinstance(data, dict) else None
    return code if isinstance(code, str) else "no proper answer"
