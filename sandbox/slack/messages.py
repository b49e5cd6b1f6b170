"""Messages that people write in Slack, and the events that follow: links to the bot, mentions of it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from sandbox import company
from sandbox.slack.errors import SlackError
from sandbox.slack.interactions import send_event
from sandbox.slack.workspace import Channel, Message
from sandbox.world import Args, World

LINK = re.compile(r"https?://[^\s<>|]+")
MENTION = re.compile(r"(<(?:@U\w+|#C\w+(?:\|[^<>]*)?)>)")


def post_message(world: World, wanted: Args) -> dict[str, Any]:
    """Post a person's message to a channel; sends events for links to the bot and mentions of it."""
    user = str(wanted["user"])
    channel = world.slack.workspace.get_channel(wanted["channel"])
    if channel.is_archived:
        raise SlackError("is_archived")
    if user not in channel.members:
        raise SlackError("not_in_channel")
    message: Message = {"user": user, "text": escape_text(str(wanted["text"]).strip())}
    if not message["text"]:
        raise SlackError("no_text")
    if wanted.get("thread_ts"):
        message["thread_ts"] = str(wanted["thread_ts"])
    world.slack.workspace.add(channel, message)
    world.slack.workspace.mark_read(user, channel.id, message["ts"])
    if company.BOT_USER in channel.members:
        _send_events(world, channel, message)
    return {"ok": True, "ts": message["ts"]}


def escape_text(typed: str) -> str:
    """Typed text as Slack stores it: &, < and > escaped, links and mentions in angle brackets."""
    parts = []
    for part in MENTION.split(typed):
        if MENTION.fullmatch(part):
            parts.append(part)
            continue
        safe = part.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        safe = re.sub(r"(?i)@ombud\b", f"<@{company.BOT_USER}>", safe)
        parts.append(LINK.sub(lambda found: f"<{found[0]}>", safe))
    return "".join(parts)


def _send_events(world: World, channel: Channel, message: Message) -> None:
    text, thread_ts = message["text"], message.get("thread_ts")
    place = {"channel": channel.id, "user": message["user"]}
    links = _links_to(world.settings.bot_url, text)
    if links:
        shared: dict[str, Any] = {"type": "link_shared", **place, "message_ts": message["ts"], "links": links}
        shared |= {"source": "conversations_history", "unfurl_id": f"{channel.id}.{message['ts']}"}
        send_event(world, shared | ({"thread_ts": thread_ts} if thread_ts else {}))
    if f"<@{company.BOT_USER}>" in text:
        send_event(
            world,
            {"type": "app_mention", **place, "text": text, "ts": message["ts"], **_thread_fields(thread_ts)},
        )


def _thread_fields(thread_ts: str | None) -> dict[str, str]:
    return {"thread_ts": thread_ts} if thread_ts else {}


def _links_to(bot_url: str, text: str) -> list[dict[str, str]]:
    host = urlsplit(bot_url).netloc
    found = [url for url in LINK.findall(text) if urlsplit(url).netloc == host]
    return [{"domain": urlsplit(url).hostname or "", "url": url} for url in found]
