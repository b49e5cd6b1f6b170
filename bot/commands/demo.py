"""Command `ombud demo`: the bot on SQLite with a whole workspace around it, without any account."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path
from typing import NoReturn
from uuid import uuid4

from bot.errors import CannotStart
from bot.read_settings import ENV_FILE_VARIABLE, child_environment, python_executable

BOT_PORT_AFTER = 1
"""The bot listens on the port after the workspace page's; then come the customers' mail server and ours."""
CUSTOMERS_MAIL_AFTER, OUR_MAIL_AFTER = 2, 3
_MAIL_SERVER = "mx.brightwater.example"
"""The name under which the sandbox confirms the senders of mail."""
_POLICY = Path(__file__).parents[2] / "policy.yaml"
"""The example: the pretend company has its queues and tiers."""
_DEMO_FILES = ("ombud.db*", "clock*", "bot.log")
"""The files that a demo leaves in its folder, beside the evidence."""
_EVIDENCE = "evidence"
_EVIDENCE_PARTS = frozenset({"sha256", "incoming", "preview"})


def run_demo(port: int, folder: Path) -> NoReturn:
    """Replace this process by the sandbox, which starts the bot; so signals such as Ctrl+C reach it directly.

    Each run starts empty: what an earlier demo left in `folder` is removed.

    Raises:
        CannotStart: the folder holds something else as well.
    """
    _empty_folder(folder)
    environment = _bot_environment(port, folder)
    command = [
        python_executable(),
        "-m",
        "sandbox",
        "--port",
        str(port),
        "--bot-url",
        environment["BASE_URL"],
    ]
    command += [
        "--clock-file",
        environment["CLOCK_FILE"],
        "--run",
        f"{python_executable()} -m bot serve",
        "--seed",
    ]
    command += ["--teams-app-id", environment["TEAMS_APP_ID"]]
    command += ["--teams-tenant-id", environment["TEAMS_TENANT_ID"]]
    command += ["--mail-port", str(port + CUSTOMERS_MAIL_AFTER)]
    command += ["--bot-mail-port", str(port + OUR_MAIL_AFTER)]
    command += ["--run-log", str(folder / "bot.log")]
    os.execve(command[0], command, environment)  # noqa: S606 - our own command


def _bot_environment(port: int, folder: Path) -> dict[str, str]:
    here = folder.resolve()
    return child_environment(
        **{ENV_FILE_VARIABLE: ""},
        DATABASE_URL=f"sqlite:///{here}/ombud.db",
        POLICY_FILE=str(_POLICY),
        HOST="127.0.0.1",
        PORT=str(port + BOT_PORT_AFTER),
        BASE_URL=f"http://127.0.0.1:{port + BOT_PORT_AFTER}",
        CLOCK_FILE=str(here / "clock"),
        SLACK_API_URL=f"http://127.0.0.1:{port}/api/",
        SLACK_BOT_TOKEN=f"xoxb-{secrets.token_hex(12)}",
        SLACK_SIGNING_SECRET=secrets.token_hex(16),
        SLACK_APP_TOKEN="",
        TEAMS_APP_ID=str(uuid4()),
        TEAMS_APP_PASSWORD=secrets.token_urlsafe(24),
        TEAMS_TENANT_ID=str(uuid4()),
        TEAMS_OPENID_URL=f"http://127.0.0.1:{port}/botframework/v1/.well-known/openidconfiguration",
        TEAMS_LOGIN_URL=f"http://127.0.0.1:{port}/login",
        TEAMS_SERVICE_URL=f"http://127.0.0.1:{port}/teams-connector/",
        API_KEYS=f"demo:{secrets.token_hex(16)}",
        STRIPE_WEBHOOK_SECRET=f"whsec_{secrets.token_hex(16)}",
        SECRET_KEY=secrets.token_hex(32),
        EVIDENCE_URL=(here / _EVIDENCE).as_uri(),
        SMTP_URL=f"smtp+plain://127.0.0.1:{port + CUSTOMERS_MAIL_AFTER}",
        MAIL_DOMAIN="disputes.brightwater.example",
        MAIL_LISTEN=f"smtp://127.0.0.1:{port + OUR_MAIL_AFTER}",
        MAIL_TRUSTED_SERVER=_MAIL_SERVER,
    )


def _empty_folder(folder: Path) -> None:
    """Remove what an earlier demo left; remove nothing when the folder holds any other file."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        found = sorted(folder.iterdir())
        others = [one for one in found if not _is_demo_file(one)]
        if not others:
            for one in found:
                shutil.rmtree(one) if one.is_dir() else one.unlink()
    except OSError as trouble:
        raise CannotStart(
            f"{folder} can't be used: {trouble.strerror}. Name another with --folder."
        ) from None
    if others:
        raise CannotStart(
            f"{folder} holds more than a demo's files, such as {others[0].name}, and a demo begins by "
            "emptying its folder. Name another with --folder."
        )


def _is_demo_file(one: Path) -> bool:
    if one.is_dir():
        return one.name == _EVIDENCE and {part.name for part in one.iterdir()} <= _EVIDENCE_PARTS
    return any(one.match(name) for name in _DEMO_FILES)
