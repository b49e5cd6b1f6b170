"""Tests that cards of Teams look as they were approved, compared with the JSON in `tests/golden/`.

After a change that was meant: `RENEW_GOLDEN=1 pytest tests/cards/teams/test_golden.py`, then read the
difference, and look at it: `python -m tests.cards.teams.pictures OUT`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from cards.teams import dialog, message
from cards.views import ListView
from tests.cards.slack.test_golden import GOLDEN, RENEW
from tests.cards.teams.samples import TEAMS, adaptive_cards

STORIES = "teams_stories"
IMPORTANT = [name for name in TEAMS if not name.startswith("story_")]


@pytest.mark.parametrize("name", IMPORTANT)
def test_the_card_looks_as_approved(name: str) -> None:
    as_approved(f"teams_{name}", TEAMS[name]())


def test_every_story_reads_as_approved() -> None:
    """All events in one file, so that the language can be read from top to bottom."""
    stories = {name: adaptive_cards(name)[0]["body"] for name in TEAMS if name.startswith("story_")}
    as_approved(STORIES, stories)


@pytest.mark.parametrize("name", TEAMS)
def test_nothing_names_a_command_as_it_is_typed_in_slack(name: str) -> None:
    assert "/disputes" not in json.dumps(TEAMS[name]())


@pytest.mark.parametrize("draw", [message, dialog])
def test_a_list_with_nothing_in_it_names_the_command_as_it_is_typed_here(
    draw: Callable[[ListView], dict[str, Any]],
) -> None:
    empty = ListView(title="Your cases", rows=(), empty="Claim one from its queue: /disputes queue")
    said = json.dumps(draw(empty))
    assert "/disputes" not in said
    assert "Your cases. Claim one from its queue: @Ombud queue" in said


def test_no_golden_file_is_left_over() -> None:
    known = {*(f"teams_{name}" for name in IMPORTANT), STORIES}
    assert {path.stem for path in GOLDEN.glob("teams_*.json")} <= known


def as_approved(name: str, payload: Any) -> None:
    path = GOLDEN / f"{name}.json"
    if RENEW:
        path.write_text(json.dumps(payload, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    assert path.exists(), f"{path.name} is missing: run with RENEW_GOLDEN=1 and read it"
    assert payload == json.loads(path.read_text(encoding="utf-8"))
