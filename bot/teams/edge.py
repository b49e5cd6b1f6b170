"""How does Teams reach us? One table: kind of activity to what is done with it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog

from bot.background import Following
from bot.clicks import own_up
from bot.metrics import REFUSED_REQUESTS
from bot.teams.activity import Activity, text
from bot.teams.card_actions import Cards
from bot.teams.conversation_updates import News
from bot.teams.dialogs import Dialogs, typed_in
from bot.teams.dispatch import Asking
from bot.teams.message_extension import Search
from bot.teams.messages import Posts, Talk
from bot.teams.payloads import Nobody, UnknownAction, dialog_data_of, is_form
from bot.teams.responses import (
    CARD_ACTION,
    FETCH_TASK,
    NOT_HERE,
    QUERY,
    QUERY_LINK,
    SUBMIT_ACTION,
    TASK_FETCH,
    TASK_SUBMIT,
    Body,
    said,
    words_to_copy,
)
from cards.files import nowhere
from cards.teams import values_of
from handlers.mail_preview_settings import OUR_LETTERHEAD, Letterhead
from handlers.teams_activity import UPDATES
from scheduler.clock import Clock
from store.engine import Store

ANSWERED_AFTER_SECONDS = 3.5
"""Teams takes five, the way there and back among them."""
_SLOW = "This takes longer than usual. Look at the case in a minute before you send it again."
_UNKNOWN = "This button belongs to another version of me. Nothing was done."
_NOBODY = "I only know people of your company who are signed in, so nothing was done."
log = structlog.get_logger()


class TeamsEdge:
    """Turns activities into Clicks, has them answered in time, and follows up."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        posts: Posts,
        letterhead: Letterhead = OUR_LETTERHEAD,
        file_url: Callable[[str], str | None] = nowhere,
        on_news: Callable[[], None] = lambda: None,
        answered_after: float = ANSWERED_AFTER_SECONDS,
    ) -> None:
        """`file_url` gives the address at which whoever sees a case may open one of its files; `on_news` is
        told when teams, channels or their members should be read anew."""
        self.answered_after = answered_after
        self._news = News(store, clock, on_news)
        self._asking = Asking(store, clock, letterhead, file_url)
        self._following = Following()
        self._talk = Talk(self._asking, posts, self._following)
        dialogs, search = Dialogs(self._asking), Search(self._asking)
        self._invokes: Mapping[str, Callable[[Activity], Awaitable[Body | None]]] = {
            CARD_ACTION: Cards(self._asking).on_action,
            TASK_FETCH: dialogs.on_fetch,
            TASK_SUBMIT: dialogs.on_submit,
            FETCH_TASK: dialogs.on_message_action,
            SUBMIT_ACTION: dialogs.on_submit,
            QUERY: search.on_query,
            QUERY_LINK: search.on_link,
        }

    async def close(self) -> None:
        """Let the answers that are on their way arrive."""
        await self._following.close()

    async def on_activity(self, activity: dict[str, Any]) -> dict[str, Any] | None:
        """The body of an invoke's answer; None: no body. Never raises.

        What takes too long goes on, and a sentence says so.
        """
        turn = self._following.go(self._turn(activity))
        done, _ = await asyncio.wait((turn,), timeout=self.answered_after)
        return turn.result() if done else _late(activity)

    async def _turn(self, activity: Activity) -> Body | None:
        """An activity of another version, or of nobody, is answered and let pass."""
        try:
            if text(activity, "type") == "invoke":
                return await self._on_invoke(activity)
            await self._on_event(activity)
            return None
        except UnknownAction as name:
            log.warning("unknown_action", action=str(name)[:80])
            sentence = _refused("unknown_action", _UNKNOWN)
        except Nobody:
            sentence = _refused("nobody", _NOBODY)
        except Exception as mistake:
            sentence = own_up(
                mistake, activity=text(activity, "type")[:40], invoke=text(activity, "name")[:80]
            )
        return await self._excused(activity, sentence)

    async def _on_invoke(self, activity: Activity) -> Body | None:
        handle = self._invokes.get(text(activity, "name"))
        if handle is None:
            log.warning("unknown_invoke", invoke=text(activity, "name")[:80])
            REFUSED_REQUESTS.labels(route="teams", why="unknown_invoke").inc()
            return NOT_HERE
        if not self._news.is_old(activity):
            self._following.go(self._news.keep(activity))
        return await handle(activity)

    async def _on_event(self, activity: Activity) -> None:
        """Where we are comes first: whoever is answered must be found."""
        await self._news.keep(activity)
        if text(activity, "type") == "message":
            await self._talk.on_message(activity)
        elif text(activity, "type") in UPDATES:
            await self._talk.welcome(activity)

    async def _excused(self, activity: Activity, sentence: str) -> Body | None:
        try:
            if text(activity, "type") == "message":
                await self._talk.tell(activity, sentence)
            return said(activity, sentence)
        except Exception:
            log.exception("not_excused")
            return None


def _refused(why: str, sentence: str) -> str:
    REFUSED_REQUESTS.labels(route="teams", why=why).inc()
    return sentence


def _late(activity: Activity) -> Body | None:
    """It goes on; what was typed in a form can be copied, because the form can't be drawn now."""
    if text(activity, "type") != "invoke":
        return None
    data = dialog_data_of(activity)
    if text(activity, "name") in (TASK_SUBMIT, SUBMIT_ACTION) and is_form(data):
        return words_to_copy(_SLOW, typed_in(values_of(data)))
    return said(activity, _SLOW)
