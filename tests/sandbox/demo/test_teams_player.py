"""The story's player in Teams: it finds buttons and forms, and stops at a step that fails."""

from __future__ import annotations

import pytest

from sandbox.demo import teams_player as seed_teams
from sandbox.demo.steps import StoryFailed
from sandbox.demo.teams_player import TeamsPlayer
from sandbox.teams.company import find_person
from tests.sandbox.teams.harness import CARD_TYPE, ELIF, TeamsHarness, a_card, a_dialog, a_submit, an_execute


async def at_once() -> None:
    """The bot of these tests posts nothing by itself."""


def a_player(teams: TeamsHarness) -> TeamsPlayer:
    return TeamsPlayer(teams.world, at_once)


async def test_a_button_that_only_one_s_own_view_has_is_found(teams: TeamsHarness) -> None:
    elif_ = find_person(ELIF)
    assert elif_ is not None
    show = {"type": "Action.Execute", "verb": "show_card", "data": {"action": "show_card"}}
    await teams.post_cards(a_card(refresh={"action": show, "userIds": [elif_.mri]}))
    teams.bot.answer = {"statusCode": 200, "type": CARD_TYPE, "value": a_card(an_execute())}
    await a_player(teams).press(ELIF, "claim", "D-1042")
    verbs = [one["value"]["action"]["verb"] for one in teams.bot.activities if one["type"] == "invoke"]
    assert verbs == ["show_card", "claim"]


async def test_a_case_is_not_taken_for_one_whose_number_it_begins(
    teams: TeamsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seed_teams, "STEP_TIMEOUT_SECONDS", 0.3)
    await teams.post_cards(a_card(an_execute()))
    with pytest.raises(StoryFailed, match="no card of D-104 with claim"):
        await a_player(teams).press(ELIF, "claim", "D-104")


async def test_a_form_that_comes_back_unasked_stops_the_story_with_its_words(teams: TeamsHarness) -> None:
    form = a_submit("note", keep={"form": "1"})
    opens = a_submit("ask_note", msteams={"type": "task/fetch"})
    await teams.post_cards(a_card(opens))
    teams.bot.answer = a_dialog(form)
    player = a_player(teams)
    await player.press(ELIF, "ask_note", "D-1042")
    await player.submit(ELIF, {"note": "seen"}, stays_open=True)
    assert teams.bot.activities[-1]["value"]["data"]["note"] == "seen"
    with pytest.raises(StoryFailed, match="should not be open"):
        await player.submit(ELIF, {"note": "again"})
    teams.bot.answer = None
    await player.submit(ELIF, {"note": "done"})
