"""Messages in Teams that the edge posts itself: replies to what was typed, and the welcome."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import structlog

from bot.background import BackgroundTasks
from bot.clicks import EMPTY_REPLY
from bot.teams.activity import (
    Activity,
    bot_mentions,
    conversation_ref,
    id_at,
    is_bot_in,
    is_from_bot,
    is_personal,
    object_at,
    person_ref_of,
    scoped_key,
    text_at,
    thread_root_of,
)
from bot.teams.card_actions import home_message
from bot.teams.dispatch import Dispatcher
from bot.teams.payloads import UnknownSender, click_of_button, click_of_form, click_of_text, is_form
from bot.teams.responses import Body, sentence_card
from bot.teams.text import command_of
from cards.actions import Action
from cards.teams import message, prompt
from handlers.types import Click, Reply

GREETINGS = frozenset({"", "hi", "hello", "hey", "home", "start"})
"""A message that says no more than this gets the person's own page."""
_HELLO = (
    "Hello, I'm {name}. I settle invoice disputes with you: their cards come into your channels. "
    "Mention me with a word, such as “@{name} queue” or “@{name} help”, or write to me alone."
)
_PRESS_TO_SEE = "“{words}”: press to see the answer. Only you see the answer."
_OWN_PAGE = "Press to see your own page: your cases, and what waits in your queues."
_NEEDS_FORM = "That needs a form."
_NOT_IN_PUBLIC = "I can't show that here. Press to see your own page."
_LONGEST_ECHO = 60
_ANSWERED, _WELCOME = "answered", "welcome"
log = structlog.get_logger()


class MessagePoster(Protocol):
    """Posts messages into conversations; the wiring gives the connector's."""

    async def post(
        self, channel: str, message: Body, *, key: str, thread_ref: str | None = None
    ) -> object: ...


class Messages:
    """Posts in the background, so that no request waits for it; a post that fails is logged."""

    def __init__(self, dispatcher: Dispatcher, posts: MessagePoster, background: BackgroundTasks) -> None:
        self._dispatcher = dispatcher
        self._posts = posts
        self._background = background

    async def on_message(self, activity: Activity) -> None:
        """Something typed, or a button that an old client sends as a message."""
        if is_from_bot(activity):
            return
        data = object_at(activity, "value")
        if data:
            await self._on_button(activity, data)
        elif is_personal(activity):
            await self._on_text(activity)
        elif bot_mentions(activity):
            await self._on_mention(activity)

    async def send_privately(self, activity: Activity, sentence: str) -> None:
        """Post to the person's own chat with the bot, if they have one."""
        place = await self._private_conversation(activity)
        if place is not None:
            await self._reply_once(activity, message(sentence_card(sentence)), place)

    async def send_welcome(self, activity: Activity) -> None:
        """Once for each person and each team."""
        if not _is_bot_added(activity):
            return
        place = text_at(activity, "channelData", "team", "id") or conversation_ref(activity)
        greeting = await self._greeting(activity)
        if greeting is not None and await self._dispatcher.try_mark_sent(_WELCOME, place):
            self._background.start(self._post(place, greeting, (_WELCOME, place)))

    async def _greeting(self, activity: Activity) -> Body | None:
        if not is_personal(activity):
            name = text_at(activity, "recipient", "name") or "Ombud"
            return prompt(_HELLO.format(name=name), "Open your page", Action.OPEN_HOME, "home")
        if person_ref_of(activity) is None:
            return None
        reply = await self._dispatcher.reply_to(
            click_of_text(activity, Action.OPEN_HOME, "home", self._dispatcher.now())
        )
        return home_message(reply.home) if reply.home is not None else None

    async def _on_text(self, activity: Activity) -> None:
        words = command_of(activity)
        is_greeting = words.casefold().strip(" !.") in GREETINGS
        action = Action.OPEN_HOME if is_greeting else Action.COMMAND
        click = click_of_text(activity, action, words, self._dispatcher.now())
        reply = await self._dispatcher.reply_to(click)
        await self._reply_once(activity, _message_of(reply, click), conversation_ref(activity))

    async def _on_mention(self, activity: Activity) -> None:
        """Replies with a button only: others read the thread, and each sees their own when they press."""
        if person_ref_of(activity) is None:
            raise UnknownSender
        words = command_of(activity)
        if words.casefold().strip(" !.") in GREETINGS:
            button = prompt(_OWN_PAGE, "Open your page", Action.OPEN_HOME, "home")
        else:
            sentence = _PRESS_TO_SEE.format(words=_shorten(words))
            button = prompt(sentence, "Show", Action.COMMAND, words)
        await self._reply_once(activity, button, conversation_ref(activity), thread_root_of(activity))

    async def _on_button(self, activity: Activity, data: Mapping[str, Any]) -> None:
        read = click_of_form if is_form(data) else click_of_button
        click = read(activity, data, self._dispatcher.now())
        reply = await self._dispatcher.reply_to(click)
        if reply == EMPTY_REPLY and not is_personal(activity):
            return  # the outbox shows everybody what changed
        place = await self._private_conversation(activity)
        if place is not None:
            await self._reply_once(activity, _message_of(reply, click), place)
        else:
            button = prompt(_NOT_IN_PUBLIC, "Open your page", Action.OPEN_HOME, "home")
            await self._reply_once(activity, button, conversation_ref(activity), thread_root_of(activity))

    async def _private_conversation(self, activity: Activity) -> str | None:
        if is_personal(activity):
            return conversation_ref(activity)
        person_ref = person_ref_of(activity)
        return await self._dispatcher.find_personal_chat(person_ref) if person_ref else None

    async def _reply_once(
        self, activity: Activity, body: Body, place: str, thread_ref: str | None = None
    ) -> None:
        """Once for each activity: Teams may send one twice."""
        if not place or not id_at(activity, "id"):
            return
        name = scoped_key(activity, id_at(activity, "id"))
        if await self._dispatcher.try_mark_sent(_ANSWERED, name):
            self._background.start(self._post(place, body, (_ANSWERED, name), thread_ref))

    async def _post(
        self, place: str, body: Body, mark: tuple[str, str], thread_ref: str | None = None
    ) -> None:
        """`mark` says that it was sent; it is removed if the post fails."""
        try:
            await self._posts.post(place, body, key=":".join(mark), thread_ref=thread_ref)
        except Exception as trouble:
            log.warning("teams_answer_failed", conversation=place, reason=type(trouble).__name__)
            await self._dispatcher.unmark_sent(*mark)


def _message_of(reply: Reply, click: Click) -> Body:
    """The reply as a message in a person's own chat; a form becomes a button that opens it."""
    if reply.card is not None:
        return message(reply.card)
    if reply.home is not None:
        return home_message(reply.home)
    if reply.form is not None:
        return prompt(_NEEDS_FORM, "Open the form", click.action, click.value)
    done = f"{click.case_id}: done." if click.case_id else "Done."
    return message(sentence_card(reply.whisper or " ".join(reply.field_errors.values()) or done))


def _is_bot_added(activity: Activity) -> bool:
    """Whether the bot was just added to the conversation."""
    if text_at(activity, "type") == "installationUpdate":
        return text_at(activity, "action") == "add"
    return is_bot_in(activity, "membersAdded")


def _shorten(words: str) -> str:
    return words if len(words) <= _LONGEST_ECHO else f"{words[:_LONGEST_ECHO]}…"
