"""Outbox rows of an outcome: one for each event, effect and address."""

from __future__ import annotations

from typing import Any

from core.effects import Effect, addresses_of, effects_of
from core.outcome import Outcome
from core.policy import Policy
from store.outbox.lanes import lane_of

PENDING = "pending"


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
