"""The customer's disagreement with a decision: when it is allowed, and the reopening that follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from core.case import Case, Resolution
from core.closing import is_reopenable, reopen
from core.customer_events import CustomerDisagreed
from core.errors import FieldRefused, Stale
from core.outcome import Outcome
from core.person import CUSTOMER
from core.policy import Policy

_TO_DISAGREE_WITH = (Resolution.REJECTED, Resolution.PART_ACCEPTED)


class TooLateToDisagree(Stale):
    """The customer disagreed before, the time for it is over, or they got all that they disputed."""

    def __init__(self, case_id: str) -> None:
        super().__init__(f"The decision on {case_id} stands. You can still write to us about it.")
        self.case_id = case_id


def may_disagree(case: Case, policy: Policy, now: datetime) -> bool:
    """Once for each case, within the policy's days after it closed, unless the customer got all of it."""
    if case.resolution not in _TO_DISAGREE_WITH or case.disagreed_at is not None or case.closed_at is None:
        return False
    until = case.closed_at + timedelta(days=policy.customers.disagree_within_days)
    return now <= until and is_reopenable(case, policy)


def disagree(case: Case, *, why: str, policy: Policy, now: datetime) -> Outcome:
    """Record the disagreement and reopen the case.

    Raises:
        TooLateToDisagree: see `may_disagree`.
        FieldRefused: `why` is blank.
    """
    if not may_disagree(case, policy, now):
        raise TooLateToDisagree(case.id)
    if not why.strip():
        raise FieldRefused("why", "Tell us what is wrong with the decision.")
    event = CustomerDisagreed(at=now, actor_id=CUSTOMER, why=why.strip())
    disputed = Outcome(replace(case, disagreed_at=now), (event,))
    return disputed.then(reopen(disputed.case, why=why.strip(), actor_id=CUSTOMER, now=now))
