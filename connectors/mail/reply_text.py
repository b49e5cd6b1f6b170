"""A reply's own text, without quotes, signature and small print.

The phrases that introduce a quote or a signature are those of mail-parser-reply, in thirteen languages. Its
own splitting starts again from the top after a quote that it can't find, and takes everything after "Thanks,
…" for a signature; so only its patterns are used here, once each, on a bounded copy of the text, and a
signature must look like one. What is cut stays in the whole mail.
"""

from __future__ import annotations

import re
from functools import cache
from re import Pattern
from typing import NamedTuple

from mailparser_reply.constants import MAIL_LANGUAGES  # type: ignore[import-untyped]
from mailparser_reply.parser import EmailMessage  # type: ignore[import-untyped]

from connectors.mail.charsets import clean_text
from connectors.mail.html import QUOTE_BEGINS, QUOTE_ENDS

LONGEST_TEXT, LONGEST_WHOLE_TEXT = 20_000, 200_000
_MOST_LINES, _LONGEST_LINE = 400, 200
"""Limits for the patterns: some of them take time quadratic in a line's length."""
_LONGEST_SIGNATURE = 14
"""Lines. A longer one is a message with a closing phrase in its middle."""

_FORWARD_SUBJECT = re.compile(r"(?:fwd?|wg|tr|rv|i|enc|doorst|vs)\s*:", re.IGNORECASE)
_FORWARD_MARK = re.compile(
    r"^-{2,} ?(forwarded message|weitergeleitete nachricht|message (?:transféré|d'origine transféré)"
    r"|mensaje reenviado|messaggio inoltrato|doorgestuurd bericht) ?-{2,}"
    r"|^(begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-?mail)"
    r"|début du message (?:réexpédié|transféré)|inicio del mensaje reenviado)",
    re.IGNORECASE | re.MULTILINE,
)
_MORE_HEADERS = re.compile(
    r"^-{2,} ?(?:original message|ursprüngliche nachricht|urspr\. nachricht|message d'origine"
    r"|mensaje original|original appointment) ?-{2,}$|^_{20,}$"
    r"|^(?:am|den|il|le|el|on) .{4,120}(?:schrieb|wrote|a écrit|escribió|ha scritto).{0,60}:\s*$",
    re.IGNORECASE | re.MULTILINE,
)
_MORE_CLOSINGS = (
    r"(?:many |with )?(?:thanks|thank you)(?: (?:in advance|again|and regards))?|cheers|sincerely|yours \w+"
    r"|(?:warm|with best|with kind|with) regards|mfg|vg|lg|bien (?:cordialement|à vous)|cordialement"
    r"|salutations|un (?:cordial )?saludo|saludos(?: cordiales)?|atentamente"
)
_NAME_AT_MOST = 3
"""Words after a closing phrase on its line, as in "Best regards, Jo Miller"."""
_SENT_FROM = re.compile(
    r"(?:sent (?:from|via|with) |get outlook for |gesendet (?:von|mit) |von meinem .{1,20} gesendet"
    r"|envoyé (?:de|depuis) |enviado desde |diese nachricht wurde von mein)",
    re.IGNORECASE,
)
_MANY_BLANKS = re.compile(r"\n[ \t]*(?:\n[ \t]*){2,}")


class ReplyText(NamedTuple):
    text: str
    """What the person wrote."""
    whole: str
    """The mail's whole text."""


def extract_reply(body: str, subject: str = "") -> ReplyText:
    """The text to show, and the whole text. A forwarded mail is kept: it is the point of the message."""
    marked = clean_text(body)[:LONGEST_WHOLE_TEXT]
    whole = _unmarked(marked).strip()
    if _FORWARD_MARK.search(whole) or _FORWARD_SUBJECT.match(subject.strip()):
        return ReplyText(whole[:LONGEST_TEXT], whole)
    own = _without_small_print(_without_signature(_without_quotes(marked[: 2 * LONGEST_TEXT])))
    return ReplyText((_MANY_BLANKS.sub("\n\n", own).strip() or whole)[:LONGEST_TEXT].strip(), whole)


def _without_quotes(marked: str) -> str:
    lines = _outside_of_marks(marked).split("\n")
    place = _first_header(lines)
    if place is None:
        return "\n".join(line for line in lines if not line.lstrip().startswith(">"))
    above, below = lines[:place], lines[place:]
    if not any(line.lstrip().startswith(">") for line in below):
        return "\n".join(above) if _says_something(above) else "\n".join(below[1:])
    rest = below[_length_of_header(below) :]
    return "\n".join(line for line in [*above, *rest] if not line.lstrip().startswith(">"))


def _outside_of_marks(marked: str) -> str:
    """Without what the mail program marked as a quote; replies between quotes stay."""
    if QUOTE_BEGINS not in marked:
        return marked
    kept, depth = [], 0
    for piece in re.split(f"([{QUOTE_BEGINS}{QUOTE_ENDS}])", marked):
        if piece == QUOTE_BEGINS:
            depth += 1
        elif piece == QUOTE_ENDS:
            depth = max(0, depth - 1)
        elif depth == 0:
            kept.append(piece)
    outside = "\n".join(kept)
    return outside if outside.strip() else _unmarked(marked)


def _first_header(lines: list[str]) -> int | None:
    """The line that introduces a quote: "On Monday, … wrote:", or a block of From, Sent, Subject."""
    bounded = "\n".join(line.strip()[:_LONGEST_LINE] for line in lines[:_MOST_LINES])
    starts = [found.start() for found in (_headers().search(bounded), _MORE_HEADERS.search(bounded)) if found]
    if not starts:
        return None
    at = min(starts)
    while at < len(bounded) and bounded[at] == "\n":
        at += 1
    return bounded.count("\n", 0, at)


def _length_of_header(lines: list[str]) -> int:
    """Lines before the quote itself: "On Monday, … wrote:" may be broken into several."""
    return next((place for place, line in enumerate(lines[:6]) if line.lstrip().startswith(">")), 1)


def _says_something(lines: list[str]) -> bool:
    return any(line.strip() for line in lines)


def _without_signature(text: str) -> str:
    lines = text.strip("\n").split("\n")
    for place, line in enumerate(lines[:_MOST_LINES]):
        stripped = line.strip()
        if stripped in ("--", "—", "__") and place > 0:
            return "\n".join(lines[:place])
        if place > 0 and _may_begin_signature(stripped) and _is_signature(lines[place + 1 :]):
            return "\n".join(lines[:place])
    return text


def _may_begin_signature(line: str) -> bool:
    """A closing phrase followed by a name at most, or a phone's advertisement ("Sent from my …")."""
    if not line or len(line) > 80:
        return False
    if _SENT_FROM.match(line):
        return True
    found = _closings().match(line)
    if found is None:
        return False
    behind = line[found.end() :].strip(" ,.!-/&").split()
    return len(behind) <= _NAME_AT_MOST and all(word[0].isupper() for word in behind)


def _is_signature(below: list[str]) -> bool:
    """Few and short lines: names, numbers, addresses."""
    written = [line.strip() for line in below if line.strip()]
    return len(written) <= _LONGEST_SIGNATURE and all(len(line) <= 120 for line in written)


def _without_small_print(text: str) -> str:
    """Cut a disclaimer, if it is the last paragraph."""
    bounded = "\n".join(line[:_LONGEST_LINE] for line in text.split("\n")[:_MOST_LINES])
    found = _disclaimers().search(bounded)
    if found is None or found.start() == 0:
        return text
    place = bounded.count("\n", 0, found.start() + 1)
    lines = text.split("\n")
    return text if "" in (line.strip() for line in lines[place + 1 :]) else "\n".join(lines[:place])


def _unmarked(text: str) -> str:
    return text.replace(QUOTE_BEGINS, "").replace(QUOTE_ENDS, "")


@cache
def _reply_parser() -> EmailMessage:
    return EmailMessage(text="", languages=list(MAIL_LANGUAGES))


def _headers() -> Pattern[str]:
    pattern: Pattern[str] = _reply_parser().HEADER_REGEX
    return pattern


@cache
def _closings() -> Pattern[str]:
    phrases = [phrase for words in MAIL_LANGUAGES.values() for phrase in words.get("signatures", ())]
    return re.compile(rf"(?:{'|'.join([_MORE_CLOSINGS, *phrases])})(?=\W|$)", re.IGNORECASE)


def _disclaimers() -> Pattern[str]:
    pattern: Pattern[str] = _reply_parser().DISCLAIMERS_REGEX
    return pattern
