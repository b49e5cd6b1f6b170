"""What do the tests of the Teams page put on its stage? Cards as bots send them, and what the bot says."""

from __future__ import annotations

from typing import Any

from sandbox.teams import company as teams_company
from sandbox.teams.workspace import Conversation, Message
from tests.sandbox.teams.harness import APP, CARD_TYPE, TeamsStage

Json = dict[str, Any]


def a_card(*body: Json, actions: tuple[Json, ...] = (), **more: Any) -> Json:
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(body), "actions": list(actions), **more}


def a_text(text: str, **more: Any) -> Json:
    return {"type": "TextBlock", "text": text, "wrap": True, **more}


def an_execute(action: str = "claim", value: str = "D-1042", **more: Any) -> Json:
    data = {"action": action, "value": value}
    return {"type": "Action.Execute", "title": action.capitalize(), "verb": action, "data": data, **more}


def an_opening(action: str = "ask_decide", value: str = "D-1042", **more: Any) -> Json:
    data = {"action": action, "value": value, "msteams": {"type": "task/fetch"}}
    return {"type": "Action.Submit", "title": action.capitalize(), "data": data, **more}


def a_task(*body: Json, title: str = "Decide", note: str = "1") -> Json:
    """The bot's answer that shows a dialog with a form."""
    send = {"type": "Action.Submit", "title": "Send", "data": {"action": "decide", "keep": {"form": note}}}
    card = {"contentType": CARD_TYPE, "content": a_card(*body, actions=(send,))}
    value = {"title": title, "width": "medium", "height": "medium", "card": card}
    return {"task": {"type": "continue", "value": value}}


def a_view(*body: Json, actions: tuple[Json, ...] = ()) -> Json:
    """The bot's answer to an Execute that shows a card of their own to whoever pressed."""
    return {"statusCode": 200, "type": CARD_TYPE, "value": a_card(*body, actions=actions)}


def refreshed_for(*people: str) -> Json:
    """The part of a card that lets these people see their own."""
    named = [teams_company.person(one) for one in people]
    action = {
        "type": "Action.Execute",
        "verb": "show_card",
        "data": {"action": "show_card", "value": "D-1042"},
    }
    return {"refresh": {"action": action, "userIds": [one.mri for one in named if one]}}


def mention_of(person: str) -> Json:
    known = teams_company.person(person)
    assert known is not None
    mentioned = {"id": known.id, "name": known.name}
    return {
        "msteams": {
            "entities": [{"type": "mention", "text": f"<at>{known.name}</at>", "mentioned": mentioned}]
        }
    }


def place(stage: TeamsStage, conversation: str = teams_company.DELIVERY) -> Conversation:
    return stage.world.teams.workspace.get(conversation)


def chat_of(person: str) -> str:
    return teams_company.chat_id(person)


def post(stage: TeamsStage, *cards: Json, where: str = teams_company.DELIVERY, **more: Any) -> Message:
    """The bot says something."""
    sender = {"id": f"28:{APP}", "name": "Ombud", "is_bot": True}
    return stage.world.teams.workspace.add(
        place(stage, where), {"from": sender, "cards": list(cards), **more}
    )


def heard(stage: TeamsStage, what: str) -> list[Json]:
    """What the bot heard of one kind: an invoke's name, or an activity's type."""
    return [one for one in stage.bot.heard if what in (one.get("name"), one.get("type"))]
