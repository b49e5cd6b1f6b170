"""Scanner of structured mail headers: comments, quoted strings and words (RFC 5322, 3.2).

The standard library's parsers are lenient, and one of them (`getaddresses`) finds addresses where none are:
what a decision rests on is read here, and anything that isn't by the grammar is an error.
"""

from __future__ import annotations

import re

_SPACE = re.compile(r"[ \t\r\n]*")
_COMMENT_TEXT = re.compile(r"[^()\\]*")
_QUOTED_TEXT = re.compile(r'[^"\\]*')


class NotByGrammar(ValueError):
    """The header can't be read: an open comment or string, or a word where another sign belongs."""


class Scanner:
    """Reads a header from left to right, each character once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def is_at_end(self) -> bool:
        return self._at >= len(self._text)

    def skip_comments(self) -> bool:
        """Skip spaces and comments, which may be nested. Returns whether there were any."""
        start = self._at
        while True:
            self._take(_SPACE)
            if not self.follows("("):
                return self._at > start
            self._skip_comment()

    def follows(self, sign: str) -> bool:
        return self._text.startswith(sign, self._at)

    def take(self, sign: str) -> bool:
        if not self.follows(sign):
            return False
        self._at += len(sign)
        return True

    def demand(self, sign: str) -> None:
        if not self.take(sign):
            raise NotByGrammar(sign)

    def match(self, pattern: re.Pattern[str]) -> str:
        """What matches here; empty if nothing does."""
        return self._take(pattern)

    def demand_match(self, pattern: re.Pattern[str]) -> str:
        found = self._take(pattern)
        if not found:
            raise NotByGrammar(pattern.pattern)
        return found

    def quoted_string(self) -> str:
        """The content of the quoted string that begins here, with its escapes undone."""
        self.demand('"')
        pieces = [self._take(_QUOTED_TEXT)]
        while not self.take('"'):
            pieces.append(self._escaped())
            pieces.append(self._take(_QUOTED_TEXT))
        return "".join(pieces)

    def _skip_comment(self) -> None:
        depth = 0
        while True:
            if self.take("("):
                depth += 1
            elif self.take(")"):
                depth -= 1
            else:
                self._escaped()
            if depth == 0:
                return
            self._take(_COMMENT_TEXT)

    def _escaped(self) -> str:
        """The character after the backslash that must stand here."""
        self.demand("\\")
        if self.is_at_end():
            raise NotByGrammar("\\")
        self._at += 1
        return self._text[self._at - 1]

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if found is None:
            return ""
        self._at = found.end()
        return found[0]
