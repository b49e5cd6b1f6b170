"""Checks of the settings: whether they are plausible, and what they switch on and off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import SplitResult, urlsplit

from pydantic import SecretStr

from bot.check.report import CheckGroup, CheckResult
from bot.settings import Settings
from core.loopback import is_loopback

_GROUP = CheckGroup("Settings")
_CLOCK = CheckGroup("Clock")
_SIGNING_SECRET = re.compile(r"[0-9a-f]{32}")
_FIRST_YEAR = 2026
_CLOCK_TOLERANCE = timedelta(seconds=2)


def check_settings(settings: Settings) -> Iterator[CheckResult]:
    yield from _check_addresses(settings)
    yield from _check_slack(settings)
    if settings.api_keys:
        yield _GROUP.ok(f"The API takes disputes from {', '.join(sorted(settings.api_keys))}.")
    else:
        yield _GROUP.off(
            "The API takes no disputes.", "Set API_KEYS to name:key pairs to let other systems raise them."
        )
    if settings.metrics_key:
        yield _GROUP.ok("/metrics asks for METRICS_KEY.")
    else:
        yield _GROUP.ok("/metrics answers callers on this machine alone.")
    yield from _check_stripe(settings.stripe_webhook_secret)


def check_clock(settings: Settings, machine_time: datetime, ombud_time: datetime) -> Iterator[CheckResult]:
    """`ombud_time` differs from `machine_time` where CLOCK_FILE moves Ombud's clock."""
    if machine_time.year < _FIRST_YEAR:
        yield _CLOCK.failed(
            f"This machine believes it is {machine_time:%Y-%m-%d}.", "Set its clock, best by NTP."
        )
    elif abs(ombud_time - machine_time) > _CLOCK_TOLERANCE:
        away = round(abs(ombud_time - machine_time) / timedelta(hours=1), 1)
        yield _CLOCK.warning(
            f"Ombud's clock is {away} hours {'ahead' if ombud_time > machine_time else 'behind'}.",
            "That is for demonstrations: take CLOCK_FILE out of the settings.",
        )
    elif settings.clock_file is not None:
        yield _CLOCK.warning(
            "Whoever writes CLOCK_FILE can move Ombud's clock.",
            "That is for demonstrations: take CLOCK_FILE out of the settings.",
        )
    else:
        yield _CLOCK.ok(f"It is {machine_time:%Y-%m-%d %H:%M} UTC.")


def _check_addresses(settings: Settings) -> Iterator[CheckResult]:
    base = _parse_url(settings.base_url)
    if base.scheme not in ("http", "https") or not base.hostname or base.query or base.fragment:
        yield _GROUP.failed(
            "BASE_URL is no address that links can begin with.", "Write it like https://ombud.example.com."
        )
    elif is_loopback(settings.base_url):
        yield from _check_local(settings, base)
    elif base.scheme == "http":
        yield _GROUP.warning(
            f"People reach Ombud at {settings.base_url}, unencrypted.",
            "Put it behind https and change BASE_URL; Slack delivers only there.",
        )
    else:
        yield _GROUP.ok(f"People reach Ombud at {settings.base_url}.")
    if settings.port == 0:
        yield _GROUP.warning("PORT is 0: each start listens somewhere else.", "Set PORT, for example 8080.")


def _check_local(settings: Settings, base: SplitResult) -> Iterator[CheckResult]:
    port = base.port or (443 if base.scheme == "https" else 80)
    if settings.port not in (0, port):
        yield _GROUP.warning(
            f"BASE_URL says port {port}, but Ombud listens on {settings.port}.",
            "Make BASE_URL and PORT agree, or links lead nowhere.",
        )
    elif settings.has_slack and not is_loopback(settings.slack_api_url):
        yield _GROUP.warning(
            f"Links in messages lead to {settings.base_url}, which opens on this machine alone.",
            "Set BASE_URL to the address that people and Slack reach.",
        )
    else:
        yield _GROUP.ok(f"On this machine, Ombud is at {settings.base_url}.")


def _check_slack(settings: Settings) -> Iterator[CheckResult]:
    if not settings.has_slack:
        yield _GROUP.off(
            "Slack is off.", "Make the app from manifest.yaml, then set SLACK_BOT_TOKEN and its secret."
        )
        return
    yield _GROUP.ok("Slack is on.")
    if not settings.slack_api_url.startswith("https://slack.com/"):
        yield _GROUP.warning(
            f"Calls to Slack go to {settings.slack_api_url}.",
            "Take SLACK_API_URL out to talk to Slack itself.",
        )
    if not _starts_with(settings.slack_bot_token, "xoxb-"):
        yield _GROUP.failed(
            "SLACK_BOT_TOKEN is not a bot's token.",
            "Copy the one that starts with xoxb- (OAuth & Permissions).",
        )
    if settings.slack_app_token and not _starts_with(settings.slack_app_token, "xapp-"):
        yield _GROUP.failed(
            "SLACK_APP_TOKEN is not an app-level token.",
            "Copy the one that starts with xapp-, from Basic Information.",
        )
    secret = settings.slack_signing_secret
    if secret and not _SIGNING_SECRET.fullmatch(secret.get_secret_value()):
        yield _GROUP.warning(
            "SLACK_SIGNING_SECRET doesn't look like one: 32 digits and letters a to f.",
            "Copy it again from Basic Information. The client secret beside it is another thing.",
        )


def _check_stripe(secret: SecretStr | None) -> Iterator[CheckResult]:
    if secret is None:
        yield _GROUP.off("Stripe is off.", "Set STRIPE_WEBHOOK_SECRET to turn chargebacks into cases.")
    elif not _starts_with(secret, "whsec_"):
        yield _GROUP.failed(
            "STRIPE_WEBHOOK_SECRET is not a webhook's signing secret.",
            "Copy the one that starts with whsec_ from the endpoint's page at Stripe.",
        )
    else:
        yield _GROUP.ok("Stripe is on: chargebacks become cases.")


def _starts_with(secret: SecretStr | None, prefix: str) -> bool:
    return secret is not None and secret.get_secret_value().startswith(prefix)


def _parse_url(url: str) -> SplitResult:
    """Never raises: a URL that can't be parsed has no host."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return urlsplit("")
    return parts
