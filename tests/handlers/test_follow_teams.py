"""What is stored of what Teams tells about conversations and members."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.effects import Effect, person_address
from handlers.follow_teams import follow_update, would_change
from handlers.teams_update import TeamsSender, TeamsUpdate
from store.outbox.repository import AttemptResult, Parked
from store.people.teams_conversations import CHANNEL, PERSONAL, Conversation
from store.transaction import Transaction
from tests.builders import MONDAY_9AM
from tests.handlers.harness import LOGISTICS_TEAMS, Harness, add_teams_people

ANA = TeamsSender("0a-na", "Ana", "29:ana")
GENERAL, SECOND, CHAT = "19:general@thread.tacv2", "19:second@thread.tacv2", "a:chat"
EUROPE, AMERICA = "https://smba.example/emea/", "https://smba.example/amer/"


def an_update(ref: str = GENERAL, minutes: float = 0, **changes: Any) -> TeamsUpdate:
    """A message of Ana's in a channel of the team; `reference`, `service_url` and `kind` are the
    conversation's."""
    sent_at = MONDAY_9AM + timedelta(minutes=minutes)
    team_ref = changes.setdefault("team_ref", GENERAL)
    conversation = Conversation(
        ref=ref,
        kind=changes.pop("kind", CHANNEL),
        service_url=changes.pop("service_url", EUROPE),
        reference=changes.pop("reference", {"channelData": {"team": {"id": team_ref}}}),
        team_ref=team_ref,
        person_ref=changes.pop("person_ref", None),
        changed_at=sent_at,
    )
    return TeamsUpdate(
        **{
            "sent_at": sent_at,
            "sender": ANA,
            "conversation_ref": ref,
            "conversation": conversation,
            **changes,
        }
    )


def in_chat(minutes: float = 0, **changes: Any) -> TeamsUpdate:
    """A message of Ana's in her chat with the bot."""
    chat: dict[str, Any] = {"kind": PERSONAL, "person_ref": "0a-na", "team_ref": None, "reference": {}}
    return an_update(CHAT, minutes, **{**chat, **changes})


def a_change(ref: str = GENERAL, minutes: float = 0, **changes: Any) -> TeamsUpdate:
    """Something came, went or was renamed in the team."""
    return an_update(ref, minutes, is_change=True, **changes)


def added_to_chat(minutes: float = 0) -> TeamsUpdate:
    return in_chat(minutes, is_change=True, is_bot_added=True)


def removed_from_chat(minutes: float = 0) -> TeamsUpdate:
    return in_chat(minutes, is_change=True, is_bot_removed=True)


def follow(harness: Harness, *updates: TeamsUpdate) -> list[bool]:
    return [harness.store.run_blocking(follow_update, one, MONDAY_9AM) for one in updates]


def kept(harness: Harness, ref: str = GENERAL) -> Conversation:
    found = harness.store.read_blocking(lambda tx: tx.conversations.find(ref))
    assert found is not None
    return found


def is_worth_writing(harness: Harness, update: TeamsUpdate) -> bool:
    return harness.store.read_blocking(would_change, update)


def members(harness: Harness, channel: str) -> list[str]:
    return harness.store.read_blocking(lambda tx: tx.people.list_members(channel))


def test_whoever_writes_privately_can_be_written_to_from_then_on(harness: Harness) -> None:
    follow(harness, in_chat())
    chat = harness.store.read_blocking(lambda tx: tx.conversations.find_personal("0a-na"))
    assert chat is not None
    assert (chat.ref, chat.kind, chat.service_url) == (CHAT, PERSONAL, EUROPE)


def test_what_tells_nothing_new_is_not_worth_a_write(harness: Harness) -> None:
    assert is_worth_writing(harness, an_update())
    follow(harness, an_update())
    assert not is_worth_writing(harness, an_update(minutes=3))
    assert is_worth_writing(harness, an_update(service_url=AMERICA))
    before = kept(harness)
    follow(harness, an_update(minutes=5))
    assert kept(harness).changed_at == before.changed_at


def test_what_a_team_is_called_outlives_messages_that_leave_it_out(harness: Harness) -> None:
    named = {"channelData": {"team": {"id": GENERAL, "name": "Finance", "aadGroupId": "g"}}}
    follow(harness, a_change(reference=named), an_update(minutes=1))
    assert kept(harness).reference == named
    assert not is_worth_writing(harness, an_update(minutes=2))


def test_a_kind_that_is_guessed_gives_way_to_the_one_that_was_told(harness: Harness) -> None:
    follow(
        harness, an_update(), an_update(minutes=1, kind=PERSONAL, is_kind_guessed=True, service_url=AMERICA)
    )
    assert (kept(harness).kind, kept(harness).service_url) == (CHANNEL, AMERICA)


def test_a_search_from_somewhere_says_nothing_of_where_the_bot_is(harness: Harness) -> None:
    query = an_update("19:party@thread.v2", team_ref=None, is_from_extension=True)
    assert not is_worth_writing(harness, query)
    follow(harness, query)
    assert harness.store.read_blocking(lambda tx: tx.conversations.list()) == []


def test_the_bot_leaves_a_chat_and_comes_back(harness: Harness) -> None:
    follow(harness, added_to_chat(), removed_from_chat(2))
    assert kept(harness, CHAT).is_removed
    assert not is_worth_writing(harness, in_chat(1))
    follow(harness, in_chat(1), added_to_chat())
    assert kept(harness, CHAT).is_removed
    follow(harness, in_chat(3))
    assert not kept(harness, CHAT).is_removed


def test_a_removal_that_comes_late_undoes_no_later_installation(harness: Harness) -> None:
    follow(harness, in_chat(), added_to_chat(5), removed_from_chat(4))
    assert not kept(harness, CHAT).is_removed


def test_a_removal_heard_first_outlives_the_installation_before_it(harness: Harness) -> None:
    follow(harness, removed_from_chat(4), added_to_chat())
    assert kept(harness, CHAT).is_removed


def test_a_team_without_the_bot_is_left_in_all_its_channels(harness: Harness) -> None:
    follow(harness, an_update(), an_update(SECOND), in_chat())
    for _ in range(2):
        assert follow(harness, a_change(minutes=1, is_bot_removed=True)) == [False]
    assert [one.ref for one in harness.store.read_blocking(lambda tx: tx.conversations.list())] == [CHAT]


def test_a_deleted_channel_is_left_and_nobody_works_in_it_any_more(harness: Harness) -> None:
    follow(harness, an_update(), an_update(SECOND))
    harness.store.run_blocking(lambda tx: tx.people.set_members(SECOND, ["0a-na"]))
    follow(harness, a_change(minutes=1, is_channel_deleted=True, channel_ref=SECOND))
    assert (kept(harness).is_removed, kept(harness, SECOND).is_removed) == (False, True)
    assert members(harness, SECOND) == []


def test_newcomers_are_for_the_roster_to_tell_and_may_be_guests(teams_harness: Harness) -> None:
    joined = replace(a_change(), sender=TeamsSender("0f-resh", "Fresh", None))
    assert follow(teams_harness, joined) == [True]
    assert "0f-resh" not in members(teams_harness, SECOND)


def test_whoever_leaves_the_team_is_out_of_its_channels_at_once_and_of_no_other(
    teams_harness: Harness,
) -> None:
    follow(teams_harness, an_update(SECOND))
    elsewhere = LOGISTICS_TEAMS
    follow(teams_harness, an_update(elsewhere, team_ref="19:another@thread.tacv2"))
    for channel in (SECOND, elsewhere):
        for ref in ("0b-en", "0a-na"):
            teams_harness.store.run_blocking(lambda tx, to, ref: tx.people.add_member(to, ref), channel, ref)
    left = a_change(removed_members=("0A-na",))
    assert follow(teams_harness, left, left) == [True, True]
    assert "0b-en" in members(teams_harness, SECOND)
    assert "0a-na" not in members(teams_harness, SECOND)
    assert members(teams_harness, elsewhere) == ["0a-na", "0b-en"]


@pytest.mark.parametrize(
    "left",
    [
        a_change(channel_ref=SECOND, is_channel_membership=True, removed_members=("0a-na",)),
        a_change(SECOND, team_ref=None, removed_members=("0a-na",)),
    ],
    ids=["one of a team's channels", "a place without a team"],
)
def test_whoever_leaves_one_channel_stays_in_the_others(harness: Harness, left: TeamsUpdate) -> None:
    for channel in (GENERAL, SECOND):
        harness.store.run_blocking(lambda tx, to: tx.people.set_members(to, ["0a-na"]), channel)
    follow(harness, left)
    assert (members(harness, GENERAL), members(harness, SECOND)) == (["0a-na"], [])


def test_a_person_we_know_is_called_what_teams_calls_them_now(harness: Harness) -> None:
    harness.store.run_blocking(lambda tx: tx.people.find_acting("teams", "0a-na", "Ana").person)
    renamed = in_chat(sender=replace(ANA, name="Ana Ruiz"))
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


def test_an_update_that_tells_nothing_changes_nothing(harness: Harness) -> None:
    nothing = TeamsUpdate(sent_at=MONDAY_9AM)
    assert not is_worth_writing(harness, nothing)
    everything = replace(
        nothing, is_change=True, is_bot_removed=True, is_channel_deleted=True, removed_members=("0a-na",)
    )
    assert follow(harness, nothing, everything) == [False, False]
    assert harness.store.read_blocking(lambda tx: tx.conversations.list()) == []


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


def test_who_installs_the_app_again_gets_what_was_parked_under_any_of_their_names(harness: Harness) -> None:
    harness.store.run_blocking(add_teams_people)
    follow(harness, in_chat(), removed_from_chat(1))
    hers = ("slack:UANA", "teams:0a-na", "ANA@example.com", "0A-NA", "UANA")
    assert len(parked_for(harness, *hers, "slack:UBEN", "ben@example.com", "nobody@example.com")) == 8
    follow(harness, an_update(minutes=2), added_to_chat(0.5))
    assert len(lanes(harness)) == 8
    follow(harness, added_to_chat(2))
    assert lanes(harness) == ["person:ben@example.com", "person:nobody@example.com", "person:slack:UBEN"]
