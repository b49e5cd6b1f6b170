"""Activities are read as updates of places and people, and what isn't as documented counts as missing."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.teams.activity import conversation_ref, sender_of, time_zone_of, update_of
from handlers.follow_teams import follow_update, would_change
from handlers.teams_update import TeamsSender, TeamsUpdate
from store.engine import Store
from store.people.teams_conversations import CHANNEL, GROUP, PERSONAL, Conversation
from tests.builders import MONDAY_9AM, a_policy
from tests.fixtures.effort import tries

BOT = {"id": "28:app", "name": "Ombud"}
ANA = {"id": "29:ana", "aadObjectId": "0a-na", "name": "Ana"}
GENERAL, SECOND = "19:general@thread.tacv2", "19:second@thread.tacv2"
IN_TEAM = {"tenant": {"id": "t1"}, "team": {"id": GENERAL}}
SERVICE_URL = "https://smba.example/emea/"
NEVER = MONDAY_9AM + timedelta(days=365)
"""What stands for a time that isn't told."""


@pytest.fixture
def any_store(url: str) -> Iterator[Store]:
    store = Store.open(url, a_policy())
    yield store
    store.close_blocking()


def an_activity(kind: str = "message", ref: str = GENERAL, **changes: Any) -> dict[str, Any]:
    activity: dict[str, Any] = {
        "type": kind,
        "id": "1",
        "timestamp": MONDAY_9AM.isoformat().replace("+00:00", ".1234567Z"),
        "serviceUrl": SERVICE_URL,
        "channelId": "msteams",
        "from": ANA,
        "recipient": BOT,
        "conversation": {"id": ref, "conversationType": "channel", "tenantId": "t1"},
        "channelData": IN_TEAM,
    }
    return deepcopy(activity | changes)


def in_chat(kind: str = "message", **changes: Any) -> dict[str, Any]:
    chat = {"id": "a:chat", "conversationType": "personal", "tenantId": "t1"}
    return an_activity(kind, **{"conversation": chat, "channelData": {"tenant": {"id": "t1"}}, **changes})


def read(activity: dict[str, Any]) -> TeamsUpdate:
    return update_of(activity, NEVER)


def conversation(activity: dict[str, Any]) -> Conversation:
    found = read(activity).conversation
    assert found is not None
    return found


def test_a_message_tells_who_wrote_it_and_where() -> None:
    update = read(an_activity(ref=f"{SECOND};messageid=17"))
    assert update.sender == TeamsSender("0a-na", "Ana", "29:ana")
    assert (update.conversation_ref, update.team_ref) == (SECOND, GENERAL)
    assert update.sent_at == MONDAY_9AM.replace(microsecond=123456)
    channel = update.conversation
    assert channel is not None
    assert (channel.ref, channel.kind, channel.service_url) == (SECOND, CHANNEL, SERVICE_URL)
    assert (channel.team_ref, channel.person_ref, channel.changed_at) == (GENERAL, None, update.sent_at)
    assert channel.reference == {
        "channelId": "msteams",
        "serviceUrl": SERVICE_URL,
        "conversation": {"id": SECOND, "conversationType": "channel", "tenantId": "t1"},
        "bot": BOT,
        "channelData": IN_TEAM,
    }


def test_a_chat_with_the_bot_is_its_persons() -> None:
    chat = conversation(in_chat() | {"from": {**ANA, "aadObjectId": "0A-na"}})
    assert (chat.ref, chat.kind, chat.person_ref, chat.team_ref) == ("a:chat", PERSONAL, "0a-na", None)
    assert chat.reference["user"] == {**ANA, "aadObjectId": "0A-na"}
    assert chat.reference["channelData"] == {"tenant": {"id": "t1"}}


@pytest.mark.parametrize(
    ("told", "kind", "is_guessed"),
    [
        ({"conversation": {"id": "19:a_b@unq.gbl.spaces", "conversationType": "personal"}}, GROUP, False),
        ({"conversation": {"id": "19:x", "conversationType": "groupChat"}}, GROUP, False),
        ({"conversation": {"id": "19:x", "conversationType": "new kind"}}, GROUP, False),
        ({"conversation": {"id": GENERAL}}, CHANNEL, True),
        ({"conversation": {"id": "a:chat"}, "channelData": {}}, PERSONAL, True),
        ({"conversation": {"id": "19:x"}, "channelData": {}}, GROUP, True),
    ],
)
def test_only_a_chat_with_the_bot_alone_counts_as_personal(
    told: dict[str, Any], kind: str, is_guessed: bool
) -> None:
    activity = an_activity(**told)
    assert conversation(activity).kind == kind
    assert (conversation(activity).person_ref is None) == (kind != PERSONAL)
    assert read(activity).is_kind_guessed == is_guessed


@pytest.mark.parametrize(
    "told",
    [
        {"type": "installationUpdate", "action": "remove"},
        {"type": "installationUpdate", "action": "remove-upgrade"},
        {"type": "conversationUpdate", "membersRemoved": [BOT]},
        {"type": "conversationUpdate", "channelData": {**IN_TEAM, "eventType": "teamDeleted"}},
        {"type": "conversationUpdate", "channelData": {**IN_TEAM, "eventType": "teamHardDeleted"}},
    ],
)
def test_the_bot_is_removed(told: dict[str, Any]) -> None:
    update = read(an_activity() | told)
    assert (update.is_change, update.is_bot_removed, update.is_bot_added) == (True, True, False)


@pytest.mark.parametrize(
    "told",
    [
        {"type": "installationUpdate", "action": "add"},
        {"type": "installationUpdate", "action": "add-upgrade"},
        {"type": "conversationUpdate", "membersAdded": [{"id": "29:other"}, BOT]},
    ],
)
def test_the_bot_is_added(told: dict[str, Any]) -> None:
    update = read(an_activity() | told)
    assert (update.is_change, update.is_bot_removed, update.is_bot_added) == (True, False, True)


@pytest.mark.parametrize(
    ("told", "removed"),
    [
        ({"membersRemoved": [{"aadObjectId": "0a-na"}, {}, 7, {"aadObjectId": "a b"}]}, ("0a-na",)),
        ({"membersRemoved": {"aadObjectId": "0a-na"}}, ()),
        ({"membersAdded": [{"aadObjectId": "0a-na"}]}, ()),
    ],
)
def test_members_who_left_are_told_by_their_entra_ids(told: dict[str, Any], removed: tuple[str, ...]) -> None:
    update = read(an_activity("conversationUpdate") | told)
    assert (update.is_change, update.removed_members) == (True, removed)
    assert (update.is_bot_added, update.is_bot_removed) == (False, False)


@pytest.mark.parametrize(
    ("event", "is_deleted", "is_membership"),
    [
        ("channelDeleted", True, False),
        ("channelMemberRemoved", False, True),
        ("channelMemberAdded", False, True),
        ("channelRenamed", False, False),
        ("teamMemberRemoved", False, False),
    ],
)
def test_an_event_of_one_channel_names_it(event: str, is_deleted: bool, is_membership: bool) -> None:
    told = {**IN_TEAM, "eventType": event, "channel": {"id": SECOND, "name": "Disputes"}}
    update = read(an_activity("conversationUpdate", channelData=told))
    assert (update.channel_ref, update.is_channel_deleted) == (SECOND, is_deleted)
    assert update.is_channel_membership == is_membership
    assert conversation(an_activity(channelData=told)).reference["channelData"] == {
        **IN_TEAM,
        "channel": {"id": SECOND, "name": "Disputes"},
    }


@pytest.mark.parametrize(
    ("name", "is_from_extension"),
    [("composeExtension/query", True), ("task/fetch", False), ("adaptiveCard/action", False)],
)
def test_a_search_works_also_where_the_bot_is_not(name: str, is_from_extension: bool) -> None:
    update = read(an_activity("invoke", name=name))
    assert (update.is_from_extension, update.is_change) == (is_from_extension, False)


@pytest.mark.parametrize("timestamp", [None, "", "yesterday", "2026-03-02T09:00:00", 7])
def test_without_a_time_of_its_own_it_happens_now(timestamp: object) -> None:
    assert read(an_activity(timestamp=timestamp)).sent_at == NEVER


def test_what_no_database_can_hold_is_left_out(any_store: Store) -> None:
    named = {"id": "a:chat", "conversationType": "personal", "name": "A\0na", "x\0": [{"y": "\0"}]}
    said = in_chat(conversation=named) | {"from": {**ANA, "name": f" A\0na {'x' * 5000}"}}
    told = conversation(said).reference["conversation"]
    assert (told["name"], told["x"]) == ("Ana", [{"y": ""}])
    sender = sender_of(said)
    assert sender is not None
    assert sender.name == f"Ana {'x' * 196}"
    any_store.run_blocking(lambda tx: tx.people.find_acting("teams", "0a-na", "Ana").person)
    any_store.run_blocking(follow_update, read(said), NEVER)
    assert not any_store.read_blocking(would_change, read(said))


@pytest.mark.parametrize("garbage", ["x" * 10_000, "a b", "a\0b", "\u00e4", ""])
def test_what_can_be_no_id_names_nothing(garbage: str) -> None:
    data = {"team": {"id": garbage}, "channel": {"id": garbage}, "eventType": "channelDeleted"}
    left = [{"aadObjectId": f"{garbage} "}]
    update = read(an_activity("conversationUpdate", channelData=data, membersRemoved=left))
    assert (update.team_ref, update.channel_ref, update.removed_members) == (None, None, ())
    assert read(in_chat(conversation={"id": f"{garbage} "})).conversation is None
    assert read(in_chat(serviceUrl=f"{garbage} ")).conversation is None
    assert read(in_chat() | {"from": {"id": f"29:{garbage}", "aadObjectId": f"{garbage} "}}).sender is None


def test_a_bot_is_no_sender() -> None:
    for bot in ({**ANA, "id": "28:other"}, {**ANA, "role": "bot"}, {**ANA, "role": "skill"}):
        assert sender_of(in_chat() | {"from": bot}) is None
    assert sender_of(in_chat() | {"from": {**ANA, "id": "8:other"}}) == TeamsSender("0a-na", "Ana", None)


def test_a_threads_root_is_no_part_of_the_channel() -> None:
    assert conversation_ref(an_activity(ref=f"{SECOND};messageid=17")) == SECOND


@pytest.mark.parametrize(
    ("activity", "zone"),
    [
        (
            {"entities": [{"type": "clientInfo", "timezone": "Asia/Tokyo"}], "localTimezone": "UTC"},
            "Asia/Tokyo",
        ),
        ({"entities": [{"type": "clientInfo"}], "localTimezone": "Europe/Berlin"}, "Europe/Berlin"),
        ({"entities": [{"type": "clientInfo", "timezone": "Mars/Base"}]}, "UTC"),
        (
            {
                "entities": [
                    {"type": "mention"},
                    {"type": "clientInfo", "timezone": "Mars/Base"},
                    {"type": "clientInfo", "timezone": "Asia/Tokyo"},
                ],
                "localTimezone": "Europe/Berlin",
            },
            "Europe/Berlin",
        ),
        ({"localTimezone": "../../etc/passwd"}, "UTC"),
        ({"localTimezone": "Europe"}, "UTC"),
        ({}, "UTC"),
    ],
)
def test_a_time_zone_counts_when_there_is_such_a_one(activity: dict[str, Any], zone: str) -> None:
    assert time_zone_of(activity) == zone


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


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=tries(60), deadline=None)
@given(
    st.sampled_from(["message", "conversationUpdate", "installationUpdate", "invoke", ""]),
    st.dictionaries(
        st.sampled_from([*an_activity(), "action", "membersAdded", "membersRemoved", "name"]), odd, max_size=6
    ),
)
def test_whatever_an_activity_holds_can_be_stored(
    quick_store: Store, kind: str, changes: dict[str, Any]
) -> None:
    update = update_of(an_activity(kind) | changes, MONDAY_9AM)
    for _ in range(2):
        quick_store.run_blocking(follow_update, update, MONDAY_9AM)
    assert update.is_change or not quick_store.read_blocking(would_change, update)
