"""Reminders to the customer of evidence or an answer that we wait for, one for each."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from core.case import Case, Status
from core.customer_events import CustomerReminded
from core.customer_questions import is_reachable
from core.evidence import missing_labels
from core.outcome import Outcome
from core.person import CLOCK
from core.policy import Policy


def reminder_time(case: Case, policy: Policy) -> datetime | None:
    """When a reminder is due; None: we wait for nothing, it was sent, or mail can't reach the customer."""
    if not policy.customers.is_mailed or not is_reachable(case):
        return None
    if case.status is Status.GATHERING:
        return _evidence_reminder(case, policy)
    if case.status is Status.WAITING_ON_CUSTOMER and case.asked and case.asked.reminded_at is None:
        return case.asked.at + timedelta(hours=policy.customers.remind_after_hours)
    return None


def remind(case: Case, policy: Policy, now: datetime) -> Outcome:
    """Remind the customer if a reminder is due."""
    remind_at = reminder_time(case, policy)
    if remind_at is None or remind_at > now:
        return Outcome(case)
    if case.asked is not None:
        event = CustomerReminded(at=now, actor_id=CLOCK, what=(case.asked.what,), waiting_since=case.asked.at)
        return Outcome(replace(case, asked=replace(case.asked, reminded_at=now)), (event,))
    missing = missing_labels(policy.reason(case.reason_id), case.evidence)
    event = CustomerReminded(
        at=now, actor_id=CLOCK, what=missing, waiting_since=case.raised_at, is_gathering=True
    )
    return Outcome(replace(case, grace_reminded_at=now), (event,))


def _evidence_reminder(case: Case, policy: Policy) -> datetime | None:
    """After the policy's share of the grace period; at the same moment its end comes first."""
    if case.grace_until is None or case.grace_reminded_at is not None:
        return None
    grace = case.grace_until - case.raised_at
    return case.raised_at + grace * policy.customers.grace_reminder_share
