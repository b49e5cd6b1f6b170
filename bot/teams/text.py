"""Plain text of what people write in Teams."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from bot.teams.activity import Activity, bot_mentions, text_at

LONGEST_HTML = 30_000
"""Characters that are read. A form holds a tenth of them, a message in Teams hardly more."""
_TAG = re.compile(r"(<[a-zA-Z/!?][^<>]*>)")
"""Ends at the next `<` or `>`, so that each character is read once, whatever is left open."""
_ALT = re.compile(r"""\salt\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_BLANKS = re.compile(r"\s+")
_MANY_LINES = re.compile(r"\n{3,}")
_COMMAND = re.compile(r"^(?:@?ombud\b[:,]?\s*)?(?:/disputes\b\s*)?", re.IGNORECASE)
_BLOCK_TAGS = frozenset("br p div li tr table blockquote h1 h2 h3 h4 h5 h6 ul ol pre hr".split())
_INVISIBLE_TAGS = frozenset("script style head title template".split())
_IMAGE_TAGS = frozenset(("img", "emoji"))


def command_of(activity: Activity) -> str:
    """The words of a command without markup, without the `/disputes` that Slack needs, and without the bot's
    name, mentioned or typed as our cards spell commands."""
    html = text_at(activity, "text")[:LONGEST_HTML]
    for mention in bot_mentions(activity):
        if mention:
            html = html.replace(mention, " ")
    plain = _unescape(_TAG.sub("", html))
    return _COMMAND.sub("", _BLANKS.sub(" ", plain).strip())


def plain_text(html: str) -> str:
    """A message's HTML as lines of text, with emoji and pictures by their `alt`.

    Never raises, and takes time in proportion to the length.
    """
    text = "".join(_visible_text(html[:LONGEST_HTML])).replace("\xa0", " ")
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return _MANY_LINES.sub("\n\n", "\n".join(lines)).strip()


def _visible_text(html: str) -> Iterator[str]:
    """What a reader sees, piece by piece: text and tags alternate."""
    depth = 0
    for place, piece in enumerate(_TAG.split(html)):
        is_tag, is_end = place % 2 == 1, piece.startswith("</")
        name = _tag_name(piece) if is_tag else ""
        if name in _INVISIBLE_TAGS:
            depth = max(0, depth - 1) if is_end else depth + 1
        elif depth == 0:
            yield _text_of_tag(name, piece) if is_tag else _unescape(piece)


def _text_of_tag(name: str, tag: str) -> str:
    if name in _BLOCK_TAGS:
        return "\n"
    alt = _ALT.search(tag) if name in _IMAGE_TAGS else None
    return _unescape(alt.group(1) or alt.group(2) or "") if alt else ""


def _tag_name(tag: str) -> str:
    words = tag.strip("</>").split(maxsplit=1)
    return words[0].casefold() if words else ""


def _unescape(written: str) -> str:
    try:
        return unescape(written).replace("\0", "")
    except ValueError:  # the number of a character in more digits than Python reads
        return written.replace("\0", "")
