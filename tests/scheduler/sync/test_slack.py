"""Tests of the sync of Slack: channels, their members and their changes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from connectors.slack.people import SlackPerson
from core.permissions import Role, role_in
from core.person import Person
from sandbox.slack.web_api import people as methods_people
from scheduler.deliver.addresses import save_person
from scheduler.rate_limits import RateLimiter
from scheduler.sync import slack as sync_module
from scheduler.sync.slack import MOST_READ_SINGLY, sync_slack_people
from store.queue_members import is_member
from store.transaction import Transaction
from tests.connectors.sandbox_slack import Slack
from tests.scheduler.harness import BILLING, DANA, Harness

ADDRESS = "slack:#billing-disputes"


async def person(harness: Harness, ref: str) -> Person | None:
    return await harness.store.read(lambda tx: tx.people.find_by_ref("slack", ref))


async def problem(harness: Harness, name: str = "#billing-disputes") -> str | None:
    channel = await harness.store.read(lambda tx: tx.channels.find(name))
    assert channel is not None
    return channel.problem


async def test_channels_members_and_the_policys_people_become_known(harness: Harness) -> None:
    await sync_slack_people(harness.services)
    assert await harness.store.read(lambda tx: tx.channels.find_ref("#billing-disputes")) == BILLING
    assert await harness.store.read(lambda tx: tx.people.is_member("U0ANA", BILLING))
    ana = await person(harness, "U0ANA")
    assert ana is not None
    assert (ana.name, ana.zone) == ("Ana Ruiz", "Europe/Madrid")
    manager = await harness.store.read(lambda tx: tx.people.find_by_handle(DANA))
    assert manager is not None
    assert manager.slack_ref == "U0DANA"


async def test_bots_are_nobodys_colleagues(harness: Harness) -> None:
    await sync_slack_people(harness.services)
    assert await person(harness, "U0OMBUD") is None


async def test_whoever_left_the_channel_is_no_member_and_who_was_deactivated_is_known_so(
    harness: Harness, slack: Slack
) -> None:
    await sync_slack_people(harness.services)
    await slack.do("remove_member", channel=BILLING, user="U0ANA")
    await slack.do("deactivate_user", user="U0ANA")
    await sync_slack_people(harness.services)
    assert not await harness.store.read(lambda tx: tx.people.is_member("U0ANA", BILLING))
    ana = await person(harness, "U0ANA")
    assert ana is not None
    assert not ana.is_active


async def test_a_guest_of_the_workspace_has_no_role_even_where_the_policy_names_them(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sync_slack_people(harness.services)
    as_it_is = methods_people.describe
    monkeypatch.setattr(methods_people, "describe", lambda *args: {**as_it_is(*args), "is_restricted": True})
    await sync_slack_people(harness.services)
    with capture_logs() as logs:
        await sync_slack_people(harness.services)
    queue = harness.services.policy.queue("billing")
    for ref in ("U0ANA", "U0DANA"):
        guest = await person(harness, ref)
        assert guest is not None
        assert role_in(guest, queue, is_member=True) == Role(is_manager=False, is_resolver=False)
        assert not await harness.store.read(is_member, guest, queue)
    assert DANA in [one["person"] for one in logs if one["event"] == "person of the policy"]


@pytest.mark.parametrize(
    ("verb", "said"), [("archive_channel", "archived"), ("remove_member", "/invite @Ombud")]
)
async def test_a_channel_that_cannot_be_posted_to_is_noted_with_the_remedy(
    harness: Harness, slack: Slack, verb: str, said: str
) -> None:
    await sync_slack_people(harness.services)
    await slack.do(verb, channel=BILLING)
    await sync_slack_people(harness.services)
    assert said in str(await problem(harness))


async def test_a_channel_that_is_not_there_is_noted(harness: Harness, slack: Slack) -> None:
    del slack.world.slack.workspace.channels[BILLING]
    await sync_slack_people(harness.services)
    assert "policy.yaml" in str(await problem(harness))


async def test_a_mended_channel_gets_what_was_parked_by_itself(harness: Harness, slack: Slack) -> None:
    await slack.do("archive_channel", channel=BILLING)
    await harness.raise_many(3)
    await harness.deliver_all()
    assert "archived" in str(await problem(harness))
    await sync_slack_people(harness.services)
    assert len(await harness.parked()) == 3

    await slack.do("unarchive_channel", channel=BILLING)
    await sync_slack_people(harness.services)
    await harness.deliver_all()
    assert await problem(harness) is None
    assert len(harness.cards(BILLING)) == 3


async def test_a_renamed_channel_stays_the_same_one(harness: Harness, slack: Slack) -> None:
    await sync_slack_people(harness.services)
    slack.world.slack.workspace.channels[BILLING].name = "billing"
    await sync_slack_people(harness.services)
    assert await problem(harness) is None
    await harness.raise_one()
    await harness.deliver_all()
    assert len(harness.cards(BILLING)) == 1


async def test_a_crowd_is_read_from_the_whole_list(harness: Harness, slack: Slack) -> None:
    crowd = [f"U0X{number}" for number in range(MOST_READ_SINGLY)]
    slack.world.slack.workspace.channels[BILLING].members.extend(crowd)
    await sync_slack_people(harness.services)
    assert slack.calls("users.list")
    assert {one["args"]["user"] for one in slack.calls("users.info")} <= set(crowd)
    assert await person(harness, "U0ANA") is not None


@pytest.mark.parametrize("crowd", [0, MOST_READ_SINGLY])
async def test_somebody_of_another_company_in_a_shared_channel_is_never_its_member(
    harness: Harness, slack: Slack, monkeypatch: pytest.MonkeyPatch, crowd: int
) -> None:
    as_it_is = methods_people.describe
    channel = slack.world.slack.workspace.channels[BILLING].members
    channel.extend(f"U0X{number}" for number in range(crowd))
    foreign = {"team_id": "T0THEIRS", "id": "U0A0THEIRS"}
    theirs = {"U0A0THEIRS": lambda: {**as_it_is(slack.world, "U0ANA"), **foreign}}
    channel.append("U0A0THEIRS")
    monkeypatch.setattr(
        methods_people, "describe", lambda world, ref: theirs.get(ref, lambda: as_it_is(world, ref))()
    )
    inside: list[bool] = []

    def look(tx: Transaction, kept: SlackPerson) -> Person:
        inside.append(tx.people.is_member("U0A0THEIRS", BILLING))
        return save_person(tx, kept)

    monkeypatch.setattr(sync_module, "save_person", look)
    for _ in range(2):
        await sync_slack_people(harness.services)
        inside.append(await harness.store.read(lambda tx: tx.people.is_member("U0A0THEIRS", BILLING)))
    assert not any(inside)
    untold = await harness.store.read(lambda tx: tx.people.is_member("U0X0", BILLING))
    assert not untold
    assert await harness.store.read(lambda tx: tx.people.is_member("U0ANA", BILLING))
    guest = await person(harness, "U0A0THEIRS")
    assert guest is not None
    assert (guest.is_active, guest.email) == (False, None)


async def test_every_page_of_a_list_waits_for_its_own_place(
    harness: Harness, slack: Slack, monkeypatch: pytest.MonkeyPatch
) -> None:
    places: list[str] = []

    async def note(_: RateLimiter, method: str) -> None:
        places.append(method)

    monkeypatch.setattr(RateLimiter, "wait_for_lookup", note)
    slack.world.slack.workspace.channels[BILLING].members.extend(f"U0X{number}" for number in range(450))
    await sync_slack_people(harness.services)
    for method in ("conversations.members", "conversations.list", "users.list"):
        assert places.count(method) == len(slack.calls(method))
    assert places.count("conversations.members") > 3


async def test_when_slack_is_away_everything_stays_as_it_was(harness: Harness, slack: Slack) -> None:
    await sync_slack_people(harness.services)
    await slack.do("revoke_token")
    await sync_slack_people(harness.services)
    assert await problem(harness) is None
    assert await person(harness, "U0ANA") is not None


async def test_without_slack_there_is_nothing_to_do(harness: Harness) -> None:
    await sync_slack_people(replace(harness.services, people=None, posts=None))
