"""Tests of people in Teams, and of strangers that never become colleagues."""

from __future__ import annotations

import pytest

from connectors.errors import GiveUp, TryAgain
from connectors.teams.api import TeamsApi
from connectors.teams.people import TeamsChannel, TeamsPeople, TeamsPerson
from tests.connectors.fake_teams import APP_ID, BILLING, TEAM, TENANT_ID, TOKEN, FakeTeams, a_member


@pytest.fixture
def people(teams_api: TeamsApi) -> TeamsPeople:
    return TeamsPeople(teams_api)


async def test_members_come_page_by_page_each_page_at_the_rate(
    fake_teams: FakeTeams, people: TeamsPeople
) -> None:
    fake_teams.rosters[BILLING] = [a_member(f"e-{number}") for number in range(10)]
    places = []

    async def place() -> None:
        places.append(fake_teams.count("members"))

    members = await people.list_members(BILLING, place)
    assert [one.ref for one in members] == [f"e-{number}" for number in range(10)]
    assert places == [0, 1, 2, 3]


async def test_a_member_brings_their_name_address_and_both_ids(
    fake_teams: FakeTeams, people: TeamsPeople
) -> None:
    fake_teams.rosters[BILLING] = [a_member("e-ana")]
    ana = TeamsPerson(
        ref="e-ana",
        mri="29:e-ana-before-this-bot",
        name="Ana Ruiz",
        email="ana.ruiz@brightwater.example",
        is_guest=False,
    )
    assert await people.list_members(BILLING) == [ana]
    assert await people.get_member(BILLING, "e-ana") == ana
    assert await people.get_member(BILLING, ana.mri) == ana
    assert await people.get_member(BILLING, "e-nobody") is None


async def test_an_entra_id_is_one_whichever_way_teams_writes_it(
    fake_teams: FakeTeams, people: TeamsPeople
) -> None:
    fake_teams.rosters[BILLING] = [a_member("E-ANA"), a_member("e-ana")]
    assert [one.ref for one in await people.list_members(BILLING)] == ["e-ana"]


async def test_who_shows_no_address_is_known_by_their_sign_in_name(
    fake_teams: FakeTeams, people: TeamsPeople
) -> None:
    fake_teams.rosters[BILLING] = [
        a_member("e-1", email=None, userPrincipalName="ana@brightwater.example"),
        a_member("e-2", email="", userPrincipalName="ana.ruiz"),
    ]
    assert [one.email for one in await people.list_members(BILLING)] == ["ana@brightwater.example", None]


async def test_a_tenant_written_with_a_blank_makes_nobody_a_guest(fake_teams: FakeTeams) -> None:
    async def token() -> str:
        return TOKEN

    async def service_url(_: str) -> str:
        return fake_teams.url

    fake_teams.rosters[BILLING] = [a_member("e-ana")]
    api = TeamsApi(token, service_url, app_id=APP_ID, tenant_id=f" {TENANT_ID.upper()}\n")
    (ana,) = await TeamsPeople(api).list_members(BILLING)
    assert not ana.is_guest
    await api.close()


@pytest.mark.parametrize(
    "sign",
    [
        {"userRole": "guest"},
        {"userRole": "Guest"},
        {"userRole": "anonymous"},
        {"userPrincipalName": "ana_audit.example#EXT#@brightwater.onmicrosoft.com"},
        {"tenantId": "another-tenant"},
    ],
    ids=lambda sign: "".join(sign.values()),
)
async def test_any_one_sign_makes_a_guest_who_never_has_an_address(
    fake_teams: FakeTeams, people: TeamsPeople, sign: dict[str, str]
) -> None:
    fake_teams.rosters[BILLING] = [a_member("e-guest", **sign)]
    (guest,) = await people.list_members(BILLING)
    assert guest.is_guest
    assert guest.email is None


async def test_a_roster_that_is_silent_about_role_and_tenant_tells_of_colleagues(
    fake_teams: FakeTeams, people: TeamsPeople
) -> None:
    fake_teams.rosters[BILLING] = [a_member("e-ana", userRole=None, tenantId=None, aadObjectId=None)]
    (ana,) = await people.list_members(BILLING)
    assert not ana.is_guest


async def test_bots_and_nameless_visitors_are_left_out(fake_teams: FakeTeams, people: TeamsPeople) -> None:
    fake_teams.rosters[BILLING] = [
        a_member("e-bot", id="28:another-bot"),
        a_member("e-visitor", aadObjectId=None, objectId=None),
    ]
    assert await people.list_members(BILLING) == []
    assert await people.get_member(BILLING, "28:another-bot") is None


async def test_a_roster_that_goes_in_circles_is_no_roster(fake_teams: FakeTeams, people: TeamsPeople) -> None:
    for _ in range(3):
        fake_teams.fail_next("members", 200, body={"members": [a_member("e-1")], "continuationToken": "same"})
    with pytest.raises(TryAgain, match="no end"):
        await people.list_members(BILLING)
    assert fake_teams.count("members") == 2


async def test_a_roster_that_shifts_between_pages_names_nobody_twice(
    fake_teams: FakeTeams, people: TeamsPeople
) -> None:
    fake_teams.fail_next(
        "members", 200, body={"members": [a_member("e-1")], "continuationToken": "0+/=&?%20#"}
    )
    fake_teams.rosters[BILLING] = [a_member("e-1"), a_member("e-2")]
    assert [one.ref for one in await people.list_members(BILLING)] == ["e-1", "e-2"]


@pytest.mark.parametrize("body", [{}, {"members": None}, ["?"], "<html>"], ids=str)
async def test_a_roster_of_which_a_page_cannot_be_read_is_no_roster(
    fake_teams: FakeTeams, people: TeamsPeople, body: object
) -> None:
    fake_teams.fail_next(
        "members", 200, body={"members": [a_member("e-1")], "continuationToken": "3+/=&?%20#"}
    )
    fake_teams.fail_next("members", 200, body=body)
    with pytest.raises(TryAgain, match="can't be read"):
        await people.list_members(BILLING)


async def test_who_cannot_be_made_out_in_a_page_is_left_out(
    fake_teams: FakeTeams, people: TeamsPeople
) -> None:
    fake_teams.fail_next("members", 200, body={"members": ["?", None, 3]})
    assert await people.list_members(BILLING) == []


async def test_the_chat_with_a_person_is_the_same_each_time(
    fake_teams: FakeTeams, people: TeamsPeople
) -> None:
    fake_teams.rosters[TEAM] = [a_member("e-ana")]
    assert await people.open_chat("e-ana") == await people.open_chat("e-ana") == "a:chat-with-e-ana"


async def test_a_person_whom_teams_does_not_know_is_refused_with_a_remedy(people: TeamsPeople) -> None:
    with pytest.raises(GiveUp, match="can't open a chat") as refused:
        await people.open_chat("e-nobody")
    assert refused.value.is_whole_lane


async def test_a_person_without_the_app_is_refused_with_a_remedy(
    fake_teams: FakeTeams, people: TeamsPeople
) -> None:
    fake_teams.fail_next("open", 403, "ForbiddenOperationException")
    with pytest.raises(GiveUp, match="isn't installed for this person") as refused:
        await people.open_chat("e-ana")
    assert "Install it" in refused.value.remedy


async def test_the_first_channel_of_a_team_has_a_name_too(people: TeamsPeople) -> None:
    assert await people.list_channels(TEAM) == [
        TeamsChannel(ref=TEAM, name="General"),
        TeamsChannel(ref=BILLING, name="Billing"),
    ]
