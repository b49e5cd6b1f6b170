"""What does the bot write in Teams by its own hand? Answers to what was typed, and its welcome."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import structlog

from bot.background import BackgroundTasks
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
from bot.teams.dispatch import EMPTY_REPLY, Dispatcher
from bot.teams.payloads import UnknownSender, click_of_button, click_of_form, click_of_text, is_form
from bot.teams.responses import Body, sentence_card
from bot.teams.text import command_of
from cards.actions import Action
from cards.teams import message, prompt
from handlers.types import Click, Reply

GREETINGS = frozenset({"", "hi", "hello", "hey", "home", "start"})
"""Whoever says no more than this is shown their own page."""
_HELLO = (
    "Hello, I'm {name}. I settle invoice disputes with you: their cards come into your channels. "
    "Mention me with a word, such as “@{name} queue” or “@{name} help”, or write to me alone."
)
_ASKED = "“{words}”: press to see the answer. Only you see the answer."
_OWN_PAGE = "Press to see your own page: your cases, and what waits in your queues."
_NEEDS_FORM = "That needs a form."
_NOT_IN_PUBLIC = "I can't show that here. Press to see your own page."
_LONGEST_ECHO = 60
_ANSWERED, _WELCOME = "answered", "welcome"
log = structlog.get_logger()


class MessagePoster(Protocol):
    """Whatever posts a message into a conversation."""

    async def post(
        self, channel: str, message: Body, *, key: str, thread_ref: str | None = None
    ) -> object: ...


class Messages:
    """Nothing is posted while somebody waits for an answer; a post that fails is logged."""

    def __init__(self, asking: Dispatcher, posts: MessagePoster, following: BackgroundTasks) -> None:
        self._asking = asking
        self._posts = posts
        self._following = following

    async def on_message(self, activity: Activity) -> None:
        """Something typed, or a button of a client that knows no better than to send it as a message."""
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
        """Say it to whoever did this where nobody else reads it, if there is such a place."""
        place = await self._private_conversation(activity)
        if place is not None:
            await self._reply_once(activity, message(sentence_card(sentence)), place)

    async def send_welcome(self, activity: Activity) -> None:
        """Once for each person and each team."""
        if not _is_bot_added(activity):
            return
        place = text_at(object_at(object_at(activity, "channelData"), "team"), "id") or conversation_ref(
            activity
        )
        greeting = await self._greeting(activity)
        if greeting is not None and await self._asking.try_mark_sent(_WELCOME, place):
            self._following.start(self._post(place, greeting, (_WELCOME, place)))

    async def _greeting(self, activity: Activity) -> Body | None:
        if not is_personal(activity):
            name = text_at(object_at(activity, "recipient"), "name") or "Ombud"
            return prompt(_HELLO.format(name=name), "Open your page", Action.OPEN_HOME, "home")
        if person_ref_of(activity) is None:
            return None
        reply = await self._asking.reply_to(
            click_of_text(activity, Action.OPEN_HOME, "home", self._asking.now())
        )
        return home_message(reply.home) if reply.home is not None else None

    async def _on_text(self, activity: Activity) -> None:
        words = command_of(activity)
        is_greeting = words.casefold().strip(" !.") in GREETINGS
        action = Action.OPEN_HOME if is_greeting else Action.COMMAND
        click = click_of_text(activity, action, words, self._asking.now())
        reply = await self._asking.reply_to(click)
        await self._reply_once(activity, _message_of(reply, click), conversation_ref(activity))

    async def _on_mention(self, activity: Activity) -> None:
        """In the thread stands only a button: what it opens is each reader's own."""
        if person_ref_of(activity) is None:
            raise UnknownSender
        words = command_of(activity)
        if words.casefold().strip(" !.") in GREETINGS:
            asked = prompt(_OWN_PAGE, "Open your page", Action.OPEN_HOME, "home")
        else:
            said = _ASKED.format(words=_shorten(words))
            asked = prompt(said, "Show", Action.COMMAND, words)
        await self._reply_once(activity, asked, conversation_ref(activity), thread_root_of(activity))

    async def _on_button(self, activity: Activity, data: Mapping[str, Any]) -> None:
        read = click_of_form if is_form(data) else click_of_button
        click = read(activity, data, self._asking.now())
        reply = await self._asking.reply_to(click)
        if reply == EMPTY_REPLY and not is_personal(activity):
            return  # the outbox shows everybody what changed
        place = await self._private_conversation(activity)
        if place is not None:
            await self._reply_once(activity, _message_of(reply, click), place)
        else:
            asked = prompt(_NOT_IN_PUBLIC, "Open your page", Action.OPEN_HOME, "home")
            await self._reply_once(activity, asked, conversation_ref(activity), thread_root_of(activity))

    async def _private_conversation(self, activity: Activity) -> str | None:
        if is_personal(activity):
            return conversation_ref(activity)
        person_ref = person_ref_of(activity)
        return await self._asking.find_personal_chat(person_ref) if person_ref else None

    async def _reply_once(
        self, activity: Activity, said: Body, place: str, thread_ref: str | None = None
    ) -> None:
        """Once for each activity: Teams may send one twice."""
        if not place or not id_at(activity, "id"):
            return
        name = scoped_key(activity, id_at(activity, "id"))
        if await self._asking.try_mark_sent(_ANSWERED, name):
            self._following.start(self._post(place, said, (_ANSWERED, name), thread_ref))

    async def _post(
        self, place: str, said: Body, mark: tuple[str, str], thread_ref: str | None = None
    ) -> None:
        """`mark` says that it was told; it goes if the post fails."""
        try:
            await self._posts.post(place, said, key=":".join(mark), thread_ref=thread_ref)
        except Exception as trouble:
            log.warning("teams_answer_failed", conversation=place, reason=type(trouble).__name__)
            await self._asking.unmark_sent(*mark)


def _message_of(reply: Reply, click: Click) -> Body:
    """The reply as a message for one person's eyes; what needs a dialog is a button that opens it."""
    if reply.card is not None:
        return message(reply.card)
    if reply.home is not None:
        return home_message(reply.home)
    if reply.form is not None:
        return prompt(_NEEDS_FORM, "Open the form", click.action, click.value)
    done = f"{click.case_id}: done." if click.case_id else "Done."
    return message(sentence_card(reply.whisper or " ".join(reply.field_errors.values()) or done))


def _is_bot_added(activity: Activity) -> bool:
    """Whether we were just added here."""
    if text_at(activity, "type") == "installationUpdate":
        return text_at(activity, "action") == "add"
    return is_bot_in(activity, "membersAdded")


def _shorten(words: str) -> str:
    return words if len(words) <= _LONGEST_ECHO else f"{words[:_LONGEST_ECHO]}…"
