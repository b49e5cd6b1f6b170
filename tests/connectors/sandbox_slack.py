"""The sandbox's Slack, on a free port of loopback, in this process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp.test_utils import TestServer

from connectors.slack.api import SlackApi
from sandbox.server import make_app
from sandbox.slack.admin import apply_admin_action
from sandbox.slack.workspace import Message
from sandbox.world import WORLD, Settings, World


@dataclass(frozen=True, slots=True)
class Slack:
    """The sandbox's Slack, whose state tests read and whose calls they let fail."""

    world: World
    url: str

    async def fail_next(self, error: str, **wanted: Any) -> None:
        """Let the next matching call fail: a Slack error, `ratelimited`, `http_500`, `lose_answer`."""
        await apply_admin_action(self.world, {"error": error, **wanted})

    async def do(self, verb: str, **wanted: Any) -> None:
        """`archive_channel`, `deactivate_user`, `strict_rates` …"""
        await apply_admin_action(self.world, {"do": verb, **wanted})

    def messages(self, channel: str) -> list[Message]:
        """All of a channel, threads included, in the order in which they came."""
        return list(self.world.slack.workspace.channels[channel].messages.values())

    def thread(self, channel: str, root: str) -> list[Message]:
        return [one for one in self.messages(channel) if one.get("thread_ts") == root and one["ts"] != root]

    def calls(self, method: str | None = None) -> list[dict[str, Any]]:
        return self.world.calls.since(0, method)

    def api(self, *, token: str = "xoxb-sandbox", seconds: float = 5.0) -> SlackApi:
        return SlackApi(token, f"{self.url}/api/", seconds=seconds)


@asynccontextmanager
async def a_slack() -> AsyncIterator[Slack]:
    app = make_app(Settings(bot_url="http://127.0.0.1:9"))
    async with TestServer(app) as server:
        yield Slack(app[WORLD], str(server.make_url("")).rstrip("/"))
