"""Slack edge: one Bolt middleware with a table from the kind of a payload to what is done with it.

Bolt would match each of its listeners in turn and build thirty arguments for it; a middleware before
authorization runs once and answers itself (docs/decisions/0008, docs/performance.md).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.background import BackgroundTasks
from bot.clicks import EMPTY_REPLY, reply_to_click
from bot.metrics import REFUSED_REQUESTS
from bot.slack import payloads
from bot.slack.origin import COMMAND_KIND, ForeignPayload, OriginCheck, OriginUnknown
from bot.slack.responses import (
    PostResponse,
    Responder,
    command_acknowledgement,
    form_acknowledgement,
)
from cards.actions import Action
from cards.files import no_url
from handlers.actions import CHANGES
from handlers.follow_slack import follow_member, follow_person
from handlers.mail_preview_settings import DEFAULT_MAIL_PREVIEW, MailPreviewSettings
from handlers.types import Click, Reply
from scheduler.clock import Clock
from store.engine import Store

Payload = dict[str, Any]
Acknowledgement = Mapping[str, Any]
PendingReply = asyncio.Task[Reply]
EMPTY_ACKNOWLEDGEMENT: Acknowledgement = {}
COMMAND = "/disputes"
ACKNOWLEDGED_AFTER_SECONDS = 2.5
FORM_ACKNOWLEDGED_AFTER_SECONDS = 2.8
"""Slack waits three seconds. A form takes longer, because only its acknowledgement can say anything."""
_SLOW_REPLY = Reply(
    whisper="This takes longer than usual. Look at the case in a minute before you send it again.",
    is_refusal=True,
)
_ORIGIN_REMEDY = "See that Slack can be reached, and SLACK_BOT_TOKEN: `ombud check` says more."
_MENTION = re.compile(r"<@[^>]+>")
log = structlog.get_logger()


class SlackEdge:
    """Turns payloads into Clicks, gets their replies, acknowledges, and sends what no acknowledgement can."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        client: AsyncWebClient,
        *,
        origin: OriginCheck,
        post_response: PostResponse,
        mail_preview: MailPreviewSettings = DEFAULT_MAIL_PREVIEW,
        file_url: Callable[[str], str | None] = no_url,
        request_sync: Callable[[], None] = lambda: None,
    ) -> None:
        """`mail_preview` and `file_url` go with every click. `request_sync` is called when Slack must be
        asked about a person."""
        self._store = store
        self._origin = origin
        self.mail_preview = mail_preview
        self.file_url = file_url
        self._request_sync = request_sync
        self._clock = clock
        self._responder = Responder(client, post_response)
        self._background = BackgroundTasks()
        self._handlers: Mapping[str, Callable[[Payload], Awaitable[Acknowledgement]]] = {
            "block_actions": self.on_action,
            "view_submission": self.on_form,
            "message_action": self.on_shortcut,
            COMMAND_KIND: self.on_command,
            "event_callback": self.on_event,
        }
        self.app = AsyncApp(
            client=client,
            before_authorize=_DispatchMiddleware(self.acknowledge),
            process_before_response=True,
            request_verification_enabled=False,
        )

    def start(self) -> None:
        """Learn in the background which installation is ours, before the first payload asks."""
        self._background.start(self._learn_origin())

    async def close(self) -> None:
        """Let the replies that are on their way arrive."""
        await self._background.close()

    async def acknowledge(self, body: Payload) -> Acknowledgement | None:
        """What the acknowledgement says; None for a kind that Bolt handles, such as `url_verification`.

        A button or form of another version gets an empty one, and so does what isn't ours to act on.

        Raises:
            OriginUnknown: nothing was done, and Slack should say so, or send it again.
        """
        kind = COMMAND_KIND if body.get("command") == COMMAND else str(body.get("type"))
        if kind == "view_closed":
            return EMPTY_ACKNOWLEDGEMENT
        handle = self._handlers.get(kind)
        if handle is None:
            return None
        try:
            await self._origin.check(kind, body)
            return await handle(body)
        except ForeignPayload as what:
            REFUSED_REQUESTS.labels(route="slack", why=f"foreign_{what}").inc()
            log.warning("foreign_slack_payload", kind=kind, foreign=str(what))
        except payloads.UnknownAction as name:
            log.warning("unknown_action", action=str(name)[:80])
        return EMPTY_ACKNOWLEDGEMENT

    async def on_action(self, body: Payload) -> Acknowledgement:
        """A button or a live field. The outbox shows everybody what changed."""
        click = payloads.click_of_action(body, self._clock.now())
        pending = self._start_reply(click)
        if not await _is_done_within(pending, ACKNOWLEDGED_AFTER_SECONDS):
            self._background.start(self._send_late_button_reply(pending, click, body))
        elif pending.result() != EMPTY_REPLY or _is_private_surface(body):
            self._background.start(self._send_button_reply(pending.result(), click, body))
        return EMPTY_ACKNOWLEDGEMENT

    async def on_form(self, body: Payload) -> Acknowledgement:
        """A submitted modal; the acknowledgement says what becomes of it."""
        click = payloads.click_of_form(body, self._clock.now())
        pending = self._start_reply(click)
        is_answered = await _is_done_within(pending, FORM_ACKNOWLEDGED_AFTER_SECONDS)
        reply = pending.result() if is_answered else _SLOW_REPLY
        response_url = payloads.modal_state_of(body["view"]).response_url
        if response_url and not reply.field_errors and reply.form is None:
            self._background.start(self._refresh_private_message(pending, click, response_url))
        return form_acknowledgement(reply, body["view"])

    async def on_command(self, body: Payload) -> Acknowledgement:
        """`/disputes`, answered to the person who typed it."""
        pending = self._start_reply(payloads.click_of_command(body, self._clock.now()))
        is_answered = await _is_done_within(pending, ACKNOWLEDGED_AFTER_SECONDS)
        if not is_answered or pending.result().form is not None:
            self._background.start(self._open_form(pending, body))
            return EMPTY_ACKNOWLEDGEMENT
        return command_acknowledgement(pending.result())

    async def on_shortcut(self, body: Payload) -> Acknowledgement:
        """“Raise a dispute” or “Send to customer” in a message's menu."""
        pending = self._start_reply(payloads.click_of_shortcut(body, self._clock.now()))
        self._background.start(self._open_form(pending, body))
        return EMPTY_ACKNOWLEDGEMENT

    async def on_event(self, body: Payload) -> Acknowledgement:
        """What happened in the workspace. Slack repeats events; each of these is harmless twice."""
        event = body["event"]
        kind = event["type"]
        if kind == "app_home_opened" and event.get("tab") == "home":
            await self._show_home(event["user"])
        elif kind == "link_shared" and event.get("user"):
            urls = " ".join(link["url"] for link in event["links"])
            reply = await self._reply_to_event(event, Action.SHARE_LINK, urls)
            self._background.start(self._responder.unfurl(reply, event))
        elif kind == "app_mention" and event.get("user") and not event.get("bot_id"):
            words = _MENTION.sub("", event.get("text", "")).strip()
            reply = await self._reply_to_event(event, Action.COMMAND, words)
            self._background.start(self._responder.reply_in_thread(reply, event))
        elif kind in ("member_joined_channel", "member_left_channel"):
            joined = kind == "member_joined_channel"
            if await self._store.run(follow_member, event["channel"], event["user"], joined):
                self._request_sync()
        elif kind == "user_change":
            await self._store.run(follow_person, event["user"], await self._origin.own_workspace())
        return EMPTY_ACKNOWLEDGEMENT

    async def _learn_origin(self) -> None:
        try:
            await self._origin.own_workspace()
        except OriginUnknown as trouble:
            log.warning("slack_installation_unknown", reason=str(trouble), remedy=_ORIGIN_REMEDY)

    async def _reply_to_event(self, event: Payload, action: Action, value: str) -> Reply:
        click = payloads.click_of_event(event, action, value, self._clock.now())
        return await reply_to_click(self._store, self._with_settings(click))

    async def _send_button_reply(self, reply: Reply, click: Click, body: Payload) -> None:
        """Show the reply; after a change made from a private card or the home, refresh that."""
        if click.action in CHANGES and reply == EMPTY_REPLY:
            if (body.get("view") or {}).get("type") == "home":
                await self._show_home(click.actor_ref)
                return
            if click.case_id:
                reply = await self._request_view(click, Action.OPEN_CASE)
        await self._responder.reply_to_button(reply, body, click.action)

    async def _send_late_button_reply(self, pending: PendingReply, click: Click, body: Payload) -> None:
        reply = await pending
        if reply != EMPTY_REPLY or _is_private_surface(body):
            await self._send_button_reply(reply, click, body)

    async def _open_form(self, pending: PendingReply, body: Payload) -> None:
        await self._responder.open_form(await pending, body)

    async def _refresh_private_message(self, pending: PendingReply, click: Click, response_url: str) -> None:
        await pending
        await self._responder.refresh_private_message(
            await self._request_view(click, Action.OPEN_CASE), response_url
        )

    async def _show_home(self, user: str) -> None:
        reply = await self._reply_to_event({"user": user}, Action.OPEN_HOME, "")
        self._background.start(self._responder.publish_home(reply, user))

    async def _request_view(self, click: Click, action: Action) -> Reply:
        return await reply_to_click(
            self._store, replace(click, action=action, at=self._clock.now(), key=None)
        )

    def _start_reply(self, click: Click) -> PendingReply:
        """Goes on however long the database takes: nothing takes a click back."""
        return self._background.start(reply_to_click(self._store, self._with_settings(click)))

    def _with_settings(self, click: Click) -> Click:
        return replace(click, mail_preview=self.mail_preview, file_url=self.file_url)


class _DispatchMiddleware(AsyncMiddleware):
    """Answers every payload that `acknowledge` knows, and passes the rest on to Bolt."""

    def __init__(self, acknowledge: Callable[[Payload], Awaitable[Acknowledgement | None]]) -> None:
        self._acknowledge = acknowledge

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002
    ) -> BoltResponse | None:
        try:
            acknowledgement = await self._acknowledge(req.body)
        except OriginUnknown as trouble:
            REFUSED_REQUESTS.labels(route="slack", why="origin_unknown").inc()
            log.warning("slack_payload_origin_unknown", reason=str(trouble), remedy=_ORIGIN_REMEDY)
            return BoltResponse(status=503)
        if acknowledgement is None:
            return await next()
        return BoltResponse(status=200, body=dict(acknowledgement) if acknowledgement else "")


async def _is_done_within(pending: PendingReply, seconds: float) -> bool:
    """Whether the reply came in time; it goes on when it didn't."""
    done, _ = await asyncio.wait((pending,), timeout=seconds)
    return bool(done)


def _is_private_surface(body: Payload) -> bool:
    """Whether one person alone sees where the button is: a whisper, a dialog, their home."""
    return bool(body.get("view")) or bool((body.get("container") or {}).get("is_ephemeral"))
