"""Tests of the inbox: a repeated message gets the response of the first."""

from __future__ import annotations

from store.engine import Store
from tests.builders import MONDAY_9AM


def test_what_is_forgotten_counts_as_new_and_nothing_else_does(store: Store) -> None:
    for source, name in (("teams", "1"), ("teams", "2"), ("slack", "1")):
        store.run_blocking(
            lambda tx, by, of: tx.inbox.save_response(by, of, "told", at=MONDAY_9AM), source, name
        )
    for _ in range(2):
        store.run_blocking(lambda tx: tx.inbox.remove("teams", "1"))
    found = [
        store.read_blocking(lambda tx, by, of: tx.inbox.find_response(by, of), source, name)
        for source, name in (("teams", "1"), ("teams", "2"), ("slack", "1"))
    ]
    assert found == [None, "told", "told"]
