"""Responses of the bot to invokes, checked and applied: cards, dialogs, search results, toasts."""

from __future__ import annotations

from typing import Any

from sandbox.teams.cards.checks import CARD_TYPE, attachment_problems, card_problems
from sandbox.teams.errors import GENERIC_ERROR, bad_request
from sandbox.teams.state import Dialog
from sandbox.teams.workspace import Card, Conversation, Message
from sandbox.world import World

Answer = dict[str, Any]
MESSAGE_TYPE = "application/vnd.microsoft.activity.message"
ERROR_TYPE = "application/vnd.microsoft.error"
SIZES = ("small", "medium", "large")


def apply_card_response(
    world: World, person: str, conversation: Conversation, message: Message, body: Any, *, is_quiet: bool
) -> Answer:
    """Response to `adaptiveCard/action`: a card for this person, a sentence or an error. `is_quiet`: no toast
    for an error."""
    if not isinstance(body, dict) or "statusCode" not in body:
        return failure(world, person, is_quiet=is_quiet)
    kind, value = body.get("type"), body.get("value")
    if kind == CARD_TYPE:
        _require_valid(card_problems(value, path="value"))
        world.teams.workspace.show_card_to(conversation, message, person, _card(value))
        return {"ok": True}
    if kind == MESSAGE_TYPE and isinstance(value, str):
        show_toast(world, person, value, is_error=False)
        return {"ok": True, "said": value}
    if kind == ERROR_TYPE and isinstance(value, dict):
        return failure(world, person, str(value.get("message") or GENERIC_ERROR), is_quiet=is_quiet)
    return failure(world, person, is_quiet=is_quiet)


def apply_task_response(world: World, person: str, body: Any, origin: Dialog) -> Answer:
    """Response to `task/fetch` and `task/submit`: the dialog's next page, or its end, with a sentence or not.

    `origin` says where the dialog comes from; its `task` is replaced by the answer's.
    """
    if not body:
        return close_dialog(world, person)
    if not isinstance(body, dict):
        return failure(world, person)
    if "composeExtension" in body:
        close_dialog(world, person)
        return {"ok": True, **search_results(body)}
    task = body.get("task") or {}
    value = task.get("value")
    if task.get("type") == "continue" and isinstance(value, dict):
        _require_valid(_task_problems(value))
        dialog = Dialog(value, origin.conversation, origin.command, origin.about)
        world.teams.dialogs[person] = dialog
        world.stream.publish("teams_dialog", person=person, dialog=value)
        return {"ok": True}
    if task.get("type") == "message" and isinstance(value, str):
        close_dialog(world, person)
        show_toast(world, person, value, is_error=False)
        return {"ok": True, "said": value}
    return failure(world, person)


def search_results(body: Any) -> Answer:
    """Results of a message extension: `results` for the list, each with the card that it inserts."""
    extension = (body.get("composeExtension") or {}) if isinstance(body, dict) else {}
    if extension.get("type") == "message":
        return {"results": [], "said": str(extension.get("text") or "")}
    if extension.get("type") != "result":
        raise bad_request(f"composeExtension.type {extension.get('type')} is not known here.")
    return {"results": [_result(one, at) for at, one in enumerate(extension.get("attachments") or [])]}


def close_dialog(world: World, person: str) -> Answer:
    if world.teams.dialogs.pop(person, None) is not None:
        world.stream.publish("teams_dialog", person=person, dialog=None)
    return {"ok": True}


def failure(world: World, person: str, sentence: str = GENERIC_ERROR, *, is_quiet: bool = False) -> Answer:
    """A failed invoke; shows the person a toast, unless the client sent the invoke by itself (`is_quiet`)."""
    if not is_quiet:
        show_toast(world, person, sentence, is_error=True)
    return {"ok": False, "problem": sentence}


def show_toast(world: World, person: str, text: str, *, is_error: bool) -> None:
    world.stream.publish("teams_toast", person=person, text=text, is_error=is_error)


def _task_problems(task: dict[str, Any]) -> list[str]:
    notes = [f"task/{name}: no such field" for name in sorted(task.keys() - TASK_FIELDS)]
    for name in ("width", "height"):
        size = task.get(name)
        if size is not None and size not in SIZES and not isinstance(size, int):
            notes.append(f"task/{name}: must be {', '.join(SIZES)} or a number")
    if "card" in task:
        return notes + attachment_problems(task["card"], "task/card", in_dialog=True)
    return notes if task.get("url") else [*notes, "task: needs a card or a url"]


TASK_FIELDS = frozenset("title height width url card fallbackUrl completionBotId".split())


def _result(attachment: Any, at: int) -> Answer:
    path = f"composeExtension/attachments/{at}"
    _require_valid(attachment_problems(attachment, path))
    preview = attachment.get("preview") or {}
    content = preview.get("content") or {}
    if not content.get("title"):
        raise bad_request(f"{path}/preview: needs a title.")
    text = str(content.get("text") or content.get("subtitle") or "")
    return {"preview": {"title": str(content["title"]), "text": text}, "card": attachment["content"]}


def _card(value: Any) -> Card:
    return dict(value)


def _require_valid(problems: list[str]) -> None:
    if problems:
        raise bad_request(" · ".join(problems))
