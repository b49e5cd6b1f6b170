"""HTML mail as plain text.

inscriptis lays tables out in columns and honours margins: a mail could demand gigabytes of spaces. So the
tree is sanitised first: no attributes, no tables, no hidden elements.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import lxml.html  # type: ignore[import-untyped]
from inscriptis.css_profiles import CSS_PROFILES  # type: ignore[import-untyped]
from inscriptis.html_engine import Inscriptis  # type: ignore[import-untyped]
from inscriptis.model.config import ParserConfig  # type: ignore[import-untyped]

LONGEST_HTML, MOST_ELEMENTS = 1_000_000, 40_000
QUOTE_BEGINS, QUOTE_ENDS = "\ue000", "\ue001"
"""Private-use characters: mark what a mail program declares as a quote. Removed before the text is stored."""

_UNSEEN_TAGS = frozenset(
    "script style head title meta link template object embed applet svg math select textarea noframes".split()
)
_LINES = frozenset("table tbody thead tfoot tr caption form fieldset center blockquote dl dt dd".split())
_HIDING = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden", re.IGNORECASE)
_QUOTE_CLASSES = frozenset(
    "gmail_quote protonmail_quote yahoo_quoted moz-cite-prefix tutanota_quote zmail_extra".split()
)
_QUOTES_TO_THE_END = frozenset(
    "divrplyfwdmsg appendonsend mail-editor-reference-message-container olk_src_body_section".split()
)
"""Outlook puts the quoted mail after this element, not into it."""
_MANY_BLANKS = re.compile(r"\n[ \t]*(?:\n[ \t]*){2,}")


def to_text(html: str) -> str:
    """Never raises. Quotes are between QUOTE_BEGINS and QUOTE_ENDS, or from the former to the end."""
    html = html[:LONGEST_HTML].replace(QUOTE_BEGINS, "").replace(QUOTE_ENDS, "").replace("\0", "")
    try:
        text = _rendered(html)
    except Exception:  # noqa: BLE001 - when a hostile tree breaks the renderer, its words are still read
        text = _words_alone(html)
    return _MANY_BLANKS.sub("\n\n", text).strip()


def _rendered(html: str) -> str:
    tree = lxml.html.document_fromstring(_without_declaration(html) or "<p></p>", parser=_parser())
    elements = list(tree.iter(lxml.html.etree.Element))
    if len(elements) > MOST_ELEMENTS:
        raise OverflowError
    for element in elements:
        _make_harmless(element)
    text: str = Inscriptis(tree, _config()).get_text()
    return "\n".join(line.rstrip() for line in text.split("\n"))


def _make_harmless(element: Any) -> None:
    tag = element.tag
    if _is_unseen(element, tag):
        _empty(element)
        return
    quote = _quote_of(element)
    element.attrib.clear()
    if tag in ("td", "th"):
        element.tag = "span"
        element.tail = f" {element.tail or ''}"
    elif tag in _LINES:
        element.tag = "div"
    if quote:
        element.tag = "div"
        element.text = f"{QUOTE_BEGINS}{element.text or ''}"
        if quote == QUOTE_ENDS:
            element.tail = f"{QUOTE_ENDS}{element.tail or ''}"


def _is_unseen(element: Any, tag: str) -> bool:
    if tag in _UNSEEN_TAGS or "hidden" in element.attrib:
        return True
    return bool(_HIDING.search(element.get("style", "")[:2_000]))


def _empty(element: Any) -> None:
    """Remove its text; keep what follows it."""
    tail = element.tail
    element.clear()
    element.tag, element.tail = "span", tail


def _quote_of(element: Any) -> str:
    """QUOTE_ENDS when the element is a quote, QUOTE_BEGINS when all from it on is quoted, else empty."""
    if element.get("id", "").lower() in _QUOTES_TO_THE_END:
        return QUOTE_BEGINS
    classes = element.get("class", "").lower().split()[:20]
    is_cite = element.tag == "blockquote" and element.get("type", "").lower() == "cite"
    return QUOTE_ENDS if is_cite or not _QUOTE_CLASSES.isdisjoint(classes) else ""


def _without_declaration(html: str) -> str:
    """lxml refuses text that declares an encoding."""
    start = html.lstrip()
    return start.partition("?>")[2] if start.startswith("<?xml") else start


def _words_alone(html: str) -> str:
    """All text outside angle brackets, in one pass."""
    pieces = html.split("<")
    return "".join([pieces[0], *(f" {piece.partition('>')[2]}" for piece in pieces[1:])])


@cache
def _config() -> ParserConfig:
    return ParserConfig(css=CSS_PROFILES["strict"].copy(), display_links=False, display_images=False)


def _parser() -> Any:
    return lxml.html.HTMLParser(recover=True, no_network=True, remove_comments=True, remove_pis=True)
