"""Tests of what a start loads: the libraries of what is off aren't imported."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.processes import ROOT

TEAMS = {
    "teams_app_id": "app",
    "teams_app_password": "secret",
    "teams_tenant_id": "00000000-0000-4000-8000-000000000001",
}
SLACK = {"slack_bot_token": "xoxb-1", "slack_signing_secret": "secret"}
STRIPE = {"stripe_webhook_secret": "whsec_1"}
LIBRARIES_OF = {
    "teams": {"botbuilder", "botframework", "msal", "msrest"},
    "slack": {"slack_bolt", "slack_sdk"},
    "stripe": {"stripe"},
}

PROGRAM = """
import asyncio, json, sys
from bot.routes import make_app
from bot.serve import serve_until_stopped
from bot.settings import Settings
from bot.wiring.application import build_application
from tests.builders import a_policy

async def start():
    settings = Settings(_env_file=None, **json.loads(sys.argv[1]))
    application = await build_application(settings, a_policy())
    make_app(application.context, application.readiness, application.slack, application.customers,
        application.teams)
    await application.close()

asyncio.run(start())
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def loaded_with(folder: Path, **settings: str) -> set[str]:
    """The packages that a fresh process has loaded once everything is built."""
    given = json.dumps({"database_url": f"sqlite:///{folder}/ombud.db", **settings})
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, given], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return set(json.loads(ended.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    ("settings", "on"),
    [
        ({}, set()),
        (SLACK, {"slack"}),
        (TEAMS, {"teams"}),
        (STRIPE, {"stripe"}),
        (SLACK | TEAMS | STRIPE, {"slack", "teams", "stripe"}),
    ],
    ids=["nothing", "Slack", "Teams", "Stripe", "all"],
)
def test_only_the_libraries_of_what_is_on_are_loaded(
    tmp_path: Path, settings: dict[str, str], on: set[str]
) -> None:
    loaded = loaded_with(tmp_path, **settings)
    assert {part for part, names in LIBRARIES_OF.items() if names <= loaded} == on
    assert {part for part, names in LIBRARIES_OF.items() if names & loaded} == on
