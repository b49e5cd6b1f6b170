"""Message extension of Teams: cases put into a message that a person writes, by search or a pasted link."""

from __future__ import annotations

from bot.teams.activity import Activity, text_at
from bot.teams.dispatch import Dispatcher
from bot.teams.payloads import click_of_text, query_of
from bot.teams.responses import Body, search_message, search_response
from cards.actions import Action
from cards.views import CaseView

_NOTHING_FOUND = "Nothing found. Try the case number, the customer's name, or the invoice number."
_NOTHING_YET = "There are no cases in your queues yet."


class MessageExtension:
    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher

    async def on_query(self, activity: Activity) -> Body:
        """Cases of the person's queues, by words; the newest ones without."""
        words, is_further_page = query_of(activity)
        if is_further_page:
            return search_response(())
        reply = await self._dispatcher.reply_to(
            click_of_text(activity, Action.SEARCH, words, self._dispatcher.now())
        )
        if reply.found:
            return search_response(reply.found)
        return search_message(reply.whisper or (_NOTHING_FOUND if words else _NOTHING_YET))

    async def on_link(self, activity: Activity) -> Body | None:
        """Unfolds a link to a case in its queue's channel, if they may see it; any other stays a link."""
        url = text_at(activity, "value", "url").strip()
        if len(url.split()) != 1:
            return None
        reply = await self._dispatcher.reply_to(
            click_of_text(activity, Action.SHARE_LINK, url, self._dispatcher.now())
        )
        cards = tuple(card for card in reply.unfurl.values() if isinstance(card, CaseView))
        return search_response(cards) if cards else None
