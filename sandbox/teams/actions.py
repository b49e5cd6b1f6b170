"""What people do with cards and dialogs in Teams; each is sent to the bot as an invoke or a message."""

from __future__ import annotations

from typing import Any

from sandbox.teams import responses
from sandbox.teams.activities import Activity, activity, invoke
from sandbox.teams.cards.controls import find_action, with_inputs
from sandbox.teams.company import find_person
from sandbox.teams.errors import TeamsError, bad_request, bot_not_in_conversation
from sandbox.teams.send_activity import TeamsReply, send_activity
from sandbox.teams.state import Dialog
from sandbox.teams.workspace import Conversation, Message
from sandbox.world import Args, World

Answer = dict[str, Any]
CONTEXT = {"theme": "default"}


async def press(world: World, wanted: Args) -> Answer:
    """Press an action of a message's card: `data`, `verb` of an Execute, `inputs`. Actions of replaced cards
    count too, since a client may show an old card for a moment."""
    person, conversation, message = find_visible_message(world, wanted)
    cards = cards_for(message, person)
    data, verb = wanted.get("data"), wanted.get("verb")
    past = conversation.past.get(message["id"], [])
    pressed = find_action(cards, data, verb) or find_action(past, data, verb)
    if pressed is None:
        raise bad_request("There is no such button on the card.")
    filled = with_inputs(data, cards, wanted.get("inputs"))
    if verb is not None:
        action = {"type": "Action.Execute", "title": pressed.get("title"), "verb": verb, "data": filled}
        reply = await _send_card_action(world, person, conversation, message, action, trigger="manual")
        if reply.problem:
            return responses.failure(world, person, reply.problem)
        return responses.apply_card_response(world, person, conversation, message, reply.body, is_quiet=False)
    if ((data or {}).get("msteams") or {}).get("type") == "task/fetch":
        return await _fetch_dialog(world, person, conversation, message, filled)
    submitted = _card_activity(world, "message", person, conversation, message, value=filled)
    return _result_of(world, person, await send_activity(world, submitted))


async def refresh_card(world: World, wanted: Args) -> Answer:
    """Show a card, as a client does: when its `refresh` names this person, ask the bot for their version."""
    person, conversation, message = find_visible_message(world, wanted)
    known = find_person(person)
    refresh: dict[str, Any] = next((one["refresh"] for one in message["cards"] if one.get("refresh")), {})
    if known is None or known.mri not in (refresh.get("userIds") or []) or person in message["views"]:
        return {"ok": True, "is_asked": False}
    asked_of = message["edited_at"]
    reply = await _send_card_action(
        world, person, conversation, message, refresh["action"], trigger="automatic"
    )
    if not reply.problem and message["edited_at"] == asked_of:
        responses.apply_card_response(world, person, conversation, message, reply.body, is_quiet=True)
    return {"ok": True, "is_asked": True}


async def submit(world: World, wanted: Args) -> Answer:
    """Press a Submit of the open dialog."""
    person = str(wanted["person"])
    dialog = world.teams.dialogs.get(person)
    if dialog is None:
        raise bad_request("No dialog is open.")
    cards = [(dialog.task.get("card") or {}).get("content") or {}]
    if find_action(cards, wanted.get("data"), None) is None:
        raise bad_request("There is no such button in the dialog now.")
    data = with_inputs(wanted.get("data"), cards, wanted.get("inputs"))
    value: dict[str, Any] = {"data": data, "context": CONTEXT}
    name = "task/submit"
    if dialog.command is not None:
        name = "composeExtension/submitAction"
        value |= {"commandId": dialog.command, "commandContext": "message", "messagePayload": dialog.about}
    conversation = world.teams.workspace.get_conversation(dialog.conversation)
    reply = await send_activity(world, invoke(world, name, person, conversation, value))
    if reply.problem:
        return responses.failure(world, person, reply.problem)
    return responses.apply_task_response(world, person, reply.body, dialog)


async def close(world: World, wanted: Args) -> Answer:
    return responses.close_dialog(world, str(wanted["person"]))


def find_visible_message(world: World, wanted: Args) -> tuple[str, Conversation, Message]:
    """The person, conversation and message. Raises TeamsError unless both person and app are members."""
    person, workspace = str(wanted["person"]), world.teams.workspace
    conversation = workspace.get_conversation(str(wanted["conversation"]))
    if person not in workspace.members_of(conversation):
        raise TeamsError(403, "Forbidden", "This person isn't in the conversation.")
    if not conversation.is_installed:
        raise bot_not_in_conversation()
    return person, conversation, workspace.get_message(conversation, str(wanted["message"]))


def cards_for(message: Message, person: str) -> list[dict[str, Any]]:
    own = message["views"].get(person)
    return list(message["cards"]) if own is None else [own]


async def _send_card_action(
    world: World,
    person: str,
    conversation: Conversation,
    message: Message,
    action: dict[str, Any],
    *,
    trigger: str,
) -> TeamsReply:
    sent = {key: action.get(key) for key in ("type", "title", "verb", "data")}
    value = {"action": sent, "trigger": trigger}
    name = "adaptiveCard/action"
    asked = _card_activity(world, "invoke", person, conversation, message, name=name, value=value)
    return await send_activity(world, asked)


async def _fetch_dialog(
    world: World, person: str, conversation: Conversation, message: Message, data: dict[str, Any]
) -> Answer:
    value = {"data": data, "context": CONTEXT}
    asked = _card_activity(world, "invoke", person, conversation, message, name="task/fetch", value=value)
    reply = await send_activity(world, asked)
    if reply.problem:
        return responses.failure(world, person, reply.problem)
    return responses.apply_task_response(world, person, reply.body, Dialog({}, conversation.id))


def _card_activity(
    world: World, kind: str, person: str, conversation: Conversation, message: Message, **more: Any
) -> Activity:
    root = None if conversation.is_personal else message["root"] or message["id"]
    sent = activity(world, kind, person, conversation, root=root, replyToId=message["id"], **more)
    sent["channelData"]["source"] = {"name": "message"}
    return sent


def _result_of(world: World, person: str, reply: TeamsReply) -> Answer:
    return responses.failure(world, person, reply.problem) if reply.problem else {"ok": True}
