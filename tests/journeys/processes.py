"""The bot and the pretend platforms as processes: started, killed, their clock moved."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import orjson

from tests.fixtures.ports import free_port
from tests.journeys.relay import a_relay

ROOT = Path(__file__).parents[2]
POLICY = ROOT / "policy.yaml"
"""The example policy: billing works in Slack, contracts in Teams, deliveries in both."""
START_SECONDS = 180.0
"""A bound for a busy machine; a start takes about one second."""
STOP_SECONDS = 60.0
SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
API_KEY = "0123456789abcdef0123"
TEAMS_APP_ID, TEAMS_TENANT_ID = "5c0ffee5-0a1b-4c2d-8e3f-000000000a44", "7e4a47e4-0a1b-4c2d-8e3f-00000000c0de"


_POSTS = (b'"method":"chat.postMessage"', b'"method":"teams.post"')


class NotReady(Exception):
    """A process ended, or didn't answer in time."""


class ManagedProcess:
    """A process of ours. Its output is appended to a file over all restarts."""

    def __init__(self, *command: str, environment: Mapping[str, str], log: Path) -> None:
        self._command = [sys.executable, "-m", *command]
        self._environment = environment
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=self.log.parent, env=self._environment, stdout=log, stderr=log
            )

    async def stop(self, how: signal.Signals) -> int:
        """Send a signal and wait for the end; returns the exit status, negative after a signal."""
        assert self._process is not None
        self._process.send_signal(how)
        return await asyncio.to_thread(self._process.wait, STOP_SECONDS)

    async def kill(self) -> None:
        """SIGKILL: the process finishes nothing and cleans up nothing."""
        await self.stop(signal.SIGKILL)

    def tail(self) -> str:
        return self.log.read_text(errors="replace")[-3000:] if self.log.exists() else ""


@dataclass
class Bot:
    child: ManagedProcess
    url: str

    async def is_ready(self, http: aiohttp.ClientSession) -> bool:
        try:
            async with http.get(f"{self.url}/readyz", timeout=aiohttp.ClientTimeout(total=3)) as answer:
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False


@dataclass
class Deployment:
    """A pretend Slack and Teams, one bot or several on one database, and the clock that all of them use."""

    folder: Path
    database_url: str
    http: aiohttp.ClientSession
    slack_url: str
    slack: ManagedProcess
    bots: list[Bot] = field(default_factory=list)
    offset: float = 0.0
    """Seconds between the clock and real time."""
    _clock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while the clock is moved: two moves at once would set it back."""

    def now(self) -> float:
        """Seconds since 1970, by the moved clock."""
        return time.time() + self.offset

    async def call_sandbox(self, path: str, wanted: Mapping[str, Any] | None = None) -> Any:
        """GET, or POST `wanted`, under `/sandbox/`."""
        method = "GET" if wanted is None else "POST"
        data = None if wanted is None else orjson.dumps(wanted)
        async with self.http.request(method, f"{self.slack_url}/sandbox/{path}", data=data) as answer:
            said = orjson.loads(await answer.read())
        assert answer.status == 200, said
        return said

    async def set_clock(self, instant: datetime) -> None:
        """For all processes: the sandbox writes the file that the bots read."""
        async with self._clock:
            await self._set_clock(instant.timestamp())

    async def move_clock(self, hours: float) -> None:
        async with self._clock:
            await self._set_clock(self.now() + hours * 3600)

    async def pass_time(self, pace: float) -> None:
        """Move the clock `pace` times faster than real time, for 0.2 s of real time.

        The bots sleep in real time for what is due by their clock, so it moves in small steps, or each would
        cost a second. Slack's moves in larger steps, so it is a minute behind at a pace of 300.
        """
        file, draft = self.folder / "clock", self.folder / "clock.next"
        async with self._clock:
            for _ in range(20):
                await asyncio.sleep(0.01)
                self.offset += 0.01 * pace
                draft.write_text(f"{self.offset:.3f}\n", encoding="ascii")
                draft.replace(file)
            await self._set_clock(self.now())

    async def _set_clock(self, seconds: float) -> None:
        instant = datetime.fromtimestamp(seconds, UTC).isoformat()
        self.offset = (await self.call_sandbox("clock", {"set": instant}))["offset"]

    async def wait_ready(self, *bots: Bot) -> None:
        """Raises NotReady with the end of the log of a bot that does not come up."""
        for bot in bots or self.bots:
            deadline = time.monotonic() + START_SECONDS
            while not await bot.is_ready(self.http):
                if not bot.child.is_running or time.monotonic() > deadline:
                    raise NotReady(bot.child.tail())
                await asyncio.sleep(0.05)

    async def wait_for_message(self, seconds: float) -> None:
        """Wait until a message has arrived and its sender doesn't know it yet; `seconds` at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds), self.http.get(f"{self.slack_url}/sandbox/stream") as answer:
                async for line in answer.content:
                    if line.startswith(b'data: {"type":"call"') and any(post in line for post in _POSTS):
                        return

    async def messages(self) -> dict[str, list[dict[str, Any]]]:
        """All messages in Slack, threads and direct messages too, by channel."""
        workspace = await self.call_sandbox("workspace")
        return {channel["id"]: channel["messages"] for channel in workspace["channels"]}

    async def teams_messages(self) -> dict[str, list[dict[str, Any]]]:
        """All messages in Teams, by channel and chat."""
        workspace = await self.call_sandbox("teams/workspace")
        places = [*workspace["channels"], *workspace["chats"].values()]
        return {place["id"]: place["messages"] for place in places}

    def run_ombud(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run an administrator's command on the same database."""
        command = [sys.executable, "-m", "bot", *arguments]
        return subprocess.run(
            command,
            cwd=self.folder,
            env=bot_environment(self),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


def bot_environment(deployment: Deployment, port: int = 0) -> dict[str, str]:
    return _environment() | {
        "DATABASE_URL": deployment.database_url,
        "PORT": str(port),
        "BASE_URL": "http://127.0.0.1:9",
        "POLICY_FILE": str(POLICY),
        "CLOCK_FILE": str(deployment.folder / "clock"),
        "LOG_FORMAT": "json",
        "SLACK_API_URL": f"{deployment.slack_url}/api/",
        "TEAMS_APP_ID": TEAMS_APP_ID,
        "TEAMS_TENANT_ID": TEAMS_TENANT_ID,
        "TEAMS_OPENID_URL": f"{deployment.slack_url}/botframework/v1/.well-known/openidconfiguration",
        "TEAMS_LOGIN_URL": f"{deployment.slack_url}/login",
        "TEAMS_SERVICE_URL": f"{deployment.slack_url}/teams-connector/",
    }


@asynccontextmanager
async def run_deployment(folder: Path, database_url: str, *, bots: int = 1) -> AsyncIterator[Deployment]:
    """Run the platforms and set the clock; the bots are not started yet. All end with the block."""
    relay, *ports = [free_port() for _ in range(bots + 2)]
    urls = [f"http://127.0.0.1:{port}" for port in ports[1:]]
    command = ["sandbox", "--port", str(ports[0]), "--bot-url", f"http://127.0.0.1:{relay}"]
    command += ["--clock-file", str(folder / "clock")]
    command += ["--teams-app-id", TEAMS_APP_ID, "--teams-tenant-id", TEAMS_TENANT_ID]
    slack = ManagedProcess(*command, environment=_environment(), log=folder / "slack.log")
    limit = aiohttp.ClientTimeout(total=30)
    async with aiohttp.ClientSession(timeout=limit) as http, a_relay(relay, urls, http):
        deployment = Deployment(folder, database_url, http, f"http://127.0.0.1:{ports[0]}", slack)
        for number, (port, url) in enumerate(zip(ports[1:], urls, strict=True), 1):
            environment = bot_environment(deployment, port)
            child = ManagedProcess("bot", "serve", environment=environment, log=folder / f"bot-{number}.log")
            deployment.bots.append(Bot(child, url))
        slack.start()
        try:
            await _wait_for_slack(deployment)
            await deployment.set_clock(datetime(2026, 3, 10, 9, tzinfo=UTC))
            yield deployment
        finally:
            for child in [*(bot.child for bot in deployment.bots), slack]:
                if child.is_running:
                    await child.kill()


async def _wait_for_slack(deployment: Deployment) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            await deployment.call_sandbox("clock", {})
            return
        except aiohttp.ClientError:
            if not deployment.slack.is_running or time.monotonic() > deadline:
                raise NotReady(deployment.slack.tail()) from None
            await asyncio.sleep(0.05)


def _environment() -> dict[str, str]:
    """Our environment without what could reach a real workspace, plus the secrets that both sides share."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return kept | {
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "SLACK_BOT_TOKEN": "xoxb-1234567890",
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "TEAMS_APP_PASSWORD": "a secret of the tests",
        "API_KEYS": f"crm:{API_KEY}",
    }
