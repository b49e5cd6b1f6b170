"""Tests of cards, dialogs and results in Teams: valid, and with all they must say."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any, get_args

import pytest

from cards import slack, teams
from cards.actions import Action, Field
from cards.teams import dialog, form, home, home_dialog, message, prompt, values_of
from cards.teams import search_results as found
from cards.teams.buttons import actions
from cards.teams.layout import SIZES, Layout
from cards.views import (
    Button,
    Card,
    CaseView,
    Choice,
    FormView,
    HomeView,
    Mention,
    MessageView,
    PersonInput,
    Preview,
)
from tests.cards.examples import CASES, ROLES, view_of
from tests.cards.samples import CARDS, FORMS, HOME
from tests.cards.teams.rules import action_lists, good_dialog, good_message, parts_of, words_of
from tests.cards.teams.samples import ANA_ON_TEAMS, ANAS_ID, DANAS_ID, SURE, TEAMS, ZONE, adaptive_cards


def test_whatever_can_be_shown_in_slack_can_be_shown_in_teams() -> None:
    assert set(teams.RENDERERS) == set(slack.RENDERERS)
    assert set(teams.RENDERERS) == {*get_args(Card), FormView, HomeView}


@pytest.mark.parametrize("name", TEAMS)
def test_everything_is_taken(name: str) -> None:
    payload = TEAMS[name]()
    if "card" in payload:
        good_dialog(payload)
    elif "attachmentLayout" in payload:
        for one in payload["attachments"]:
            good_message({"type": "message", "summary": "Found", "attachments": [one]})
    else:
        good_message(payload)


@pytest.mark.parametrize(("case", "role"), list(product(CASES, ROLES)))
def test_a_case_is_taken_in_every_state_for_every_reader(case: str, role: str) -> None:
    view = view_of(CASES[case], role=ROLES[role])
    good_message(message(view))
    good_dialog(dialog(view))


def test_a_case_says_first_which_what_and_how_much_then_whose_until_when_and_only_then_the_words() -> None:
    said = " | ".join(words_of(adaptive_cards("case_open_late")[0]))
    order = ("D-1042", "Not delivered", "€1,234.50", "Nordwind", "INV-2041", "Late", "Claim was due")
    places = [said.index(one) for one in (*order, "pallet never arrived", "Incomplete", "Logistics disputes")]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("case", "ground", "word"),
    [
        ("case_open_late", "attention", "🔴 Late"),
        ("case_waiting_on_customer", "warning", "⏸️ Paused"),
        ("case_snoozed", "warning", "⏸️ Paused"),
        ("case_closed_duplicate", "good", "✅ **Duplicate**"),
        ("case_open", "attention", "🔴 Late"),
        ("case_gathering", "accent", "Gathering evidence"),
    ],
)
def test_a_colour_is_never_alone(case: str, ground: str, word: str) -> None:
    card = adaptive_cards(case)[0]
    assert card["body"][0]["style"] == ground
    assert any(word in said for said in words_of(card))


def test_what_is_needed_less_often_stands_behind_three_dots() -> None:
    card = adaptive_cards("case_under_review")[0]
    pressed = [one for shown_list in action_lists(card) for one in shown_list]
    behind = [one["data"]["action"] for one in pressed if one.get("mode") == "secondary"]
    assert behind == ["ask_reassign", "ask_snooze", "release", "ask_change", "ask_close"]
    assert pressed[0]["title"] == "Decide"
    assert pressed[0]["style"] == "positive"


def test_in_a_dialog_all_that_can_be_done_is_in_sight_the_main_things_first() -> None:
    """On Android a dialog shows no three dots."""
    view = view_of(CASES["under_review"])
    rows = list(action_lists(dialog(view)["card"]["content"]))
    assert rows[0][0]["title"] == "Decide"
    in_sight = [one["data"]["action"] for row in rows for one in row if one.get("mode") != "secondary"]
    assert in_sight == [*(one.action for one in view.buttons), *(one.action for one in view.menu)]


@pytest.mark.parametrize("place", [0, 2, 7])
def test_a_question_is_never_behind_the_dots_however_little_room_there_is(place: int) -> None:
    many = [Button(Action.CLAIM, f"Claim {n}", f"D-{n}") for n in range(8)]
    many[place] = SURE
    for size in SIZES:
        pressed = [one for each in actions(many, Layout(size=size)) for one in each["actions"]]
        (question,) = (one for one in pressed if one["type"] == "Action.ShowCard")
        assert question.get("mode") != "secondary"


@pytest.mark.parametrize("name", TEAMS)
def test_no_row_of_buttons_is_too_wide_for_a_phone(name: str) -> None:
    """Eight pixels a letter and some around it, where a phone has about three hundred."""
    for card in adaptive_cards(name):
        for shown_list in action_lists(card):
            row = [one["title"] for one in shown_list if one.get("mode") != "secondary"]
            assert len(row) == 1 or sum(34 + 8 * len(label) for label in row) <= 306


def test_more_than_six_buttons_stand_behind_three_dots_too() -> None:
    many = tuple(Button(Action.CLAIM, f"Claim {n}", f"D-{n}") for n in range(9))
    card = message(MessageView(lines=(("Which?",),), buttons=many))["attachments"][0]["content"]
    shown_lists = [one for each in action_lists(card) for one in each]
    assert [one["title"] for one in shown_lists if one.get("mode") == "secondary"] == [
        "Claim 6",
        "Claim 7",
        "Claim 8",
    ]


def test_who_is_called_is_an_entity_by_entra_id_and_stands_in_the_text() -> None:
    card = adaptive_cards("story_with_ping")[0]
    assert card["msteams"]["entities"] == [
        {"type": "mention", "text": "<at>Ana</at>", "mentioned": {"id": ANAS_ID, "name": "Ana"}}
    ]
    assert words_of(card)[0] == "<at>Ana</at>"


def test_namesakes_are_told_apart() -> None:
    other = Mention("Ana", None, DANAS_ID)
    card = message(MessageView(lines=((ANA_ON_TEAMS, " and ", other, " and ", ANA_ON_TEAMS),)))
    entities = card["attachments"][0]["content"]["msteams"]["entities"]
    assert [one["mentioned"]["id"] for one in entities] == [ANAS_ID, DANAS_ID]
    assert len({one["text"] for one in entities}) == 2


def test_nobody_is_called_by_a_list_a_dialog_or_without_an_entra_id() -> None:
    view = CARDS["list"]
    rows = tuple(replace(row, resolver=ANA_ON_TEAMS) for row in view.rows)  # type: ignore[union-attr]
    for payload in (
        message(replace(view, rows=rows)),  # type: ignore[arg-type]
        dialog(replace(view_of(CASES["under_review"]), resolver=ANA_ON_TEAMS)),
        message(replace(view_of(CASES["under_review"]), resolver=Mention("Ana", "U0ANA", "29:raw"))),
    ):
        assert "<at>" not in str(payload)
        assert "29:raw" not in str(payload)
        assert "Ana" in str(payload)


def test_whoever_works_with_the_case_gets_it_with_their_own_buttons_at_most_sixty() -> None:
    view: CaseView = replace(view_of(CASES["open"]), readers=tuple(f"29:{n}" for n in range(70)))
    refresh = message(view)["attachments"][0]["content"]["refresh"]
    assert refresh["userIds"] == [f"29:{n}" for n in range(60)]
    assert refresh["action"]["verb"] == "show_card"
    assert refresh["action"]["data"] == {"action": "show_card", "value": "D-1042"}
    assert "refresh" not in dialog(view)["card"]["content"]


def test_a_question_unfolds_before_what_cannot_be_undone() -> None:
    (button,) = next(action_lists(adaptive_cards("story_with_ping")[0]))
    assert button["type"] == "Action.ShowCard"
    assert words_of(button["card"]) == ["Sure?", "Mail of theirs then counts as the customer's."]
    (yes,) = button["card"]["actions"]
    assert (yes["title"], yes["verb"], yes["style"]) == ("Accept", "accept_sender", "destructive")


def test_commands_are_named_as_people_in_teams_write_them() -> None:
    for name in ("help", "digest", "burst"):
        assert "/disputes" not in str(TEAMS[name]())
        assert "@Ombud " in str(TEAMS[name]())


def test_a_prompt_opens_its_dialog_for_whoever_presses_it() -> None:
    (button,) = next(
        action_lists(prompt("Late", "Show", Action.COMMAND, "overdue")["attachments"][0]["content"])
    )
    assert button["data"] == {"action": "command", "value": "overdue", "msteams": {"type": "task/fetch"}}


def test_what_is_found_can_be_chosen_by_a_line_and_is_the_channels_card() -> None:
    view = view_of(CASES["under_review"])
    answer = found([view] * 30)
    assert (answer["type"], answer["attachmentLayout"], len(answer["attachments"])) == ("result", "list", 12)
    preview = answer["attachments"][0]["preview"]["content"]
    assert preview == {"title": "D-1042 · Not delivered · €1,234.50", "text": "Nordwind GmbH · Under review"}
    assert answer["attachments"][0]["content"] == message(view)["attachments"][0]["content"]


def test_whoever_shares_a_case_calls_nobody() -> None:
    view = replace(view_of(CASES["under_review"]), resolver=ANA_ON_TEAMS)
    assert "entities" in message(view)["attachments"][0]["content"]["msteams"]
    shared = found([view])["attachments"][0]["content"]
    assert "entities" not in shared["msteams"]
    assert "<at>" not in str(shared)
    assert "Ana" in str(shared)


def test_the_persons_own_page_is_the_same_in_the_chat_and_in_a_dialog() -> None:
    said = words_of(home(HOME)["attachments"][0]["content"])
    assert said == words_of(home_dialog(HOME)["card"]["content"])
    assert said[0] == "Good to see you, Ana"


def by_id(task: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in parts_of(task["card"]["content"]) if "id" in one}


def test_a_refusal_stands_right_under_its_field() -> None:
    body = TEAMS["form_decide_refused"]()["card"]["content"]["body"]
    place = next(index for index, one in enumerate(body) if one.get("id") == "amount")
    assert body[place]["value"] == "9999"
    assert body[place + 1]["text"] == "⚠️ More than is disputed."
    assert body[place + 1]["color"] == "Attention"


def test_a_refusal_of_a_field_that_is_not_shown_stands_on_top() -> None:
    body = TEAMS["form_decide_refused"]()["card"]["content"]["body"]
    assert body[0]["style"] == "attention"
    assert [one["text"] for one in body[0]["items"]] == [
        "⚠️ Somebody changed the case. Look again.",
        "⚠️ That is past.",
        "⚠️ Too long.",
    ]


def test_a_form_says_which_choice_it_is_drawn_for() -> None:
    submit = form(FORMS["decide_part"], zone=ZONE)["card"]["content"]["actions"][0]
    assert submit["data"]["shown"] == {"verdict": "part_accepted"}
    assert submit["data"]["keep"] == {"case_id": "D-1042"}
    assert form(FORMS["decide"], zone=ZONE)["card"]["content"]["actions"][0]["data"]["shown"] == {
        "verdict": ""
    }


def test_people_are_chosen_by_name_and_known_by_our_id() -> None:
    fields = by_id(TEAMS["form_reassign_people"]())
    assert fields["resolver"]["style"] == "compact"
    assert fields["resolver"]["choices"][0] == {"title": "Ben", "value": "slack:U0BEN"}
    assert fields["resolver"]["isRequired"] is True


def test_many_people_are_found_by_typing() -> None:
    many = tuple(Choice(f"slack:U0{n}", f"Colleague {n}") for n in range(40))
    view = replace(FORMS["reassign"], inputs=(PersonInput(id=Field.RESOLVER, label="Who?", choices=many),))
    field = by_id(good_dialog(form(view, zone=ZONE, values={Field.RESOLVER: "slack:U07"})))["resolver"]
    assert (field["style"], field["value"], len(field["choices"])) == ("filtered", "slack:U07", 40)


def test_a_moment_is_asked_for_in_the_readers_zone_and_read_back() -> None:
    task = form(FORMS["snooze"], zone="America/New_York", values={Field.UNTIL: "1772528400"})
    fields = by_id(task)
    day, at = fields["until_date"]["value"], fields["until_time"]["value"]
    assert (day, at) == ("2026-03-03", "04:00")
    assert any("America/New York" in said for said in words_of(task["card"]["content"]))
    data = task["card"]["content"]["actions"][0]["data"]
    assert values_of({**data, "until_date": day, "until_time": at}) == {"until": "1772528400"}


def test_a_mail_is_shown_whole_before_it_leaves() -> None:
    letter = "\n".join(f"Line {n} of a long mail that says what it says." for n in range(80))
    view = replace(FORMS["question_preview"], preview=Preview("ap@nordwind.example", "About INV-1", letter))
    said = words_of(good_dialog(form(view, zone=ZONE))["card"]["content"])
    assert [one for one in said if one.startswith("Line ")] == letter.split("\n")
