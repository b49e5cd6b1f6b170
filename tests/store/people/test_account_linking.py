"""Tests of account linking: which accounts become one person."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.person import Person
from store.engine import Store, sqlite_file
from store.transaction import Transaction
from tests.fixtures.effort import tries
from tests.store.people.accounts import (
    ANA,
    add_claimed_case,
    close_case,
    find_by_handle,
    get_by_ref,
    link_guest_account,
    link_slack_account,
    link_teams_account,
    linked_person,
)
from tests.store.transactions import get


def test_one_address_on_both_platforms_is_one_person_as_slack_describes_them(store: Store) -> None:
    store.run_blocking(link_slack_account)
    assert store.run_blocking(link_teams_account) == ANA
    assert linked_person(store) == ANA
    for handle in ("0A-NA", "u0ana", "ANA@example.com"):
        assert store.read_blocking(find_by_handle, handle) == ANA
    assert store.run_blocking(link_slack_account) == ANA


def test_whichever_platform_tells_first(store: Store) -> None:
    assert store.run_blocking(link_teams_account).name == "Ruiz, Ana (Finance)"
    assert store.run_blocking(link_slack_account) == replace(ANA, id="teams:0a-na")
    assert store.run_blocking(link_teams_account) == linked_person(store) == replace(ANA, id="teams:0a-na")


def test_a_click_before_the_roster_leaves_no_second_person_behind(store: Store) -> None:
    store.run_blocking(link_slack_account)
    lonely = store.run_blocking(lambda tx: tx.people.find_acting("teams", "0A-na", "Ana").person)
    assert (lonely.id, lonely.email) == ("teams:0a-na", None)
    assert store.run_blocking(link_teams_account) == replace(ANA, chats_on="teams")
    emptied = store.read_blocking(lambda tx: tx.people.get("teams:0a-na"))
    assert emptied == Person(id="teams:0a-na", name="Ana", is_active=False)
    assert store.run_blocking(lambda tx: tx.people.find_acting("teams", "0a-na").person).id == ANA.id


def test_whoever_has_open_cases_keeps_them_and_gets_the_others_account(store: Store) -> None:
    store.run_blocking(link_slack_account)
    store.run_blocking(lambda tx: tx.people.set_dm_ref("slack:U0ANA", "D0ANA"))
    store.run_blocking(lambda tx: tx.people.find_acting("teams", "0a-na").person)
    store.run_blocking(add_claimed_case, "D-1001", "teams:0a-na")
    ana = store.run_blocking(link_teams_account)
    assert ana == linked_person(store) == replace(ANA, id="teams:0a-na", chats_on="teams")
    assert store.read_blocking(lambda tx: tx.people.find_dm_ref("teams:0a-na")) == "D0ANA"
    assert store.read_blocking(lambda tx: tx.people.find_dm_ref("slack:U0ANA")) is None


def test_two_with_open_cases_stay_apart_until_one_has_none(store: Store) -> None:
    store.run_blocking(link_slack_account)
    store.run_blocking(lambda tx: tx.people.find_acting("teams", "0a-na").person)
    store.run_blocking(add_claimed_case, "D-1001", "teams:0a-na")
    store.run_blocking(add_claimed_case, "D-1002", "slack:U0ANA")
    assert store.run_blocking(link_teams_account).id == "teams:0a-na"
    assert get_by_ref(store, "slack", "U0ANA").id == "slack:U0ANA"
    store.run_blocking(close_case, "D-1001")
    assert store.run_blocking(link_teams_account).id == linked_person(store).id == "slack:U0ANA"


def test_a_guest_joins_with_nobody_whatever_their_address(store: Store) -> None:
    store.run_blocking(link_slack_account)
    guest = store.run_blocking(link_guest_account)
    assert (guest.id, guest.is_active, guest.email) == ("teams:0a-na", False, None)
    told = store.run_blocking(link_teams_account, is_active=False)
    assert (told.id, told.is_active, told.email) == ("teams:0a-na", False, None)
    assert get_by_ref(store, "slack", "U0ANA").teams_ref is None


def test_a_colleague_who_becomes_a_guest_is_one_there_and_stays_a_colleague_elsewhere(store: Store) -> None:
    store.run_blocking(link_slack_account)
    store.run_blocking(link_teams_account)
    store.run_blocking(lambda tx: tx.people.find_acting("teams", "0a-na").person)
    guest = store.run_blocking(link_guest_account)
    assert (guest.is_active, guest.chats_on, guest.email) == (True, "slack", "Ana@Example.com")
    assert not get_by_ref(store, "teams", "0a-na").is_active
    assert get_by_ref(store, "slack", "U0ANA").is_active
    store.run_blocking(lambda tx: tx.people.add_member("19:c", "0a-na"))
    assert not store.read_blocking(lambda tx: tx.people.is_member("0a-na", "19:c"))
    acting = store.run_blocking(lambda tx: tx.people.find_acting("teams", "0a-na").person)
    assert (acting.is_active, acting.chats_on) == (False, "slack")


def test_a_colleague_of_teams_alone_who_becomes_a_guest_has_no_address_left(store: Store) -> None:
    store.run_blocking(link_teams_account)
    store.run_blocking(link_guest_account)
    assert store.read_blocking(lambda tx: tx.people.find_by_handle("ana@example.com")) is None


def test_whoever_is_deactivated_in_slack_goes_on_in_teams(store: Store) -> None:
    store.run_blocking(link_slack_account)
    store.run_blocking(link_teams_account)
    store.run_blocking(lambda tx: tx.people.find_acting("slack", "U0ANA").person)
    store.run_blocking(lambda tx: tx.people.add_member("C0BILLING", "U0ANA"))
    gone = store.run_blocking(link_slack_account, is_active=False)
    assert (gone.is_active, gone.chats_on) == (True, "teams")
    assert not get_by_ref(store, "slack", "U0ANA").is_active
    assert not store.read_blocking(lambda tx: tx.people.is_member("U0ANA", "C0BILLING"))
    assert store.read_blocking(lambda tx: tx.people.list_known_members("C0BILLING", None)) == []
    assert (
        store.run_blocking(link_teams_account, email="ana.ruiz@example.com").email == "ana.ruiz@example.com"
    )
    assert not store.run_blocking(link_teams_account, is_active=False).is_active
    assert store.run_blocking(link_slack_account).is_active


def test_a_second_account_with_a_joined_persons_address_is_somebody_else(store: Store) -> None:
    store.run_blocking(link_slack_account)
    store.run_blocking(link_teams_account)
    assert store.run_blocking(link_teams_account, ref="0x-tra").id == "teams:0x-tra"
    assert store.run_blocking(link_slack_account, ref="U0TRA").id == "teams:0x-tra"
    assert linked_person(store) == ANA


def test_an_address_heard_later_brings_the_two_together(store: Store) -> None:
    store.run_blocking(link_slack_account, email=None)
    store.run_blocking(link_teams_account)
    assert both_ids(store) == {"slack:U0ANA", "teams:0a-na"}
    store.run_blocking(link_slack_account)
    assert len(both_ids(store)) == 1


def both_ids(store: Store) -> set[str]:
    return {get_by_ref(store, "slack", "U0ANA").id, get_by_ref(store, "teams", "0a-na").id}


def test_what_is_known_already_is_not_written_again(store: Store, url: str) -> None:
    store.run_blocking(link_slack_account)
    store.run_blocking(link_teams_account)
    store.run_blocking(lambda tx: tx.people.find_acting("teams", "0a-na").person)
    if sqlite_file(url) is not None:  # elsewhere a read can't lock the row to begin with
        ana = store.read_blocking(lambda tx: tx.people.find_acting("teams", "0a-na", "Somebody").person)
        assert ana.chats_on == "teams"
        assert store.read_blocking(link_slack_account) == store.read_blocking(link_teams_account) == ana


EVENTS = (
    "slack tells",
    "teams tells",
    "clicks in slack",
    "clicks in teams",
    "claims in slack",
    "claims in teams",
    "slack tells another address",
    "teams tells another address",
)
PEOPLE = 3
_examples = count(1)
_cases = count(1001)


def run_event(tx: Transaction, what: str, place: str, case_id: str) -> None:
    slack_ref, teams_ref = f"U{place}", f"t-{place}"
    address = f"{place}{'.new' if what.endswith('another address') else ''}@example.com"
    if what.startswith("slack tells"):
        tx.people.link_account("slack", slack_ref, name="Slack's", email=address.upper())
    elif what.startswith("teams tells"):
        tx.people.link_account("teams", teams_ref, name="Teams'", email=address)
    else:
        platform = what.rpartition(" ")[2]
        actor = tx.people.find_acting(platform, slack_ref if platform == "slack" else teams_ref).person
        if what.startswith("claims"):
            add_claimed_case(tx, case_id, actor.id)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=tries(30), deadline=None)
@given(st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(1, PEOPLE)), max_size=14), st.randoms())
def test_in_whatever_order_things_are_told_everybody_is_one_person_and_keeps_their_cases(
    store: Store, happened: list[tuple[str, int]], chance: Any
) -> None:
    everybody = range(1, PEOPLE + 1)
    happened = [*happened, *((what, who) for what in EVENTS[:2] for who in everybody)]
    chance.shuffle(happened)
    if any(what.endswith("another address") for what, _ in happened):
        happened += chance.sample([(what, who) for what in EVENTS[-2:] for who in everybody], 2 * PEOPLE)
    example = next(_examples)
    taken: dict[str, int] = {}
    for what, who in happened:
        case_id = f"D-{next(_cases)}"
        store.run_blocking(run_event, what, f"{example}x{who}", case_id)
        if what.startswith("claims"):
            taken[case_id] = who
    ids: list[str] = []
    for who in everybody:
        cases = {case_id for case_id, by in taken.items() if by == who}
        resolvers = {store.read_blocking(get, one).resolver_id for one in cases}
        place = f"{example}x{who}"
        on_slack, on_teams = get_by_ref(store, "slack", f"U{place}"), get_by_ref(store, "teams", f"t-{place}")
        if len(resolvers) < 2:
            assert on_slack == on_teams
            assert on_slack.name == "Slack's"
        assert resolvers <= {on_slack.id, on_teams.id}
        ids += {on_slack.id, on_teams.id}
    assert len(ids) == len(set(ids))
