"""Builders for the tests of the Teams page: cards as bots send them, and posts of the bot."""

from __future__ import annotations

from typing import Any

from sandbox.teams import company as teams_company
from sandbox.teams.workspace import Conversation, Message
from tests.sandbox.teams.harness import APP, CARD_TYPE, TeamsHarness

Json = dict[str, Any]


def a_card(*body: Json, actions: tuple[Json, ...] = (), **more: Any) -> Json:
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(body), "actions": list(actions), **more}


def a_text(text: str, **more: Any) -> Json:
    return {"type": "TextBlock", "text": text, "wrap": True, **more}


def an_execute(action: str = "claim", value: str = "D-1042", **more: Any) -> Json:
    data = {"action": action, "value": value}
    return {"type": "Action.Execute", "title": action.capitalize(), "verb": action, "data": data, **more}


def a_dialog_button(action: str = "ask_decide", value: str = "D-1042", **more: Any) -> Json:
    data = {"action": action, "value": value, "msteams": {"type": "task/fetch"}}
    return {"type": "Action.Submit", "title": action.capitalize(), "data": data, **more}


def a_dialog_response(*body: Json, title: str = "Decide", note: str = "1") -> Json:
    """The bot's answer that shows a dialog with a form."""
    send = {"type": "Action.Submit", "title": "Send", "data": {"action": "decide", "keep": {"form": note}}}
    card = {"contentType": CARD_TYPE, "content": a_card(*body, actions=(send,))}
    value = {"title": title, "width": "medium", "height": "medium", "card": card}
    return {"task": {"type": "continue", "value": value}}


def a_card_response(*body: Json, actions: tuple[Json, ...] = ()) -> Json:
    """The bot's answer to an Execute that shows the person who pressed their own card."""
    return {"statusCode": 200, "type": CARD_TYPE, "value": a_card(*body, actions=actions)}


def refreshed_for(*people: str) -> Json:
    """The part of a card that lets these people get their own version."""
    named = [teams_company.find_person(one) for one in people]
    action = {
        "type": "Action.Execute",
        "verb": "show_card",
        "data": {"action": "show_card", "value": "D-1042"},
    }
    return {"refresh": {"action": action, "userIds": [one.mri for one in named if one]}}


def mention_of(person: str) -> Json:
    known = teams_company.find_person(person)
    assert known is not None
    mentioned = {"id": known.id, "name": known.name}
    return {
        "msteams": {
            "entities": [{"type": "mention", "text": f"<at>{known.name}</at>", "mentioned": mentioned}]
        }
    }


def conversation_of(harness: TeamsHarness, conversation: str = teams_company.DELIVERY) -> Conversation:
    return harness.world.teams.workspace.get_conversation(conversation)


def chat_of(person: str) -> str:
    return teams_company.chat_id(person)


def post_as_bot(
    harness: TeamsHarness, *cards: Json, where: str = teams_company.DELIVERY, **more: Any
) -> Message:
    """Post a message as the bot."""
    sender = {"id": f"28:{APP}", "name": "Ombud", "is_bot": True}
    return harness.world.teams.workspace.add(
        conversation_of(harness, where), {"from": sender, "cards": list(cards), **more}
    )


def received_activities(harness: TeamsHarness, what: str) -> list[Json]:
    """Activities that the bot received of one kind: an invoke's name, or an activity's type."""
    return [one for one in harness.bot.activities if what in (one.get("name"), one.get("type"))]
