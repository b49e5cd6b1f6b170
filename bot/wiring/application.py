"""Application: creates every part of the process, connects them, starts and stops them in order."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.background import finish_all
from bot.context import Context
from bot.errors import CannotStart
from bot.health import Readiness
from bot.mail.templates import read_templates
from bot.metrics import register_metrics
from bot.policy.in_use import check_names_in_use
from bot.settings import Settings, sender_of, tokens_of
from bot.teams.edge import TeamsEdge
from bot.teams.http import TeamsEndpoint
from bot.wiring.customers import CustomerServices, open_customer_services
from bot.wiring.systems import watch_clients, watch_socket
from bot.wiring.teams import TeamsConnection, connect_teams
from cards.email.render import default_templates
from connectors.billing.stripe.events import read_event as read_stripe_event
from connectors.clamd import Clamd
from connectors.mail.read import read_email
from connectors.mail.send import BadSmtpUrl, SmtpClient
from core.platforms import SLACK, TEAMS
from core.policy import Policy
from core.tokens import Tokens
from handlers.mail_preview_settings import MailPreviewSettings
from scheduler.clock import Clock
from scheduler.heartbeat import Heartbeat
from scheduler.jobs import Jobs
from scheduler.rate_limits import RateLimiter
from scheduler.services import MailServices, Services
from store import server_lock
from store.engine import Store
from store.errors import NotMigrated
from store.migrate import current, head, upgrade
from store.transaction import Transaction
from web.customer.links import new_link_id

if TYPE_CHECKING:  # loaded where Slack is set up
    from bot.slack.edge import SlackEdge
    from bot.slack.socket_mode import SlackSocket
    from bot.wiring.slack import SlackConnection
    from connectors.slack.api import SlackApi

STOP_GRACE_SECONDS = 3.0
"""For sends that are under way."""


def open_store(settings: Settings, policy: Policy) -> Store:
    """The database alone, as commands need it. Its policy knows from the settings whether mail is sent."""
    terms = replace(policy.customers, is_mailed=settings.has_mail)
    return Store.open(settings.database_url, replace(policy, customers=terms))


@dataclass(slots=True)
class Application:
    """Everything that lives as long as the process: `start`, then `stop`, then `close`."""

    context: Context
    readiness: Readiness
    slack: SlackEdge | None
    teams: TeamsEndpoint | None
    edges: tuple[SlackEdge | TeamsEdge, ...]
    jobs: Jobs
    heartbeat: Heartbeat
    apis: tuple[SlackApi, ...]
    teams_connection: TeamsConnection | None
    socket: SlackSocket | None
    unregister_metrics: Callable[[], None]
    customers: CustomerServices | None
    """None without a SECRET_KEY."""
    mail_out: SmtpClient | None
    release_database: Callable[[], None]
    """Releases the lock on the database file, so that another process may serve it."""

    async def start(self) -> None:
        """Start the jobs, Socket Mode and the mail listener."""
        if self.context.store.database == "sqlite":
            await self.context.store.run(_clear_leases)
        await self.heartbeat.beat()
        if self.customers is not None:
            await self.customers.start()
        self.jobs.start()
        if self.slack is not None:
            self.slack.start()
        if self.socket is not None:
            self.socket.start()

    async def stop(self) -> None:
        """Take no new work and let work in progress end; what doesn't end is recovered at the next start."""
        ends = [self.jobs.stop(grace=STOP_GRACE_SECONDS)]
        if self.socket is not None:
            ends.append(self.socket.stop())
        if self.customers is not None:
            ends.append(self.customers.stop())
        await finish_all(ends)

    async def finish_presses(self) -> None:
        """Let what the last requests began be done with, for three seconds at most."""
        await finish_all([edge.close() for edge in self.edges])

    async def close(self) -> None:
        """Close every connection and the database."""
        self.unregister_metrics()
        for api in self.apis:
            await api.close()
        if self.teams_connection is not None:
            await self.teams_connection.close()
        if self.mail_out is not None:
            await self.mail_out.close()
        await self.context.store.close()
        self.release_database()


async def build_application(settings: Settings, policy: Policy) -> Application:
    """Create and connect every part; nothing runs yet.

    Raises:
        StoreUnavailable, NotMigrated, PolicyLacksNames: with the remedy.
    """
    release_database = server_lock.acquire(settings.database_url)
    try:
        await asyncio.to_thread(_migrate, settings.database_url)
        store = open_store(settings, policy)
        try:
            await store.read(check_names_in_use)
            return _assemble(settings, store, release_database)
        except BaseException:
            await store.close()
            raise
    except BaseException:
        release_database()
        raise


def _assemble(settings: Settings, store: Store, release_database: Callable[[], None]) -> Application:
    clock, tokens = Clock(settings.clock_file), tokens_of(settings)
    slack_connection = _connect_slack(settings)
    teams_connection = connect_teams(settings, store)
    customers = open_customer_services(settings, store, clock, tokens, read_email) if tokens else None
    mail = _connect_mail(settings, tokens) if tokens else None
    rate_limiter = RateLimiter(clock.now, asyncio.sleep)
    heartbeat = Heartbeat(store, clock, name=secrets.token_hex(4), rate_limiter=rate_limiter)
    systems = watch_clients(
        clock,
        slack_connection.api if slack_connection else None,
        teams_connection,
        mail.smtp if mail else None,
    )
    services = Services(
        store=store,
        now=clock.now,
        sleep=asyncio.sleep,
        jitter=random.random,
        rate_limiter=rate_limiter,
        posts=slack_connection.posts if slack_connection else None,
        people=slack_connection.people if slack_connection else None,
        systems=systems,
        alarm_after=timedelta(minutes=settings.alarm_after_minutes),
        teams=teams_connection.services if teams_connection else None,
        base_url=settings.base_url,
        tokens=tokens,
        mail=mail,
        blobs=customers.blobs if customers else None,
        clamd=_connect_scanner(settings),
        heartbeat=heartbeat,
    )
    jobs = Jobs(services, holder=heartbeat.name)
    slack, teams = _open_edges(services, clock, slack_connection, teams_connection, jobs.request_sync)
    socket = _open_socket(settings, slack)
    if socket is not None:
        watch_socket(systems, socket)
    return Application(
        context=Context(settings, store, clock, read_stripe_event),
        readiness=Readiness(store, clock, jobs.health),
        slack=slack,
        teams=TeamsEndpoint(teams_connection.sdk.check_token, teams_connection.sdk.receive, teams.on_activity)
        if teams_connection and teams
        else None,
        edges=tuple(one for one in (slack, teams) if one is not None),
        jobs=jobs,
        heartbeat=heartbeat,
        apis=(slack_connection.api, slack_connection.response_api) if slack_connection else (),
        teams_connection=teams_connection,
        socket=socket,
        unregister_metrics=register_metrics(services.counters, services.rate_limiter),
        customers=customers,
        mail_out=mail.smtp if mail else None,
        release_database=release_database,
    )


def _open_edges(
    services: Services,
    clock: Clock,
    slack_connection: SlackConnection | None,
    teams_connection: TeamsConnection | None,
    request_sync: Callable[[str], None],
) -> tuple[SlackEdge | None, TeamsEdge | None]:
    """The Slack and Teams edges. Both preview mail with the same settings and link to files the same way."""
    mail = services.mail
    mail_preview = MailPreviewSettings(
        templates=mail.templates if mail else default_templates(),
        base_url=services.base_url if services.tokens else None,
        is_mail_on=mail is not None,
    )
    slack = teams = None
    if slack_connection is not None:
        slack = slack_connection.open_edge(
            services, clock, mail_preview=mail_preview, request_sync=partial(request_sync, SLACK)
        )
    if teams_connection is not None:
        teams = TeamsEdge(
            services.store,
            clock,
            posts=teams_connection.services.posts,
            mail_preview=mail_preview,
            file_url=services.file_url,
            request_sync=partial(request_sync, TEAMS),
        )
    return slack, teams


def _connect_slack(settings: Settings) -> SlackConnection | None:
    token = settings.slack_bot_token
    if token is None:
        return None
    from bot.wiring.slack import connect_slack  # noqa: PLC0415 - slow to load

    return connect_slack(token.get_secret_value(), settings.slack_api_url)


def _connect_mail(settings: Settings, tokens: Tokens) -> MailServices | None:
    """Raises CannotStart: SMTP_URL makes no sense."""
    if settings.smtp_url is None:
        return None
    try:
        out = SmtpClient.open(settings.smtp_url.get_secret_value())
    except BadSmtpUrl as mistake:
        raise CannotStart(str(mistake)) from None
    return MailServices(
        smtp=out,
        tokens=tokens,
        base_url=settings.base_url,
        domain=str(settings.mail_domain),
        sender=sender_of(settings),
        new_id=new_link_id,
        templates=read_templates(settings.mail_templates),
    )


def _connect_scanner(settings: Settings) -> Clamd | None:
    """Raises CannotStart: CLAMD_URL makes no sense."""
    if settings.clamd_url is None:
        return None
    try:
        return Clamd(settings.clamd_url)
    except ValueError as mistake:
        raise CannotStart(f"CLAMD_URL: {mistake}") from None


def _open_socket(settings: Settings, slack: SlackEdge | None) -> SlackSocket | None:
    if slack is None:
        return None
    from bot.wiring.slack import open_socket  # noqa: PLC0415 - slow to load

    return open_socket(settings, slack)


def _clear_leases(tx: Transaction) -> None:
    """SQLite is served by one process (`server_lock`), so any lease is left over from one that was killed."""
    tx.outbox.clear_leases("")


def _migrate(url: str) -> None:
    """Migrate SQLite, which has this one process. PostgreSQL, where several may start at once, an
    administrator migrates.

    Raises:
        NotMigrated: PostgreSQL has tables of another version, or none.
    """
    if current(url) == head():
        return
    if not url.startswith("sqlite:"):
        raise NotMigrated
    upgrade(url)
