"""Tests of account unlinking: who has the rights of an address that changes hands."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from store.engine import Store
from tests.store.people.accounts import (
    ANA,
    add_claimed_case,
    find_by_handle,
    get_by_ref,
    link_slack_account,
    link_teams_account,
    linked_person,
)


def test_the_address_of_somebody_who_left_may_be_a_successors(store: Store) -> None:
    store.run_blocking(link_slack_account)
    store.run_blocking(link_slack_account, is_active=False)
    assert store.run_blocking(link_teams_account).id == "teams:0a-na"
    assert get_by_ref(store, "slack", "U0ANA").teams_ref is None


def test_the_address_is_whose_it_was_told_to_be_last(store: Store) -> None:
    """Ana left without a word: who is in no roster any more may still be in the company."""
    store.run_blocking(link_teams_account)
    store.run_blocking(link_teams_account, ref="0z-ed", name="Zed")
    assert (get_by_ref(store, "teams", "0a-na").email, get_by_ref(store, "teams", "0a-na").is_active) == (
        None,
        True,
    )
    successor = store.read_blocking(find_by_handle, "ana@example.com")
    assert successor is not None
    assert successor.teams_ref == "0z-ed"
    assert store.run_blocking(link_slack_account).id == "teams:0z-ed"
    assert store.run_blocking(link_teams_account, ref="0z-ed").id == "teams:0z-ed"


def test_the_address_of_somebody_who_left_slack_goes_to_their_successor_in_teams(store: Store) -> None:
    store.run_blocking(link_slack_account)
    store.run_blocking(link_teams_account)
    store.run_blocking(link_slack_account, is_active=False)
    assert store.run_blocking(link_teams_account, ref="0z-ed").id == "teams:0z-ed"
    assert get_by_ref(store, "teams", "0a-na").email is None


@pytest.mark.parametrize("first", ["slack", "teams"])
def test_an_address_that_slack_gives_away_takes_no_account_of_teams_along(store: Store, first: str) -> None:
    """Teams has told of Ana by her old address, and must tell of her by the new one."""
    for tell in (
        (link_slack_account, link_teams_account)
        if first == "slack"
        else (link_teams_account, link_slack_account)
    ):
        store.run_blocking(tell)
    store.run_blocking(lambda tx: tx.people.set_dm_ref(linked_person(store).id, "D0ANA"))
    chief = store.run_blocking(link_slack_account, email="chief@example.com")
    assert (chief.id, chief.teams_ref, chief.teams_mri) == ("slack:U0ANA", None, None)
    assert store.read_blocking(lambda tx: tx.people.find_dm_ref("slack:U0ANA")) == "D0ANA"
    on_teams = get_by_ref(store, "teams", "0a-na")
    assert on_teams == replace(ANA, id="teams:0a-na", email=None, slack_ref=None)
    assert store.read_blocking(find_by_handle, "chief@example.com") == chief
    assert store.run_blocking(link_teams_account).email == "ana@example.COM"
    assert get_by_ref(store, "slack", "U0ANA") == chief


def test_an_address_that_teams_gives_away_takes_no_account_of_slack_along(store: Store) -> None:
    store.run_blocking(link_slack_account)
    store.run_blocking(link_teams_account)
    chief = store.run_blocking(link_teams_account, email="chief@example.com")
    assert (chief.id, chief.slack_ref, chief.email) == ("teams:0a-na", None, "chief@example.com")
    assert get_by_ref(store, "slack", "U0ANA") == replace(ANA, teams_ref=None, teams_mri=None)


@pytest.mark.parametrize("tells_first", [link_slack_account, link_teams_account])
@pytest.mark.parametrize("first", [link_slack_account, link_teams_account])
def test_who_has_a_new_address_on_both_is_one_person_again_and_keeps_their_cases(
    store: Store, first: Any, tells_first: Any
) -> None:
    orders = {
        link_slack_account: (link_slack_account, link_teams_account),
        link_teams_account: (link_teams_account, link_slack_account),
    }
    for tell in orders[first]:
        store.run_blocking(tell)
    ana = store.run_blocking(lambda tx: tx.people.find_acting("teams", "0a-na").person)
    store.run_blocking(add_claimed_case, "D-1001", ana.id)
    for tell in orders[tells_first]:
        store.run_blocking(tell, email="ana.weber@example.com")
    married = linked_person(store)
    assert (married.id, married.email, married.is_active) == (ana.id, "ana.weber@example.com", True)
    assert (married.slack_ref, married.teams_mri) == ("U0ANA", "29:ana")


def test_an_account_that_was_deactivated_brings_no_address(store: Store) -> None:
    store.run_blocking(link_slack_account)
    store.run_blocking(link_teams_account)
    assert (
        store.run_blocking(link_slack_account, is_active=False, email="chief@example.com").email == ANA.email
    )
    assert store.run_blocking(link_teams_account).email == "ana@example.COM"
    back = store.run_blocking(link_slack_account, email="chief@example.com")
    assert (back.id, back.teams_ref, back.email) == ("slack:U0ANA", None, "chief@example.com")
    assert get_by_ref(store, "teams", "0a-na").email is None
