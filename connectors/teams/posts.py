"""Posting and updating messages in Teams."""

from __future__ import annotations

from connectors.errors import GiveUp
from connectors.posts import Message, MessageRef
from connectors.teams.api import TeamsApi
from connectors.teams.errors import CallTarget

_THREAD = ";messageid="


class TeamsPosts:
    """Posted messages can't be searched for later: this API reads no history."""

    def __init__(self, api: TeamsApi) -> None:
        self._api = api

    async def post(
        self,
        channel: str,
        message: Message,
        *,
        key: str,
        thread_ref: str | None = None,
        is_loud: bool = False,
    ) -> MessageRef:
        """Post to a channel, under its message `thread_ref`, or to a chat, which has no threads.

        A personal chat shows a notification; in a channel only a mention does, so `is_loud` changes nothing.
        Teams has no place for `key`.

        Raises:
            TryAgain: try later; `is_unknown` when it may have arrived.
            MessageGone: the thread doesn't exist any more.
            GiveUp: Teams refuses; a person must act.
        """
        channel = channel.partition(_THREAD)[0]
        place, about = channel, CallTarget.CONVERSATION
        if thread_ref is not None and _has_threads(channel):
            place, about = f"{channel}{_THREAD}{thread_ref}", CallTarget.THREAD
        body = _with_alert(message) if _is_personal(channel) else message
        answer = await self._api.call(
            "POST", "conversations", place, "activities", conversation=channel, body=body, target=about
        )
        return MessageRef(channel, _id_of(answer.get("id")))

    async def update(self, sent: MessageRef, message: Message) -> None:
        """Replace a message. Harmless to repeat.

        Raises:
            TryAgain: try later.
            MessageGone: it was deleted.
            GiveUp: Teams refuses; a person must act.
        """
        channel = sent.channel_ref.partition(_THREAD)[0]
        path = ("conversations", channel, "activities", sent.message_ref)
        body = {**message, "id": sent.message_ref}
        await self._api.call("PUT", *path, conversation=channel, body=body, target=CallTarget.MESSAGE)


def _has_threads(channel: str) -> bool:
    """Channels of a team have threads; chats don't, group chats included."""
    return channel.endswith(("@thread.tacv2", "@thread.skype"))


def _is_personal(channel: str) -> bool:
    """The bot's chat with one person is `a:…`; channels and group chats are `19:…`."""
    return not channel.startswith("19:")


def _with_alert(message: Message) -> Message:
    """The message with a notification in the person's activity feed."""
    channel_data = {**message.get("channelData", {}), "notification": {"alert": True}}
    return {**message, "channelData": channel_data}


def _id_of(given: object) -> str:
    if isinstance(given, str) and given:
        return given
    raise GiveUp(
        "Teams took the message without saying under which id it stands.",
        "Look into the channel: it was most likely posted. It won't change by itself later.",
    )
