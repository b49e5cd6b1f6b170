"""Rows that an outcome is saved as: timeline entries, chained by hash, and outbox rows."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, NamedTuple

from core.effects import Effect, addresses_of, effects_of
from core.ids import number_of
from core.outcome import Outcome
from core.policy import Policy
from store.db.documents import digest_of, encode
from store.db.instants import to_micros
from store.outbox.lanes import lane_of

PENDING = "pending"


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


def effect_rows(outcome: Outcome, entries: list[dict[str, Any]], policy: Policy) -> list[dict[str, Any]]:
    """One row per event, effect and address, in this order; a card is refreshed once per address."""
    case = outcome.case
    refreshed = set()
    rows = []
    for event, entry in zip(outcome.events, entries, strict=True):
        for effect in effects_of(event):
            for destination in addresses_of(effect, event, case, policy):
                address = lane_of(destination, case.id)
                if effect is Effect.REFRESH_CARDS:
                    if address in refreshed:
                        continue
                    refreshed.add(address)
                rows.append(
                    outbox_row(
                        key=f"{case.id}:{entry['seq']}:{effect}:{address}",
                        address=address,
                        effect=f"{effect}",
                        number=entry["number"],
                        seq=entry["seq"],
                        at=entry["at"],
                    )
                )
    return rows


def outbox_row(
    *, key: str, address: str, effect: str, number: int | None, seq: int | None, at: int, payload: str = "{}"
) -> dict[str, Any]:
    return {
        "key": key,
        "address": address,
        "effect": effect,
        "number": number,
        "seq": seq,
        "payload": payload,
        "state": PENDING,
        "created_at": at,
        "due_at": at,
        "attempts": 0,
    }
