"""Wording for the team in English: labels, money, durations, counts, excerpts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from babel.numbers import get_currency_symbol

from cards.sanitize import clean_line, clean_text
from core.case import Resolution, Status, Target
from core.money import Money, decimals_of

STATUS: Mapping[str, str] = {
    Status.GATHERING: "Gathering evidence",
    Status.OPEN: "Waiting to be claimed",
    Status.UNDER_REVIEW: "Under review",
    Status.WAITING_ON_CUSTOMER: "Waiting for the customer",
    Status.AWAITING_APPROVAL: "Waiting for approval",
    Status.SETTLING: "Decided, being settled",
    Status.CLOSED: "Closed",
}
RESOLUTION: Mapping[str, str] = {
    Resolution.ACCEPTED: "Accepted",
    Resolution.PART_ACCEPTED: "Accepted in part",
    Resolution.REJECTED: "Rejected",
    Resolution.WITHDRAWN: "Withdrawn",
    Resolution.DUPLICATE: "Duplicate",
}
DUE: Mapping[str, str] = {
    Target.CLAIM: "Claim by",
    Target.FIRST_ANSWER: "First answer by",
    Target.RESOLUTION: "Resolve by",
    Target.EXTERNAL: "Evidence due by",
}
WAS_DUE: Mapping[str, str] = {
    Target.CLAIM: "Claim was due",
    Target.FIRST_ANSWER: "First answer was due",
    Target.RESOLUTION: "Resolution was due",
    Target.EXTERNAL: "Evidence was due",
}
TARGET: Mapping[str, str] = {
    Target.CLAIM: "time to claim",
    Target.FIRST_ANSWER: "time to first answer",
    Target.RESOLUTION: "time to resolution",
    Target.EXTERNAL: "evidence date",
}
_TWO_DIGITS = tuple(f"{number:02}" for number in range(60))
PRIORITY: Mapping[int, str] = {1: "urgent", 2: "high", 3: "normal", 4: "low"}


def money(amount: Money) -> str:
    """`€1,234.50`, `¥5,000`, `KWD 1.500`."""
    return minor_units(amount.minor, amount.currency)


def minor_units(minor: int, currency: str) -> str:
    """`money` for an amount in two columns of the database."""
    symbol, scale, places = _currency(currency)
    whole, part = divmod(abs(minor), scale)
    sign = "-" if minor < 0 else ""
    return f"{sign}{symbol}{whole:,}.{part:0{places}d}" if places else f"{sign}{symbol}{whole:,}"


@lru_cache(maxsize=256)
def _currency(code: str) -> tuple[str, int, int]:
    """The symbol before the number, minor units in one unit, and digits after the point."""
    symbol = get_currency_symbol(code, locale="en")
    places = decimals_of(code)
    return (f"{symbol} " if symbol[-1].isalpha() else symbol), 10**places, places


def priority(number: int) -> str:
    return PRIORITY.get(number) or f"priority {number}"


def resolution(value: str | None) -> str:
    return RESOLUTION.get(value or "") or clean_line(value or "")


def duration(span: timedelta) -> str:
    """The two largest units that matter: `3 h 20 m`, `2 d 4 h`, `less than a minute`."""
    minutes = abs(int(span.total_seconds())) // 60
    if minutes < 1:
        return "less than a minute"
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {minutes} m" if minutes else f"{hours} h"
    return f"{minutes} m"


def count(number: int, one: str, many: str | None = None) -> str:
    """`no files`, `1 file`, `12 files`."""
    if number == 1:
        return f"1 {one}"
    return f"{number:,} {many or one + 's'}" if number else f"no {many or one + 's'}"


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def cut(text: str, longest: int) -> str:
    """At most `longest` characters; a cut text ends in …, after a whole word if one ends nearby."""
    if len(text) <= longest:
        return text
    head = text[: longest - 1]
    space = max(head.rfind(" "), head.rfind("\n"))
    if space > longest * 2 // 3 and not text[longest - 1].isspace():
        head = head[:space]
    return head.rstrip(" \n,;:–-") + "…"


def excerpt(text: str, longest: int = 300) -> str:
    """People's words, cleaned and cut to at most six lines, so that the card stays short."""
    return cut(clean_text(text[: 4 * longest], most_lines=6), longest)


def name(text: str, longest: int = 80) -> str:
    """A short text that people typed, on one line: a customer, an invoice number, a file's name."""
    return cut(clean_line(text[: 4 * longest]), longest) or "(no name)"


@lru_cache(maxsize=2048)
def label(text: str, longest: int = 80) -> str:
    """`name` for labels of the policy, cached: there are few of them."""
    return name(text, longest)


def utc(at: datetime) -> str:
    """`2026-03-31 09:30 UTC`, for text that can't show the reader's own zone."""
    two = _TWO_DIGITS
    return f"{at.year}-{two[at.month]}-{two[at.day]} {two[at.hour]}:{two[at.minute]} UTC"
