"""What becomes of the messages that the bot writes into Teams, changes and takes back?"""

from __future__ import annotations

from typing import Any

from sandbox.teams import company as teams_company
from sandbox.teams.cards.checks import BUDGET_BYTES, LARGEST_BYTES, card_bytes, message_problems
from sandbox.teams.connector.request import Call, conversation_of
from sandbox.teams.errors import TeamsError, bad, no_activity, no_bot
from sandbox.teams.workspace import Conversation, Message
from sandbox.world import World

Answer = tuple[int, dict[str, Any]]
FIELDS = frozenset(
    "type id text textFormat summary speak inputHint attachments attachmentLayout entities channelData "
    "importance locale from recipient conversation replyToId serviceUrl channelId timestamp deliveryMode "
    "suggestedActions value".split()
)


def post(world: World, call: Call) -> Answer:
    conversation = conversation_of(world, call)
    if call.root is not None and call.root not in conversation.messages:
        raise no_activity()
    return _post(world, conversation, call.body, call.root)


def reply(world: World, call: Call) -> Answer:
    """To a message by its id: in a channel this is its thread."""
    conversation = conversation_of(world, call)
    told = world.teams.workspace.message(conversation, call.path["activity"])
    root = None if conversation.is_personal else told["root"] or told["id"]
    return _post(world, conversation, call.body, root)


def update(world: World, call: Call) -> Answer:
    conversation = conversation_of(world, call)
    message = _own(world, conversation, call.path["activity"])
    _check(call.body)
    world.teams.workspace.change(conversation, message["id"], **_shown(call.body))
    return 200, {"id": message["id"]}


def delete(world: World, call: Call) -> Answer:
    conversation = conversation_of(world, call)
    message = _own(world, conversation, call.path["activity"])
    world.teams.workspace.remove(conversation, message["id"])
    return 200, {}


def open_chat(world: World, call: Call) -> Answer:
    """The chat with one person; opening it again gives the same one."""
    body, members = call.body, call.body.get("members") or []
    tenant = ((body.get("channelData") or {}).get("tenant") or {}).get("id") or body.get("tenantId")
    if body.get("isGroup") or len(members) != 1:
        raise bad("Give exactly one member, and isGroup false.")
    if tenant != world.settings.teams_tenant_id:
        raise bad("channelData.tenant.id is missing or not the bot's.")
    if (body.get("bot") or {}).get("id") != f"28:{world.settings.teams_app_id}":
        raise bad("bot.id is not the calling bot's.")
    person = teams_company.person(str(members[0].get("id")))
    if person is None or person.id not in world.teams.workspace.members:
        raise TeamsError(404, "NotFound", "The member is not known in this tenant.")
    chat = world.teams.workspace.get(teams_company.chat_id(person.id))
    if not chat.is_installed:
        raise no_bot()
    return 201, {"id": chat.id}


def _post(world: World, conversation: Conversation, body: dict[str, Any], root: str | None) -> Answer:
    if body.get("type") == "typing":
        return 201, {"id": conversation.next_id(world.clock.now())}
    _check(body)
    sender = {"id": f"28:{world.settings.teams_app_id}", "name": teams_company.BOT_NAME, "is_bot": True}
    notified = ((body.get("channelData") or {}).get("notification") or {}).get("alert") is True
    message = {"from": sender, "root": root, "is_alert": notified, **_shown(body)}
    return 201, {"id": world.teams.workspace.add(conversation, message)["id"]}


def _own(world: World, conversation: Conversation, message_id: str) -> Message:
    message = world.teams.workspace.message(conversation, message_id)
    if not message["from"]["is_bot"]:
        raise TeamsError(403, "ForbiddenOperationException", "The bot did not write this message.")
    return message


def _check(body: dict[str, Any]) -> None:
    if body.get("type") != "message":
        raise bad(f"type {body.get('type')} can't be sent here.")
    unknown = sorted(body.keys() - FIELDS)
    problems = [f"{name}: no such field" for name in unknown] + message_problems(body)
    if problems:
        raise bad(" · ".join(problems))
    for card in _cards(body):
        if card_bytes(card) > LARGEST_BYTES:
            raise TeamsError(413, "MessageSizeTooBig", "Message size too large.")


def warning_of(body: dict[str, Any]) -> str | None:
    """What Teams takes, and Microsoft asks not to send."""
    attachments = body.get("attachments")
    size = card_bytes(attachments) if attachments else 0
    return f"{size} bytes of cards; {BUDGET_BYTES} are asked for" if size > BUDGET_BYTES else None


def _shown(body: dict[str, Any]) -> dict[str, Any]:
    return {
        "text": body.get("text") or "",
        "summary": body.get("summary") or "",
        "cards": _cards(body),
        "entities": body.get("entities") or [],
    }


def _cards(body: dict[str, Any]) -> list[dict[str, Any]]:
    return [one["content"] for one in body.get("attachments") or []]
