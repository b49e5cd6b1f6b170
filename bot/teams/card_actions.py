"""Buttons of posted cards in Teams (`adaptiveCard/action`)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial

from bot.clicks import EMPTY_REPLY
from bot.teams.activity import Activity, id_at, is_personal, text_at
from bot.teams.dispatch import Dispatcher
from bot.teams.payloads import ActionData, card_data_of, click_of_button, click_of_form, is_form
from bot.teams.responses import (
    Body,
    card_error,
    card_response,
    is_automatic,
    replacement_card,
    with_button_data,
)
from cards.actions import Action
from cards.teams import home
from cards.views import HomeView
from core.errors import Refused
from handlers.actions import CHANGES, change, query
from handlers.types import Click, Reply
from store.transaction import Transaction

ON_HOME = {"on": "home"}
"""What the buttons of a person's home carry, so that it is refreshed after them."""
_ONLY_BY_HAND = "Nobody pressed anything, so nothing was done."


class CardActions:
    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher

    async def on_action(self, activity: Activity) -> Body:
        """Shows the card anew, or a sentence under it, to who pressed. The outbox shows everybody else."""
        data = card_data_of(activity)
        read = click_of_form if is_form(data) else click_of_button
        click = read(activity, data, self._dispatcher.now())
        if is_automatic(activity) and click.action in CHANGES:
            return card_error(403, _ONLY_BY_HAND)
        change_and_show = partial(_change_and_show_card, id_at(activity, "replyToId"))
        reply = await self._dispatcher.reply_to(click, change if is_personal(activity) else change_and_show)
        if reply == EMPTY_REPLY and click.action in CHANGES:
            reply = await self._updated_card(click, activity, data)
        if reply.home is not None:
            return replacement_card(home_message(reply.home)["attachments"][0]["content"])
        if reply.is_refusal and is_automatic(activity):
            return card_error(403, reply.whisper or "")
        return card_response(reply)

    async def _updated_card(self, click: Click, activity: Activity, data: ActionData) -> Reply:
        """What replaces the card that the button is on, after a change; a sentence where nothing does."""
        shown = await self._current_view(click, activity, data)
        if shown.card is not None or shown.home is not None:
            return shown
        return Reply(whisper=f"{click.case_id}: done." if click.case_id else "Done.")

    async def _current_view(self, click: Click, activity: Activity, data: ActionData) -> Reply:
        """The person's home, or in their own chat the whole case."""
        if text_at(data, "on") == ON_HOME["on"]:
            return await self._dispatcher.request_view(click, Action.OPEN_HOME)
        if click.case_id is not None and is_personal(activity):
            return await self._dispatcher.request_view(click, Action.OPEN_CASE)
        return EMPTY_REPLY


def _change_and_show_card(message_ref: str, tx: Transaction, click: Click) -> Reply:
    """Do it; if the button is on the case's card in a channel, return that card as it is now.

    In one transaction: the person's card can't miss the change.
    """
    reply = change(tx, click)
    if reply != EMPTY_REPLY or not click.channel or click.case_id is None:
        return reply
    if tx.posted_cards.find_case_id(click.channel, message_ref) != click.case_id:
        return reply
    with suppress(Refused):  # the change is done even if they may no longer see the card
        return query(tx, replace(click, action=Action.SHOW_CARD, value=click.case_id))
    return reply


def home_message(view: HomeView) -> Body:
    return with_button_data(home(view), ON_HOME)
