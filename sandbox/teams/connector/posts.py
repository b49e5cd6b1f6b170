"""Connector operations on messages: post, reply, update, delete; and opening a personal chat."""

from __future__ import annotations

from typing import Any

from sandbox.teams import company
from sandbox.teams.cards.checks import BUDGET_BYTES, LARGEST_BYTES, card_bytes, message_problems
from sandbox.teams.connector.request import ConnectorRequest, find_conversation
from sandbox.teams.errors import TeamsError, activity_not_found, bad_request, bot_not_in_conversation
from sandbox.teams.workspace import Conversation, Message
from sandbox.world import World

Answer = tuple[int, dict[str, Any]]
FIELDS = frozenset(
    "type id text textFormat summary speak inputHint attachments attachmentLayout entities channelData "
    "importance locale from recipient conversation replyToId serviceUrl channelId timestamp deliveryMode "
    "suggestedActions value".split()
)


def post(world: World, call: ConnectorRequest) -> Answer:
    conversation = find_conversation(world, call)
    if call.root is not None and call.root not in conversation.messages:
        raise activity_not_found()
    return _post(world, conversation, call.body, call.root)


def reply(world: World, call: ConnectorRequest) -> Answer:
    """Reply to a message by its id; in a channel, in its thread."""
    conversation = find_conversation(world, call)
    parent = world.teams.workspace.get_message(conversation, call.path["activity"])
    root = None if conversation.is_personal else parent["root"] or parent["id"]
    return _post(world, conversation, call.body, root)


def update(world: World, call: ConnectorRequest) -> Answer:
    conversation = find_conversation(world, call)
    message = _find_own_message(world, conversation, call.path["activity"])
    _validate(call.body)
    world.teams.workspace.change(conversation, message["id"], **_displayed_fields(call.body))
    return 200, {"id": message["id"]}


def delete(world: World, call: ConnectorRequest) -> Answer:
    conversation = find_conversation(world, call)
    message = _find_own_message(world, conversation, call.path["activity"])
    world.teams.workspace.remove(conversation, message["id"])
    return 200, {}


def open_chat(world: World, call: ConnectorRequest) -> Answer:
    """Open the chat with one person; opening it again returns the same one."""
    body, members = call.body, call.body.get("members") or []
    tenant = ((body.get("channelData") or {}).get("tenant") or {}).get("id") or body.get("tenantId")
    if body.get("isGroup") or len(members) != 1:
        raise bad_request("Give exactly one member, and isGroup false.")
    if tenant != world.settings.teams_tenant_id:
        raise bad_request("channelData.tenant.id is missing or not the bot's.")
    if (body.get("bot") or {}).get("id") != f"28:{world.settings.teams_app_id}":
        raise bad_request("bot.id is not the calling bot's.")
    person = company.find_person(str(members[0].get("id")))
    if person is None or person.id not in world.teams.workspace.members:
        raise TeamsError(404, "NotFound", "The member is not known in this tenant.")
    chat = world.teams.workspace.get_conversation(company.chat_id(person.id))
    if not chat.is_installed:
        raise bot_not_in_conversation()
    return 201, {"id": chat.id}


def _post(world: World, conversation: Conversation, body: dict[str, Any], root: str | None) -> Answer:
    if body.get("type") == "typing":
        return 201, {"id": conversation.next_id(world.clock.now())}
    _validate(body)
    sender = {"id": f"28:{world.settings.teams_app_id}", "name": company.BOT_NAME, "is_bot": True}
    notified = ((body.get("channelData") or {}).get("notification") or {}).get("alert") is True
    message = {"from": sender, "root": root, "is_alert": notified, **_displayed_fields(body)}
    return 201, {"id": world.teams.workspace.add(conversation, message)["id"]}


def _find_own_message(world: World, conversation: Conversation, message_id: str) -> Message:
    message = world.teams.workspace.get_message(conversation, message_id)
    if not message["from"]["is_bot"]:
        raise TeamsError(403, "ForbiddenOperationException", "The bot did not write this message.")
    return message


def _validate(body: dict[str, Any]) -> None:
    if body.get("type") != "message":
        raise bad_request(f"type {body.get('type')} can't be sent here.")
    unknown = sorted(body.keys() - FIELDS)
    problems = [f"{name}: no such field" for name in unknown] + message_problems(body)
    if problems:
        raise bad_request(" · ".join(problems))
    for card in _cards(body):
        if card_bytes(card) > LARGEST_BYTES:
            raise TeamsError(413, "MessageSizeTooBig", "Message size too large.")


def size_warning(body: dict[str, Any]) -> str | None:
    """A warning when the cards are larger than Microsoft asks for, though Teams accepts them."""
    attachments = body.get("attachments")
    size = card_bytes(attachments) if attachments else 0
    return f"{size} bytes of cards; {BUDGET_BYTES} are asked for" if size > BUDGET_BYTES else None


def _displayed_fields(body: dict[str, Any]) -> dict[str, Any]:
    return {
        "text": body.get("text") or "",
        "summary": body.get("summary") or "",
        "cards": _cards(body),
        "entities": body.get("entities") or [],
    }


def _cards(body: dict[str, Any]) -> list[dict[str, Any]]:
    return [one["content"] for one in body.get("attachments") or []]
