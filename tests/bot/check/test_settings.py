"""Tests of the checks of settings: implausible ones are reported with a remedy, sound ones pass."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.check.report import CheckResult, State
from bot.check.settings import check_clock, check_settings
from bot.settings import Settings

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SOUND: dict[str, Any] = {
    "base_url": "https://ombud.example.com",
    "slack_bot_token": SecretStr("xoxb-1"),
    "slack_signing_secret": SecretStr("8f742231b10e8888abcd123ef45685a5"),
    "api_keys": {"crm": SecretStr("a-key-of-16-letters")},
    "stripe_webhook_secret": SecretStr("whsec_1"),
}


def results(**changes: Any) -> list[CheckResult]:
    return list(check_settings(Settings(_env_file=None, **{**SOUND, **changes})))


def test_sound_settings_are_only_confirmed() -> None:
    assert {result.state for result in results()} == {State.OK}


@pytest.mark.parametrize(
    ("key", "title"),
    [(None, "callers on this machine alone"), (SecretStr("a-key-of-16-letters"), "asks for METRICS_KEY")],
)
def test_it_is_said_who_may_read_the_metrics(key: SecretStr | None, title: str) -> None:
    assert any(title in result.title for result in results(metrics_key=key))


@pytest.mark.parametrize(
    ("changes", "state", "title", "remedy"),
    [
        ({"base_url": "ombud.example.com"}, State.FAILED, "BASE_URL is no address", "https://ombud"),
        ({"base_url": "ftp://x.example"}, State.FAILED, "BASE_URL is no address", "https://ombud"),
        ({"base_url": "https://x.example:no"}, State.FAILED, "BASE_URL is no address", "https://ombud"),
        ({"base_url": "https://x.example?a=1"}, State.FAILED, "BASE_URL is no address", "https://ombud"),
        ({"base_url": "http://x.example"}, State.WARNING, "unencrypted", "https"),
        ({"base_url": "http://127.0.0.1:8080"}, State.WARNING, "on this machine alone", "BASE_URL"),
        ({"base_url": "http://localhost:9000"}, State.WARNING, "listens on 8080", "agree"),
        ({"port": 0}, State.WARNING, "PORT is 0", "8080"),
        ({"api_keys": {}}, State.OFF, "The API takes no disputes", "API_KEYS"),
        ({"stripe_webhook_secret": None}, State.OFF, "Stripe is off", "STRIPE_WEBHOOK_SECRET"),
        ({"stripe_webhook_secret": SecretStr("sk_live_1")}, State.FAILED, "not a webhook's", "whsec_"),
        ({"slack_bot_token": None}, State.OFF, "Slack is off", "manifest.yaml"),
        ({"slack_bot_token": SecretStr("xoxp-1")}, State.FAILED, "not a bot's token", "xoxb-"),
        ({"slack_app_token": SecretStr("xoxb-1")}, State.FAILED, "not an app-level token", "xapp-"),
        ({"slack_signing_secret": SecretStr("12.34")}, State.WARNING, "doesn't look like one", "Copy it"),
        (
            {"slack_api_url": "http://127.0.0.1:1/api/"},
            State.WARNING,
            "Calls to Slack go to",
            "SLACK_API_URL",
        ),
    ],
)
def test_what_is_off_or_odd_is_told_with_the_remedy(
    changes: dict[str, Any], state: State, title: str, remedy: str
) -> None:
    (result,) = [result for result in results(**changes) if result.state is not State.OK]
    assert result.state is state
    assert title in result.title
    assert remedy in result.remedy


def test_a_local_address_is_right_where_slack_is_a_stand_in() -> None:
    changes = {"base_url": "http://127.0.0.1:8080", "slack_api_url": "http://127.0.0.1:8090/api/"}
    titles = [result.title for result in results(**changes) if result.state is State.OK]
    assert "On this machine, Ombud is at http://127.0.0.1:8080." in titles


def test_no_secret_is_in_a_result() -> None:
    settings = Settings(
        _env_file=None,
        slack_bot_token=SecretStr("not-shown-1"),
        slack_app_token=SecretStr("not-shown-2"),
        slack_signing_secret=SecretStr("not-shown-3"),
        stripe_webhook_secret=SecretStr("not-shown-4"),
    )
    assert "not-shown" not in repr(list(check_settings(settings)))


def the_clock(real: datetime, ours: datetime, clock_file: Path | None = None) -> CheckResult:
    (result,) = check_clock(Settings(_env_file=None, clock_file=clock_file), real, ours)
    return result


def test_a_clock_that_nobody_moves_is_sound() -> None:
    assert the_clock(NOW, NOW).state is State.OK


def test_a_machine_that_lives_in_the_past_is_told_so() -> None:
    past = datetime(1970, 1, 1, tzinfo=UTC)
    assert the_clock(past, past).state is State.FAILED


@pytest.mark.parametrize(("hours", "way"), [(30, "30.0 hours ahead"), (-2, "2.0 hours behind")])
def test_a_moved_clock_is_told_with_how_far(hours: int, way: str) -> None:
    result = the_clock(NOW, NOW + timedelta(hours=hours), Path("clock"))
    assert result.state is State.WARNING
    assert way in result.title
    assert "CLOCK_FILE" in result.remedy


def test_a_clock_that_could_be_moved_is_told_too() -> None:
    assert the_clock(NOW, NOW, Path("clock")).state is State.WARNING
