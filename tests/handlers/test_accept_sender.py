"""What happens when somebody else writes for the customer, and a resolver believes them?"""

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


def accept(desk: Harness, case_id: str, which: int = -1) -> Reply:
    """Press the button under a letter that doesn't count yet."""
    return desk.press(Action.ACCEPT_SENDER, ANA, case_id, value=desk.message_names(case_id)[which])


def save_file(tx: Transaction, file: File) -> None:
    tx.files.add(file)


def find(tx: Transaction, file_id: str) -> File:
    file = tx.files.find(file_id)
    assert file is not None
    return file


def waiting(desk: Harness) -> str:
    case_id = desk.create_claimed_case()
    desk.send_as_shown(Action.QUESTION, ANA, case_id, what="A photo", text="Could you send a photo?")
    desk.advance(hours=1)
    return case_id


def test_what_a_stranger_writes_changes_nothing_until_they_are_accepted(desk: Harness) -> None:
    case_id = waiting(desk)
    before = desk.case(case_id)
    desk.receive_message(case_id, KIM)
    assert desk.case(case_id) == before
    desk.advance(hours=2)
    accept(desk, case_id)
    assert desk.case(case_id).status is Status.UNDER_REVIEW
    assert desk.event_names(case_id)[-3:] == ["CustomerWrote", "SenderAccepted", "CustomerHeard"]


def test_what_they_write_next_counts_at_once(desk: Harness) -> None:
    case_id = desk.create_claimed_case()
    desk.receive_message(case_id, KIM)
    accept(desk, case_id)
    desk.send_as_shown(Action.QUESTION, ANA, case_id, what="A photo", text="Could you send a photo?")
    desk.advance(hours=1)
    desk.receive_message(case_id, KIM.upper())
    assert desk.case(case_id).status is Status.UNDER_REVIEW


def test_what_came_before_the_question_does_not_answer_it(desk: Harness) -> None:
    case_id = desk.create_claimed_case()
    desk.receive_message(case_id, KIM)
    desk.advance(hours=1)
    desk.send_as_shown(Action.QUESTION, ANA, case_id, what="A photo", text="Could you send a photo?")
    accept(desk, case_id)
    assert desk.case(case_id).status is Status.WAITING_ON_CUSTOMER


def test_pressing_again_says_that_it_is_done(desk: Harness) -> None:
    case_id = desk.create_claimed_case()
    desk.receive_message(case_id, KIM)
    accept(desk, case_id)
    before = desk.event_names(case_id)
    assert accept(desk, case_id).whisper == f"What {KIM} wrote counts already."
    assert desk.event_names(case_id) == before


def test_an_older_letter_of_somebody_accepted_counts_already(desk: Harness) -> None:
    case_id = waiting(desk)
    for _ in range(2):
        desk.receive_message(case_id, KIM)
        desk.advance(hours=1)
    accept(desk, case_id, 0)
    assert desk.case(case_id).status is Status.UNDER_REVIEW
    assert accept(desk, case_id, 1).whisper == f"What {KIM} wrote counts already."
    assert desk.event_names(case_id).count("SenderAccepted") == 1


def test_of_doubted_letters_with_the_customers_own_address_only_the_one_believed_counts(
    desk: Harness,
) -> None:
    case_id = desk.create_claimed_case()
    own = "ap@nordwind.example"
    desk.receive_message(case_id, own, "Please pay me back to another account.", warning="DMARC failed.")
    desk.advance(hours=1)
    desk.send_as_shown(Action.QUESTION, ANA, case_id, what="A photo", text="Could you send a photo?")
    desk.advance(hours=1)
    desk.receive_message(case_id, own, "The photo is on your page.", warning="DMARC failed.")
    assert desk.case(case_id).status is Status.WAITING_ON_CUSTOMER
    accept(desk, case_id, 0)
    assert desk.case(case_id).status is Status.WAITING_ON_CUSTOMER
    accept(desk, case_id, 1)
    assert desk.case(case_id).status is Status.UNDER_REVIEW
    assert desk.case(case_id).accepted_senders == ()
    for which in (0, 1):
        assert accept(desk, case_id, which).whisper == f"What {own} wrote counts already."


@pytest.mark.parametrize("named", ["", "2026-03-02T09:00:00.000000 other@evil.example", f"{KIM}", "x" * 2000])
def test_nobody_is_accepted_who_has_not_written(desk: Harness, named: str) -> None:
    case_id = desk.create_claimed_case()
    desk.receive_message(case_id, KIM)
    with pytest.raises(Refused):
        desk.press(Action.ACCEPT_SENDER, ANA, case_id, value=f"{case_id} {named}")
    assert desk.case(case_id).accepted_senders == ()


def test_the_files_of_the_mail_become_evidence_once_they_are_harmless(desk: Harness) -> None:
    case_id = desk.create_claimed_case()
    names = ("note.jpg", "trojan.pdf", "slow.pdf")
    states = (FileState.READY, FileState.REFUSED, FileState.HELD)
    case = desk.case(case_id)
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
            came_at=desk.now,
        )
        desk.store.run_blocking(save_file, file)
    held = tuple(Evidence(kind=UNVERIFIED, name=name, file_id=f"f-{name}") for name in names)
    desk.receive_message(case_id, KIM, files=held)
    assert desk.case(case_id).evidence == ()
    accept(desk, case_id)
    assert [(piece.kind, piece.file_id) for piece in desk.case(case_id).evidence] == [("other", "f-note.jpg")]
    waits, theirs = (desk.store.read_blocking(find, f"f-{name}") for name in ("slow.pdf", "elsewhere.jpg"))
    assert (waits.kind, theirs.kind) == ("other", UNVERIFIED)
