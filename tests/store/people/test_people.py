"""Tests of the people repository: persons, members of channels, posted cards."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.person import Person
from store.engine import Store
from store.errors import AlreadyAnswered
from store.outbox.posted_cards import PostedCard
from store.people.channels import Channel
from store.people.repository import UnknownPerson
from store.transaction import Transaction
from tests.builders import MONDAY_9AM, a_case, a_person
from tests.store.transactions import add_cases


def test_a_person_met_for_the_first_time_is_known_from_then_on(store: Store) -> None:
    ana = store.run_blocking(lambda tx: tx.people.find_acting("slack", "U0ANA", "Ana").person)
    assert ana == Person(id="slack:U0ANA", name="Ana", slack_ref="U0ANA", chats_on="slack")
    assert (
        store.run_blocking(lambda tx: tx.people.find_acting("slack", "U0ANA", "Another name").person) == ana
    )
    assert store.read_blocking(lambda tx: tx.people.get("slack:U0ANA")) == ana
    assert store.read_blocking(lambda tx: tx.people.find_by_ref("slack", "U0ANA")) == ana


def test_a_person_without_a_name_is_called_by_their_id_until_it_is_heard(store: Store) -> None:
    assert store.run_blocking(lambda tx: tx.people.find_acting("slack", "U0ANA").person).name == "U0ANA"
    assert store.run_blocking(lambda tx: tx.people.find_acting("slack", "U0ANA", "Ana").person).name == "Ana"


def test_a_person_of_another_platform_has_no_slack_id(store: Store) -> None:
    person = store.run_blocking(lambda tx: tx.people.find_acting("teams", "29:x", "Kim").person)
    assert (person.id, person.slack_ref, person.teams_ref) == ("teams:29:x", None, "29:x")
    assert store.run_blocking(lambda tx: tx.people.find_acting("teams", "29:x").person) == person


def test_saving_brings_a_person_up_to_date_and_keeps_their_private_chat(store: Store) -> None:
    ana = a_person("Ana", zone="Europe/Berlin")
    store.run_blocking(lambda tx: tx.people.save(ana))
    store.run_blocking(lambda tx: tx.people.set_dm_ref(ana.id, "D1"))
    gone = replace(ana, name="Ana L.", is_active=False, email=None)
    store.run_blocking(lambda tx: tx.people.save(gone))
    assert store.read_blocking(lambda tx: tx.people.get(ana.id)) == gone
    assert store.read_blocking(lambda tx: tx.people.find_dm_ref(ana.id)) == "D1"


@pytest.mark.parametrize("handle", ["Ana@Example.COM", "u0ana", "slack:U0ANA"])
def test_the_policys_handles_find_the_person_as_the_rules_do(store: Store, handle: str) -> None:
    ana = a_person("Ana")
    store.run_blocking(lambda tx: tx.people.save(ana))
    store.run_blocking(lambda tx: tx.people.save(a_person("Ben")))
    assert store.read_blocking(lambda tx: tx.people.find_by_handle(handle)) == ana
    assert ana.matches_handle(handle)
    assert store.read_blocking(lambda tx: tx.people.find_by_handle("")) is None


def test_many_handles_find_whom_each_would_find(store: Store) -> None:
    """An address that two people have means the active one, and of two active ones the first by id."""
    shared = "team@example.com"
    team = (
        a_person("Ana"),
        replace(a_person("Ben"), email=shared, is_active=False),
        replace(a_person("Cleo"), email=shared),
        replace(a_person("Dan"), email=shared),
        replace(a_person("Eve"), is_active=False),
    )
    handles = ["", "Team@Example.com", "u0ana", "slack:U0ANA", "nobody", "eve@example.com", "U0BEN"]

    def both(tx: Transaction) -> tuple[dict[str, Person | None], dict[str, Person]]:
        for person in team:
            tx.people.save(person)
        return {one: tx.people.find_by_handle(one) for one in handles}, tx.people.find_by_handles(handles)

    singly, together = store.run_blocking(both)
    assert together == {handle: person for handle, person in singly.items() if person is not None}
    assert together[handles[1]].name == "Cleo"
    assert store.read_blocking(lambda tx: tx.people.find_by_handles([])) == {}


def test_nobody_is_said_kindly(store: Store) -> None:
    assert store.read_blocking(lambda tx: tx.people.find("slack:U0NOBODY")) is None
    assert store.read_blocking(lambda tx: tx.people.find_dm_ref("slack:U0NOBODY")) is None
    with pytest.raises(UnknownPerson, match="Nobody here is known as slack:U0NOBODY"):
        store.read_blocking(lambda tx: tx.people.get("slack:U0NOBODY"))


def test_members_of_a_channel_come_and_go(store: Store) -> None:
    store.run_blocking(lambda tx: tx.people.set_members("C0ONE", ["U2", "U1", "U1"]))
    store.run_blocking(lambda tx: tx.people.add_member("C0ONE", "U3"))
    store.run_blocking(lambda tx: tx.people.add_member("C0ONE", "U3"))
    store.run_blocking(lambda tx: tx.people.remove_member("C0ONE", "U1"))
    store.run_blocking(lambda tx: tx.people.set_members("C0TWO", ["U9"]))
    assert store.read_blocking(lambda tx: tx.people.list_members("C0ONE")) == ["U2", "U3"]
    assert store.read_blocking(lambda tx: tx.people.is_member("U2", "C0ONE"))
    assert not store.read_blocking(lambda tx: tx.people.is_member("U1", "C0ONE"))
    store.run_blocking(lambda tx: tx.people.set_members("C0ONE", []))
    assert store.read_blocking(lambda tx: tx.people.list_members("C0ONE")) == []
    assert store.read_blocking(lambda tx: tx.people.list_members("C0TWO")) == ["U9"]


def test_a_member_of_a_teams_channel_is_one_whichever_way_their_id_is_written(store: Store) -> None:
    ana = store.run_blocking(lambda tx: tx.people.link_account("teams", "0A-NA", email="ana@example.com"))
    store.run_blocking(lambda tx: tx.people.set_members("19:billing", ["0A-NA"]))
    assert store.read_blocking(lambda tx: tx.people.is_member("0A-na", "19:billing"))
    assert store.read_blocking(lambda tx: tx.people.is_member(str(ana.teams_ref), "19:billing"))
    assert store.read_blocking(lambda tx: tx.people.list_known_members(None, "19:billing")) == [ana]
    store.run_blocking(lambda tx: tx.people.add_member("19:billing", "0a-NA"))
    assert store.read_blocking(lambda tx: tx.people.list_members("19:billing")) == ["0a-na"]
    store.run_blocking(lambda tx: tx.people.remove_member("19:billing", "0a-NA"))
    assert store.read_blocking(lambda tx: tx.people.list_members("19:billing")) == []


def test_a_channels_name_leads_to_its_id_or_to_what_is_wrong(store: Store) -> None:
    store.run_blocking(lambda tx: tx.channels.save("#billing", "C1"))
    store.run_blocking(lambda tx: tx.channels.save("#gone", None, "There is no channel #gone."))
    assert store.read_blocking(lambda tx: tx.channels.find_ref("#billing")) == "C1"
    assert store.read_blocking(lambda tx: tx.channels.find_ref("#gone")) is None
    assert store.read_blocking(lambda tx: tx.channels.find_ref("#new")) is None
    store.run_blocking(lambda tx: tx.channels.save("#billing", "C1", "The bot is not in it."))
    assert store.read_blocking(lambda tx: tx.channels.list()) == [
        Channel("#billing", "C1", "The bot is not in it."),
        Channel("#gone", None, "There is no channel #gone."),
    ]


def test_what_was_answered_is_remembered_by_source_and_id(store: Store) -> None:
    store.run_blocking(
        lambda tx: tx.inbox.save_response("stripe", "evt_1", "D-1001", "digest", at=MONDAY_9AM)
    )
    assert store.read_blocking(lambda tx: tx.inbox.find_response("stripe", "evt_1")) == "D-1001"
    assert store.read_blocking(lambda tx: tx.inbox.find_digest("stripe", "evt_1")) == "digest"
    assert store.read_blocking(lambda tx: tx.inbox.find_response("api:crm", "evt_1")) is None
    with pytest.raises(AlreadyAnswered, match="evt_1 of stripe"):
        store.run_blocking(lambda tx: tx.inbox.save_response("stripe", "evt_1", "D-1002", at=MONDAY_9AM))
    assert store.read_blocking(lambda tx: tx.inbox.find_response("stripe", "evt_1")) == "D-1001"


def save_posts(tx: Transaction, *posts: PostedCard) -> None:
    for post in posts:
        tx.posted_cards.save(post)


def test_where_a_card_stands_is_found(store: Store) -> None:
    store.run_blocking(add_cases, a_case(), a_case(id="D-1002"))
    card = PostedCard(case_id="D-1001", address="slack:#b", kind="card", channel_ref="C1", message_ref="1.0")
    brief = PostedCard(
        case_id="D-1001", address="person:ana", kind="brief", channel_ref="D1", message_ref="2.0"
    )
    in_list = PostedCard(
        case_id="D-1002", address="slack:#b", kind="listed", channel_ref="C1", message_ref="3.0"
    )
    store.run_blocking(save_posts, card, brief, in_list)
    assert store.read_blocking(lambda tx: tx.posted_cards.find("D-1001", "slack:#b")) == card
    assert store.read_blocking(lambda tx: tx.posted_cards.find("D-1001", "slack:#x")) is None
    assert store.read_blocking(lambda tx: tx.posted_cards.list("D-1001")) == [brief, card]


def test_a_later_message_at_the_same_address_takes_the_earlier_ones_place(store: Store) -> None:
    store.run_blocking(add_cases, a_case())
    first = PostedCard(
        case_id="D-1001", address="slack:#b", kind="listed", channel_ref="C1", message_ref="1.0"
    )
    second = PostedCard(
        case_id="D-1001", address="slack:#b", kind="card", channel_ref="C1", message_ref="2.0"
    )
    store.run_blocking(lambda tx: tx.posted_cards.save(first))
    store.run_blocking(lambda tx: tx.posted_cards.save(second))
    assert store.read_blocking(lambda tx: tx.posted_cards.list("D-1001")) == [second]
