"""Tests of concurrent account linking: one person stays one."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from core.person import Person
from store.engine import Store
from store.transaction import Transaction
from tests.store.people.accounts import (
    add_claimed_case,
    link_slack_account,
    link_teams_account,
    linked_person,
)
from tests.store.transactions import get

A_WHILE = 0.3
"""Seconds in which a unit that nothing holds back is long done."""


def beside(store: Store, unit: Any) -> tuple[threading.Thread, list[Person]]:
    """What another process does meanwhile, once it could have been done."""
    done: list[Person] = []
    thread = threading.Thread(target=lambda: done.append(store.run_blocking(unit)))
    thread.start()
    thread.join(A_WHILE)
    return thread, done


def test_a_case_that_is_claimed_beside_a_join_is_the_joined_persons(store: Store) -> None:
    others: list[threading.Thread] = []

    def claim(tx: Transaction) -> None:
        actor = tx.people.find_acting("teams", "0a-na").person
        others.append(beside(store, link_teams_account)[0])
        add_claimed_case(tx, "D-1001", actor.id)

    store.run_blocking(link_slack_account)
    store.run_blocking(lambda tx: tx.people.find_acting("teams", "0a-na").person)
    store.run_blocking(claim)
    for one in others:
        one.join()
    assert store.read_blocking(get, "D-1001").resolver_id == linked_person(store).id


def test_who_clicks_while_they_are_joined_acts_as_the_joined_person(store: Store) -> None:
    others: list[tuple[threading.Thread, list[Person]]] = []

    def link_and_click(tx: Transaction) -> None:
        link_teams_account(tx)
        others.append(beside(store, lambda tx: tx.people.find_acting("teams", "0a-na").person))

    store.run_blocking(link_slack_account)
    store.run_blocking(lambda tx: tx.people.find_acting("teams", "0a-na").person)
    store.run_blocking(link_and_click)
    for thread, _ in others:
        thread.join()
    assert [person.id for _, done in others for person in done] == ["slack:U0ANA"] * len(others)


@pytest.mark.parametrize("_round", range(6))
def test_told_at_once_by_many_it_is_one_person_after_the_next_look_at_the_latest(
    store: Store, _round: int
) -> None:
    def add_from_teams(tx: Transaction) -> Person:
        return tx.people.find_acting("teams", "0a-na", "Ana").person

    start = threading.Barrier(6)
    problems: list[Exception] = []

    def run_at_once(unit: Any) -> None:
        start.wait()
        try:
            store.run_blocking(unit)
        except Exception as error:  # noqa: BLE001
            problems.append(error)

    threads = [
        threading.Thread(target=run_at_once, args=(one,))
        for one in (link_slack_account, link_teams_account, add_from_teams) * 2
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    store.run_blocking(link_slack_account)
    store.run_blocking(link_teams_account)
    ana = linked_person(store)
    assert (ana.slack_ref, ana.teams_ref, ana.name) == ("U0ANA", "0a-na", "Ana Ruiz")
