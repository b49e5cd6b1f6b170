"""Timeline rows of an outcome: one for each event, chained by hash."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, NamedTuple

from core.ids import number_of
from core.outcome import Outcome
from store.db.documents import digest_of, encode
from store.db.instants import to_micros


class Head(NamedTuple):
    """The last entry of a case's timeline."""

    seq: int
    hash: str


NO_HEAD = Head(0, "")
"""Of a case without entries: the first entry continues after it."""


def entry_hash(previous_hash: str, number: int, seq: int, *, kind: str, body: str, case_hash: str) -> str:
    """Hash of everything an entry holds, of the entry before it and of the case as the entry left it.

    The parts are joined with a line feed: only the JSON body could contain one, and JSON escapes it.
    """
    text = f"{previous_hash}\n{number}\n{seq}\n{kind}\n{body}\n{case_hash}"
    return sha256(text.encode()).hexdigest()


def timeline_rows(outcome: Outcome, case_body: str, previous: Head) -> list[dict[str, Any]]:
    """One row per event, continuing after `previous`."""
    number = number_of(outcome.case.id)
    case_hash = digest_of(case_body)
    seq, head = previous
    rows = []
    for event in outcome.events:
        seq += 1
        kind = type(event).__name__
        body = encode(event)
        head = entry_hash(head, number, seq, kind=kind, body=body, case_hash=case_hash)
        rows.append(
            {
                "number": number,
                "seq": seq,
                "at": to_micros(event.at),
                "kind": kind,
                "body": body,
                "case_hash": case_hash,
                "hash": head,
            }
        )
    return rows
