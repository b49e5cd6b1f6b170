"""Stripe's events become our chargebacks, and what is of another shape is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.billing.stripe.events import CHARGEBACK_EVENTS, read_event
from core.chargebacks import ChargebackEvent
from core.money import to_plain
from tests.connectors.billing.stripe.objects import DUE, START, a_chargeback, an_event, specified

CREATED = "charge.dispute.created"
REQUIRED = ("id", "amount", "currency", "charge", "status", "reason")
"""What we need of Stripe's Dispute."""
UNREADABLE = (AttributeError, KeyError, TypeError, ValueError)


def read(event: dict[str, Any]) -> ChargebackEvent:
    found = read_event(event)
    assert found is not None
    return found


@pytest.mark.parametrize("kind", sorted(CHARGEBACK_EVENTS))
def test_a_dispute_of_stripes_is_a_chargeback(kind: str) -> None:
    event = read(an_event(kind, a_chargeback()))
    chargeback = event.update.chargeback
    assert (event.id, event.update.kind) == ("evt_1", kind)
    assert (chargeback.ref, chargeback.charge_ref) == ("dp_1", "ch_1")
    assert (chargeback.status, chargeback.network_reason) == ("needs_response", "product_not_received")
    assert (chargeback.evidence_due_at, chargeback.seen_at) == (DUE, datetime.fromtimestamp(START, UTC))


@pytest.mark.parametrize(
    ("sent", "currency", "meant"),
    [
        (5000, "jpy", "5000"),
        (500, "isk", "5"),
        (500_000, "ugx", "5000"),
        (4010, "isk", "41"),
        (5, "mga", "5.00"),
        (1045, "huf", "10.45"),
        (80_045, "twd", "800.45"),
        (5120, "kwd", "5.120"),
        (1000, "usd", "10.00"),
    ],
)
def test_an_amount_is_what_stripe_means_by_it(sent: int, currency: str, meant: str) -> None:
    amount = read(an_event(CREATED, a_chargeback(amount=sent, currency=currency))).amount
    assert (to_plain(amount), amount.currency) == (meant, currency.upper())


@pytest.mark.parametrize(
    "kind",
    ["charge.succeeded", "charge.dispute", "charge.dispute.gone", "issuing_dispute.created", "v2.x", ""],
)
def test_an_event_about_something_else_is_not_read(kind: str) -> None:
    assert read_event(an_event(kind, a_chargeback())) is None
    assert read_event(an_event(kind, None)) is None


@pytest.mark.parametrize("member", REQUIRED)
def test_a_chargeback_that_lacks_a_member_is_refused(member: str) -> None:
    thing = a_chargeback()
    del thing[member]
    with pytest.raises(KeyError):
        read_event(an_event(CREATED, thing))


ODD: dict[str, dict[str, Any]] = {
    "no ref": {"id": ""},
    "null ref": {"id": None},
    "a number for a ref": {"id": 7},
    "a ref without end": {"id": "dp_" + "x" * 5000},
    "U+0000 in a ref": {"id": "dp_\x00"},
    "U+0000 in a reason": {"reason": "general\x00"},
    "a whole charge": {"charge": {"id": "ch_1", "object": "charge"}},
    "no charge": {"charge": None},
    "nothing disputed": {"amount": 0},
    "less than nothing": {"amount": -1},
    "a fraction": {"amount": 12.5},
    "text": {"amount": "12000"},
    "true": {"amount": True},
    "too much": {"amount": 10**15 + 1},
    "far too much": {"amount": 10**30},
    "no currency": {"currency": ""},
    "a long currency": {"currency": "euro"},
    "a number for a currency": {"currency": 978},
    "no status": {"status": None},
    "details that are a list": {"evidence_details": [1]},
    "details that are text": {"evidence_details": "soon"},
    "a date in words": {"evidence_details": {"due_by": "soon"}},
    "a date long gone": {"evidence_details": {"due_by": -(10**12)}},
    "a date without end": {"evidence_details": {"due_by": 10**15}},
    "a date beyond all": {"evidence_details": {"due_by": 10**30}},
}


@pytest.mark.parametrize("changes", ODD.values(), ids=ODD)
def test_a_chargeback_of_another_shape_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(UNREADABLE):
        read_event(an_event(CREATED, a_chargeback(**changes)))


@pytest.mark.parametrize("thing", [None, [], "dp_1", 7, {}])
def test_an_event_about_no_object_is_refused(thing: object) -> None:
    with pytest.raises(UNREADABLE):
        read_event(an_event(CREATED, thing))


@pytest.mark.parametrize(
    "changes",
    [
        {"id": ""},
        {"id": None},
        {"id": 7},
        {"created": None},
        {"created": "x"},
        {"created": 10**30},
        {"data": []},
    ],
)
def test_an_event_of_another_shape_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(UNREADABLE):
        read_event({**an_event(CREATED, a_chargeback()), **changes})


def test_members_that_stripe_may_add_are_no_hindrance() -> None:
    event = an_event(CREATED, a_chargeback(network_details={"visa": [1, 2]}, another=None))
    assert read({**event, "context": "acct_1"}) == read(an_event(CREATED, a_chargeback()))
    without = a_chargeback()
    del without["evidence_details"]
    assert read(an_event(CREATED, without)).update.chargeback.evidence_due_at is None


def test_stripes_own_example_is_read() -> None:
    thing = specified("dispute")
    event = read({**specified("event"), "id": "evt_1", "type": CREATED, "data": {"object": thing}})
    assert (event.update.chargeback.ref, event.amount.minor) == (thing["id"], thing["amount"])
    assert read_event(specified("event")) is None
