"""Messages, searches, link unfurling and message actions of people in Teams."""

from __future__ import annotations

import re
from html import escape
from typing import Any
from urllib.parse import urlsplit

from sandbox.teams import company, responses
from sandbox.teams.actions import CONTEXT, find_visible_message
from sandbox.teams.activities import Activity, activity, bot_mention, invoke
from sandbox.teams.cards.checks import card_problems
from sandbox.teams.errors import TeamsError, bad_request
from sandbox.teams.manifest import MESSAGE_ACTIONS, SEARCH
from sandbox.teams.send_activity import send_activity
from sandbox.teams.state import Dialog
from sandbox.teams.workspace import Conversation, Message
from sandbox.world import Args, World

Answer = dict[str, Any]
LINK = re.compile(r"https?://[^\s<>|]+")
_AT_BOT = re.compile(rf"(?i)@{company.BOT_NAME}\b")


async def post_message(world: World, wanted: Args) -> Answer:
    """Post a message, in the thread of `root` if given. The bot gets it in a personal chat, and in a channel
    when it is mentioned: by “@Ombud” in the text, or before the text with `mentions_bot`."""
    conversation = _conversation_of_member(world, wanted)
    person, typed = str(wanted["person"]), str(wanted["text"]).strip()
    if not typed:
        raise bad_request("There is no text.")
    is_for_bot = conversation.is_personal or bool(wanted.get("mentions_bot")) or bool(_AT_BOT.search(typed))
    text = _with_mention(typed, is_mentioned=is_for_bot and not conversation.is_personal)
    message = world.teams.workspace.add(
        conversation,
        {
            "from": _sender(world, person),
            "root": None if conversation.is_personal else wanted.get("root"),
            "text": text,
            "entities": [bot_mention(world)] if "<at>" in text else [],
        },
    )
    if not conversation.is_installed:
        return {"ok": True, "id": message["id"]}
    await _unfurl(world, person, conversation, message, typed)
    if not is_for_bot:
        return {"ok": True, "id": message["id"]}
    reply = await send_activity(world, _message_activity(world, person, conversation, message))
    failed = {"ok": False, "problem": reply.problem} if reply.problem else {"ok": True}
    return failed | {"id": message["id"]}


async def search(world: World, wanted: Args) -> Answer:
    """Use the app's search beside the composer; each result has the card that `insert` posts."""
    person = str(wanted["person"])
    conversation = (
        _conversation_of_member(world, wanted)
        if wanted.get("conversation")
        else _personal_chat(world, person)
    )
    text = str(wanted.get("text") or "")
    parameter = {"name": "words", "value": text} if text else {"name": "initialRun", "value": "true"}
    value = {
        "commandId": SEARCH,
        "parameters": [parameter],
        "queryOptions": {"skip": 0, "count": 25},
        "context": CONTEXT,
    }
    reply = await send_activity(world, invoke(world, "composeExtension/query", person, conversation, value))
    if reply.problem:
        return {"ok": False, "problem": reply.problem, "results": []}
    return {"ok": True, **responses.search_results(reply.body)}


async def insert(world: World, wanted: Args) -> Answer:
    """Post a found card as the person's message."""
    conversation = _conversation_of_member(world, wanted)
    problems = card_problems(wanted["card"])
    if problems:
        raise bad_request(" · ".join(problems))
    message = {
        "from": _sender(world, str(wanted["person"])),
        "root": wanted.get("root"),
        "cards": [wanted["card"]],
    }
    return {"ok": True, "id": world.teams.workspace.add(conversation, message)["id"]}


async def use_message_action(world: World, wanted: Args) -> Answer:
    """Use an entry of a message's menu: opens the app's dialog about this message."""
    person, conversation, message = find_visible_message(world, wanted)
    command = str(wanted["id"])
    if command not in dict(MESSAGE_ACTIONS):
        raise bad_request(f"The app has no message action {command}.")
    about = _message_payload(world, message)
    value = {
        "commandId": command,
        "commandContext": "message",
        "requestId": message["id"],
        "messagePayload": about,
        "data": {},
        "context": CONTEXT,
    }
    root = None if conversation.is_personal else message["root"] or message["id"]
    name = "composeExtension/fetchTask"
    reply = await send_activity(world, invoke(world, name, person, conversation, value, root=root))
    if reply.problem:
        return responses.failure(world, person, reply.problem)
    origin = Dialog({}, conversation.id, command, about)
    return responses.apply_task_response(world, person, reply.body, origin)


async def _unfurl(
    world: World, person: str, conversation: Conversation, message: Message, typed: str
) -> None:
    """For a link to the bot's own pages: get a card from the bot and add it to the message."""
    host = urlsplit(world.settings.bot_url).netloc
    link = next((url for url in LINK.findall(typed) if urlsplit(url).netloc == host), None)
    if link is None:
        return
    reply = await send_activity(
        world, invoke(world, "composeExtension/queryLink", person, conversation, {"url": link})
    )
    if reply.problem or not isinstance(reply.body, dict) or "composeExtension" not in reply.body:
        return
    cards = [one["card"] for one in responses.search_results(reply.body)["results"]]
    if cards:
        message["cards"] = cards
        world.stream.publish("teams_changed", conversation=conversation.id, message=message)


def _message_activity(world: World, person: str, conversation: Conversation, message: Message) -> Activity:
    root = None if conversation.is_personal else message["root"] or message["id"]
    sent = activity(world, "message", person, conversation, root=root)
    sent |= {"id": message["id"], "text": message["text"], "textFormat": "plain"}
    sent["entities"] = [*message["entities"], *sent["entities"]]
    html = {"contentType": "text/html", "content": f"<p>{_as_html(message['text'])}</p>"}
    return sent | {"attachments": [html]}


def _with_mention(typed: str, *, is_mentioned: bool) -> str:
    """Typed text as Teams sends it, with mentions of the bot marked up."""
    plain = typed.replace("<at>", "").replace("</at>", "")
    if not is_mentioned:
        return plain
    mark = f"<at>{company.BOT_NAME}</at>"
    return _AT_BOT.sub(mark, plain) if _AT_BOT.search(plain) else f"{mark} {plain}"


def _as_html(text: str) -> str:
    return escape(text).replace("&lt;at&gt;", "<span itemtype='Mention'>").replace("&lt;/at&gt;", "</span>")


def _message_payload(world: World, message: Message) -> dict[str, Any]:
    """A message as Teams sends it to the app, in a message action."""
    sender = message["from"]
    user = None if sender["is_bot"] else {"userIdentityType": "aadUser", **_identity(sender)}
    return {
        "id": message["id"],
        "replyToId": message["root"],
        "createdDateTime": message["at"],
        "lastModifiedDateTime": message["edited_at"],
        "messageType": "message",
        "subject": None,
        "importance": "normal",
        "locale": "en-us",
        "body": {"contentType": "html", "content": f"<div>{_as_html(message['text'])}</div>"},
        "from": {"application": None if user else _identity(sender), "user": user},
        "attachments": [],
        "mentions": [],
        "reactions": [],
    }


def _identity(sender: dict[str, Any]) -> dict[str, str]:
    return {"id": sender["id"], "displayName": sender["name"]}


def _sender(world: World, person: str) -> dict[str, Any]:
    return {"id": person, "name": world.teams.workspace.name_of(person), "is_bot": False}


def _conversation_of_member(world: World, wanted: Args) -> Conversation:
    conversation = world.teams.workspace.get_conversation(str(wanted["conversation"]))
    if str(wanted["person"]) not in world.teams.workspace.members_of(conversation):
        raise TeamsError(403, "Forbidden", "This person isn't in the conversation.")
    return conversation


def _personal_chat(world: World, person: str) -> Conversation:
    return world.teams.workspace.get_conversation(company.chat_id(person))
