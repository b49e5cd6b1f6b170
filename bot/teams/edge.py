"""Teams edge: a table from the kind of an activity to what is done with it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog

from bot.background import BackgroundTasks
from bot.clicks import report_fault
from bot.metrics import REFUSED_REQUESTS
from bot.teams.activity import Activity, is_change, text_at
from bot.teams.card_actions import CardActions
from bot.teams.conversation_updates import ConversationUpdates
from bot.teams.dialogs import Dialogs, long_texts
from bot.teams.dispatch import Dispatcher
from bot.teams.message_extension import MessageExtension
from bot.teams.messages import MessagePoster, Messages
from bot.teams.payloads import UnknownAction, UnknownSender, dialog_data_of, is_form
from bot.teams.responses import (
    CARD_ACTION,
    FETCH_TASK,
    NOT_IMPLEMENTED,
    QUERY,
    QUERY_LINK,
    SUBMIT_ACTION,
    TASK_FETCH,
    TASK_SUBMIT,
    Body,
    sentence_response,
    text_to_copy,
)
from cards.files import no_url
from cards.teams import values_of
from handlers.mail_preview_settings import DEFAULT_MAIL_PREVIEW, MailPreviewSettings
from scheduler.clock import Clock
from store.engine import Store

ANSWERED_AFTER_SECONDS = 3.5
"""Teams waits five, with the way there and back."""
_SLOW = "This takes longer than usual. Look at the case in a minute before you send it again."
_UNKNOWN = "This button belongs to another version of me. Nothing was done."
_NOBODY = "I only know people of your company who are signed in, so nothing was done."
log = structlog.get_logger()


class TeamsEdge:
    """Turns activities into Clicks, gets their replies in time, and goes on in the background."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        posts: MessagePoster,
        mail_preview: MailPreviewSettings = DEFAULT_MAIL_PREVIEW,
        file_url: Callable[[str], str | None] = no_url,
        request_sync: Callable[[], None] = lambda: None,
        answered_after: float = ANSWERED_AFTER_SECONDS,
    ) -> None:
        """`mail_preview` and `file_url` go with every click. `request_sync` is called when teams, channels or
        their members should be read anew."""
        self.answered_after = answered_after
        self._updates = ConversationUpdates(store, clock, request_sync)
        self._dispatcher = Dispatcher(store, clock, mail_preview, file_url)
        self._background = BackgroundTasks()
        self._messages = Messages(self._dispatcher, posts, self._background)
        dialogs, search = Dialogs(self._dispatcher), MessageExtension(self._dispatcher)
        self._invokes: Mapping[str, Callable[[Activity], Awaitable[Body | None]]] = {
            CARD_ACTION: CardActions(self._dispatcher).on_action,
            TASK_FETCH: dialogs.on_fetch,
            TASK_SUBMIT: dialogs.on_submit,
            FETCH_TASK: dialogs.on_message_action,
            SUBMIT_ACTION: dialogs.on_submit,
            QUERY: search.on_query,
            QUERY_LINK: search.on_link,
        }

    async def close(self) -> None:
        """Let the replies that are on their way arrive."""
        await self._background.close()

    async def on_activity(self, activity: dict[str, Any]) -> dict[str, Any] | None:
        """The body of the response to an invoke; None: no body. Never raises.

        What takes too long goes on in the background, and a sentence says so.
        """
        response = self._background.start(self._handle(activity))
        done, _ = await asyncio.wait((response,), timeout=self.answered_after)
        return response.result() if done else _late_response(activity)

    async def _handle(self, activity: Activity) -> Body | None:
        """An unknown action or sender gets a sentence, and so does a fault of ours."""
        try:
            if text_at(activity, "type") == "invoke":
                return await self._on_invoke(activity)
            await self._on_event(activity)
            return None
        except UnknownAction as name:
            log.warning("unknown_action", action=str(name)[:80])
            sentence = _count_refusal("unknown_action", _UNKNOWN)
        except UnknownSender:
            sentence = _count_refusal("nobody", _NOBODY)
        except Exception as mistake:
            sentence = report_fault(
                mistake, activity=text_at(activity, "type")[:40], invoke=text_at(activity, "name")[:80]
            )
        return await self._error_response(activity, sentence)

    async def _on_invoke(self, activity: Activity) -> Body | None:
        handle = self._invokes.get(text_at(activity, "name"))
        if handle is None:
            log.warning("unknown_invoke", invoke=text_at(activity, "name")[:80])
            REFUSED_REQUESTS.labels(route="teams", why="unknown_invoke").inc()
            return NOT_IMPLEMENTED
        if not self._updates.is_known(activity):
            self._background.start(self._updates.record(activity))
        return await handle(activity)

    async def _on_event(self, activity: Activity) -> None:
        """Recorded first: a reply may go to a conversation that this activity is the first to tell of."""
        await self._updates.record(activity)
        if text_at(activity, "type") == "message":
            await self._messages.on_message(activity)
        elif is_change(activity):
            await self._messages.send_welcome(activity)

    async def _error_response(self, activity: Activity, sentence: str) -> Body | None:
        try:
            if text_at(activity, "type") == "message":
                await self._messages.send_privately(activity, sentence)
            return sentence_response(activity, sentence)
        except Exception:
            log.exception("not_excused")
            return None


def _count_refusal(why: str, sentence: str) -> str:
    REFUSED_REQUESTS.labels(route="teams", why=why).inc()
    return sentence


def _late_response(activity: Activity) -> Body | None:
    """For what goes on in the background; a form can't be drawn yet, so what was typed is shown to copy."""
    if text_at(activity, "type") != "invoke":
        return None
    data = dialog_data_of(activity)
    if text_at(activity, "name") in (TASK_SUBMIT, SUBMIT_ACTION) and is_form(data):
        return text_to_copy(_SLOW, long_texts(values_of(data)))
    return sentence_response(activity, _SLOW)
