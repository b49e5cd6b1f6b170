"""Cost of a signed Claim over HTTP, with its commit on disk."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Sequence
from urllib.parse import urlencode

import orjson

from cards.present import case_view
from cards.slack import message
from core.case import Case
from core.policy import Policy
from tests.bench.load import http_post, run_load
from tests.bench.servers import SECRET, bot, stock_bolt
from tests.bench.table import Result, at_least, at_most
from tests.builders import a_case

MANY, SINGLE = 4_000, 800
RESOLVER = "U0ANA"


def claims(case_ids: Sequence[str], policy: Policy, action_id: str | None = None) -> list[bytes]:
    """Signed presses of Claim, as large as Slack's: each contains the card."""
    return [_press(a_case(id=case_id), policy, action_id or f"claim:{case_id}") for case_id in case_ids]


def measure(
    database_url: str, slack_url: str, case_ids: Sequence[str], policy: Policy, commit_ms: float
) -> list[Result]:
    """Needs `MANY` + `SINGLE` unclaimed cases; claims each once."""
    name = database_url.partition(":")[0]
    with stock_bolt(slack_url) as port:
        pressed = claims(case_ids[:MANY], policy, action_id="claim")
        run_load(port, pressed[:200], clients=16)
        floor = run_load(port, pressed, clients=16).demand_only(200)
    with bot(database_url, slack_url) as (port, _):
        busy = run_load(port, claims(case_ids[:MANY], policy), clients=16).demand_only(200)
        alone = run_load(port, claims(case_ids[MANY:], policy), clients=1).demand_only(200)
    target = max(3.0, 1.5 / commit_ms)
    return [
        at_least(
            f"signed Claims, 16 clients, {name}; floor: stock Bolt acknowledging", busy.rate, floor.rate, 1.0
        ),
        at_most(f"signed Claim, one client, {name}; floor: a raw commit", alone.median_ms, commit_ms, target),
    ]


def _press(case: Case, policy: Policy, action_id: str) -> bytes:
    card = message(case_view(case, policy=policy, people={}, now=case.raised_at))
    payload: dict[str, object] = {
        "type": "block_actions",
        "user": {"id": RESOLVER, "username": "ana", "name": "ana", "team_id": "T0BRIGHT"},
        "api_app_id": "A0OMBUD",
        "token": "gone",
        "container": {"type": "message", "message_ts": "1700000000.000100", "channel_id": "C0BILLING"},
        "trigger_id": f"123.456.{case.id}.{action_id}",
        "team": {"id": "T0BRIGHT", "domain": "brightwater"},
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {"id": "C0BILLING", "name": "billing-disputes"},
        "message": {"type": "message", "user": "U0OMBUD", "ts": "1700000000.000100", **card},
        "state": {"values": {}},
        "response_url": "http://127.0.0.1:9/actions",
        "actions": [
            {
                "action_id": action_id,
                "block_id": "b1",
                "text": {"type": "plain_text", "text": "Claim"},
                "value": case.id,
                "type": "button",
                "action_ts": "1700000000.000200",
            }
        ],
    }
    body = urlencode({"payload": orjson.dumps(payload).decode()}).encode()
    stamp = str(int(time.time()))
    signed = hmac.new(SECRET.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return http_post(
        "/slack/events",
        body,
        Content_Type="application/x-www-form-urlencoded",
        X_Slack_Request_Timestamp=stamp,
        X_Slack_Signature=f"v0={signed}",
    )
