"""Signed requests that Slack sends when a person presses a button or sends a form."""

from __future__ import annotations

import hashlib
import hmac
from itertools import count
from typing import Any

from tests.journeys.processes import SIGNING_SECRET

_TRIGGERS = count(1)


def interaction(kind: str, person: str, **more: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "token": "x",
        "api_app_id": "A0OMBUD",
        "team": {"id": "T0BRIGHT", "domain": "brightwater"},
        "user": {"id": person, "username": person.lower(), "name": person.lower(), "team_id": "T0BRIGHT"},
        "trigger_id": f"1.2.{next(_TRIGGERS)}",
        **more,
    }


def signed(raw: bytes, now: float) -> dict[str, str]:
    """Headers with Slack's signature."""
    stamp = str(int(now))
    mac = hmac.new(SIGNING_SECRET.encode(), b"v0:" + stamp.encode() + b":" + raw, hashlib.sha256)
    return {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={mac.hexdigest()}",
    }


def text_field(words: str | None) -> dict[str, Any]:
    return {"type": "plain_text_input", "value": words}


def choice_field(value: str) -> dict[str, Any]:
    return {"type": "static_select", "selected_option": {"value": value}}
