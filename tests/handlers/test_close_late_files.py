"""Files that came while the case was closed, once it is reopened."""

from __future__ import annotations

from cards.actions import Action
from core.case import Resolution
from core.uploaded_file import FileState
from handlers.customer_page import disagree_with_decision
from store.evidence.uploads import UNVERIFIED
from tests.handlers.harness import ANA, Harness
from tests.handlers.test_customer_page import a_file, link_to, say


def rejected(harness: Harness) -> str:
    case_id = harness.create_claimed_case(ANA)
    harness.send(
        Action.DECIDE,
        ANA,
        case_id,
        verdict=Resolution.REJECTED,
        root_cause="pricing_error",
        customer_text="All of it was delivered.",
    )
    return case_id


def file_ids(harness: Harness, case_id: str) -> list[str | None]:
    return [piece.file_id for piece in harness.case(case_id).evidence]


def test_they_are_evidence_once_the_case_is_open_again(harness: Harness) -> None:
    case_id = rejected(harness)
    link = link_to(harness, case_id)
    a_file(harness, link, "f-late")
    say(harness, link, case_id, "Here is the proof.", files=["f-late"])
    assert file_ids(harness, case_id) == []
    harness.send(Action.REOPEN, ANA, case_id, why="They sent a proof.")
    assert file_ids(harness, case_id) == ["f-late"]


def test_so_they_are_when_the_customer_does_not_agree(harness: Harness) -> None:
    case_id = rejected(harness)
    link = link_to(harness, case_id)
    a_file(harness, link, "f-late")
    say(harness, link, case_id, "Here is the proof.", files=["f-late"])
    harness.store.run_blocking(
        disagree_with_decision, link, case_id, why="Look at it.", key="d" * 16, now=harness.now
    )
    assert file_ids(harness, case_id) == ["f-late"]


def test_what_nobody_vouches_for_stays_outside(harness: Harness) -> None:
    case_id = rejected(harness)
    link = link_to(harness, case_id)
    a_file(harness, link, "f-held", case_id=case_id, state=FileState.HELD)
    a_file(harness, link, "f-stranger", case_id=case_id, kind=UNVERIFIED)
    harness.send(Action.REOPEN, ANA, case_id, why="They wrote.")
    assert file_ids(harness, case_id) == []
