"""A case's status in the customer's terms, and when our reply to them is due."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from core.case import Case, Resolution, Status, Target
from core.policy import Policy
from core.sla import clock_ends


class Stage(StrEnum):
    RECEIVED = "received"
    NEED_EVIDENCE = "need_evidence"
    UNDER_REVIEW = "under_review"
    NEED_ANSWER = "need_answer"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"


def stage_of(case: Case) -> Stage:
    """A case given back to its queue stays under review; a decision is shown once it is carried out."""
    match case.status:
        case Status.GATHERING:
            return Stage.NEED_EVIDENCE
        case Status.OPEN:
            return Stage.UNDER_REVIEW if case.claimed_at else Stage.RECEIVED
        case Status.WAITING_ON_CUSTOMER:
            return Stage.NEED_ANSWER
        case Status.CLOSED:
            return _closed_stage(case)
        case Status.UNDER_REVIEW | Status.AWAITING_APPROVAL | Status.SETTLING:
            return Stage.UNDER_REVIEW


def reply_due_at(case: Case, policy: Policy) -> datetime | None:
    """When our first answer is due or, after that, our decision; the moment may have passed.

    None while we wait for the customer (evidence, an answer), and once the decision is made.
    """
    queue = policy.queues.get(case.queue_id)
    if queue is None:
        return None
    replies = (Target.FIRST_ANSWER, Target.RESOLUTION)
    return min((end.at for end in clock_ends(case, queue.calendar) if end.target in replies), default=None)


def _closed_stage(case: Case) -> Stage:
    if case.resolution is Resolution.WITHDRAWN:
        return Stage.WITHDRAWN
    return Stage.DUPLICATE if case.resolution is Resolution.DUPLICATE else Stage.DECIDED
