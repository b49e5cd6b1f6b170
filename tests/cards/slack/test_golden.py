"""Tests that cards of Slack look as they were approved, compared with the JSON in `tests/golden/`.

After a change that was meant: `RENEW_GOLDEN=1 pytest tests/cards/slack/test_golden.py`, then read the
difference before committing it: it is what people will see.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cards.samples import CARDS, FORMS, HOME
from tests.cards.slack.rules import good_home, good_message, good_modal

GOLDEN = Path(__file__).parents[2] / "golden"
RENEW = bool(os.environ.get("RENEW_GOLDEN"))

IMPORTANT: Mapping[str, Any] = {
    **{f"slack_{name}": card for name, card in CARDS.items() if not name.startswith("story_")},
    **{f"slack_form_{name}": form for name, form in FORMS.items()},
    "slack_home": HOME,
}


def rendered(name: str) -> dict[str, Any]:
    view = IMPORTANT[name]
    if name == "slack_home":
        return good_home(view)
    return good_modal(view) if name.startswith("slack_form_") else good_message(view)


@pytest.mark.parametrize("name", IMPORTANT)
def test_the_card_looks_as_approved(name: str) -> None:
    path = GOLDEN / f"{name}.json"
    if RENEW:
        GOLDEN.mkdir(exist_ok=True)
        text = json.dumps(rendered(name), indent=2, ensure_ascii=False)
        path.write_text(text + "\n", encoding="utf-8")
    assert path.exists(), f"{path.name} is missing: run with RENEW_GOLDEN=1 and read it"
    assert rendered(name) == json.loads(path.read_text(encoding="utf-8"))


def test_every_story_reads_as_approved() -> None:
    """All events in one file, one line each, so that the language can be read from top to bottom."""
    path = GOLDEN / "slack_stories.json"
    stories = {name: good_message(card) for name, card in CARDS.items() if name.startswith("story_")}
    if RENEW:
        path.write_text(json.dumps(stories, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    assert stories == json.loads(path.read_text(encoding="utf-8"))


def test_no_golden_file_is_left_over() -> None:
    known = {*IMPORTANT, "slack_stories"}
    assert {path.stem for path in GOLDEN.glob("slack_*.json")} <= known
