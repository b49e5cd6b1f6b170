"""Tests of lanes: mail about a case stays in order, while eight mails are sent at a time."""

from __future__ import annotations

from core.effects import customer_address
from store.outbox.lanes import MAIL_LANES, lane_of


def test_mail_about_one_case_stays_in_one_of_eight_lanes() -> None:
    lanes = {lane_of(customer_address(f"D-{number}"), f"D-{number}") for number in range(1001, 1101)}
    assert lanes == {f"mail:{number}" for number in range(MAIL_LANES)}
    assert lane_of(customer_address("D-1001"), "D-1001") == "mail:1"


def test_a_channel_is_a_lane_of_its_own() -> None:
    assert lane_of("slack:#billing-disputes", "D-1001") == "slack:#billing-disputes"
