"""Received mail: our own come back, and files that come with mail."""

from __future__ import annotations

import pytest

from core.case import Evidence, Status
from core.inbound_mail import DeliveryFailure, EmailKind
from core.uploaded_file import FileState
from handlers.receive_mail import MailOutcome
from store.evidence.uploads import UNVERIFIED
from tests.connectors.mail.builders import COLLEAGUE, CUSTOMER, STRANGER, a_file, an_email, reply_address
from tests.handlers.harness import Harness
from tests.handlers.mail_harness import OURS, MailHarness, a_bounce


@pytest.fixture
def mails(harness: Harness) -> MailHarness:
    return MailHarness(harness)


def test_a_bounce_tells_the_case_who_didnt_get_our_mail(mails: MailHarness) -> None:
    case_id = mails.harness.create_claimed_case()
    mails.send_out(case_id)
    assert (
        mails.receive(a_bounce(DeliveryFailure(to=CUSTOMER, why="mailbox full", message_id=OURS)))
        is MailOutcome.BOUNCED
    )
    assert [(event.to, event.why) for event in mails.failures(case_id)] == [(CUSTOMER, "mailbox full")]


def test_a_bounce_to_the_cases_own_address_needs_no_message_id(mails: MailHarness) -> None:
    case_id = mails.harness.create_case()
    email = a_bounce(
        DeliveryFailure(to=CUSTOMER, why="no such address"), recipients=(reply_address(case_id),)
    )
    assert mails.receive(email) is MailOutcome.BOUNCED
    assert len(mails.failures(case_id)) == 1


def test_a_delay_is_no_failure(mails: MailHarness) -> None:
    case_id = mails.harness.create_case()
    mails.send_out(case_id)
    failure = DeliveryFailure(
        to=CUSTOMER, why="their server can't be reached", is_final=False, message_id=OURS
    )
    assert mails.receive(a_bounce(failure)) is MailOutcome.KEPT
    assert mails.failures(case_id) == []


def test_two_servers_that_report_one_failure_are_told_once(mails: MailHarness) -> None:
    case_id = mails.harness.create_case()
    mails.send_out(case_id)
    failure = DeliveryFailure(to=CUSTOMER, why="mailbox full", message_id=OURS)
    assert mails.receive(a_bounce(failure)) is MailOutcome.BOUNCED
    assert mails.receive(a_bounce(failure)) is MailOutcome.KEPT
    assert len(mails.failures(case_id)) == 1


def test_a_bounce_of_no_mail_of_ours_alarms_nobody(mails: MailHarness) -> None:
    failure = DeliveryFailure(to="x@y.example", why="mailbox full", message_id="<not@ours.example>")
    assert mails.receive(a_bounce(failure)) is MailOutcome.KEPT
    assert mails.stray_alerts() == 0


def test_files_become_evidence_of_the_case(mails: MailHarness) -> None:
    case_id = mails.harness.create_case()
    file = mails.add_file(a_file())
    mails.receive(an_email(subject=case_id), file)
    assert mails.harness.case(case_id).evidence == (Evidence(kind="other", name="note.jpg", file_id="f-1"),)
    assert mails.messages(case_id)[0].files == ("note.jpg",)
    assert mails.file().case_id == case_id


def test_a_file_that_waits_for_the_scan_is_the_cases_but_no_evidence(mails: MailHarness) -> None:
    case_id = mails.harness.create_case()
    mails.receive(an_email(subject=case_id), mails.add_file(a_file(state=FileState.HELD)))
    assert mails.harness.case(case_id).evidence == ()
    assert mails.file().case_id == case_id


def test_a_file_that_was_scanned_in_between_is_not_set_back(mails: MailHarness) -> None:
    case_id = mails.harness.create_case()
    mails.add_file(a_file())
    mails.receive(an_email(subject=case_id), a_file(state=FileState.HELD))
    assert mails.file().state is FileState.READY
    assert len(mails.harness.case(case_id).evidence) == 1


def test_a_strangers_files_are_no_evidence(mails: MailHarness) -> None:
    case_id = mails.harness.create_case()
    mails.send_out(case_id)
    mails.receive(an_email(sender=COLLEAGUE, references=(OURS,)), mails.add_file(a_file(kind=UNVERIFIED)))
    assert mails.harness.case(case_id).evidence == ()
    assert mails.messages(case_id)[0].files == ("note.jpg",)


def test_files_count_as_the_one_thing_that_is_missing(mails: MailHarness) -> None:
    case_id = mails.harness.create_case(reason_id="not_delivered")
    assert mails.match(an_email(subject=case_id)).file_kind == "delivery_note"
    mails.receive(an_email(subject=case_id), mails.add_file(a_file(kind="delivery_note")))
    assert mails.harness.case(case_id).status is Status.OPEN


def test_files_of_a_stranger_or_with_nothing_missing_count_as_nothing_in_particular(
    mails: MailHarness,
) -> None:
    gathering, whole = mails.harness.create_case(reason_id="not_delivered"), mails.harness.create_case()
    mails.send_out(gathering)
    assert mails.match(an_email(sender=STRANGER, references=(OURS,))).file_kind == UNVERIFIED
    assert mails.match(an_email(subject=whole)).file_kind == "other"


def test_an_absence_brings_no_files(mails: MailHarness) -> None:
    case_id = mails.harness.create_case()
    assert not mails.match(an_email(subject=case_id, kind=EmailKind.AUTO_REPLY)).takes_files
    assert mails.match(an_email(subject=case_id)).takes_files


@pytest.mark.parametrize("to", ["jo@nordwind.example", "ap@evil.example", "ap@nordwind.example.evil.example"])
def test_a_bounce_for_an_address_that_we_didnt_write_to_says_nothing(mails: MailHarness, to: str) -> None:
    case_id = mails.harness.create_case()
    mails.send_out(case_id)
    failure = DeliveryFailure(to=to, why="mailbox full", message_id=OURS)
    assert mails.receive(a_bounce(failure)) is MailOutcome.KEPT
    assert mails.failures(case_id) == []


def test_of_several_addresses_only_the_customers_counts(mails: MailHarness) -> None:
    case_id = mails.harness.create_case()
    mails.send_out(case_id)
    failures = [
        DeliveryFailure(to=to, why="mailbox full", message_id=OURS)
        for to in ("x@y.example", CUSTOMER.upper())
    ]
    assert mails.receive(a_bounce(*failures)) is MailOutcome.BOUNCED
    assert [failure.to for failure in mails.failures(case_id)] == [CUSTOMER.upper()]


def test_a_bounce_of_a_mail_that_we_never_sent_says_nothing(mails: MailHarness) -> None:
    case_id = mails.harness.create_case()
    mails.send_out(case_id)
    failure = DeliveryFailure(to=CUSTOMER, why="mailbox full", message_id="<forged@x.example>")
    email = a_bounce(failure, recipients=(reply_address(case_id),), references=(OURS,), subject=case_id)
    assert mails.receive(email) is MailOutcome.KEPT
    assert mails.failures(case_id) == []


def test_a_bounce_of_a_mail_that_came_in_says_nothing(mails: MailHarness) -> None:
    case_id = mails.harness.create_case()
    theirs = an_email(subject=case_id)
    mails.receive(theirs)
    failure = DeliveryFailure(to=CUSTOMER, why="mailbox full", message_id=theirs.message_id)
    assert mails.receive(a_bounce(failure)) is MailOutcome.KEPT
    assert mails.failures(case_id) == []


def test_a_bounce_to_one_case_of_another_cases_mail_says_nothing(mails: MailHarness) -> None:
    first, second = mails.harness.create_case(), mails.harness.create_case()
    mails.send_out(first)
    failure = DeliveryFailure(to=CUSTOMER, why="mailbox full", message_id=OURS)
    assert mails.receive(a_bounce(failure, recipients=(reply_address(second),))) is MailOutcome.KEPT
    assert mails.failures(first) == mails.failures(second) == []


def test_a_bounce_that_only_names_the_case_says_nothing(mails: MailHarness) -> None:
    case_id = mails.harness.create_case()
    failure = DeliveryFailure(to=CUSTOMER, why="mailbox full")
    assert mails.receive(a_bounce(failure, subject=f"Undelivered [{case_id}]")) is MailOutcome.KEPT
    assert mails.failures(case_id) == []
