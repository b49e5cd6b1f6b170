"""What do all parts of the sandbox share?"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import orjson

from sandbox.call_log import CallLog
from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.mail.mailbox import Mailbox
from sandbox.slack import manifest
from sandbox.slack.rate_limits import RateLimiter
from sandbox.slack.response_urls import ResponseUrls
from sandbox.slack.sockets import Sockets
from sandbox.slack.views import Views
from sandbox.slack.workspace import Workspace
from sandbox.stream import Stream
from sandbox.supervisor import Supervisor
from sandbox.teams.state import TeamsState, make_teams_state


@dataclass(frozen=True, slots=True)
class Settings:
    host: str = "127.0.0.1"
    port: int = 8090
    bot_url: str = "http://127.0.0.1:8080"
    signing_secret: str = "sandbox-signing-secret"
    bot_token: str = "xoxb-sandbox"
    app_token: str = "xapp-sandbox"
    api_key: str = "sandbox-key"
    clock_file: Path | None = None
    state_file: Path | None = None
    run: str = ""
    run_log: Path | None = None
    """Where what the bot says goes; None: to the terminal."""
    mail_port: int = 0
    """Where the customers' mail server listens; 0: there is no mail."""
    bot_mail_port: int = 0
    """Where the bot takes mail."""
    is_seeding: bool = False
    has_strict_rates: bool = False
    teams_app_id: str = ""
    """Empty: there is no Teams."""
    teams_app_password: str = ""
    teams_tenant_id: str = ""

    @property
    def has_teams(self) -> bool:
        return bool(self.teams_app_id)

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"


@dataclass(slots=True)
class World:
    settings: Settings
    http: aiohttp.ClientSession
    clock: Clock
    stream: Stream
    workspace: Workspace
    views: Views
    calls: CallLog
    faults: Faults
    limiter: RateLimiter
    sockets: Sockets
    response_urls: ResponseUrls
    supervisor: Supervisor
    mailbox: Mailbox
    teams: TeamsState
    scopes: set[str] = field(default_factory=lambda: set(manifest.SCOPES))
    is_token_revoked: bool = False
    progress: str = ""
    """What the seeding is doing just now; empty when nothing."""
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def set_progress(self, sentence: str) -> None:
        self.progress = sentence
        self.stream.publish("progress", sentence=sentence)

    def save(self) -> None:
        """Write the workspace to the state file, when there is one."""
        file = self.settings.state_file
        if file is None:
            return
        kept = {
            "workspace": self.workspace.dump(),
            "homes": self.views.homes,
            "teams": self.teams.workspace.dump(),
        }
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(file.name + ".draft")
        draft.write_bytes(orjson.dumps(kept))
        draft.replace(file)

    def load(self) -> None:
        file = self.settings.state_file
        if file is None or not file.exists():
            return
        kept = orjson.loads(file.read_bytes())
        self.workspace.load(kept["workspace"])
        self.views.homes = kept["homes"]
        if "teams" in kept:
            self.teams.workspace.load(kept["teams"])


def make_world(settings: Settings, http: aiohttp.ClientSession) -> World:
    stream = Stream()
    clock = Clock(settings.clock_file)
    world = World(
        settings=settings,
        http=http,
        clock=clock,
        stream=stream,
        workspace=Workspace(clock, stream),
        views=Views(stream),
        calls=CallLog(stream),
        faults=Faults(),
        limiter=RateLimiter(settings.has_strict_rates),
        sockets=Sockets(),
        response_urls=ResponseUrls(settings.url),
        supervisor=Supervisor(settings.run, settings.bot_url, http, stream, settings.run_log),
        mailbox=Mailbox(clock, stream),
        teams=make_teams_state(clock, stream, has_strict_rates=settings.has_strict_rates),
    )
    world.load()
    return world
