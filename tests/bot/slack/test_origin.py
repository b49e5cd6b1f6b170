"""Whose payload it is: compared with our own workspace, organisation and app, for every kind of payload."""

from __future__ import annotations

from typing import Any, cast

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack import origin
from bot.slack.edge import SlackEdge
from bot.slack.origin import COMMAND_KIND, ForeignPayload, OriginCheck, OriginUnknown
from cards.actions import Action
from core.slack_guests import Workspace
from core.slack_installation import Installation
from handlers.actions import CHANGES, QUERIES
from handlers.types import Click, Reply
from scheduler.clock import Clock
from store.engine import Store
from tests.bot.slack.origins import own_origin, post_nowhere

Json = dict[str, Any]
OURS = Installation(Workspace("T0OURS"), "A0OURS")
GRID = Installation(Workspace("T0OURS", "E0OURS"), "A0OURS")
ORGANISATION = Installation(Workspace(None, "E0OURS"), "A0OURS")
"""Installed for the whole organisation."""
INTERACTIONS = ("block_actions", "view_submission", "message_action")
AUTHORIZED = {"team_id": "T0OURS", "enterprise_id": None, "is_enterprise_install": False}


def interaction(**changes: Any) -> Json:
    user = {"id": "U0ANA", "team_id": "T0OURS"}
    return {"api_app_id": "A0OURS", "team": {"id": "T0OURS"}, "enterprise": None, "user": user, **changes}


def command(**changes: Any) -> Json:
    return {"api_app_id": "A0OURS", "team_id": "T0OURS", "user_id": "U0ANA", **changes}


def event(told: Json | None = None, **changes: Any) -> Json:
    happened = {"type": "app_mention", "user": "U0ANA", **(told or {})}
    body = {"type": "event_callback", "api_app_id": "A0OURS", "team_id": "T0OURS", "event": happened}
    return {**body, "authorizations": [AUTHORIZED], "is_ext_shared_channel": False, **changes}


def of(team: str | None, **more: Any) -> Json:
    return {"authorizations": [{**AUTHORIZED, "team_id": team, **more}]}


async def verdict(kind: str, body: Json, ours: Installation = OURS, *colleagues: str) -> str:
    """`ours`, or what of it is foreign."""
    try:
        await own_origin(ours, frozenset(colleagues)).check(kind, body)
    except ForeignPayload as what:
        return str(what)
    return "ours"


@pytest.mark.parametrize("kind", INTERACTIONS)
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "ours"),
        ({"api_app_id": "A0THEIRS"}, "app"),
        ({"api_app_id": 17}, "app"),
        ({"team": {"id": "T0THEIRS"}}, "workspace"),
        ({"team": None}, "workspace"),
        ({"team": "T0OURS"}, "workspace"),
        ({"team": []}, "workspace"),
        ({"team": None, "enterprise": {"id": "E0THEIRS"}, "is_enterprise_install": True}, "workspace"),
        ({"view": {"app_installed_team_id": "T0THEIRS"}}, "workspace"),
        ({"view": {"app_installed_team_id": "T0OURS"}}, "ours"),
        ({"user": {"id": "U0ANA", "team_id": "T0THEIRS"}}, "person"),
        ({"user": {"id": "U0ANA", "team_id": "E0THEIRS"}}, "person"),
        ({"user": {"id": "U0ANA"}}, "person"),
        ({"user": "U0ANA"}, "person"),
        ({"user": None}, "person"),
        ({"user": {"team_id": "T0OURS"}}, "person"),
    ],
)
async def test_an_interaction_is_ours_by_app_workspace_and_person(
    kind: str, changes: Json, expected: str
) -> None:
    assert await verdict(kind, interaction(**changes)) == expected


@pytest.mark.parametrize("kind", ["block_actions", "view_submission"])
async def test_an_interaction_that_names_no_app_is_not_ours(kind: str) -> None:
    assert await verdict(kind, interaction(api_app_id=None)) == "app"


async def test_an_entry_of_a_messages_menu_comes_without_the_apps_id() -> None:
    assert await verdict("message_action", interaction(api_app_id=None)) == "ours"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "ours"),
        ({"api_app_id": "A0THEIRS"}, "app"),
        ({"api_app_id": None}, "app"),
        ({"team_id": "T0THEIRS"}, "workspace"),
        ({"team_id": None}, "workspace"),
        ({"team_id": "T0THEIRS", "enterprise_id": "E0THEIRS"}, "workspace"),
    ],
)
async def test_a_command_is_ours_by_app_and_workspace(changes: Json, expected: str) -> None:
    assert await verdict(COMMAND_KIND, command(**changes)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "ours"),
        ({"api_app_id": "A0THEIRS"}, "app"),
        ({"api_app_id": None}, "app"),
        (of("T0THEIRS"), "workspace"),
        (of(None), "workspace"),
        (of(None, enterprise_id="E0THEIRS", is_enterprise_install=True), "workspace"),
        ({"authorizations": [AUTHORIZED, {**AUTHORIZED, "team_id": "T0THEIRS"}]}, "workspace"),
        ({"authorizations": ["T0OURS"]}, "workspace"),
        ({"authorizations": []}, "ours"),
        ({"authorizations": None}, "ours"),
        ({"authorizations": [], "team_id": "T0THEIRS"}, "workspace"),
        ({"team_id": "T0THEIRS"}, "ours"),
        ({"team_id": "T0THEIRS", "context_team_id": "T0OURS"}, "ours"),
        ({"context_team_id": "T0THEIRS"}, "workspace"),
        ({"event": None}, "ours"),
    ],
)
async def test_an_event_is_ours_by_whom_it_is_for_and_not_by_where_it_happened(
    changes: Json, expected: str
) -> None:
    assert await verdict("event_callback", event(**changes)) == expected


@pytest.mark.parametrize("kind", ["app_mention", "link_shared", "app_home_opened"])
@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"user_team": "T0OURS", "team": "T0OURS"}, "ours"),
        ({"user_team": "T0THEIRS"}, "person"),
        ({"source_team": "T0THEIRS", "team": "T0OURS"}, "person"),
        ({"team": "T0THEIRS"}, "person"),
        ({"team": "E0THEIRS"}, "person"),
        ({}, "person"),
    ],
)
async def test_in_a_shared_channel_only_our_own_people_ask_for_anything(
    kind: str, told: Json, expected: str
) -> None:
    body = event({"type": kind, **told}, is_ext_shared_channel=True)
    assert await verdict("event_callback", body) == expected


async def test_where_a_shared_channel_doesnt_say_whose_person_it_is_slack_does() -> None:
    shared = event({"type": "link_shared"}, is_ext_shared_channel=True)
    assert await verdict("event_callback", shared, OURS, "U0ANA") == "ours"
    assert await verdict("event_callback", event({"type": "link_shared"})) == "ours"
    assert await verdict("message_action", interaction(user={"id": "U0ANA"}), OURS, "U0ANA") == "ours"


@pytest.mark.parametrize("kind", ["user_change", "member_joined_channel", "member_left_channel"])
async def test_reports_of_other_companies_people_are_let_in_to_our_own_installation(kind: str) -> None:
    told = {"type": kind, "user": {"id": "U0ANA", "team_id": "T0THEIRS"}, "team": "T0THEIRS"}
    assert await verdict("event_callback", event(told)) == "ours"
    assert await verdict("event_callback", event(told, **of("T0THEIRS"))) == "workspace"


@pytest.mark.parametrize("ours", [GRID, ORGANISATION])
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"team": {"id": "T0NEXT"}, "enterprise": {"id": "E0OURS"}}, "ours"),
        ({"team": {"id": "T0NEXT", "enterprise_id": "E0OURS"}}, "ours"),
        ({"team": None, "enterprise": {"id": "E0OURS"}, "is_enterprise_install": True}, "ours"),
        ({"team": {"id": "T0NEXT"}}, "workspace"),
        ({"team": {"id": "T0OURS"}, "enterprise": {"id": "E0THEIRS"}}, "workspace"),
    ],
)
async def test_the_workspaces_of_our_organisation_are_ours(
    ours: Installation, changes: Json, expected: str
) -> None:
    body = interaction(user={"id": "U0ANA", "team_id": "E0OURS"}, **changes)
    assert await verdict("block_actions", body, ours) == expected


@pytest.mark.parametrize("ours", [GRID, ORGANISATION])
async def test_events_for_the_whole_organisation_name_no_workspace(ours: Installation) -> None:
    whole = of(None, enterprise_id="E0OURS", is_enterprise_install=True)
    assert await verdict("event_callback", event(**whole), ours) == "ours"
    theirs = of(None, enterprise_id="E0THEIRS", is_enterprise_install=True)
    assert await verdict("event_callback", event(**theirs), ours) == "workspace"


async def test_in_a_grid_slack_is_asked_about_people_of_workspaces_that_we_dont_know() -> None:
    body = interaction(enterprise={"id": "E0OURS"}, user={"id": "U0ANA", "team_id": "T0NEXT"})
    assert await verdict("block_actions", body, GRID, "U0ANA") == "ours"
    assert await verdict("block_actions", body, GRID) == "person"


async def test_slack_is_asked_about_a_person_once_for_many_presses(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def is_colleague(ref: str) -> bool:
        asked.append(ref)
        return True

    monkeypatch.setattr(origin, "MOST_PEOPLE_REMEMBERED", 3)
    check = OriginCheck(_grid, is_colleague)
    for ref in ("U1", "U1", "U2", "U3", "U1", "U4", "U1"):
        body = interaction(enterprise={"id": "E0OURS"}, user={"id": ref, "team_id": "T0NEXT"})
        await check.check("block_actions", body)
    assert asked == ["U1", "U2", "U3", "U4", "U1"]


async def test_while_slack_doesnt_answer_nothing_is_taken_for_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> Any:
        raise RuntimeError("xoxb-secret")

    with pytest.raises(OriginUnknown, match=r"^RuntimeError$"):
        await OriginCheck(fail, fail).check("block_actions", interaction())
    doubtful = interaction(user={"id": "U0ANA"})
    with pytest.raises(OriginUnknown):
        await OriginCheck(_grid, fail).check("block_actions", doubtful)


FOREIGN: tuple[Json, ...] = (
    {"api_app_id": "A0THEIRS"},
    {"team": {"id": "T0THEIRS"}},
    {"user": {"id": "U0ANA", "team_id": "T0THEIRS"}},
)


@pytest.mark.parametrize("action", sorted({*CHANGES, *QUERIES}))
async def test_no_action_is_even_looked_up_for_a_foreign_press_or_form(
    action: Action, monkeypatch: pytest.MonkeyPatch
) -> None:
    clicks: list[Action] = []

    async def reply_to_click(_store: object, click: Click) -> Reply:
        clicks.append(click.action)
        return Reply()

    monkeypatch.setattr("bot.slack.edge.reply_to_click", reply_to_click)
    client = AsyncWebClient("xoxb-test")
    edge = SlackEdge(cast(Store, None), Clock(), client, origin=own_origin(), post_response=post_nowhere)
    press = {"type": "block_actions", "actions": [{"action_id": action.value, "value": "D-1001"}]}
    form = {"type": "view_submission", "view": {"id": "V1", "callback_id": action.value, "blocks": []}}
    for body in (press, form):
        for foreign in FOREIGN:
            assert await edge.acknowledge(interaction(**{**body, **foreign})) == {}
    await edge.close()
    assert clicks == []
    await edge.acknowledge(interaction(**form))
    await edge.close()
    assert clicks == [action]


async def _grid() -> Installation:
    return GRID
