"""Tests of people and channels in Slack."""

from __future__ import annotations

from typing import Any

import pytest
from structlog.testing import capture_logs

from connectors.errors import GiveUp
from connectors.slack.api import SlackApi
from connectors.slack.people import SlackPeople
from sandbox.slack.web_api import dispatch as slack_api
from sandbox.slack.web_api import people as methods_people
from tests.connectors.sandbox_slack import Slack


@pytest.fixture
def people(api: SlackApi) -> SlackPeople:
    return SlackPeople(api)


async def test_a_person_is_found_by_id_and_by_address(people: SlackPeople) -> None:
    ana = await people.get_person("U0ANA")
    assert (ana.name, ana.zone, ana.is_active) == ("Ana Ruiz", "Europe/Madrid", True)
    assert ana.email is not None
    assert await people.find_by_email(ana.email) == ana
    assert await people.find_by_email("nobody@brightwater.example") is None


async def test_who_was_deactivated_is_shown_so(slack: Slack, people: SlackPeople) -> None:
    await slack.do("deactivate_user", user="U0ANA")
    assert not (await people.get_person("U0ANA")).is_active


@pytest.mark.parametrize("sign", ["is_restricted", "is_ultra_restricted"])
async def test_a_guest_is_somebody_without_an_address_and_without_a_role(
    slack: Slack, people: SlackPeople, monkeypatch: pytest.MonkeyPatch, sign: str
) -> None:
    as_it_is = methods_people.describe
    monkeypatch.setattr(methods_people, "describe", lambda *args: {**as_it_is(*args), sign: True})
    guest = await people.get_person("U0ANA")
    assert (guest.name, guest.is_active, guest.email) == ("Ana Ruiz", False, None)


@pytest.mark.parametrize(
    "told",
    [
        {"team_id": "T0THEIRS"},
        {"team_id": "T0THEIRS", "is_stranger": True},
        {"team_id": None, "enterprise_user": {"enterprise_id": "E0THEIRS", "teams": ["T0THEIRS"]}},
    ],
)
async def test_people_of_another_companys_workspace_are_guests_whatever_address_they_have_there(
    people: SlackPeople, monkeypatch: pytest.MonkeyPatch, told: dict[str, Any]
) -> None:
    as_it_is = methods_people.describe
    monkeypatch.setattr(methods_people, "describe", lambda *args: {**as_it_is(*args), **told})
    guest = await people.get_person("U0ANA")
    assert (guest.name, guest.is_active, guest.email) == ("Ana Ruiz", False, None)
    assert await people.find_by_email("ana.ruiz@brightwater.example") is None
    assert not any([one.is_active async for one in people.list_people()])


async def test_the_other_workspaces_of_the_companys_grid_are_ours(
    slack: Slack, people: SlackPeople, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_it_is, who_we_are = methods_people.describe, methods_people.auth_test
    told = {"team_id": "T0NEXT", "enterprise_user": {"enterprise_id": "E0OURS"}}
    monkeypatch.setattr(methods_people, "describe", lambda *args: {**as_it_is(*args), **told})
    grid = slack_api.Method(lambda *args: {**who_we_are(*args), "enterprise_id": "E0OURS"})
    monkeypatch.setitem(slack_api.METHODS, "auth.test", grid)
    assert (await people.get_person("U0ANA")).is_active
    await people.get_person("U0BEN")
    assert len(slack.calls("auth.test")) == 1


async def test_nobody_can_write_to_who_was_deactivated(slack: Slack, people: SlackPeople) -> None:
    await slack.do("deactivate_user", user="U0ANA")
    with pytest.raises(GiveUp, match="deactivated") as refused:
        await people.open_dm("U0ANA")
    assert refused.value.is_whole_lane


async def test_a_conversation_is_the_same_each_time(people: SlackPeople) -> None:
    assert await people.open_dm("U0ANA") == await people.open_dm("U0ANA") == "D0ANA"


async def test_channels_say_whether_the_bot_may_post(slack: Slack, people: SlackPeople) -> None:
    await slack.do("archive_channel", channel="C0DELIVERY")
    channels = {channel.name: channel async for channel in people.list_channels()}
    assert channels["billing-disputes"].has_bot
    assert channels["delivery-disputes"].is_archived
    assert not channels["general"].has_bot
    assert await people.get_channel("C0BILLING") == channels["billing-disputes"]


async def test_members_come_page_by_page(slack: Slack, people: SlackPeople) -> None:
    crowd = [f"U0X{number}" for number in range(450)]
    slack.world.slack.workspace.channels["C0BILLING"].members.extend(crowd)
    members = await people.list_members("C0BILLING")
    assert members[-450:] == crowd
    assert len(slack.calls("conversations.members")) == 3


async def test_a_list_that_is_cut_short_is_logged(slack: Slack, api: SlackApi) -> None:
    slack.world.slack.workspace.channels["C0BILLING"].members.extend(f"U0X{number}" for number in range(450))
    with capture_logs() as logs:
        method = api.client.conversations_members
        pages = [page async for page in api.pages(method, most=2, channel="C0BILLING")]
    assert len(pages) == 2
    assert [one["event"] for one in logs] == ["list cut short"]


async def test_everybody_is_listed(people: SlackPeople) -> None:
    refs = {person.ref async for person in people.list_people()}
    assert {"U0ANA", "U0BEN"} <= refs
