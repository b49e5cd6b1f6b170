"""Can I try it without any account? The bot on SQLite, and a whole workspace around it."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path
from typing import NoReturn

from bot.settings import child_environment, python

BOT_PORT_AFTER = 1
"""The bot listens on the port after the workspace page's."""


def run_demo(port: int, folder: Path) -> NoReturn:
    """Become the sandbox, which starts the bot; so Ctrl+C and every other signal reach it directly.

    Each run begins afresh: what an earlier demo left in `folder` is removed.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    bot_port = port + BOT_PORT_AFTER
    clock = folder.resolve() / "clock"
    environment = child_environment(
        DATABASE_URL=f"sqlite:///{folder.resolve()}/ombud.db",
        HOST="127.0.0.1",
        PORT=str(bot_port),
        BASE_URL=f"http://127.0.0.1:{bot_port}",
        CLOCK_FILE=str(clock),
        SLACK_API_URL=f"http://127.0.0.1:{port}/api/",
        SLACK_BOT_TOKEN=f"xoxb-{secrets.token_hex(12)}",
        SLACK_SIGNING_SECRET=secrets.token_hex(16),
        SLACK_APP_TOKEN="",
        API_KEYS=f"demo:{secrets.token_hex(16)}",
        STRIPE_WEBHOOK_SECRET=f"whsec_{secrets.token_hex(16)}",
    )
    command = [python(), "-m", "sandbox", "--port", str(port), "--bot-url", f"http://127.0.0.1:{bot_port}"]
    command += ["--clock-file", str(clock), "--run", f"{python()} -m bot serve", "--seed"]
    command += ["--run-log", str(folder / "bot.log")]
    os.execve(command[0], command, environment)  # noqa: S606 - our own command
