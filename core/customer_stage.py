"""Where does a case stand in the customer's eyes, and by when will they hear from us?"""

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
    """A case given back to its queue is still under review, and a decision is one once it is carried out."""
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
    """When they get a first answer or, once they had one, our decision; it may have passed.

    None while that is theirs to bring about (evidence, an answer), and once it is done.
    """
    queue = policy.queues.get(case.queue_id)
    if queue is None:
        return None
    promises = (Target.FIRST_ANSWER, Target.RESOLUTION)
    return min((end.at for end in clock_ends(case, queue.calendar) if end.target in promises), default=None)


def _closed_stage(case: Case) -> Stage:
    if case.resolution is Resolution.WITHDRAWN:
        return Stage.WITHDRAWN
    return Stage.DUPLICATE if case.resolution is Resolution.DUPLICATE else Stage.DECIDED
