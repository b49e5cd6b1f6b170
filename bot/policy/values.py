"""Value parsers of policy.yaml: “4h”, “mon-thu”, “09:00-12:30”, “DE-BY” …

Each function takes the text as it is written and returns a value. Each raises ValueError with a
sentence for the administrator that says what is wrong and what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import date, time
from functools import lru_cache
from urllib.parse import unquote
from zoneinfo import ZoneInfo, available_timezones

from bot.policy.section import PredicateError, suggestion
from core.calendar import MIDNIGHT, Shift, check_shifts
from core.email_address import is_email_address
from core.platforms import ENTRA_ID

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST_HOURS = 8760
HOLIDAY_YEARS = range(2020, 2051)
"""A fixed span, so that the same policy means the same on every day."""

_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
_NUMBER = re.compile(r"[0-9]{1,6}")
_DURATION = re.compile(r"(?:([0-9]{1,4}) ?h)? ?(?:([0-9]{1,5}) ?m)?")
_SHARE = re.compile(r"([1-9][0-9]?) ?%")
_TIME = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SLACK_MEMBER = re.compile(r"[UW][A-Z0-9]{7,20}")
_SLACK_CHANNEL = re.compile(r"#[^\s#A-Z.,]{1,80}|[CG][A-Z0-9]{7,20}")
_TEAMS_CHANNEL = re.compile(r"19:[^\s@/?#]+@thread\.(tacv2|skype|v2)")
_TEAMS_LINK = re.compile(r"https://[^/\s]+/l/([a-z]+)/([^/?#\s]+)[^\s]*", re.IGNORECASE)
_GET_LINK = "In Teams, open the channel's ⋯ menu, choose “Get link to channel” and write that link here"


def one_of(known: Collection[str], says: str) -> Callable[[str], str]:
    """A parser of names that are defined elsewhere in the policy; `says` precedes the name in a sentence."""

    def read(name: str) -> str:
        if name not in known:
            raise PredicateError(f"{says} “{name}”, which isn't there.{suggestion(name, known)}")
        return name

    return read


def word_or(words: tuple[str, ...], read: Callable[[str], str]) -> Callable[[str], str]:
    """A parser that returns these words unchanged, and parses any other text with `read`."""

    def read_either(word: str) -> str:
        if word in words:
            return word
        try:
            return read(word)
        except ValueError as mistake:
            raise ValueError(f"{mistake} Or write: {' or '.join(words)}.") from None

    return read_either


def text(words: str) -> str:
    if not words:
        raise ValueError("the text is empty.")
    return words


def identifier(word: str) -> str:
    if not _ID.fullmatch(word):
        raise ValueError(f"“{word}” can't be an id. Use small letters, digits and _, such as not_delivered.")
    return word


def number(word: str) -> int:
    if not _NUMBER.fullmatch(word):
        raise ValueError(f"“{word}” is not a whole number. Write one such as 48.")
    return int(word)


def positive(word: str) -> int:
    if number(word) == 0:
        raise ValueError("0 is too little. Write 1 or more.")
    return number(word)


def priority(word: str) -> int:
    if word not in {"1", "2", "3", "4"}:
        raise ValueError(f"“{word}” is not a priority. Write 1 (urgent), 2, 3 or 4 (low).")
    return int(word)


def minutes(word: str) -> int:
    """`4h`, `30m` or `1h 30m`. Days have no meaning: a working day differs from queue to queue."""
    match = _DURATION.fullmatch(word)
    if match and any(match.groups()):
        total = int(match[1] or 0) * 60 + int(match[2] or 0)
        if total > LONGEST_HOURS * 60:
            raise ValueError(f"“{word}” is more than a year. Write at most {LONGEST_HOURS}h.")
        return total
    if re.fullmatch(r"[0-9]+ ?(d|days?|w|weeks?)", word):
        raise ValueError(f"“{word}” is in days, and working days differ in length. Write hours, such as 16h.")
    if re.fullmatch(r"[0-9]+", word):
        raise ValueError(f"“{word}” has no unit. Write {word[:6]}h for hours or {word[:6]}m for minutes.")
    raise ValueError(f"“{word}” is not a length of time. Write one such as 4h, 30m or 1h 30m.")


def positive_minutes(word: str) -> int:
    """Like `minutes`, but more than none."""
    if minutes(word) == 0:
        raise ValueError(f"“{word}” is no time at all. Write 1m or more.")
    return minutes(word)


def share(word: str) -> float:
    match = _SHARE.fullmatch(word)
    if not match:
        raise ValueError(f"“{word}” is not a share. Write a percentage from 1% to 99%, such as 75%.")
    return int(match[1]) / 100


def time_of_day(word: str) -> time:
    """A time of day; 24:00 comes back as 00:00."""
    match = _TIME.fullmatch(word)
    if not match or (match[1] == "24" and match[2] != "00"):
        raise ValueError(f"“{word}” is not a time of day. Write one such as 09:00.")
    return time(int(match[1]) % 24, int(match[2]))


def digest_time(word: str) -> time:
    """A time of day at which people may be written to: digests never go out at night."""
    at = time_of_day(word)
    if not time(6) <= at < time(22):
        raise ValueError(f"“{word}” is at night. Digests go out between 06:00 and 22:00.")
    return at


def shifts(words: str) -> tuple[Shift, ...]:
    """`09:00-12:30, 13:15-17:30`, or `closed`."""
    if words == "closed":
        return ()
    found = tuple(_shift(word.strip()) for word in words.split(","))
    check_shifts(found)
    return found


def _shift(word: str) -> Shift:
    start, dash, end = word.replace("–", "-").partition("-")
    if not dash:
        raise ValueError(f"“{word}” is not a shift. Write its start and end, such as 09:00-17:00, or closed.")
    start, end = start.strip(), end.strip()
    if start == "24:00" or (end and time_of_day(end) == MIDNIGHT and end != "24:00"):
        raise ValueError(f"“{word}”: a day starts at 00:00 and ends at 24:00.")
    return time_of_day(start), time_of_day(end)


def weekdays(words: str) -> tuple[int, ...]:
    """`mon-thu`, `fri` or `sat, sun`, as 0 (Monday) to 6."""
    days: list[int] = []
    for word in words.split(","):
        first, dash, last = word.replace("–", "-").partition("-")
        start = _weekday(first)
        length = (_weekday(last) - start) % 7 if dash else 0
        days.extend((start + step) % 7 for step in range(length + 1))
    return tuple(days)


def _weekday(word: str) -> int:
    name = word.strip().lower()
    if name not in WEEKDAYS:
        hint = suggestion(name[:3], WEEKDAYS)
        raise ValueError(f"“{word.strip()}” is not a weekday. Write days as mon, tue-thu or sat, sun.{hint}")
    return WEEKDAYS.index(name)


def zone(word: str) -> str:
    try:
        ZoneInfo(word)
    except (KeyError, ValueError, OSError):
        near = suggestion(word, available_timezones())
        hint = near if "Did you mean" in near else " Zones have names like Europe/Berlin."
        raise ValueError(f"there is no time zone “{word}”.{hint}") from None
    return word


def days_off(word: str) -> frozenset[date]:
    """One date (`2026-12-24`), or every public holiday of a place (`DE`, `DE-BY`)."""
    if not word[:1].isdigit():
        return _holidays_at(word)
    if not _DATE.fullmatch(word):
        raise ValueError(f"“{word}” is not a date. Write year-month-day, such as 2026-12-24.")
    try:
        return frozenset({date.fromisoformat(word)})
    except ValueError:
        raise ValueError(f"“{word}” is a date that doesn't exist.") from None


@lru_cache(maxsize=64)
def _holidays_at(place: str) -> frozenset[date]:
    """The public holidays, with their substitute days, of a country (`DE`) or a part of it (`DE-BY`).

    Raises:
        ValueError: there is no such country or part; the text says what there is.
    """
    # Imported only where a place is named: the library takes 0.2 s and 20 MB.
    from holidays import country_holidays  # noqa: PLC0415
    from holidays.registry import EntityLoader  # noqa: PLC0415

    country, _, part = place.partition("-")
    known = set(EntityLoader.get_country_codes())
    if country not in known:
        hint = f" Did you mean “{place.upper()}”?" if country.upper() in known else ""
        raise ValueError(f"there is no country “{country}”.{hint} Use codes such as DE, GB-ENG or US.")
    try:
        return frozenset(country_holidays(country, subdiv=part or None, years=HOLIDAY_YEARS))
    except NotImplementedError:
        parts = country_holidays(country).subdivisions
        raise ValueError(f"{country} has no part “{part}”.{suggestion(part, parts)}") from None


def person(word: str) -> str:
    if not is_email_address(word) and not any(kind.fullmatch(word) for kind in (_SLACK_MEMBER, ENTRA_ID)):
        raise ValueError(
            f"“{word}” is nobody. Write an e-mail address, a Slack member id such as U024BE7LH "
            "(in Slack: the person's profile, ⋮, Copy member ID), or an Entra object id such as "
            "8f14e45f-ceea-4d6a-9b1c-2f1d6c0a7e55 (in the Entra admin center: the user's Overview)."
        )
    return word


def slack_channel(word: str) -> str:
    if not _SLACK_CHANNEL.fullmatch(word):
        raise ValueError(
            f"“{word}” is not a Slack channel. "
            'Write its name as "#billing-disputes", in quotes, or its id (C0123456789).'
        )
    return word


def teams_channel(word: str) -> str:
    """The channel's id, also out of the link that Teams copies: `…/l/channel/19%3A…%40thread.tacv2/…`."""
    link = _TEAMS_LINK.fullmatch(word)
    if link and link[1].lower() != "channel":
        raise ValueError(f"this is the link of a {link[1].lower()[:20]}, not of a channel. {_GET_LINK}.")
    channel = unquote(link[2]) if link else word
    if not _TEAMS_CHANNEL.fullmatch(channel):
        raise ValueError(f"“{word[:80]}” is not a Teams channel. {_GET_LINK}, or its id (19:…@thread.tacv2).")
    return channel
