"""Stripe's objects and events as it sends them."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

SPECS = Path(os.environ.get("OMBUD_SPECS") or Path(__file__).parents[5] / "shared" / "specs")
DUE = datetime(2026, 3, 12, 23, 59, 59, tzinfo=UTC)
"""When the network wants its evidence."""
START = 1_772_441_000
"""Seconds: the Monday morning of the test company."""


def a_chargeback(**changes: Any) -> dict[str, Any]:
    """The parts of Stripe's Dispute that we read, and some that we don't."""
    thing = {
        "id": "dp_1",
        "object": "dispute",
        "amount": 12000,
        "currency": "eur",
        "charge": "ch_1",
        "status": "needs_response",
        "reason": "product_not_received",
        "evidence": {"customer_name": None},
        "evidence_details": {"due_by": int(DUE.timestamp()), "past_due": False, "submission_count": 0},
        "livemode": False,
        "metadata": {},
    }
    return {**thing, **changes}


def an_event(kind: str, thing: object, *, at: int = START, event_id: str = "evt_1") -> dict[str, Any]:
    return {
        "id": event_id,
        "object": "event",
        "api_version": "2025-10-29.clover",
        "created": at,
        "type": kind,
        "data": {"object": thing},
    }


def specified(name: str) -> dict[str, Any]:
    """An example object as Stripe publishes it, where the specifications are at hand."""
    file = SPECS / "stripe-fixtures.json"
    if not file.exists():
        pytest.skip(f"Stripe's fixtures aren't at {file}; set OMBUD_SPECS to their folder.")
    resource: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))["resources"][name]
    return resource
