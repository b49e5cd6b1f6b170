"""How does Slack reach us? One Bolt listener for each kind of payload, one table behind them all."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot import slack_clicks as clicks
from bot.answering import answer
from bot.slack_answers import Follower, command_acknowledgement, form_acknowledgement
from cards.actions import Action
from handlers.actions import CHANGES
from handlers.people import follow_member, follow_person
from handlers.types import Click, Reply
from scheduler.clock import Clock
from store.engine import Store

Payload = Mapping[str, Any]
COMMAND = "/disputes"
_ANY = re.compile(r"^\w")
_MENTION = re.compile(r"<@[^>]+>")
log = structlog.get_logger()


class SlackEdge:
    """Turns payloads into Clicks, has them answered, acknowledges, and follows up."""

    def __init__(self, store: Store, clock: Clock, client: AsyncWebClient) -> None:
        self._store = store
        self._clock = clock
        self._client = client
        self._follower = Follower(client)
        self._following: set[asyncio.Task[None]] = set()
        self.app = self._make_app()

    async def close(self) -> None:
        """Let the answers that are on their way arrive."""
        if self._following:
            await asyncio.wait(self._following, timeout=3)

    def _make_app(self) -> AsyncApp:
        app = AsyncApp(
            client=self._client,
            authorize=_asking(self._client),
            process_before_response=True,
            request_verification_enabled=False,
        )
        app.action(_ANY)(self.on_action)
        app.view(_ANY)(self.on_form)
        app.command(COMMAND)(self.on_command)
        app.shortcut(_ANY)(self.on_shortcut)
        app.event(re.compile(r"^(app_home_opened|app_mention|link_shared|member_\w+|user_change)$"))(
            self.on_event
        )
        return app

    async def on_action(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """A button or a live field. What changed is shown by the outbox, to everybody."""
        try:
            click = clicks.click_of_action(body, self._clock.now())
        except clicks.UnknownAction as name:
            log.warning("unknown_action", action=str(name))
            await ack()
            return
        reply = await answer(self._store, click)
        await ack()
        self._follow(self._answer_button(reply, click, body))

    async def on_form(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """A sent modal; the acknowledgement says what becomes of it."""
        try:
            click = clicks.click_of_form(body, self._clock.now())
        except clicks.UnknownAction:
            await ack()
            return
        reply = await answer(self._store, click)
        await ack(**form_acknowledgement(reply, body["view"]))
        response_url = clicks.kept_in(body["view"]).response_url
        if response_url and not reply.field_errors:
            self._follow(self._renew_private(click, response_url))

    async def on_command(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        reply = await answer(self._store, clicks.click_of_command(body, self._clock.now()))
        await ack(**command_acknowledgement(reply))
        if reply.form is not None:
            self._follow(self._follower.open_form(reply, body))

    async def on_shortcut(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        try:
            click = clicks.click_of_shortcut(body, self._clock.now())
        except clicks.UnknownAction:
            await ack()
            return
        reply = await answer(self._store, click)
        await ack()
        self._follow(self._follower.open_form(reply, body))

    async def on_event(self, event: dict[str, Any]) -> None:
        """What happened in the workspace. Slack repeats events; each of these is harmless twice."""
        kind = event["type"]
        if kind == "app_home_opened" and event.get("tab") == "home":
            await self._show_home(event["user"])
        elif kind == "link_shared" and event.get("user"):
            urls = " ".join(link["url"] for link in event["links"])
            reply = await self._answer_event(event, Action.SHARE_LINK, urls)
            self._follow(self._follower.unfurl(reply, event))
        elif kind == "app_mention" and event.get("user"):
            words = _MENTION.sub("", event.get("text", "")).strip()
            reply = await self._answer_event(event, Action.COMMAND, words)
            self._follow(self._follower.whisper_in_thread(reply, event))
        elif kind in ("member_joined_channel", "member_left_channel"):
            joined = kind == "member_joined_channel"
            await self._store.run(follow_member, event["channel"], event["user"], joined)
        elif kind == "user_change":
            await self._store.run(follow_person, event["user"])

    async def _answer_event(self, event: Payload, action: Action, value: str) -> Reply:
        return await answer(self._store, clicks.click_of_event(event, action, value, self._clock.now()))

    async def _answer_button(self, reply: Reply, click: Click, body: Payload) -> None:
        """Show the reply; after a change made from a private card or the home, show that anew."""
        if click.action in CHANGES and reply == Reply():
            if (body.get("view") or {}).get("type") == "home":
                await self._show_home(click.actor_ref)
                return
            if click.case_id and (body.get("view") or (body.get("container") or {}).get("is_ephemeral")):
                reply = await self._look(click, Action.OPEN_CASE)
        await self._follower.answer_button(reply, body, click.action)

    async def _renew_private(self, click: Click, response_url: str) -> None:
        await self._follower.renew_private(await self._look(click, Action.OPEN_CASE), response_url)

    async def _show_home(self, user: str) -> None:
        event = {"user": user}
        self._follow(self._follower.publish_home(await self._answer_event(event, Action.OPEN_HOME, ""), user))

    async def _look(self, click: Click, action: Action) -> Reply:
        return await answer(self._store, replace(click, action=action, at=self._clock.now(), key=None))

    def _follow(self, sending: Awaitable[None]) -> None:
        """Go on after the acknowledgement; kept in a set, or the task could vanish half-way."""
        task = asyncio.ensure_future(sending)
        self._following.add(task)
        task.add_done_callback(self._following.discard)


def _asking(client: AsyncWebClient) -> Callable[[], Awaitable[AuthorizeResult]]:
    """Who the bot is, asked of Slack once. (A bound method Bolt would call without its object.)"""
    known: list[AuthorizeResult] = []

    async def authorize() -> AuthorizeResult:
        if not known:
            me = await client.auth_test()
            known.append(
                AuthorizeResult(
                    enterprise_id=me.get("enterprise_id"),
                    team_id=me.get("team_id"),
                    bot_id=me.get("bot_id"),
                    bot_user_id=me.get("user_id"),
                    bot_token=client.token,
                )
            )
        return known[0]

    return authorize
