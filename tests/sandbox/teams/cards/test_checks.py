"""Validation of cards: wrong ones are refused, right ones accepted, as in Teams."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.teams.cards.checks import card_problems, mention_problems
from tests.sandbox.teams.harness import CONTRACTS, TeamsHarness, a_card, a_submit, an_execute

Json = dict[str, Any]


def a_text(text: str = "Hello", **more: Any) -> Json:
    return {"type": "TextBlock", "text": text, **more}


def an_input(id_: str = "note", **more: Any) -> Json:
    return {"type": "Input.Text", "id": id_, "label": "Note", **more}


def refresh(*people: str, **action: Any) -> Json:
    return {"action": {"type": "Action.Execute", "verb": "show", **action}, "userIds": list(people)}


ELIF_MARK = {"type": "mention", "text": "<at>Elif</at>", "mentioned": {"id": "x-1", "name": "Elif"}}
GOOD = (
    a_card(),
    a_card(an_execute(), a_submit()),
    a_card(
        body=[{"type": "ColumnSet", "columns": [{"type": "Column", "width": "auto", "items": [a_text()]}]}]
    ),
    a_card(
        body=[
            {"type": "RichTextBlock", "inlines": ["plain", {"type": "TextRun", "text": "x", "italic": True}]}
        ]
    ),
    a_card(
        body=[
            {
                "type": "Table",
                "columns": [{"width": 1}],
                "rows": [{"type": "TableRow", "cells": [{"type": "TableCell", "items": [a_text()]}]}],
            }
        ]
    ),
    a_card(
        {
            "type": "Action.ShowCard",
            "title": "More",
            "card": {"type": "AdaptiveCard", "body": [an_input()], "actions": [a_submit()]},
        }
    ),
    a_card(refresh=refresh("29:1", "29:2")),
    a_card(body=[a_text("Hello <at>Elif</at>")], msteams={"entities": [ELIF_MARK]}),
    a_card(*(a_submit(mode="primary") for _ in range(6)), a_submit() | {"mode": "secondary"}),
)
WRONG: tuple[tuple[Json, str], ...] = (
    (a_card(version="1.6"), "must be 1.5"),
    (a_card(body=[{"type": "Carousel"}]), "unsupported type: Carousel"),
    (a_card(body=[a_submit()]), "unsupported type: Action.Submit"),
    (a_card(a_text()), "unsupported type: TextBlock"),
    (a_card(body=[{"type": "TextBlock"}]), "missing text"),
    (a_card(body=[a_text(colour="red")]), "colour: no such field"),
    (a_card(body=[an_input(), an_input()]), "note stands twice"),
    (a_card(body=[{"type": "Input.Text"}]), "missing id"),
    (a_card(body=[{"type": "Image", "url": "javascript:alert(1)"}]), "must be an address"),
    (a_card({"type": "Action.OpenUrl", "title": "Go"}), "missing url"),
    (a_card(*(a_submit() for _ in range(7))), "the rest must be secondary"),
    (a_card(an_execute(fallback={"type": "TextBlock", "text": "x"})), "unsupported type: TextBlock"),
    (a_card(refresh=refresh(*(f"29:{n}" for n in range(61)))), "no more than 60"),
    (a_card(refresh=refresh("0b7e41d0")), "must be ids that Teams gave"),
    (a_card(refresh=refresh("29:1", type="Action.Submit")), "must be an Action.Execute"),
    (a_card(body=[a_text("Hello <at>Elif</at>")]), "<at>Elif</at> has no entity"),
    (a_card(msteams={"entities": [ELIF_MARK]}), "<at>Elif</at> doesn't stand in the text"),
    (
        a_card(body=[{"type": "Input.ChoiceSet", "id": "a", "choices": [{"title": "x"}]}]),
        "a title and a value",
    ),
    ({"type": "HeroCard"}, "must be an AdaptiveCard"),
)


@pytest.mark.parametrize("card", GOOD)
def test_a_good_card_is_taken(card: Json) -> None:
    assert card_problems(card) == []


@pytest.mark.parametrize(("card", "why"), WRONG)
def test_a_wrong_card_is_refused_for_what_is_wrong(card: Json, why: str) -> None:
    (problem,) = card_problems(card)
    assert why in problem


def test_an_input_twice_in_inner_cards_is_found() -> None:
    inner = {"type": "AdaptiveCard", "body": [an_input()], "actions": [a_submit()]}
    shows = {"type": "Action.ShowCard", "title": "More", "card": inner}
    assert card_problems(a_card(shows, body=[an_input()])) != []


def test_a_dialog_takes_only_submits() -> None:
    assert card_problems(a_card(a_submit()), in_dialog=True) == []
    assert card_problems(a_card(an_execute()), in_dialog=True) != []


def test_nothing_in_a_dialog_stands_behind_three_dots() -> None:
    card = a_card(a_submit(), a_submit() | {"mode": "secondary"})
    assert card_problems(card) == []
    (problem,) = card_problems(card, in_dialog=True)
    assert "a dialog on Android shows nothing that is secondary" in problem


def test_a_mention_needs_whom_it_means() -> None:
    entity = {"type": "mention", "text": "<at>Elif</at>", "mentioned": {"name": "Elif"}}
    assert mention_problems("<at>Elif</at>", [entity], "text") == ["text: a mention needs an id and a name"]


async def test_the_connector_refuses_a_wrong_card_and_says_why(teams: TeamsHarness) -> None:
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "content": a_card(version="1.6"),
    }
    body = {"type": "message", "attachments": [attachment]}
    status, answer = await teams.call_connector("POST", f"conversations/{CONTRACTS}/activities", body)
    assert (status, answer["error"]["code"]) == (400, "BadSyntax")
    assert "must be 1.5" in answer["error"]["message"]


async def test_a_heavy_card_is_noted_and_one_too_heavy_refused(teams: TeamsHarness) -> None:
    await teams.post_cards(a_card(body=[a_text("x" * 30_000)]))
    async with teams.http.get(f"{teams.url}/sandbox/calls?method=teams.post") as answer:
        (call,) = (await answer.json())["calls"]
    assert "28672 are asked for" in call["args"]["warning"]
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "content": a_card(body=[a_text("x" * 103_000)]),
    }
    body = {"type": "message", "attachments": [attachment]}
    status, refused = await teams.call_connector("POST", f"conversations/{CONTRACTS}/activities", body)
    assert (status, refused["error"]["code"]) == (413, "MessageSizeTooBig")
