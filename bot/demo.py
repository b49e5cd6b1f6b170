"""Can I try it without any account? The bot on SQLite, and a whole workspace around it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import NoReturn

from bot.errors import CannotStart
from bot.settings import ENV_FILE_VARIABLE, child_environment, python

BOT_PORT_AFTER = 1
"""The bot listens on the port after the workspace page's."""
_POLICY = Path(__file__).parents[1] / "policy.yaml"
"""The example: the pretend company has its queues and tiers."""
_OURS = ("ombud.db*", "clock*", "bot.log")
"""What a demo leaves in its folder."""


def run_demo(port: int, folder: Path) -> NoReturn:
    """Become the sandbox, which starts the bot; so Ctrl+C and every other signal reach it directly.

    Each run begins afresh: what an earlier demo left in `folder` is removed.

    Raises:
        CannotStart: the folder holds something else as well.
    """
    _tidy(folder)
    bot_port = port + BOT_PORT_AFTER
    clock = folder.resolve() / "clock"
    environment = child_environment(
        **{ENV_FILE_VARIABLE: ""},
        DATABASE_URL=f"sqlite:///{folder.resolve()}/ombud.db",
        POLICY_FILE=str(_POLICY),
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


def _tidy(folder: Path) -> None:
    """Remove what an earlier demo left, and nothing when the folder has anything that isn't a demo's."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        found = sorted(folder.iterdir())
        others = [one for one in found if one.is_dir() or not any(one.match(name) for name in _OURS)]
        if not others:
            for one in found:
                one.unlink()
    except OSError as trouble:
        raise CannotStart(
            f"{folder} can't be used: {trouble.strerror}. Name another with --folder."
        ) from None
    if others:
        raise CannotStart(
            f"{folder} holds more than a demo's files, such as {others[0].name}, and a demo begins by "
            "emptying its folder. Name another with --folder."
        )
