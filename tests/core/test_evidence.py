"""Evidence: added once, and what is missing."""

from __future__ import annotations

from core.case import Evidence
from core.events import EvidenceAdded
from core.evidence import add_evidence, missing_labels
from core.policy import RequiredEvidence
from tests.builders import MONDAY_9AM, a_case, a_reason

NOTE = Evidence(kind="delivery_note", name="note.jpg")
OTHER_NOTE = Evidence(kind="delivery_note", name="note.jpg", url="file:2")
WANTED = (RequiredEvidence("delivery_note", "The delivery note"), RequiredEvidence("photo", "A photo"))


def test_missing_is_what_the_reason_wants_and_nobody_handed_in() -> None:
    reason = a_reason(required_evidence=WANTED)
    assert missing_labels(reason, ()) == ("The delivery note", "A photo")
    assert missing_labels(reason, (OTHER_NOTE, NOTE)) == ("A photo",)
    assert missing_labels(a_reason(), ()) == ()


def test_what_is_there_already_is_not_added_again() -> None:
    case = a_case(evidence=(NOTE,))
    outcome = add_evidence(case, (NOTE,), actor_id="customer", now=MONDAY_9AM)
    assert outcome.case is case
    assert outcome.events == ()


def test_the_same_piece_twice_in_one_go_is_pinned_once_and_the_same_name_elsewhere_is_another() -> None:
    outcome = add_evidence(
        a_case(evidence=(NOTE,)), (OTHER_NOTE, NOTE, OTHER_NOTE), actor_id="customer", now=MONDAY_9AM
    )
    assert outcome.case.evidence == (NOTE, OTHER_NOTE)
    assert outcome.events == (EvidenceAdded(at=MONDAY_9AM, actor_id="customer", names=("note.jpg",)),)
