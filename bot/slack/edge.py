"""How does Slack reach us? One Bolt middleware with one table: payload kind to what is done with it.

Bolt's listeners would each be matched in turn and get thirty arguments built; a middleware before
authorization is asked once and answers itself (docs/decisions/0008, docs/performance.md).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import structlog
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.clicks import reply_to_click
from bot.slack import payloads as clicks
from bot.slack.responses import Responder, command_acknowledgement, form_acknowledgement
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
R = TypeVar("R")
EMPTY_ACKNOWLEDGEMENT: Acknowledgement = {}
EMPTY_REPLY = Reply()
COMMAND = "/disputes"
ACKNOWLEDGED_AFTER_SECONDS = 2.5
FORM_ACKNOWLEDGED_AFTER_SECONDS = 2.8
"""Slack takes three seconds. A form waits longer, because only its acknowledgement can say anything."""
_SLOW_REPLY = Reply(
    whisper="This takes longer than usual. Look at the case in a minute before you send it again.",
    is_refusal=True,
)
_MENTION = re.compile(r"<@[^>]+>")
log = structlog.get_logger()


class SlackEdge:
    """Turns payloads into Clicks, has them answered, acknowledges, and follows up."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        client: AsyncWebClient,
        *,
        letterhead: MailPreviewSettings = DEFAULT_MAIL_PREVIEW,
        file_url: Callable[[str], str | None] = no_url,
        request_sync: Callable[[], None] = lambda: None,
    ) -> None:
        """`file_url` gives the address at which whoever sees a case may open one of its files;
        `request_sync` is told when Slack must be asked who somebody is."""
        self._store = store
        self.letterhead = letterhead
        self.file_url = file_url
        self._request_sync = request_sync
        self._clock = clock
        self._responder = Responder(client)
        self._background: set[asyncio.Task[Any]] = set()
        self._handlers: Mapping[str, Callable[[Payload], Awaitable[Acknowledgement]]] = {
            "block_actions": self.on_action,
            "view_submission": self.on_form,
            "message_action": self.on_shortcut,
            "command": self.on_command,
            "event_callback": self.on_event,
        }
        self.app = AsyncApp(
            client=client,
            before_authorize=_DispatchMiddleware(self.acknowledge),
            process_before_response=True,
            request_verification_enabled=False,
        )

    async def close(self) -> None:
        """Let the answers that are on their way arrive."""
        if self._background:
            await asyncio.wait(self._background, timeout=3)

    async def acknowledge(self, body: Payload) -> Acknowledgement | None:
        """What the acknowledgement says; None for a kind that is Bolt's own, such as `url_verification`.

        A button or form of another version is let pass in silence.
        """
        kind = "command" if body.get("command") == COMMAND else str(body.get("type"))
        if kind == "view_closed":
            return EMPTY_ACKNOWLEDGEMENT
        handle = self._handlers.get(kind)
        if handle is None:
            return None
        try:
            return await handle(body)
        except clicks.UnknownAction as name:
            log.warning("unknown_action", action=str(name)[:80])
            return EMPTY_ACKNOWLEDGEMENT

    async def on_action(self, body: Payload) -> Acknowledgement:
        """A button or a live field. What changed is shown by the outbox, to everybody."""
        click = clicks.click_of_action(body, self._clock.now())
        asked = self._start_reply(click)
        if not await _is_done_within(asked, ACKNOWLEDGED_AFTER_SECONDS):
            self._run_in_background(self._send_late_button_reply(asked, click, body))
        elif asked.result() != EMPTY_REPLY or _is_private_surface(body):
            self._run_in_background(self._send_button_reply(asked.result(), click, body))
        return EMPTY_ACKNOWLEDGEMENT

    async def on_form(self, body: Payload) -> Acknowledgement:
        """A sent modal; the acknowledgement says what becomes of it."""
        click = clicks.click_of_form(body, self._clock.now())
        asked = self._start_reply(click)
        is_answered = await _is_done_within(asked, FORM_ACKNOWLEDGED_AFTER_SECONDS)
        reply = asked.result() if is_answered else _SLOW_REPLY
        response_url = clicks.modal_state_of(body["view"]).response_url
        if response_url and not reply.field_errors and reply.form is None:
            self._run_in_background(self._refresh_private_message(asked, click, response_url))
        return form_acknowledgement(reply, body["view"])

    async def on_command(self, body: Payload) -> Acknowledgement:
        """`/disputes`, answered to whoever typed it."""
        asked = self._start_reply(clicks.click_of_command(body, self._clock.now()))
        is_answered = await _is_done_within(asked, ACKNOWLEDGED_AFTER_SECONDS)
        if not is_answered or asked.result().form is not None:
            self._run_in_background(self._open_form(asked, body))
            return EMPTY_ACKNOWLEDGEMENT
        return command_acknowledgement(asked.result())

    async def on_shortcut(self, body: Payload) -> Acknowledgement:
        """“Raise a dispute” or “Send to customer” in a message's menu."""
        asked = self._start_reply(clicks.click_of_shortcut(body, self._clock.now()))
        self._run_in_background(self._open_form(asked, body))
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
            self._run_in_background(self._responder.unfurl(reply, event))
        elif kind == "app_mention" and event.get("user") and not event.get("bot_id"):
            words = _MENTION.sub("", event.get("text", "")).strip()
            reply = await self._reply_to_event(event, Action.COMMAND, words)
            self._run_in_background(self._responder.reply_in_thread(reply, event))
        elif kind in ("member_joined_channel", "member_left_channel"):
            joined = kind == "member_joined_channel"
            if await self._store.run(follow_member, event["channel"], event["user"], joined):
                self._request_sync()
        elif kind == "user_change":
            await self._store.run(follow_person, event["user"], clicks.workspace_of(body))
        return EMPTY_ACKNOWLEDGEMENT

    async def _reply_to_event(self, event: Payload, action: Action, value: str) -> Reply:
        click = clicks.click_of_event(event, action, value, self._clock.now())
        return await reply_to_click(self._store, self._with_settings(click))

    async def _send_button_reply(self, reply: Reply, click: Click, body: Payload) -> None:
        """Show the reply; after a change made from a private card or the home, show that anew."""
        if click.action in CHANGES and reply == EMPTY_REPLY:
            if (body.get("view") or {}).get("type") == "home":
                await self._show_home(click.actor_ref)
                return
            if click.case_id:
                reply = await self._request_view(click, Action.OPEN_CASE)
        await self._responder.reply_to_button(reply, body, click.action)

    async def _send_late_button_reply(self, asked: PendingReply, click: Click, body: Payload) -> None:
        reply = await asked
        if reply != EMPTY_REPLY or _is_private_surface(body):
            await self._send_button_reply(reply, click, body)

    async def _open_form(self, asked: PendingReply, body: Payload) -> None:
        await self._responder.open_form(await asked, body)

    async def _refresh_private_message(self, asked: PendingReply, click: Click, response_url: str) -> None:
        await asked
        await self._responder.refresh_private_message(
            await self._request_view(click, Action.OPEN_CASE), response_url
        )

    async def _show_home(self, user: str) -> None:
        reply = await self._reply_to_event({"user": user}, Action.OPEN_HOME, "")
        self._run_in_background(self._responder.publish_home(reply, user))

    async def _request_view(self, click: Click, action: Action) -> Reply:
        return await reply_to_click(
            self._store, replace(click, action=action, at=self._clock.now(), key=None)
        )

    def _start_reply(self, click: Click) -> PendingReply:
        """Have it answered, however long the database takes: nothing takes a click back."""
        return self._track(asyncio.ensure_future(reply_to_click(self._store, self._with_settings(click))))

    def _with_settings(self, click: Click) -> Click:
        return replace(click, mail_preview=self.letterhead, file_url=self.file_url)

    def _run_in_background(self, sending: Coroutine[Any, Any, None]) -> None:
        """Go on after the acknowledgement."""
        self._track(asyncio.ensure_future(sending))

    def _track(self, task: asyncio.Task[R]) -> asyncio.Task[R]:
        """In a set, or the task could vanish half-way."""
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return task


class _DispatchMiddleware(AsyncMiddleware):
    """Answers every payload that the table knows, and hands the rest on to Bolt."""

    def __init__(self, acknowledge: Callable[[Payload], Awaitable[Acknowledgement | None]]) -> None:
        self._acknowledge = acknowledge

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002
    ) -> BoltResponse | None:
        said = await self._acknowledge(req.body)
        if said is None:
            return await next()
        return BoltResponse(status=200, body=dict(said) if said else "")


async def _is_done_within(asked: PendingReply, seconds: float) -> bool:
    """Whether the answer came in time; it goes on when it didn't."""
    done, _ = await asyncio.wait((asked,), timeout=seconds)
    return bool(done)


def _is_private_surface(body: Payload) -> bool:
    """Whether the button stood where one person alone sees it: a whisper, a dialog, their own page."""
    return bool(body.get("view")) or bool((body.get("container") or {}).get("is_ephemeral"))
