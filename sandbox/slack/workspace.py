"""Slack workspace: channels, members, messages and read marks; publishes every change."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox import company
from sandbox.clock import Clock
from sandbox.slack.errors import SlackError
from sandbox.stream import Stream

Message = dict[str, Any]


@dataclass(slots=True)
class Channel:
    id: str
    name: str
    topic: str = ""
    members: list[str] = field(default_factory=list)
    partner: str | None = None
    """The person of a direct conversation with the bot."""
    is_archived: bool = False
    messages: dict[str, Message] = field(default_factory=dict)
    whispers: dict[str, Message] = field(default_factory=dict)
    """Ephemeral messages; the key `to` says who sees one."""
    last_ts: float = 0.0

    @property
    def is_im(self) -> bool:
        return self.partner is not None

    def next_ts(self, now: float) -> str:
        """Unique in the channel and never earlier than the one before."""
        self.last_ts = max(round(now, 6), round(self.last_ts + 0.0001, 6))
        return f"{self.last_ts:.6f}"


class Workspace:
    """All changes go through here, so that each is published to open pages."""

    def __init__(self, clock: Clock, stream: Stream) -> None:
        self._clock = clock
        self._stream = stream
        self.inactive: set[str] = set()
        self.reads: dict[str, dict[str, str]] = {}
        self.channels: dict[str, Channel] = {
            id_: Channel(id_, name, topic, list(members)) for id_, name, topic, members in company.CHANNELS
        }
        for person in company.PEOPLE:
            self.open_im(person.id)

    def open_im(self, user_id: str) -> Channel:
        channel_id = "D" + user_id[1:]
        if channel_id not in self.channels:
            self.channels[channel_id] = Channel(
                channel_id, channel_id, members=[user_id, company.BOT_USER], partner=user_id
            )
        return self.channels[channel_id]

    def find_channel(self, name: str) -> Channel | None:
        """By id, by `#name` or name, or by a person's id for their direct conversation with the bot."""
        if name in self.channels:
            return self.channels[name]
        if company.find_person(name):
            return self.open_im(name)
        plain = name.removeprefix("#")
        return next((one for one in self.channels.values() if one.name == plain), None)

    def get_channel(self, name: str) -> Channel:
        channel = self.find_channel(name)
        if channel is None:
            raise SlackError("channel_not_found")
        return channel

    def get_message(self, channel: Channel, ts: str) -> Message:
        if ts not in channel.messages:
            raise SlackError("message_not_found")
        return channel.messages[ts]

    def add(self, channel: Channel, message: Message) -> Message:
        """Store and publish a message; fills `ts`, `type`, `team` and the block ids."""
        message["ts"] = channel.next_ts(self._clock.now())
        message["type"] = "message"
        message["team"] = company.TEAM_ID
        with_block_ids(message)
        channel.messages[message["ts"]] = message
        self.publish_message(channel, message, "message")
        thread_ts = message.get("thread_ts")
        if thread_ts and thread_ts != message["ts"] and thread_ts in channel.messages:
            self._count_reply(channel, channel.messages[thread_ts], message)
        return message

    def publish_message(self, channel: Channel, message: Message, kind: str = "message_changed") -> None:
        with_block_ids(message)
        self._stream.publish(kind, channel=channel.id, message=message)

    def remove(self, channel: Channel, ts: str) -> None:
        """Delete a message; one with replies leaves a tombstone in its place."""
        message = self.get_message(channel, ts)
        if message.get("reply_count"):
            for key in ("blocks", "attachments", "metadata"):
                message.pop(key, None)
            message |= {"subtype": "tombstone", "text": "This message was deleted."}
            self.publish_message(channel, message)
            return
        del channel.messages[ts]
        self._stream.publish("message_deleted", channel=channel.id, ts=ts)
        parent = channel.messages.get(message.get("thread_ts", ""))
        if parent is not None:
            parent["reply_count"] = max(0, parent.get("reply_count", 1) - 1)
            self.publish_message(channel, parent)

    def add_ephemeral(self, channel: Channel, to: str, message: Message) -> Message:
        """Post an ephemeral message, which only `to` sees."""
        message["ts"] = channel.next_ts(self._clock.now())
        message |= {"type": "message", "is_ephemeral": True, "to": to}
        with_block_ids(message)
        channel.whispers[message["ts"]] = message
        self._stream.publish("whisper", channel=channel.id, message=message)
        return message

    def remove_ephemeral(self, channel: Channel, ts: str) -> None:
        if channel.whispers.pop(ts, None) is not None:
            self._stream.publish("whisper_gone", channel=channel.id, ts=ts)

    def publish_channel(self, channel: Channel) -> None:
        self._stream.publish("channel", channel=channel_json(channel))

    def mark_read(self, user: str, channel_id: str, ts: str) -> None:
        marks = self.reads.setdefault(user, {})
        marks[channel_id] = max(marks.get(channel_id, ""), ts)

    def _count_reply(self, channel: Channel, parent: Message, reply: Message) -> None:
        parent["thread_ts"] = parent["ts"]
        parent["reply_count"] = parent.get("reply_count", 0) + 1
        parent["latest_reply"] = reply["ts"]
        users = parent.setdefault("reply_users", [])
        if reply.get("user") not in users:
            users.append(reply.get("user"))
        parent["reply_users_count"] = len(users)
        self.publish_message(channel, parent)

    def dump(self) -> dict[str, Any]:
        return {
            "channels": [asdict(one) for one in self.channels.values()],
            "inactive": sorted(self.inactive),
            "reads": self.reads,
        }

    def load(self, saved: dict[str, Any]) -> None:
        self.channels = {one["id"]: Channel(**one) for one in saved["channels"]}
        self.inactive = set(saved["inactive"])
        self.reads = saved["reads"]


def with_block_ids(message: Message) -> None:
    """Give every block without a `block_id` one, as Slack does."""
    for block in message.get("blocks") or []:
        block.setdefault("block_id", secrets.token_urlsafe(4))


def channel_json(channel: Channel) -> dict[str, Any]:
    """A channel as the page sees it, without its messages."""
    return {
        "id": channel.id,
        "name": channel.name,
        "topic": channel.topic,
        "members": channel.members,
        "partner": channel.partner,
        "is_archived": channel.is_archived,
    }
