"""How long a customer's link is valid."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from core.customer_link import CustomerLink
from tests.builders import MONDAY_9AM, MONDAY_NOON, a_customer, an_invoice

LINK = CustomerLink(
    id="abc", invoice=an_invoice(), customer=a_customer(), made_at=MONDAY_9AM, expires_at=MONDAY_NOON
)


def test_a_link_opens_until_it_expires() -> None:
    assert LINK.is_valid(MONDAY_9AM)
    assert LINK.is_valid(MONDAY_NOON - timedelta(microseconds=1))
    assert not LINK.is_valid(MONDAY_NOON)


def test_a_link_that_was_revoked_opens_nothing() -> None:
    assert not replace(LINK, revoked_at=MONDAY_9AM).is_valid(MONDAY_9AM)
