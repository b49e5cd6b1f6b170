"""Held mail, and a resolver who accepts its sender."""

from __future__ import annotations

import pytest

from cards.actions import Action
from core.case import Evidence, Status
from core.errors import Refused
from core.uploaded_file import File, FileState
from handlers.types import Reply
from store.evidence.uploads import UNVERIFIED
from store.transaction import Transaction
from tests.handlers.harness import ANA, Harness

KIM = "lager@nordwind.example"


def accept(harness: Harness, case_id: str, which: int = -1) -> Reply:
    """Press the button under a held message."""
    return harness.press(Action.ACCEPT_SENDER, ANA, case_id, value=harness.message_names(case_id)[which])


def save_file(tx: Transaction, file: File) -> None:
    tx.files.add(file)


def find(tx: Transaction, file_id: str) -> File:
    file = tx.files.find(file_id)
    assert file is not None
    return file


def waiting(harness: Harness) -> str:
    case_id = harness.create_claimed_case()
    harness.send_as_shown(Action.QUESTION, ANA, case_id, what="A photo", text="Could you send a photo?")
    harness.advance(hours=1)
    return case_id


def test_what_a_stranger_writes_changes_nothing_until_they_are_accepted(harness: Harness) -> None:
    case_id = waiting(harness)
    before = harness.case(case_id)
    harness.receive_message(case_id, KIM)
    assert harness.case(case_id) == before
    harness.advance(hours=2)
    accept(harness, case_id)
    assert harness.case(case_id).status is Status.UNDER_REVIEW
    assert harness.event_names(case_id)[-3:] == ["CustomerWrote", "SenderAccepted", "CustomerHeard"]


def test_what_they_write_next_counts_at_once(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    harness.receive_message(case_id, KIM)
    accept(harness, case_id)
    harness.send_as_shown(Action.QUESTION, ANA, case_id, what="A photo", text="Could you send a photo?")
    harness.advance(hours=1)
    harness.receive_message(case_id, KIM.upper())
    assert harness.case(case_id).status is Status.UNDER_REVIEW


def test_what_came_before_the_question_does_not_answer_it(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    harness.receive_message(case_id, KIM)
    harness.advance(hours=1)
    harness.send_as_shown(Action.QUESTION, ANA, case_id, what="A photo", text="Could you send a photo?")
    accept(harness, case_id)
    assert harness.case(case_id).status is Status.WAITING_ON_CUSTOMER


def test_pressing_again_says_that_it_is_done(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    harness.receive_message(case_id, KIM)
    accept(harness, case_id)
    before = harness.event_names(case_id)
    assert accept(harness, case_id).whisper == f"What {KIM} wrote counts already."
    assert harness.event_names(case_id) == before


def test_an_older_letter_of_somebody_accepted_counts_already(harness: Harness) -> None:
    case_id = waiting(harness)
    for _ in range(2):
        harness.receive_message(case_id, KIM)
        harness.advance(hours=1)
    accept(harness, case_id, 0)
    assert harness.case(case_id).status is Status.UNDER_REVIEW
    assert accept(harness, case_id, 1).whisper == f"What {KIM} wrote counts already."
    assert harness.event_names(case_id).count("SenderAccepted") == 1


def test_of_doubted_letters_with_the_customers_own_address_only_the_one_believed_counts(
    harness: Harness,
) -> None:
    case_id = harness.create_claimed_case()
    own = "ap@nordwind.example"
    harness.receive_message(case_id, own, "Please pay me back to another account.", warning="DMARC failed.")
    harness.advance(hours=1)
    harness.send_as_shown(Action.QUESTION, ANA, case_id, what="A photo", text="Could you send a photo?")
    harness.advance(hours=1)
    harness.receive_message(case_id, own, "The photo is on your page.", warning="DMARC failed.")
    assert harness.case(case_id).status is Status.WAITING_ON_CUSTOMER
    accept(harness, case_id, 0)
    assert harness.case(case_id).status is Status.WAITING_ON_CUSTOMER
    accept(harness, case_id, 1)
    assert harness.case(case_id).status is Status.UNDER_REVIEW
    assert harness.case(case_id).accepted_senders == ()
    for which in (0, 1):
        assert accept(harness, case_id, which).whisper == f"What {own} wrote counts already."


@pytest.mark.parametrize("named", ["", "2026-03-02T09:00:00.000000 other@evil.example", f"{KIM}", "x" * 2000])
def test_nobody_is_accepted_who_has_not_written(harness: Harness, named: str) -> None:
    case_id = harness.create_claimed_case()
    harness.receive_message(case_id, KIM)
    with pytest.raises(Refused):
        harness.press(Action.ACCEPT_SENDER, ANA, case_id, value=f"{case_id} {named}")
    assert harness.case(case_id).accepted_senders == ()


def test_the_files_of_the_mail_become_evidence_once_they_are_harmless(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    names = ("note.jpg", "trojan.pdf", "slow.pdf")
    states = (FileState.READY, FileState.REFUSED, FileState.HELD)
    case = harness.case(case_id)
    for name, state in zip((*names, "elsewhere.jpg"), (*states, FileState.READY), strict=True):
        file = File(
            id=f"f-{name}",
            invoice_ref=case.invoice.ref,
            customer_ref=case.customer.ref,
            case_id=case_id,
            draft_id=None,
            kind=UNVERIFIED,
            name=name,
            size=10,
            state=state,
            via="mail",
            came_at=harness.now,
        )
        harness.store.run_blocking(save_file, file)
    held = tuple(Evidence(kind=UNVERIFIED, name=name, file_id=f"f-{name}") for name in names)
    harness.receive_message(case_id, KIM, files=held)
    assert harness.case(case_id).evidence == ()
    accept(harness, case_id)
    assert [(piece.kind, piece.file_id) for piece in harness.case(case_id).evidence] == [
        ("other", "f-note.jpg")
    ]
    waits, theirs = (harness.store.read_blocking(find, f"f-{name}") for name in ("slow.pdf", "elsewhere.jpg"))
    assert (waits.kind, theirs.kind) == ("other", UNVERIFIED)
