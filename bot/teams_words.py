"""What did somebody write in Teams, as plain words?"""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

from bot.teams_activity import Activity, our_mentions, text

LONGEST_HTML = 100_000
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_BLANKS = re.compile(r"\s+")
_MANY_LINES = re.compile(r"\n{3,}")
_COMMAND = re.compile(r"^(?:@?ombud\b[:,]?\s*)?(?:/disputes\b\s*)?", re.IGNORECASE)
_LINES = frozenset("p div li tr table blockquote h1 h2 h3 h4 h5 h6 ul ol pre hr".split())
_UNSEEN = frozenset("script style head title template".split())


def command_of(activity: Activity) -> str:
    """The words of a command, without markup, the `/disputes` that Slack needs, and our name: mentioned, or
    typed as our cards spell commands."""
    said = text(activity, "text")[:LONGEST_HTML]
    for mention in our_mentions(activity):
        if mention:
            said = said.replace(mention, " ")
    plain = unescape(_TAG.sub("", said)).replace("\0", "")
    return _COMMAND.sub("", _BLANKS.sub(" ", plain).strip())


def plain_text(html: str) -> str:
    """A message's HTML as lines of text. Never raises."""
    said = _read(html[:LONGEST_HTML]).replace("\0", "").replace("\xa0", " ")
    lines = (" ".join(line.split()) for line in said.split("\n"))
    return _MANY_LINES.sub("\n\n", "\n".join(lines)).strip()


def _read(html: str) -> str:
    reader = _Reader()
    try:
        reader.feed(html)
        reader.close()
    except AssertionError:  # a half-written declaration, which the parser takes for a mistake of its own
        return unescape(_TAG.sub(" ", html))
    return "".join(reader.said)


class _Reader(HTMLParser):
    """Gathers what a reader sees; emoji and pictures are said by their `alt`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "br" or tag in _LINES:
            self.said.append("\n")
        elif tag in ("img", "emoji"):
            self.said.append(dict(attrs).get("alt") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag in _LINES:
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.said.append(data)
