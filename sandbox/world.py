"""World: the settings and state that all parts of the sandbox share, saved to the state file."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import orjson
from aiohttp import web

from sandbox.call_log import CallLog
from sandbox.clock import Clock
from sandbox.mail.mailbox import Mailbox
from sandbox.slack.state import SlackState, make_slack_state
from sandbox.stream import Stream
from sandbox.supervisor import Supervisor
from sandbox.teams.state import TeamsState, make_teams_state

Args = dict[str, Any]
"""The arguments of a call, decoded from JSON or a form."""


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
    """Where the bot's output goes; None: to the terminal."""
    mail_port: int = 0
    """Where the customers' mail server listens; 0: mail is off."""
    bot_mail_port: int = 0
    """Where the bot's mail server listens."""
    is_seeding: bool = False
    has_strict_rates: bool = False
    teams_app_id: str = ""
    """Empty: Teams is off."""
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
    calls: CallLog
    supervisor: Supervisor
    mailbox: Mailbox
    slack: SlackState
    teams: TeamsState
    progress: str = ""
    """The step of the demo's story that is being played; empty when none is."""
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    """Events on their way to the bot."""

    def set_progress(self, sentence: str) -> None:
        self.progress = sentence
        self.stream.publish("progress", sentence=sentence)

    def save(self) -> None:
        """Write the workspace to the state file, when there is one."""
        file = self.settings.state_file
        if file is None:
            return
        saved = {
            "workspace": self.slack.workspace.dump(),
            "homes": self.slack.views.homes,
            "teams": self.teams.workspace.dump(),
        }
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(file.name + ".draft")
        draft.write_bytes(orjson.dumps(saved))
        draft.replace(file)

    def load(self) -> None:
        file = self.settings.state_file
        if file is None or not file.exists():
            return
        saved = orjson.loads(file.read_bytes())
        self.slack.workspace.load(saved["workspace"])
        self.slack.views.homes = saved["homes"]
        if "teams" in saved:
            self.teams.workspace.load(saved["teams"])


WORLD = web.AppKey("world", World)


def make_world(settings: Settings, http: aiohttp.ClientSession) -> World:
    stream = Stream()
    clock = Clock(settings.clock_file)
    world = World(
        settings=settings,
        http=http,
        clock=clock,
        stream=stream,
        calls=CallLog(stream),
        supervisor=Supervisor(settings.run, settings.bot_url, http, stream, settings.run_log),
        mailbox=Mailbox(clock, stream),
        slack=make_slack_state(clock, stream, settings.url, has_strict_rates=settings.has_strict_rates),
        teams=make_teams_state(clock, stream, has_strict_rates=settings.has_strict_rates),
    )
    world.load()
    return world
