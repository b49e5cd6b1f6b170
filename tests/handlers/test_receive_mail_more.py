"""What becomes of a mail of ours that came back, and of the files that come with a mail?"""

from __future__ import annotations

import pytest

from core.case import Evidence, Status
from core.inbound_mail import Failure, LetterKind
from core.uploaded_file import FileState
from handlers.receive_mail import Heard
from store.evidence.uploads import UNVERIFIED
from tests.connectors.mail.builders import COLLEAGUE, CUSTOMER, STRANGER, a_file, a_letter, reply_address
from tests.handlers.harness import Desk
from tests.handlers.mail_harness import OURS, Post, a_bounce


@pytest.fixture
def post(desk: Desk) -> Post:
    return Post(desk)


def test_a_bounce_tells_the_case_who_didnt_get_our_mail(post: Post) -> None:
    case_id = post.desk.raise_claimed()
    post.send_out(case_id)
    assert post.hear(a_bounce(Failure(to=CUSTOMER, why="mailbox full", message_id=OURS))) is Heard.BOUNCED
    assert [(event.to, event.why) for event in post.failed(case_id)] == [(CUSTOMER, "mailbox full")]


def test_a_bounce_to_the_cases_own_address_needs_no_message_id(post: Post) -> None:
    case_id = post.desk.raise_one()
    letter = a_bounce(Failure(to=CUSTOMER, why="no such address"), recipients=(reply_address(case_id),))
    assert post.hear(letter) is Heard.BOUNCED
    assert len(post.failed(case_id)) == 1


def test_a_delay_is_no_failure(post: Post) -> None:
    case_id = post.desk.raise_one()
    post.send_out(case_id)
    failure = Failure(to=CUSTOMER, why="their server can't be reached", is_final=False, message_id=OURS)
    assert post.hear(a_bounce(failure)) is Heard.KEPT
    assert post.failed(case_id) == []


def test_two_servers_that_report_one_failure_are_told_once(post: Post) -> None:
    case_id = post.desk.raise_one()
    post.send_out(case_id)
    failure = Failure(to=CUSTOMER, why="mailbox full", message_id=OURS)
    assert post.hear(a_bounce(failure)) is Heard.BOUNCED
    assert post.hear(a_bounce(failure)) is Heard.KEPT
    assert len(post.failed(case_id)) == 1


def test_a_bounce_of_no_mail_of_ours_alarms_nobody(post: Post) -> None:
    failure = Failure(to="x@y.example", why="mailbox full", message_id="<not@ours.example>")
    assert post.hear(a_bounce(failure)) is Heard.KEPT
    assert post.strays() == 0


def test_files_become_evidence_of_the_case(post: Post) -> None:
    case_id = post.desk.raise_one()
    file = post.added(a_file())
    post.hear(a_letter(subject=case_id), file)
    assert post.desk.case(case_id).evidence == (Evidence(kind="other", name="note.jpg", file_id="f-1"),)
    assert post.told(case_id)[0].files == ("note.jpg",)
    assert post.file().case_id == case_id


def test_a_file_that_waits_for_the_scan_is_the_cases_but_no_evidence(post: Post) -> None:
    case_id = post.desk.raise_one()
    post.hear(a_letter(subject=case_id), post.added(a_file(state=FileState.HELD)))
    assert post.desk.case(case_id).evidence == ()
    assert post.file().case_id == case_id


def test_a_file_that_was_scanned_in_between_is_not_set_back(post: Post) -> None:
    case_id = post.desk.raise_one()
    post.added(a_file())
    post.hear(a_letter(subject=case_id), a_file(state=FileState.HELD))
    assert post.file().state is FileState.READY
    assert len(post.desk.case(case_id).evidence) == 1


def test_a_strangers_files_are_no_evidence(post: Post) -> None:
    case_id = post.desk.raise_one()
    post.send_out(case_id)
    post.hear(a_letter(sender=COLLEAGUE, references=(OURS,)), post.added(a_file(kind=UNVERIFIED)))
    assert post.desk.case(case_id).evidence == ()
    assert post.told(case_id)[0].files == ("note.jpg",)


def test_files_count_as_the_one_thing_that_is_missing(post: Post) -> None:
    case_id = post.desk.raise_one(reason_id="not_delivered")
    assert post.fit(a_letter(subject=case_id)).kind == "delivery_note"
    post.hear(a_letter(subject=case_id), post.added(a_file(kind="delivery_note")))
    assert post.desk.case(case_id).status is Status.OPEN


def test_files_of_a_stranger_or_with_nothing_missing_count_as_nothing_in_particular(post: Post) -> None:
    gathering, whole = post.desk.raise_one(reason_id="not_delivered"), post.desk.raise_one()
    post.send_out(gathering)
    assert post.fit(a_letter(sender=STRANGER, references=(OURS,))).kind == UNVERIFIED
    assert post.fit(a_letter(subject=whole)).kind == "other"


def test_an_absence_brings_no_files(post: Post) -> None:
    case_id = post.desk.raise_one()
    assert not post.fit(a_letter(subject=case_id, kind=LetterKind.AUTO_REPLY)).takes_files
    assert post.fit(a_letter(subject=case_id)).takes_files
