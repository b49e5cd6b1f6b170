"""Reader of the process's settings: environment variables, the `.env` file, and groups that belong together.

Only this module reads `os.environ`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.settings import Settings

ENV_FILE_VARIABLE = "OMBUD_ENV_FILE"
"""Names another file than `.env`; empty for none."""
_REMEDIES = {
    "LOG_FORMAT": "write text or json.",
    "PORT": "write a port number, 0 to 65535.",
}
"""Used in place of the validator's own messages, which are for programmers."""


class BadSettings(Exception):
    """The environment can't be used. The text names each variable and what to do."""


def read_settings() -> Settings:
    """The settings of this process.

    Raises:
        BadSettings: naming each variable that is wrong or half of a group.
    """
    file = env_file()
    try:
        settings = Settings(_env_file=file)
    except ValidationError as problem:
        lines = [f"{_variable(error['loc'])}: {_sentence(error)}" for error in problem.errors()]
        raise BadSettings("\n".join(lines)) from None
    except (OSError, UnicodeDecodeError):
        raise BadSettings(f"{file}: it can't be read. Make it a text file in UTF-8 that is yours.") from None
    mistakes = incomplete_groups(settings)
    if mistakes:
        raise BadSettings("\n".join(mistakes))
    return settings


def env_file() -> Path | None:
    """The file that settings are read from, there or not; None for none. Raises BadSettings: no such file."""
    name = os.environ.get(ENV_FILE_VARIABLE)
    if name is None:
        return Path(".env")
    if name and not Path(name).exists():
        raise BadSettings(
            f"{ENV_FILE_VARIABLE}: there is no file {name}. Name one, or leave it empty for none."
        )
    return Path(name) if name else None


def child_environment(**changes: str) -> dict[str, str]:
    """This process's environment with `changes`, for a child process."""
    return {**os.environ, **changes}


def python_executable() -> str:
    """The path of the running Python interpreter, for a child process."""
    return sys.executable


def _variable(location: tuple[int | str, ...]) -> str:
    return str(location[0]).upper() if location else "settings"


def _sentence(error: ErrorDetails) -> str:
    return _REMEDIES.get(_variable(error["loc"])) or error["msg"].removeprefix("Value error, ")


def incomplete_groups(settings: Settings) -> list[str]:
    """A sentence for each variable that is missing while others of its group are set."""
    return [*_of_slack(settings), *_of_teams(settings), *_of_mail(settings)]


def _of_slack(settings: Settings) -> Iterator[str]:
    if settings.slack_bot_token and not (settings.slack_signing_secret or settings.slack_app_token):
        yield (
            "SLACK_SIGNING_SECRET: missing. Copy it from the Slack app's Basic Information page, "
            "or set SLACK_APP_TOKEN to use Socket Mode."
        )
    if (settings.slack_signing_secret or settings.slack_app_token) and not settings.slack_bot_token:
        yield "SLACK_BOT_TOKEN: missing. Copy it from the Slack app's OAuth & Permissions page."


def _of_teams(settings: Settings) -> Iterator[str]:
    """All three or none. With an empty app id the SDK would switch authentication off."""
    group = {
        "TEAMS_APP_ID": (
            settings.teams_app_id,
            "the app id of the Azure app registration",
        ),
        "TEAMS_APP_PASSWORD": (settings.teams_app_password, "a client secret of that registration"),
        "TEAMS_TENANT_ID": (settings.teams_tenant_id, "the tenant that the app is registered in"),
    }
    given = [name for name, (value, _) in group.items() if value]
    for name, (value, what) in group.items():
        if given and not value:
            yield f"{name}: missing, and {given[0]} is set. Give {what}."


def _of_mail(settings: Settings) -> Iterator[str]:
    given = {
        "SMTP_URL": settings.smtp_url,
        "MAIL_LISTEN": settings.mail_listen,
        "MAIL_WEBHOOK_SECRET": settings.mail_webhook_secret,
    }
    used = [name for name, value in given.items() if value]
    if used and not settings.mail_domain:
        yield f"MAIL_DOMAIN: missing, and {used[0]} is set. Give the domain that customers' replies come to."
    if used and not settings.secret_key:
        yield (
            f"SECRET_KEY: missing, and {used[0]} is set. It signs the addresses that customers reply to. "
            "Make one with: openssl rand -hex 32"
        )
    if settings.mail_domain and not used:
        yield "SMTP_URL: missing, and MAIL_DOMAIN is set. Name the server that sends mail, or leave both out."
