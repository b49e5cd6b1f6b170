"""What do we keep of what Teams tells about conversations and members?"""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.effects import Effect, person_address
from handlers.follow_teams import follow_activity, would_change
from handlers.teams_activity import conversation_ref
from store.outbox.repository import AttemptResult, Parked
from store.people.teams_conversations import CHANNEL, GROUP, PERSONAL, Conversation
from store.transaction import Transaction
from tests.builders import MONDAY_9AM
from tests.handlers.harness import LOGISTICS_TEAMS, Harness, add_teams_people

BOT = {"id": "28:app", "name": "Ombud"}
ANA = {"id": "29:ana", "aadObjectId": "0a-na", "name": "Ana"}
GENERAL, SECOND = "19:general@thread.tacv2", "19:second@thread.tacv2"
IN_TEAM = {"tenant": {"id": "t1"}, "team": {"id": GENERAL}}


def an_activity(
    kind: str = "message", ref: str = GENERAL, minutes: float = 0, **changes: Any
) -> dict[str, Any]:
    activity: dict[str, Any] = {
        "type": kind,
        "id": "1",
        "timestamp": (MONDAY_9AM + timedelta(minutes=minutes)).isoformat().replace("+00:00", ".1234567Z"),
        "serviceUrl": "https://smba.example/emea/",
        "channelId": "msteams",
        "from": ANA,
        "recipient": BOT,
        "conversation": {"id": ref, "conversationType": "channel", "tenantId": "t1"},
        "channelData": IN_TEAM,
    }
    return deepcopy(activity | changes)


def in_chat(kind: str = "message", minutes: float = 0, **changes: Any) -> dict[str, Any]:
    chat = {"id": "a:chat", "conversationType": "personal", "tenantId": "t1"}
    data = {"tenant": {"id": "t1"}}
    return an_activity(kind, minutes=minutes, **{"conversation": chat, "channelData": data, **changes})


def follow(harness: Harness, *activities: dict[str, Any]) -> list[bool]:
    return [harness.store.run_blocking(follow_activity, one, MONDAY_9AM) for one in activities]


def kept(harness: Harness, ref: str = GENERAL) -> Conversation:
    found = harness.store.read_blocking(lambda tx: tx.conversations.find(ref))
    assert found is not None
    return found


def is_worth_writing(harness: Harness, activity: dict[str, Any]) -> bool:
    return harness.store.read_blocking(would_change, activity, MONDAY_9AM)


def members(harness: Harness, channel: str) -> list[str]:
    return harness.store.read_blocking(lambda tx: tx.people.list_members(channel))


def test_whoever_writes_privately_can_be_written_to_from_then_on(harness: Harness) -> None:
    follow(harness, in_chat())
    chat = harness.store.read_blocking(lambda tx: tx.conversations.find_personal("0a-na"))
    assert chat is not None
    assert (chat.ref, chat.kind, chat.service_url) == ("a:chat", PERSONAL, "https://smba.example/emea/")
    assert chat.reference["user"] == ANA
    assert chat.reference["bot"] == BOT
    assert chat.reference["channelData"] == {"tenant": {"id": "t1"}}


def test_a_threads_root_is_no_part_of_the_channel(harness: Harness) -> None:
    thread = an_activity(ref=f"{SECOND};messageid=17")
    assert conversation_ref(thread) == SECOND
    follow(harness, thread)
    channel = kept(harness, SECOND)
    assert (channel.kind, channel.team_ref, channel.person_ref) == (CHANNEL, GENERAL, None)
    assert channel.reference["conversation"]["id"] == SECOND
    assert "user" not in channel.reference


def test_what_tells_nothing_new_is_not_worth_a_write(harness: Harness) -> None:
    assert is_worth_writing(harness, an_activity())
    follow(harness, an_activity())
    assert not is_worth_writing(harness, an_activity(ref=f"{GENERAL};messageid=9", minutes=3, id="2"))
    assert is_worth_writing(harness, an_activity(serviceUrl="https://smba.example/amer/"))
    before = kept(harness)
    follow(harness, an_activity(minutes=5))
    assert kept(harness).changed_at == before.changed_at


def test_what_a_team_is_called_outlives_messages_that_leave_it_out(harness: Harness) -> None:
    named = {
        **IN_TEAM,
        "eventType": "teamRenamed",
        "team": {"id": GENERAL, "name": "Finance", "aadGroupId": "g"},
    }
    follow(harness, an_activity("conversationUpdate", channelData=named), an_activity(minutes=1))
    assert kept(harness).reference["channelData"]["team"] == named["team"]
    assert not is_worth_writing(harness, an_activity(minutes=2))


def test_two_peoples_own_chat_is_never_taken_for_the_bots(harness: Harness) -> None:
    theirs = {"id": "19:a_b@unq.gbl.spaces", "conversationType": "personal"}
    follow(harness, in_chat(conversation=theirs, type="message"))
    assert kept(harness, theirs["id"]).kind == GROUP
    assert harness.store.read_blocking(lambda tx: tx.conversations.find_personal("0a-na")) is None


def test_a_search_from_somewhere_says_nothing_of_where_the_bot_is(harness: Harness) -> None:
    query = an_activity("invoke", ref="19:party@thread.v2", name="composeExtension/query", channelData={})
    assert not is_worth_writing(harness, query)
    follow(harness, query)
    assert harness.store.read_blocking(lambda tx: tx.conversations.list()) == []


def test_the_bot_leaves_a_chat_and_comes_back(harness: Harness) -> None:
    follow(harness, in_chat("installationUpdate", action="add"))
    follow(harness, in_chat("installationUpdate", 2, action="remove"))
    assert kept(harness, "a:chat").is_removed
    assert not is_worth_writing(harness, in_chat(minutes=1))
    follow(harness, in_chat(minutes=1), in_chat("installationUpdate", 0, action="add"))
    assert kept(harness, "a:chat").is_removed
    follow(harness, in_chat(minutes=3))
    assert not kept(harness, "a:chat").is_removed


def test_a_removal_that_comes_late_undoes_no_later_installation(harness: Harness) -> None:
    follow(harness, in_chat(), in_chat("installationUpdate", 5, action="add"))
    follow(harness, in_chat("installationUpdate", 4, action="remove"))
    assert not kept(harness, "a:chat").is_removed


def test_a_removal_heard_first_outlives_the_installation_before_it(harness: Harness) -> None:
    follow(
        harness,
        in_chat("installationUpdate", 4, action="remove"),
        in_chat("installationUpdate", action="add"),
    )
    assert kept(harness, "a:chat").is_removed


@pytest.mark.parametrize(
    "told",
    [
        {"type": "installationUpdate", "action": "remove"},
        {"type": "conversationUpdate", "membersRemoved": [BOT]},
        {"type": "conversationUpdate", "channelData": {**IN_TEAM, "eventType": "teamDeleted"}},
    ],
)
def test_a_team_without_the_bot_is_left_in_all_its_channels(harness: Harness, told: dict[str, Any]) -> None:
    follow(harness, an_activity(), an_activity(ref=SECOND), in_chat())
    for _ in range(2):
        assert follow(harness, an_activity(minutes=1) | told) == [False]
    assert [one.ref for one in harness.store.read_blocking(lambda tx: tx.conversations.list())] == ["a:chat"]


def test_a_deleted_channel_is_left_and_nobody_works_in_it_any_more(harness: Harness) -> None:
    follow(harness, an_activity(), an_activity(ref=SECOND))
    harness.store.run_blocking(lambda tx: tx.people.set_members(SECOND, ["0a-na"]))
    deleted = {**IN_TEAM, "eventType": "channelDeleted", "channel": {"id": SECOND, "name": "Disputes"}}
    follow(harness, an_activity("conversationUpdate", minutes=1, channelData=deleted))
    assert (kept(harness).is_removed, kept(harness, SECOND).is_removed) == (False, True)
    assert members(harness, SECOND) == []


def test_newcomers_are_for_the_roster_to_tell_and_may_be_guests(teams_harness: Harness) -> None:
    joined = {**IN_TEAM, "eventType": "teamMemberAdded"}
    told = an_activity("conversationUpdate", channelData=joined, membersAdded=[{"aadObjectId": "0f-resh"}])
    assert follow(teams_harness, told) == [True]
    assert "0f-resh" not in members(teams_harness, SECOND)


def test_whoever_leaves_the_team_is_out_of_its_channels_at_once_and_of_no_other(
    teams_harness: Harness,
) -> None:
    follow(teams_harness, an_activity(ref=SECOND))
    elsewhere = LOGISTICS_TEAMS
    follow(teams_harness, an_activity(ref=elsewhere, channelData={"team": {"id": "19:another@thread.tacv2"}}))
    for channel in (SECOND, elsewhere):
        for ref in ("0b-en", "0a-na"):
            teams_harness.store.run_blocking(lambda tx, to, ref: tx.people.add_member(to, ref), channel, ref)
    left = {**IN_TEAM, "eventType": "teamMemberRemoved"}
    told = an_activity(
        "conversationUpdate", channelData=left, membersRemoved=[{"aadObjectId": "0A-na"}, {}, 7]
    )
    assert follow(teams_harness, told, told) == [True, True]
    assert "0b-en" in members(teams_harness, SECOND)
    assert "0a-na" not in members(teams_harness, SECOND)
    assert members(teams_harness, elsewhere) == ["0a-na", "0b-en"]


def test_a_person_we_know_is_called_what_teams_calls_them_now(harness: Harness) -> None:
    harness.store.run_blocking(lambda tx: tx.people.find_or_add("teams", "0a-na", "Ana"))
    renamed = in_chat() | {"from": {**ANA, "name": "Ana Ruiz"}}
    follow(harness, in_chat())
    assert is_worth_writing(harness, renamed)
    follow(harness, renamed)
    ana = harness.store.read_blocking(lambda tx: tx.people.find_by_ref("teams", "0a-na"))
    assert ana is not None
    assert (ana.name, ana.teams_mri) == ("Ana Ruiz", "29:ana")
    assert not is_worth_writing(harness, renamed)


def test_strangers_are_not_kept_for_having_said_something(harness: Harness) -> None:
    follow(harness, in_chat())
    assert harness.store.read_blocking(lambda tx: tx.people.find_by_ref("teams", "0a-na")) is None


odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["id", "team", "channel", "aadObjectId", "eventType"]), inner, max_size=3
        )
    ),
    max_leaves=5,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    st.sampled_from(["message", "conversationUpdate", "installationUpdate", "invoke", ""]),
    st.dictionaries(
        st.sampled_from([*an_activity(), "action", "membersAdded", "membersRemoved", "name"]), odd, max_size=6
    ),
)
def test_nothing_that_an_activity_holds_breaks_us(
    teams_harness: Harness, kind: str, changes: dict[str, Any]
) -> None:
    activity = an_activity(kind) | changes
    follow(teams_harness, activity, activity)
    assert (
        not teams_harness.store.read_blocking(would_change, activity, MONDAY_9AM)
        or activity["type"] != "message"
    )


def parked_for(harness: Harness, *handles: str) -> list[str]:
    """Park something for each name; returns the addresses."""

    def park(tx: Transaction) -> None:
        for handle in handles:
            address = person_address(handle)
            tx.outbox.add(key=address, address=address, effect=Effect.REMIND_RESOLVER, due_at=MONDAY_9AM)
            (row,) = tx.outbox.lease_rows(
                address, holder="x", now=MONDAY_9AM, lease=timedelta(minutes=1), limit=1
            )
            result = AttemptResult(row.id, Parked("The person has removed the app."))
            tx.outbox.save_results(address, holder="x", results=[result])

    harness.store.run_blocking(park)
    return lanes(harness)


def lanes(harness: Harness) -> list[str]:
    return harness.store.read_blocking(lambda tx: tx.outbox.list_parked_lanes("person:"))


@pytest.mark.parametrize("is_bot_added", [False, True])
def test_who_installs_the_app_again_gets_what_was_parked_under_any_of_their_names(
    harness: Harness, is_bot_added: bool
) -> None:
    harness.store.run_blocking(add_teams_people)
    follow(harness, in_chat(), in_chat("installationUpdate", 1, action="remove"))
    hers = ("slack:UANA", "teams:0a-na", "ANA@example.com", "0A-NA", "UANA")
    assert len(parked_for(harness, *hers, "slack:UBEN", "ben@example.com", "nobody@example.com")) == 8
    again = {"membersAdded": [BOT]} if is_bot_added else {"action": "add"}
    kind = "conversationUpdate" if is_bot_added else "installationUpdate"
    follow(harness, an_activity(minutes=2), in_chat(kind, 0.5, **again))
    assert len(lanes(harness)) == 8
    follow(harness, in_chat(kind, 2, **again))
    assert lanes(harness) == ["person:ben@example.com", "person:nobody@example.com", "person:slack:UBEN"]
