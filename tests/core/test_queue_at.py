"""The queue of a channel address, for a case."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.effects import person_address, queue_at
from core.policy import Policy
from tests.builders import a_case, a_policy, a_queue

SHARED, ITS_OWN, IN_TEAMS = "slack:#shared", "slack:#delivery-disputes", "teams:19:billing@thread.tacv2"


def a_company() -> Policy:
    return a_policy(
        queues={
            "first": a_queue("first", slack_channel="#shared"),
            "billing": a_queue(slack_channel="#shared", teams_channel="19:billing@thread.tacv2"),
            "logistics": a_queue("logistics", slack_channel="#delivery-disputes"),
        }
    )


@pytest.mark.parametrize(
    ("address", "queue_id"),
    [
        (SHARED, "billing"),
        (IN_TEAMS, "billing"),
        (ITS_OWN, "logistics"),
        (person_address("slack:U0ANA"), None),
        ("teams:None", None),
    ],
)
def test_a_shared_channel_is_the_cases_own_and_a_person_is_nobodys(
    address: str, queue_id: str | None
) -> None:
    assert queue_at(address, a_case(queue_id="billing"), a_company()) == queue_id


def test_a_case_whose_queue_has_gone_has_moved_nowhere() -> None:
    case = replace(a_case(), queue_id="gone")
    assert queue_at(SHARED, case, a_company()) is None
