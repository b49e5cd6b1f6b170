"""Who works with whom? The one place that knows everybody."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from bot.context import Context
from bot.fitting import demand_fitting_policy
from bot.health import Readiness
from bot.meters import export_tally
from bot.settings import Settings
from bot.slack import SlackEdge
from bot.slack_socket import SlackSocket
from connectors.slack_api import SlackApi
from connectors.slack_people import SlackPeople
from connectors.slack_posts import SlackPosts
from core.policy import Policy
from scheduler.clock import Clock
from scheduler.jobs import Jobs
from scheduler.lanes import Gate
from scheduler.tools import Tools
from store import only_server
from store.engine import Store
from store.errors import NotMigrated
from store.migrate import current, head, upgrade
from store.transaction import Transaction


def open_store(settings: Settings, policy: Policy) -> Store:
    """The database, for the commands that need nothing else."""
    return Store.open(settings.database_url, policy)


@dataclass(slots=True)
class House:
    """Everything that lives as long as the process."""

    context: Context
    readiness: Readiness
    slack: SlackEdge | None
    jobs: Jobs
    apis: tuple[SlackApi, ...]
    socket: SlackSocket | None
    withdraw_tally: Callable[[], None]
    let_go: Callable[[], None]
    """Of the database file, for the next process that serves it."""

    async def start(self) -> None:
        """Begin with what happens by itself."""
        if self.context.store.database == "sqlite":
            await self.context.store.run(_let_go_of_lanes)
        self.jobs.start()
        if self.socket is not None:
            self.socket.start()

    async def stop(self) -> None:
        """Take nothing new, let what is under way end; what doesn't is found out at the next start."""
        if self.socket is not None:
            await self.socket.stop()
        await self.jobs.stop()
        if self.slack is not None:
            await self.slack.close()

    async def close(self) -> None:
        self.withdraw_tally()
        for api in self.apis:
            await api.close()
        await self.context.store.close()
        self.let_go()


async def build(settings: Settings, policy: Policy) -> House:
    """Connect everybody; nothing runs yet.

    Raises:
        StoreUnavailable, NotMigrated, PolicyDoesNotFit: with the remedy.
    """
    let_go = only_server.hold(settings.database_url)
    try:
        await asyncio.to_thread(_bring_up_to_date, settings.database_url)
        store = open_store(settings, policy)
        try:
            await store.read(demand_fitting_policy)
            return _furnish(settings, store, let_go)
        except BaseException:
            await store.close()
            raise
    except BaseException:
        let_go()
        raise


def _furnish(settings: Settings, store: Store, let_go: Callable[[], None]) -> House:
    clock = Clock(settings.clock_file)
    api, own_api = _connect_slack(settings), _connect_slack(settings)
    slack = SlackEdge(store, clock, own_api.client) if own_api else None
    tools = Tools(
        store=store,
        now=clock.now,
        sleep=asyncio.sleep,
        chance=random.random,
        gate=Gate(clock.now, asyncio.sleep),
        posts=SlackPosts(api) if api else None,
        people=SlackPeople(api) if api else None,
    )
    jobs = Jobs(tools, holder=secrets.token_hex(4))
    return House(
        context=Context(settings, store, clock),
        readiness=Readiness(store, clock, jobs.pulse),
        slack=slack,
        jobs=jobs,
        apis=tuple(one for one in (api, own_api) if one is not None),
        socket=_open_socket(settings, slack),
        withdraw_tally=export_tally(tools.tally, tools.gate),
        let_go=let_go,
    )


def _connect_slack(settings: Settings) -> SlackApi | None:
    """Answers to clicks have connections of their own: a dialog can't wait behind a busy outbox."""
    token = settings.slack_bot_token
    return SlackApi(token.get_secret_value(), settings.slack_api_url) if token else None


def _open_socket(settings: Settings, slack: SlackEdge | None) -> SlackSocket | None:
    """Socket Mode, when an app token asks for it; it connects after the start, not here."""
    if slack is None or settings.slack_app_token is None:
        return None
    return SlackSocket(slack.app, settings.slack_app_token.get_secret_value())


def _let_go_of_lanes(tx: Transaction) -> None:
    """SQLite has this one process (`only_server`): whoever holds a lane is a process that was killed."""
    tx.outbox.clear_leases("")


def _bring_up_to_date(url: str) -> None:
    """SQLite has this one process, which migrates. Where several may start at once, a person does.

    Raises:
        NotMigrated: PostgreSQL has tables of another version, or none.
    """
    if current(url) == head():
        return
    if not url.startswith("sqlite:"):
        raise NotMigrated
    upgrade(url)
