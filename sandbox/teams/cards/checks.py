"""Validation of cards, messages and dialogs: every error. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import orjson

from sandbox.teams.cards.schema import ACTIONS, CARD, ELEMENTS, PARTS, Fields

CARD_TYPE = "application/vnd.microsoft.card.adaptive"
VERSION = "1.5"
BUDGET_BYTES = 28 * 1024
"""The size that Microsoft asks cards to stay within; most clients accept more."""
LARGEST_BYTES = 100 * 1024
MOST_PRIMARY_ACTIONS = 6
MOST_REFRESHED = 60
_AT = re.compile(r"<at>.*?</at>", re.DOTALL)
_ADDRESS = re.compile(r"(https?://|mailto:|tel:|msteams:|data:image/)\S+")


@dataclass(slots=True)
class _CardChecker:
    problems: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    texts: list[str] = field(default_factory=list)
    in_dialog: bool = False

    def check_card(self, card: Any, path: str, *, is_root: bool = True) -> None:
        if not isinstance(card, dict) or card.get("type") != "AdaptiveCard":
            self.problems.append(f"{path}: must be an AdaptiveCard")
            return
        self._check_fields(card, CARD, path)
        if is_root and card.get("version") != VERSION:
            self.problems.append(f"{path}/version: must be {VERSION}")
        self._check_children(card, path)
        if is_root:
            self._check_refresh(card.get("refresh"), f"{path}/refresh")
            self._check_mentions((card.get("msteams") or {}).get("entities") or [], f"{path}/msteams")

    def _check_node(self, node: Any, kinds: dict[str, Fields], path: str) -> None:
        kind = node.get("type") if isinstance(node, dict) else None
        if kind not in kinds:
            self.problems.append(f"{path}: unsupported type: {kind}")
            return
        self._check_fields(node, kinds[str(kind)], path)
        self._check_id(node, path)
        self._check_texts(node, path)
        self._check_children(node, path)
        if self.in_dialog and kind == "Action.Execute":
            self.problems.append(f"{path}: a dialog takes no Action.Execute")
        fallback = node.get("fallback")
        if fallback is not None and fallback != "drop":
            spare = _CardChecker(in_dialog=self.in_dialog)
            spare._check_node(fallback, kinds, f"{path}/fallback")
            self.problems += spare.problems

    def _check_fields(self, node: dict[str, Any], fields: Fields, path: str) -> None:
        self.problems += [f"{path}: missing {name}" for name in sorted(fields.needed - node.keys())]
        self.problems += [f"{path}/{name}: no such field" for name in sorted(node.keys() - fields.names)]

    def _check_id(self, node: dict[str, Any], path: str) -> None:
        if node.get("id") is None:
            return
        if node["id"] in self.ids:
            self.problems.append(f"{path}/id: {node['id']} stands twice")
        self.ids.add(node["id"])

    def _check_texts(self, node: dict[str, Any], path: str) -> None:
        self.texts += [node["text"]] if isinstance(node.get("text"), str) else []
        for fact in _dicts(node.get("facts")):
            self.texts += [str(fact.get("title", "")), str(fact.get("value", ""))]
        for choice in _dicts(node.get("choices")):
            if not (choice.get("title") and choice.get("value")):
                self.problems.append(f"{path}/choices: each needs a title and a value")
        url = node.get("url")
        if url is not None and not (isinstance(url, str) and _ADDRESS.match(url)):
            self.problems.append(f"{path}/url: must be an address")

    def _check_children(self, node: dict[str, Any], path: str) -> None:
        kind = node["type"]
        inner: dict[str, dict[str, Fields]] = {"body": ELEMENTS, "items": ELEMENTS, "actions": ACTIONS}
        inner |= {"images": ELEMENTS, "rows": PARTS, "cells": PARTS, "inlines": PARTS}
        inner |= {"columns": PARTS} if kind == "ColumnSet" else {}
        for name, kinds in inner.items():
            for index, one in enumerate(node.get(name) or []):
                if name == "inlines" and isinstance(one, str):
                    self.texts.append(one)
                    continue
                self._check_node(one, kinds, f"{path}/{name}/{index}")
        for name in ("selectAction", "inlineAction"):
            if node.get(name) is not None:
                self._check_node(node[name], ACTIONS, f"{path}/{name}")
        if kind == "Action.ShowCard":
            self.check_card(node.get("card"), f"{path}/card", is_root=False)
        self._check_primary_actions(node, path)

    def _check_primary_actions(self, node: dict[str, Any], path: str) -> None:
        """Secondary actions are in the overflow menu, which a dialog on Android does not show."""
        primary = [one for one in _dicts(node.get("actions")) if one.get("mode") != "secondary"]
        if len(primary) > MOST_PRIMARY_ACTIONS:
            self.problems.append(
                f"{path}/actions: Teams shows {MOST_PRIMARY_ACTIONS}, the rest must be secondary"
            )
        if self.in_dialog and len(primary) < len(_dicts(node.get("actions"))):
            self.problems.append(f"{path}/actions: a dialog on Android shows nothing that is secondary")

    def _check_refresh(self, refresh: Any, path: str) -> None:
        if refresh is None:
            return
        if (refresh.get("action") or {}).get("type") != "Action.Execute":
            self.problems.append(f"{path}/action: must be an Action.Execute")
        people = refresh.get("userIds") or []
        if len(people) > MOST_REFRESHED:
            self.problems.append(f"{path}/userIds: no more than {MOST_REFRESHED}")
        if any(not str(one).startswith("29:") for one in people):
            self.problems.append(f"{path}/userIds: must be ids that Teams gave this bot (29:…)")

    def _check_mentions(self, entities: list[Any], path: str) -> None:
        self.problems += mention_problems("\n".join(self.texts), entities, path)


def mention_problems(text: str, entities: list[Any], path: str) -> list[str]:
    """Errors in mentions: every `<at>…</at>` needs an entity, and every entity its `<at>…</at>`."""
    named = [one for one in _dicts(entities) if one.get("type") == "mention"]
    marks = {str(one.get("text")) for one in named}
    notes = [f"{path}: {mark} has no entity" for mark in sorted(set(_AT.findall(text)) - marks)]
    notes += [f"{path}: {mark} doesn't stand in the text" for mark in sorted(marks) if mark not in text]
    for one in named:
        mentioned = one.get("mentioned") or {}
        if not (mentioned.get("id") and mentioned.get("name")):
            notes.append(f"{path}: a mention needs an id and a name")
    return notes


def card_problems(card: Any, *, in_dialog: bool = False, path: str = "card") -> list[str]:
    """Errors in a card; empty when Teams accepts it. Its size is not checked here (`card_bytes`)."""
    walk = _CardChecker(in_dialog=in_dialog)
    walk.check_card(card, path)
    return walk.problems


def message_problems(message: dict[str, Any]) -> list[str]:
    attachments = message.get("attachments") or []
    notes = mention_problems(str(message.get("text") or ""), message.get("entities") or [], "text")
    if not (message.get("text") or attachments):
        notes.append("a message needs a text or an attachment")
    for index, one in enumerate(attachments):
        notes += attachment_problems(one, f"attachments/{index}")
    return notes


def attachment_problems(attachment: Any, path: str, *, in_dialog: bool = False) -> list[str]:
    kind = attachment.get("contentType") if isinstance(attachment, dict) else None
    if kind != CARD_TYPE:
        return [f"{path}: contentType {kind} is not known here"]
    return card_problems(attachment.get("content"), in_dialog=in_dialog, path=f"{path}/content")


def card_bytes(card: Any) -> int:
    return len(orjson.dumps(card))


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
