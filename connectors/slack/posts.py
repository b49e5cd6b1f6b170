"""Posting, updating and finding messages in Slack."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.errors import MessageGone
from connectors.posts import Message, MessageRef
from connectors.slack.api import Method, SlackApi, WaitForRate

EVENT_TYPE = "ombud"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CLOCK_SKEW = timedelta(days=1)
"""How far Slack's clock may differ from ours, or ours have been set, for searches: reading a day more of a
channel costs a page or two, and mostly what is searched for is on the first."""
MOST_PAGES = 25
"""5,000 messages: more than a channel gets between a lost response and the next attempt."""


class SlackPosts:
    def __init__(self, api: SlackApi) -> None:
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
        """Post to a channel or, with `thread_ref`, into a thread there; `is_loud`: into the channel as well.

        Slack doesn't drop repeats, so `key` is sent as metadata, which `find_sent` searches for.

        Raises:
            TryAgain: try later; `is_unknown` when it may have arrived.
            MessageGone: the thread doesn't exist any more.
            GiveUp: Slack refuses; a person must act.
        """
        answer = await self._api.call(
            self._api.client.chat_postMessage,
            channel=channel,
            thread_ts=thread_ref,
            reply_broadcast=True if thread_ref and is_loud else None,
            metadata={"event_type": EVENT_TYPE, "event_payload": {"key": key}},
            unfurl_links=False,
            unfurl_media=False,
            **message,
        )
        return MessageRef(str(answer["channel"]), str(answer["ts"]))

    async def update(self, sent: MessageRef, message: Message) -> None:
        """Replace a message. Harmless to repeat.

        Raises:
            TryAgain: try later.
            MessageGone: it was deleted.
            GiveUp: Slack refuses; a person must act.
        """
        await self._api.call(
            self._api.client.chat_update, channel=sent.channel_ref, ts=sent.message_ref, **message
        )

    async def find_sent(
        self,
        channel: str,
        *,
        key: str,
        oldest: datetime,
        now: datetime,
        thread_ref: str | None = None,
        before_each: WaitForRate | None = None,
    ) -> MessageRef | None:
        """The message that was posted with `key` since `oldest`, if it arrived.

        `channel` is an id; `oldest` and `now` are by our clock. A thread is read oldest first, a channel
        newest first. `before_each` waits for the rate limiter.

        Raises:
            TryAgain: try later.
            GiveUp: the channel can't be read; a person must act.
        """
        client = self._api.client
        args: dict[str, Any] = {"channel": channel, "include_all_metadata": True}
        args["oldest"] = f"{self._begin_of_search(oldest, now).timestamp():.6f}"
        method: Method = client.conversations_history
        if thread_ref is not None:
            method, args["ts"] = client.conversations_replies, thread_ref
        try:
            async for page in self._api.pages(method, most=MOST_PAGES, before_each=before_each, **args):
                for message in page.get("messages", ()):
                    if _key_of(message) == key:
                        return MessageRef(channel, str(message["ts"]))
        except MessageGone:
            return None
        return None

    def _begin_of_search(self, oldest: datetime, now: datetime) -> datetime:
        """Early enough by Slack's clock, by which its messages are dated, however far ahead ours is."""
        by_slack = self._api.server_time()
        ahead = max(timedelta(), now - by_slack) if by_slack is not None else timedelta()
        return max(oldest - CLOCK_SKEW - ahead, _EPOCH)


def _key_of(message: Message) -> str | None:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return None
    key = (metadata.get("event_payload") or {}).get("key")
    return key if isinstance(key, str) else None
