"""Can I try it without any account? The bot on SQLite, and a whole workspace around it."""

from __future__ import annotations

import secrets
import shutil
import subprocess
from pathlib import Path

from bot.settings import child_environment, python

BOT_PORT_AFTER = 1
"""The bot listens on the port after the workspace page's."""


def run_demo(port: int, folder: Path) -> int:
    """Start the sandbox, which starts the bot; ends when the person does. Returns the exit status.

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
    try:
        return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - our own command
    except KeyboardInterrupt:
        return 0
