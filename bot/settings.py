"""Which settings does the process run with? Every environment variable is read here, once."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class BadSettings(Exception):
    """The environment can't be used. The text names each variable and what to do."""


class Settings(BaseSettings):
    """Environment variables, or lines of `.env`. A group left out switches that integration off."""

    model_config = SettingsConfigDict(
        env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True, env_ignore_empty=True
    )

    database_url: str = "sqlite:///var/ombud.db"
    base_url: str = "http://127.0.0.1:8080"
    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)
    policy_file: Path = Path("policy.yaml")
    clock_file: Path | None = None
    """Demo and tests: a file with seconds to add to the real time."""
    log_format: str = Field("text", pattern="^(text|json)$")

    slack_bot_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_api_url: str = "https://slack.com/api/"

    api_keys: Annotated[dict[str, SecretStr], NoDecode] = Field(default_factory=dict)
    """`name:key` pairs with commas between; the name stands in the timeline."""
    stripe_webhook_secret: SecretStr | None = None

    @field_validator("api_keys", mode="before")
    @classmethod
    def _split_keys(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        pairs = [pair.strip().partition(":") for pair in value.split(",") if pair.strip()]
        if any(not name or len(key) < 16 for name, _, key in pairs):
            raise ValueError(
                "write it as name:key, the key at least 16 characters, with commas between pairs"
            )
        return {name: key for name, _, key in pairs}

    @field_validator("slack_api_url", "base_url")
    @classmethod
    def _one_slash(cls, value: str, info: object) -> str:
        name = getattr(info, "field_name", "")
        return value.rstrip("/") + ("/" if name == "slack_api_url" else "")

    @property
    def has_slack(self) -> bool:
        return self.slack_bot_token is not None


def read_settings(env_file: Path | None = Path(".env")) -> Settings:
    """The settings of this process.

    Raises:
        BadSettings: naming each variable that is wrong or half of a group.
    """
    try:
        settings = Settings(_env_file=env_file)
    except ValidationError as problem:
        lines = [f"{_variable(error['loc'])}: {_sentence(error)}" for error in problem.errors()]
        raise BadSettings("\n".join(lines)) from None
    mistakes = list(_half_groups(settings))
    if mistakes:
        raise BadSettings("\n".join(mistakes))
    return settings


def child_environment(**changes: str) -> dict[str, str]:
    """This process's environment with `changes`, for a process it starts."""
    return {**os.environ, **changes}


def python() -> str:
    """The interpreter that runs us, for a process it starts."""
    return sys.executable


def _half_groups(settings: Settings) -> list[str]:
    mistakes = []
    if settings.slack_bot_token and not (settings.slack_signing_secret or settings.slack_app_token):
        mistakes.append(
            "SLACK_SIGNING_SECRET: missing. Copy it from the Slack app's Basic Information page, "
            "or set SLACK_APP_TOKEN to use Socket Mode."
        )
    if (settings.slack_signing_secret or settings.slack_app_token) and not settings.slack_bot_token:
        mistakes.append("SLACK_BOT_TOKEN: missing. Copy it from the Slack app's OAuth & Permissions page.")
    return mistakes


def _variable(location: tuple[int | str, ...]) -> str:
    return str(location[0]).upper() if location else "settings"


def _sentence(error: object) -> str:
    message = str(error["msg"]) if isinstance(error, dict) else str(error)
    return message.removeprefix("Value error, ")
