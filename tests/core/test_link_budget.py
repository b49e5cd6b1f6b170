"""Tests of the link budget: what one link may do in a day, and what it is told after that."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.customer_link import CustomerLink
from core.link_budget import (
    Excess,
    LinkBudget,
    OverBudget,
    day_of,
    demand_address,
    demand_case,
    is_other_address,
)
from tests.builders import MONDAY_9AM, a_customer, an_invoice

BUDGET = LinkBudget(cases_a_day=5, open_cases=10, addresses_a_day=3, mails_to_an_address=10)


def test_the_fifth_case_of_a_day_is_taken_and_the_sixth_refused() -> None:
    demand_case(BUDGET, today=5, is_open=0)
    with pytest.raises(OverBudget, match=r"5 disputes .* sent today") as refused:
        demand_case(BUDGET, today=6, is_open=0)
    assert (refused.value.excess, refused.value.values) == (Excess.CASES_TODAY, {"limit": 5})


def test_ten_open_cases_are_the_most_on_any_day() -> None:
    demand_case(BUDGET, today=1, is_open=9)
    with pytest.raises(OverBudget, match=r"10 disputes .* open already"):
        demand_case(BUDGET, today=1, is_open=10)


def test_neither_a_link_nor_an_address_passes_its_number_in_a_day() -> None:
    demand_address(BUDGET, by_link=3, to_address=10)
    for by_link, to_address in ((4, 1), (1, 11)):
        with pytest.raises(OverBudget, match="another e-mail address"):
            demand_address(BUDGET, by_link=by_link, to_address=to_address)


@pytest.mark.parametrize(
    ("typed", "is_other"),
    [
        (" AP@Faß.example ", False),
        ("ap@xn--fa-hia.example", False),
        ("ap@fass.example", True),
        ("ap@elsewhere.example", True),
    ],
)
def test_the_invoices_address_is_known_however_it_is_typed(typed: str, *, is_other: bool) -> None:
    link = CustomerLink(
        id="link-1",
        invoice=an_invoice(),
        customer=a_customer(email="ap@faß.example"),
        made_at=MONDAY_9AM,
        expires_at=MONDAY_9AM + timedelta(days=1),
    )
    assert is_other_address(link, typed) is is_other


def test_a_day_begins_at_midnight_utc() -> None:
    midnight = MONDAY_9AM.replace(hour=0, minute=0)
    assert day_of(midnight) == day_of(MONDAY_9AM) != day_of(midnight - timedelta(microseconds=1))
