"""Evidence of a case: what its reason requires, what is missing, what is added."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from core.case import Case, Evidence, Status, demand_open
from core.customer_events import FileRefused
from core.events import EvidenceAdded
from core.outcome import Outcome
from core.person import CLOCK
from core.policy import Reason


def missing_labels(reason: Reason, evidence: tuple[Evidence, ...]) -> tuple[str, ...]:
    """Labels of the evidence that the reason requires and the case lacks, as the customer reads them."""
    have = {piece.kind for piece in evidence}
    return tuple(wanted.label for wanted in reason.required_evidence if wanted.id not in have)


def add_evidence(
    case: Case,
    pieces: tuple[Evidence, ...],
    *,
    actor_id: str,
    now: datetime,
    came_with_words: bool = False,
) -> Outcome:
    """Add `pieces` to the case; one that it has already (same kind, name and place) is not added again.

    Raises:
        CaseClosed: a closed case takes no evidence.
    """
    demand_open(case)
    fresh = tuple(piece for piece in dict.fromkeys(pieces) if piece not in case.evidence)
    if not fresh:
        return Outcome(case)
    event = EvidenceAdded(
        at=now,
        actor_id=actor_id,
        names=tuple(piece.name for piece in fresh),
        is_gathering=case.status is Status.GATHERING,
        came_with_words=came_with_words,
    )
    return Outcome(replace(case, evidence=case.evidence + fresh), (event,))


def refuse_file(case: Case, name: str, why: str, now: datetime, *, file_id: str = "") -> Outcome:
    """Record that a file of the case, open or closed, was refused after inspection.

    The case had no evidence of it: a file becomes that once it is ready.
    """
    event = FileRefused(
        at=now,
        actor_id=CLOCK,
        name=name,
        why=why,
        is_gathering=case.status is Status.GATHERING,
        file_id=file_id,
    )
    return Outcome(case, (event,))
