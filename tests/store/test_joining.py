"""When are two ids on two platforms one person?"""

from __future__ import annotations

from typing import Any

from core.person import Person
from store.engine import Store
from store.transaction import Transaction


def slack_tells(tx: Transaction, /, **more: Any) -> Person:
    told = {"name": "Ana Ruiz", "email": "Ana@Example.com", "zone": "Europe/Madrid", **more}
    return tx.people.recognise("slack", told.pop("ref", "U0ANA"), **told)


def teams_tells(tx: Transaction, /, **more: Any) -> Person:
    told = {"name": "Ruiz, Ana (Finance)", "email": "ana@example.COM", "mri": "29:ana", **more}
    return tx.people.recognise("teams", told.pop("ref", "0a-na"), **told)


def test_one_address_on_both_platforms_is_one_person_as_slack_describes_them(store: Store) -> None:
    store.run_blocking(slack_tells)
    ana = store.run_blocking(teams_tells)
    assert ana == Person(
        id="slack:U0ANA",
        name="Ana Ruiz",
        email="Ana@Example.com",
        slack_ref="U0ANA",
        teams_ref="0a-na",
        teams_mri="29:ana",
        zone="Europe/Madrid",
    )
    assert store.read_blocking(lambda tx: tx.people.find_by_ref("teams", "0A-NA")) == ana
    assert store.read_blocking(lambda tx: tx.people.find_by_handle("0A-NA")) == ana
