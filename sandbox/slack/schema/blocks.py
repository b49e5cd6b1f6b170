"""Validation of messages, modals and App Homes: every error, in Slack's words. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.slack.schema.elements import ANY_TEXT, ELEMENTS, ID, IN_ACTIONS, IN_INPUT, IN_SECTION, element
from sandbox.slack.schema.validators import (
    Check,
    ObjectSchema,
    Problems,
    anything,
    boolean,
    by_type,
    list_of,
    object_schema,
    one_of,
    string,
    text,
    web_address,
)

MOST_TEXT = 40_000
BLOCKS_IN_A_MESSAGE = 50
BLOCKS_IN_A_VIEW = 100


def _block(kind: str, required: str = "", **fields: Check) -> ObjectSchema:
    common: dict[str, Check] = {"type": one_of(kind), "block_id": ID}
    return ObjectSchema({**common, **fields}, frozenset(f"type {required}".split()))


_CONTEXT_ELEMENT = by_type(
    {
        "image": ELEMENTS["image"],
        "plain_text": object_schema("text", type=anything, text=string(3000), emoji=boolean),
        "mrkdwn": object_schema("text", type=anything, text=string(3000), verbatim=boolean),
    },
    ("image", *ANY_TEXT),
)
_RICH_PARTS = {
    "rich_text_section": object_schema("elements", type=anything, elements=list_of(anything, 1000, 0)),
    "rich_text_list": object_schema(
        "elements style",
        type=anything,
        elements=list_of(anything, 1000, 0),
        style=one_of("bullet", "ordered"),
        indent=anything,
        offset=anything,
        border=anything,
    ),
    "rich_text_quote": object_schema(
        "elements", type=anything, elements=list_of(anything, 1000, 0), border=anything
    ),
    "rich_text_preformatted": object_schema(
        "elements", type=anything, elements=list_of(anything, 1000, 0), border=anything, language=anything
    ),
}

BLOCKS: dict[str, ObjectSchema] = {
    "section": _block(
        "section",
        text=text(3000, *ANY_TEXT),
        fields=list_of(text(2000, *ANY_TEXT), 10),
        accessory=element(*IN_SECTION),
        expand=boolean,
    ),
    "header": _block("header", "text", text=text(150)),
    "divider": _block("divider"),
    "context": _block("context", "elements", elements=list_of(_CONTEXT_ELEMENT, 10)),
    "actions": _block("actions", "elements", elements=list_of(element(*IN_ACTIONS), 25)),
    "input": _block(
        "input",
        "label element",
        label=text(2000),
        element=element(*IN_INPUT),
        hint=text(2000),
        optional=boolean,
        dispatch_action=boolean,
    ),
    "image": _block(
        "image",
        "alt_text",
        image_url=web_address(),
        alt_text=string(2000),
        title=text(2000),
        slack_file=anything,
    ),
    "rich_text": _block("rich_text", "elements", elements=list_of(by_type(_RICH_PARTS, _RICH_PARTS), 1000)),
    "markdown": _block("markdown", "text", text=string(12_000)),
}

_MODAL = ObjectSchema(
    {
        "type": one_of("modal"),
        "title": text(24),
        "submit": text(24),
        "close": text(24),
        "blocks": anything,
        "callback_id": string(255, 0),
        "external_id": string(255, 0),
        "private_metadata": string(3000, 0),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
    frozenset({"type", "title", "blocks"}),
)
_HOME = object_schema(
    "type blocks",
    type=one_of("home"),
    blocks=anything,
    callback_id=string(255, 0),
    external_id=string(255, 0),
    private_metadata=string(3000, 0),
)


def problems_of_message(payload: dict[str, Any]) -> list[str]:
    """Errors in a message's `text`, `blocks` and `attachments`; empty when Slack accepts it."""
    notes = Problems()
    if payload.get("blocks") is not None:
        _check_blocks(payload["blocks"], BLOCKS_IN_A_MESSAGE, "/blocks", notes, least=0)
    if payload.get("text") is not None:
        string(MOST_TEXT, 0)(payload["text"], "/text", notes)
    attachments = payload.get("attachments") or []
    for index, attachment in enumerate(attachments):
        if isinstance(attachment, dict) and attachment.get("blocks") is not None:
            path = f"/attachments/{index}/blocks"
            _check_blocks(attachment["blocks"], BLOCKS_IN_A_MESSAGE, path, notes)
    if not (payload.get("text") or payload.get("blocks") or attachments):
        notes.add("/text", "must have text or blocks")
    return notes.lines


def lacks_fallback(payload: dict[str, Any]) -> bool:
    """Whether blocks come without `text`: notifications are then empty. Slack accepts it with a warning."""
    return bool(payload.get("blocks")) and not payload.get("text")


def problems_of_view(view: dict[str, Any]) -> list[str]:
    """Errors in a modal or an App Home; empty when Slack accepts it."""
    notes = Problems()
    kinds = {"modal": _MODAL, "home": _HOME}
    by_type(kinds, kinds)(view, "/view", notes)
    blocks = view.get("blocks")
    _check_blocks(blocks, BLOCKS_IN_A_VIEW, "/view/blocks", notes, least=0)
    has_input = any(one.get("type") == "input" for one in _dicts(blocks))
    if view.get("type") == "modal" and has_input and not view.get("submit"):
        notes.add("/view/submit", "a modal with input blocks must have a submit button")
    focused = [one for block in _dicts(blocks) for one in controls_of(block) if one.get("focus_on_load")]
    if len(focused) > 1:
        notes.add("/view/blocks", "only one element may have focus_on_load")
    return notes.lines


def controls_of(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The elements of a block that a person can use."""
    candidates = [block.get("accessory"), block.get("element"), *(block.get("elements") or [])]
    for one in _dicts(candidates):
        if one.get("type") in ELEMENTS and one["type"] != "image":
            yield one


def _check_blocks(blocks: Any, most: int, path: str, notes: Problems, least: int = 1) -> None:
    list_of(by_type(BLOCKS, BLOCKS), most, least)(blocks, path, notes)
    seen: set[str] = set()
    for index, block in enumerate(blocks if isinstance(blocks, list) else []):
        if not isinstance(block, dict):
            continue
        here = f"{path}/{index}"
        if block.get("type") == "section" and not (block.get("text") or block.get("fields")):
            notes.add(here, "a section must have text or fields")
        if block.get("type") == "image" and not (block.get("image_url") or block.get("slack_file")):
            notes.add(here, "an image must have image_url or slack_file")
        block_id = block.get("block_id")
        if block_id is not None and block_id in seen:
            notes.add(f"{here}/block_id", f"`block_id` {block_id} already exists")
        seen.add(str(block_id))
        _check_action_ids(block, here, notes)


def _check_action_ids(block: dict[str, Any], path: str, notes: Problems) -> None:
    """An `action_id` must be unique in its block; other blocks may use it too."""
    seen: set[str] = set()
    for control in controls_of(block):
        action_id = control.get("action_id")
        if action_id is not None and action_id in seen:
            notes.add(path, f"`action_id` {action_id} already exists for this block")
        seen.add(str(action_id))


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
