"""Escaping for Slack: people's words never become a mention, a link or a format.

Slack reads `&`, `<` and `>` as control characters (docs: “Escaping text”), and `*`, `_`, `~`, backtick
and `:name:` as formats that no escape switches off. So those five are replaced by look-alikes or broken by a
zero-width space, and the text object is sent `verbatim`, so that addresses, #channels and @names aren't
linked. Long texts of people go into rich text, which has no markup at all.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import assert_never

from cards import words
from cards.sanitize import clean_part
from cards.views import Line, Link, Mention, Moment, Part, Strong
from core.web_address import is_web_address

ISOLATE, END_ISOLATE, NO_WIDTH = "\u2068", "\u2069", "\u200b"
_RTL = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_NEEDS_CARE = re.compile(f"[&<>*_~`:{_MARKS}{_RTL}]").search
_HAS_RTL = re.compile(f"[{_RTL}]").search
_ITALIC = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_EMOJI = re.compile(r":(?=[\w+'-])")
_QUOTE = re.compile(r"^(\s*)>")
_LOOK_ALIKES = str.maketrans("*~`", "∗∼ˋ")
_HAS_FORMAT = re.compile("[*_~`:]").search
_MEMBER = re.compile(r"[UW][A-Z0-9]{2,20}").fullmatch
_LEAST_ROOM = 24
"""Characters; a shorter piece of text would be useless."""


def escape(text: str, most: int = 500) -> str:
    """`text` on one line, harmless in mrkdwn, in at most `most` (24 or more) characters."""
    if len(text) <= most and text.isprintable() and not _NEEDS_CARE(text):
        return text
    cleaned = clean_part(text)
    longest = min(len(cleaned), most)
    while len(escaped := _neutral(words.cut(cleaned, longest))) > most:
        longest = max(1, min(longest - 1, longest * most // len(escaped)))
    return escaped


@lru_cache(maxsize=4096)
def escape_label(text: str, most: int = 300) -> str:
    """`escape`, cached for texts on many cards: labels of the policy, states, names of colleagues."""
    return escape(text, most)


def _neutral(text: str) -> str:
    text = _QUOTE.sub(r"\1›", text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if _HAS_FORMAT(text):
        text = _EMOJI.sub(f":{NO_WIDTH}", _ITALIC.sub("ˍ", text).translate(_LOOK_ALIKES))
    return f"{ISOLATE}{text}{END_ISOLATE}" if not text.isascii() and _HAS_RTL(text) else text


def mrkdwn(line: Line, most: int = 2900) -> str:
    """A line in Slack's markup, in at most `most` characters; a mention, date or link is never cut in two."""
    said: list[str] = []
    room = most
    for part in line:
        piece = _part(part, room - 1) if room > _LEAST_ROOM else "…"
        if len(piece) > room - 1:
            piece = "…"
        said.append(piece)
        room -= len(piece)
        if room <= _LEAST_ROOM:
            break
    return "".join(said)


def _part(part: Part, room: int) -> str:
    match part:
        case str():
            return escape(part, room)
        case Moment():
            return date(part.at, in_full=part.in_full)
        case Mention():
            return mention(part, room)
        case Strong():
            return bold(part.text, room)
        case Link():
            return link(part, room)
        case _:
            assert_never(part)


def bold(text: str, most: int = 500) -> str:
    """Bold text. Slack needs the asterisks to touch a word, so blanks stay outside."""
    said = escape(text, max(_LEAST_ROOM, most - 2))
    inner = said.strip()
    if inner and inner == said:
        return f"*{said}*"
    return said.replace(inner, f"*{inner}*", 1) if inner else said


def mention(who: Mention, most: int = 500) -> str:
    """`<@U0ANA>`, which Slack shows by name and pings; the plain name of a person who isn't in Slack."""
    if who.slack_ref and _MEMBER(who.slack_ref):
        return f"<@{who.slack_ref}>"
    return escape_label(who.name, most)


def link(to: Link, most: int = 2900) -> str:
    """`<https://…|text>`; the text alone if the address is invalid or too long."""
    text = escape(to.text, min(200, most))
    if not is_web_address(to.url):
        return text
    linked = f"<{to.url.replace('&', '&amp;')}|{text.replace('|', '¦')}>"
    return linked if len(linked) <= most else text


def date(at: datetime, *, in_full: bool = False) -> str:
    """An instant in the reader's own zone; in UTC where Slack can't show that."""
    day = "date_short" if in_full else "date_short_pretty"
    fallback = words.utc(at)
    seconds = int(at.timestamp())
    return f"<!date^{seconds}^{{{day}}} {{time}}|{fallback}>" if seconds > 0 else fallback
