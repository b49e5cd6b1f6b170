"""What happens when a button of a posted card is pressed in Teams?"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial

from bot.teams.activity import Activity, id_at, is_personal, text_at
from bot.teams.dispatch import EMPTY_REPLY, Dispatcher
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
"""What the buttons of a person's own page carry, so that it is shown anew after them."""
_ONLY_BY_HAND = "Nobody pressed anything, so nothing was done."


class CardActions:
    def __init__(self, asking: Dispatcher) -> None:
        self._asking = asking

    async def on_action(self, activity: Activity) -> Body:
        """Whoever pressed sees the card anew, or a sentence under it. The outbox shows everybody else."""
        data = card_data_of(activity)
        read = click_of_form if is_form(data) else click_of_button
        click = read(activity, data, self._asking.now())
        if is_automatic(activity) and click.action in CHANGES:
            return card_error(403, _ONLY_BY_HAND)
        shows = partial(_change_and_show, id_at(activity, "replyToId"))
        reply = await self._asking.reply_to(click, change if is_personal(activity) else shows)
        if reply == EMPTY_REPLY and click.action in CHANGES:
            reply = await self._updated_card(click, activity, data)
        if reply.home is not None:
            return replacement_card(home_message(reply.home)["attachments"][0]["content"])
        if reply.is_refusal and is_automatic(activity):
            return card_error(403, reply.whisper or "")
        return card_response(reply)

    async def _updated_card(self, click: Click, activity: Activity, data: ActionData) -> Reply:
        """What stands now where the button stood."""
        looked = await self._current_view(click, activity, data)
        if looked.card is not None or looked.home is not None:
            return looked
        return Reply(whisper=f"{click.case_id}: done." if click.case_id else "Done.")

    async def _current_view(self, click: Click, activity: Activity, data: ActionData) -> Reply:
        """The page of the person, or the whole case in their own chat."""
        if text_at(data, "on") == ON_HOME["on"]:
            return await self._asking.request_view(click, Action.OPEN_HOME)
        if click.case_id is not None and is_personal(activity):
            return await self._asking.request_view(click, Action.OPEN_CASE)
        return EMPTY_REPLY


def _change_and_show(message_ref: str, tx: Transaction, click: Click) -> Reply:
    """Do it; where the button stood on the case's card in a channel, that card as it is now."""
    reply = change(tx, click)
    if reply != EMPTY_REPLY or not click.channel or click.case_id is None:
        return reply
    if tx.posted_cards.find_case_id(click.channel, message_ref) != click.case_id:
        return reply
    with suppress(Refused):  # it is done, even where they may no longer see it
        return query(tx, replace(click, action=Action.SHOW_CARD, value=click.case_id))
    return reply


def home_message(view: HomeView) -> Body:
    return with_button_data(home(view), ON_HOME)
