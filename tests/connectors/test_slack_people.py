"""Do we learn from Slack who is there and where?"""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from connectors.errors import GiveUp
from connectors.slack_api import SlackApi
from connectors.slack_people import SlackPeople
from sandbox import methods_people
from tests.connectors.slack import Slack


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
    slack.world.workspace.channels["C0BILLING"].members.extend(crowd)
    members = await people.list_members("C0BILLING")
    assert members[-450:] == crowd
    assert len(slack.calls("conversations.members")) == 3


async def test_a_list_that_is_cut_short_is_logged(slack: Slack, api: SlackApi) -> None:
    slack.world.workspace.channels["C0BILLING"].members.extend(f"U0X{number}" for number in range(450))
    with capture_logs() as logs:
        method = api.client.conversations_members
        pages = [page async for page in api.pages(method, most=2, channel="C0BILLING")]
    assert len(pages) == 2
    assert [one["event"] for one in logs] == ["list cut short"]


async def test_everybody_is_listed(people: SlackPeople) -> None:
    refs = {person.ref async for person in people.list_people()}
    assert {"U0ANA", "U0BEN"} <= refs
