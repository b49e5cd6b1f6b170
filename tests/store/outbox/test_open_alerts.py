"""Tests of open alerts: remembered until they are removed."""

from __future__ import annotations

from store.engine import Store
from store.outbox.open_alerts import OpenAlert
from store.transaction import Transaction
from tests.builders import a_case
from tests.store.transactions import add_cases

ADDRESS = "person:dana@example.com"


def an_alert(seq: int, case_id: str = "D-1001", address: str = ADDRESS) -> OpenAlert:
    return OpenAlert(case_id=case_id, address=address, seq=seq, channel_ref="D0DANA", message_ref=f"{seq}.0")


def save(tx: Transaction, alert: OpenAlert) -> None:
    tx.alerts.save(alert)


def test_what_stands_at_an_address_from_before_an_event_is_known_oldest_first(store: Store) -> None:
    store.run_blocking(add_cases, a_case(), a_case(id="D-1002"))
    elsewhere = (an_alert(4, "D-1002"), an_alert(4, address="slack:#billing-disputes"))
    for alert in (an_alert(9), an_alert(4), an_alert(6), *elsewhere):
        store.run_blocking(save, alert)
    standing = store.read_blocking(lambda tx: tx.alerts.list("D-1001", ADDRESS, before=9))
    assert standing == [an_alert(4), an_alert(6)]


def test_remembering_it_again_or_forgetting_it_twice_is_harmless(store: Store) -> None:
    store.run_blocking(add_cases, a_case())
    for _ in range(2):
        store.run_blocking(lambda tx: tx.alerts.save(an_alert(4)))
    store.run_blocking(lambda tx: tx.alerts.save(an_alert(5)))
    for _ in range(2):
        store.run_blocking(lambda tx: tx.alerts.remove(an_alert(4)))
    assert store.read_blocking(lambda tx: tx.alerts.list("D-1001", ADDRESS, before=99)) == [an_alert(5)]
