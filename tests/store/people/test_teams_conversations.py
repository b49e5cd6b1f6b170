"""Tests of Teams conversations: where the bot can post."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from store.engine import Store
from store.people.teams_conversations import CHANNEL, PERSONAL, Conversation
from store.transaction import Transaction
from tests.builders import MONDAY_9AM

GENERAL = "19:general@thread.tacv2"


def a_conversation(ref: str = GENERAL, **changes: Any) -> Conversation:
    conversation = Conversation(
        ref=ref,
        kind=CHANNEL,
        service_url="https://smba.example/emea/",
        reference={"conversation": {"id": ref}, "odd": ["kept", {"as": "it came"}, None]},
        team_ref=GENERAL,
        changed_at=MONDAY_9AM,
    )
    return replace(conversation, **changes)


def a_chat(ref: str = "a:chat", person_ref: str = "0A-na", **changes: Any) -> Conversation:
    return a_conversation(ref, kind=PERSONAL, team_ref=None, person_ref=person_ref, **changes)


def save(store: Store, *conversations: Conversation) -> None:
    def save_all(tx: Transaction) -> None:
        for one in conversations:
            tx.conversations.save(one)

    store.run_blocking(save_all)


def service_url(tx: Transaction, ref: str) -> str | None:
    return tx.conversations.find_service_url(ref)


def has_closed(tx: Transaction, person_ref: str) -> bool:
    return tx.conversations.has_closed(person_ref)


def test_what_teams_told_comes_back_as_it_came(store: Store) -> None:
    save(store, a_conversation())
    assert store.read_blocking(lambda tx: tx.conversations.find(GENERAL)) == a_conversation()
    assert store.read_blocking(lambda tx: tx.conversations.find("19:other")) is None
    save(store, a_conversation(service_url="https://smba.example/amer/"))
    assert (
        store.read_blocking(lambda tx: tx.conversations.find_service_url(GENERAL))
        == "https://smba.example/amer/"
    )


def test_a_personal_chat_is_found_by_whose_it_is_until_the_bot_is_taken_out(store: Store) -> None:
    save(store, a_chat(), a_chat("a:bens", "0b-en"), a_conversation(person_ref="0a-na"))
    found = store.read_blocking(lambda tx: tx.conversations.find_personal("0a-NA"))
    assert found is not None
    assert found.ref == "a:chat"
    store.run_blocking(lambda tx: tx.conversations.remove("a:chat"))
    assert store.read_blocking(lambda tx: tx.conversations.find_personal("0a-na")) is None
    closed = [store.read_blocking(has_closed, ref) for ref in ("0A-na", "0b-en", "0c-kim")]
    assert closed == [True, False, False]
    kept = store.read_blocking(lambda tx: tx.conversations.find("a:chat"))
    assert kept is not None
    assert (kept.is_removed, kept.changed_at) == (True, MONDAY_9AM)


def test_the_newest_chat_with_somebody_is_theirs(store: Store) -> None:
    later = MONDAY_9AM + timedelta(hours=1)
    save(store, a_chat("a:new", changed_at=later), a_chat("a:old"), a_chat("a:gone", is_removed=True))
    assert not store.read_blocking(has_closed, "0a-na")
    found = store.read_blocking(lambda tx: tx.conversations.find_personal("0a-na"))
    assert found is not None
    assert found.ref == "a:new"


def test_a_team_that_takes_the_bot_out_is_left_with_all_its_channels(store: Store) -> None:
    save(store, a_conversation(), a_conversation("19:second"), a_chat())
    save(store, a_conversation("19:elsewhere", team_ref="19:another"))
    later = MONDAY_9AM + timedelta(minutes=1)
    store.run_blocking(lambda tx: tx.conversations.remove_team(GENERAL, later))
    assert [one.ref for one in store.read_blocking(lambda tx: tx.conversations.list())] == [
        "19:elsewhere",
        "a:chat",
    ]
    assert [one.ref for one in store.read_blocking(lambda tx: tx.conversations.list(CHANNEL))] == [
        "19:elsewhere"
    ]
    removed = store.read_blocking(lambda tx: tx.conversations.find("19:second"))
    assert removed is not None
    assert removed.changed_at == later


def test_a_conversation_never_heard_of_is_reached_where_the_tenant_was_last_heard(store: Store) -> None:
    assert store.read_blocking(lambda tx: tx.conversations.find_service_url("19:new")) is None
    later = MONDAY_9AM + timedelta(hours=1)
    save(store, a_conversation(changed_at=later, service_url="https://new.example/"), a_chat())
    save(store, a_chat("a:opened", service_url="", changed_at=later + timedelta(hours=1)))
    for ref in ("19:new", "a:opened"):
        assert store.read_blocking(service_url, ref) == "https://new.example/"
    assert (
        store.read_blocking(lambda tx: tx.conversations.find_service_url("a:chat"))
        == "https://smba.example/emea/"
    )
