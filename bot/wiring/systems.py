"""Systems that the process watches: each client reports how its calls end, and is probed while quiet."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.wiring.teams import TeamsConnection
from connectors.answers import MAIL
from connectors.errors import TryAgain
from connectors.mail.send import SmtpClient
from core.platforms import SLACK, TEAMS
from scheduler.clock import Clock
from scheduler.systems import Systems

if TYPE_CHECKING:  # loaded where Slack is set up
    from bot.slack.socket_mode import SlackSocket
    from connectors.slack.api import SlackApi

SOCKET = "Slack's Socket Mode"
_REMEDY = "See that this machine reaches wss-primary.slack.com, and SLACK_APP_TOKEN: `ombud check` says more."


def watch_clients(
    clock: Clock, slack: SlackApi | None, teams: TeamsConnection | None, smtp: SmtpClient | None
) -> Systems:
    """The mail server is only probed while it is in trouble: many count connections that send nothing."""
    systems = Systems(clock.now)
    if slack is not None:
        systems.add(SLACK, slack.probe)
        slack.on_answer = systems.hear
    if teams is not None:
        systems.add(TEAMS, teams.api.probe)
        teams.api.on_answer = systems.hear
    if smtp is not None:
        systems.add(MAIL, smtp.probe, quiet_after=None)
        smtp.on_answer = systems.hear
    return systems


def watch_socket(systems: Systems, socket: SlackSocket) -> None:
    """Presses and events come through it: while it is down, nobody's buttons do anything."""

    async def probe() -> None:
        if not await socket.is_connected():
            raise TryAgain("The connection through which Slack reaches Ombud is down.", remedy=_REMEDY)

    systems.add(SOCKET, probe, quiet_after=timedelta())
