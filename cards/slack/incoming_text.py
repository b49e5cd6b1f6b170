"""Text that people wrote in Slack, without its markup.

Slack sends `<@U0ANA>`, `<https://a.example|here>` and `&amp;` (docs: “Formatting text for app surfaces”).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_TOKEN = re.compile(r"<([^<>]*)>")
_MEMBER = re.compile(r"@([UW][A-Z0-9]{2,20})(?:\|[^<>]*)?")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def mentioned_members(text: str) -> frozenset[str]:
    """The Slack ids of the people mentioned."""
    found = (_MEMBER.fullmatch(token) for token in _TOKEN.findall(text))
    return frozenset(match[1] for match in found if match)


def without_markup(text: str, names: Mapping[str, str]) -> str:
    """The text without Slack's markup; `names` are the names of mentioned people by Slack id."""
    said = _TOKEN.sub(lambda token: _token_text(token[1], names), text)
    for entity, character in _ENTITIES:
        said = said.replace(entity, character)
    return said


def _token_text(token: str, names: Mapping[str, str]) -> str:
    target, _, label = token.partition("|")
    member = _MEMBER.fullmatch(token)
    if member:
        return names.get(member[1]) or label or "a colleague"
    if target.startswith("#"):
        return f"#{label}" if label else "a channel"
    if target.startswith("!"):
        return label or f"@{target[1:].partition('^')[0]}"
    address = target.removeprefix("mailto:").removeprefix("tel:")
    if not label or label in (address, target) or target.endswith((f"//{label}", f"//{label}/")):
        return address
    return f"{label} ({address})"
