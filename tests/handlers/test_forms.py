"""The table of forms: each edge opens, redraws, refuses and takes every form."""

from __future__ import annotations

from contextlib import suppress

import pytest

from cards.actions import OPENS_DIALOG, Action
from cards.views import ChoiceInput, FormView
from core.errors import Refused
from handlers.actions import CHANGES, FORMS, LIVE_CHOICES, QUERIES
from tests.bot.teams.harness import fields_of
from tests.handlers.both_edges import Json, SlackForms, TeamsForms
from tests.handlers.harness import ANA, ANA_TEAMS, Harness
from tests.handlers.test_who_may import FORMS as VALUES
from tests.handlers.test_who_may import attempt, ready_for

OPENERS = {opener for form in FORMS.values() for opener in form.openers}
OLD = {Action.AWAIT_CUSTOMER}
"""Drawn by older versions only; what opens it opens the form that took its place."""
WITH_PREVIEW = {Action.QUESTION, Action.REPLY}
"""Comes back once, with the mail that it sends."""
LIVE = sorted(action for action, form in FORMS.items() if form.live)


def forms_shown(harness: Harness) -> list[FormView]:
    """Every form that anything brings up which can be pressed, chosen, typed or sent."""
    shown = [harness.type(ANA, "new").form]
    for action in sorted({*QUERIES, *CHANGES}):
        with suppress(Refused):
            shown.append(attempt(harness, action, ANA, ready_for(harness, action)).form)
    return [form for form in shown if form is not None]


def test_every_form_that_is_shown_is_in_the_table_with_its_live_choice(harness: Harness) -> None:
    shown = forms_shown(harness)
    assert {form.submits for form in shown} == {*FORMS} - OLD
    for form in shown:
        choices = [one for one in form.inputs if isinstance(one, ChoiceInput) and one.on_choose]
        live = FORMS[form.submits].live
        assert [(one.id, one.on_choose) for one in choices] == ([(live.field, live.action)] if live else [])


def test_names_say_what_opens_and_what_redraws_a_form() -> None:
    assert {action for action in Action if action.name.startswith("ASK_")} <= OPENERS
    assert {action for action in Action if action.name.startswith("CHOOSE_")} == {*LIVE_CHOICES}


def test_whatever_opens_a_form_opens_a_dialog_where_platforms_must_be_told() -> None:
    assert OPENERS <= OPENS_DIALOG
    assert OPENS_DIALOG.isdisjoint(LIVE_CHOICES)


@pytest.mark.parametrize("action", sorted({*FORMS} - OLD))
async def test_slack_opens_refuses_and_takes_every_form(harness: Harness, action: Action) -> None:
    case_id = ready_for(harness, action)
    slack = SlackForms(harness.store, ANA, harness.now)
    form = await slack.open(_opener(action), case_id)
    assert form["callback_id"] == action
    assert (await slack.send(form, {}))["response_action"] == "errors"
    accepted = await slack.send(form, dict(VALUES[action]))
    if action in WITH_PREVIEW:
        accepted = await slack.send(accepted["view"] | {"id": "V1"}, dict(VALUES[action]))
    assert accepted == {} or "is raised" in str(accepted)


@pytest.mark.parametrize("action", sorted({*FORMS} - OLD))
async def test_teams_opens_refuses_and_takes_every_form(teams_harness: Harness, action: Action) -> None:
    case_id = ready_for(teams_harness, action)
    teams = TeamsForms(teams_harness.store, ANA_TEAMS, teams_harness.now)
    form = await teams.open(_opener(action), case_id)
    assert form["actions"][0]["data"]["action"] == action
    refused = await teams.send(form, dict.fromkeys(fields_of(form), ""))
    assert refused is not None
    assert refused["actions"][0]["data"]["action"] == action
    values = dict(VALUES[action])
    if action is Action.REASSIGN:
        values = {"resolver": "slack:UBEN"}  # Teams has no picker of people, so it sends our ids
    taken = await teams.send(refused, values)
    if action in WITH_PREVIEW:
        assert taken is not None
        taken = await teams.send(taken, values)
    assert taken is None or "is raised" in str(taken)


@pytest.mark.parametrize("action", LIVE)
async def test_slack_redraws_the_open_form_for_a_live_choice(harness: Harness, action: Action) -> None:
    live = FORMS[action].live
    assert live is not None
    slack = SlackForms(harness.store, ANA, harness.now)
    form = await slack.open(_opener(action), ready_for(harness, action))
    choices = _choices(form, live.field)
    redrawn = [await slack.choose(form, live.action, {live.field: choice}) for choice in choices]
    assert len({tuple(_field_ids(one)) for one in redrawn}) > 1, "no choice changes the fields"


@pytest.mark.parametrize("action", LIVE)
async def test_teams_redraws_a_sent_form_whose_choice_needs_another_field(
    teams_harness: Harness, action: Action
) -> None:
    live = FORMS[action].live
    assert live is not None
    case_id = ready_for(teams_harness, action)
    slack = SlackForms(teams_harness.store, ANA, teams_harness.now)
    choices = _choices(await slack.open(_opener(action), case_id), live.field)
    teams = TeamsForms(teams_harness.store, ANA_TEAMS, teams_harness.now)
    form = await teams.open(_opener(action), case_id)
    redrawn = [await teams.send(form, {live.field: choice}) for choice in reversed(choices)]
    assert any("Your choice needs one more thing." in str(one) for one in redrawn)


def _opener(action: Action) -> Action:
    return next(iter(FORMS[action].openers))


def _field_ids(form: Json) -> list[str]:
    return [block["block_id"] for block in form["blocks"] if block["type"] == "input"]


def _choices(form: Json, name: str) -> list[str]:
    """What a modal offers to choose from under this name."""
    (block,) = (one for one in form["blocks"] if one.get("block_id") == name)
    return [option["value"] for option in block["element"]["options"]]
