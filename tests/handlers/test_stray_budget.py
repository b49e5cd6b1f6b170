"""Tests of mail that matches no case: bounded by day in number and bytes, and deleted in the end."""

from __future__ import annotations

from datetime import timedelta

from core.stray_mail import BYTES_OF_A_SENDER, KEPT_FOR, MAILS_OF_A_SENDER, MAILS_OF_ALL
from handlers.match_mail import match_mail
from handlers.receive_mail import MailOutcome
from handlers.stray_budget import has_stray_budget
from tests.connectors.mail.builders import an_email, our_addresses
from tests.handlers.harness import Harness
from tests.handlers.mail_harness import MailHarness

SPAM = "spam@evil.example"


def test_a_sender_gets_twenty_stray_mails_a_day_stored_and_no_more(any_harness: Harness) -> None:
    mails = MailHarness(any_harness)
    outcomes = [_receive(mails, number) for number in range(MAILS_OF_A_SENDER + 5)]
    assert outcomes == [MailOutcome.STRAY] * MAILS_OF_A_SENDER + [MailOutcome.DROPPED] * 5
    assert _find(any_harness, MAILS_OF_A_SENDER - 1)
    assert not _find(any_harness, MAILS_OF_A_SENDER)
    any_harness.now += timedelta(days=1)
    assert _receive(mails, 100) is MailOutcome.STRAY


def test_large_stray_mails_are_dropped_by_their_bytes_before_these_are_stored(any_harness: Harness) -> None:
    mails = MailHarness(any_harness)
    half = BYTES_OF_A_SENDER // 2
    assert [_receive(mails, number, half) for number in range(3)][1:] == [
        MailOutcome.STRAY,
        MailOutcome.DROPPED,
    ]
    received = mails.received(an_email(sender=SPAM))
    assert not any_harness.store.read_blocking(has_stray_budget, received, any_harness.now)


def test_forged_senders_share_one_sum(any_harness: Harness) -> None:
    mails = MailHarness(any_harness)
    senders = [f"spam{number}@evil.example" for number in range(MAILS_OF_ALL + 1)]
    outcomes = [_receive(mails, number, sender=sender) for number, sender in enumerate(senders)]
    assert outcomes[-2:] == [MailOutcome.STRAY, MailOutcome.DROPPED]


def test_one_sender_alone_cannot_spend_what_all_may_send(any_harness: Harness) -> None:
    mails = MailHarness(any_harness)
    for number in range(MAILS_OF_ALL + 1):
        _receive(mails, number)
    assert _receive(mails, MAILS_OF_ALL + 1, sender="ap@nordwind.example") is MailOutcome.STRAY


def test_a_dropped_mail_that_comes_again_is_a_repeat(any_harness: Harness) -> None:
    mails = MailHarness(any_harness)
    for number in range(MAILS_OF_A_SENDER):
        _receive(mails, number)
    email = an_email(sender=SPAM, message_id="<late@x>")
    told = [mails.receive(email, digest="d"), mails.receive(email, digest="d")]
    assert told == [MailOutcome.DROPPED, MailOutcome.REPEAT]


def test_a_customers_mail_to_their_case_is_never_dropped(any_harness: Harness) -> None:
    mails = MailHarness(any_harness)
    case_id = any_harness.create_claimed_case()
    for number in range(MAILS_OF_A_SENDER + 1):
        assert mails.receive(an_email(subject=case_id, message_id=f"<{number}@x>")) is MailOutcome.TOLD


def test_stray_mails_are_deleted_after_thirty_days_and_those_of_a_case_stay(any_harness: Harness) -> None:
    mails = MailHarness(any_harness)
    case_id = any_harness.create_claimed_case()
    mails.receive(an_email(subject=case_id, message_id="<theirs@x>"))
    mails.send_out(case_id)
    _receive(mails, 1)
    after = any_harness.now + timedelta(seconds=1)
    assert any_harness.store.run_blocking(lambda tx: tx.mails.purge_strays(any_harness.now)) == 0
    assert any_harness.store.run_blocking(lambda tx: tx.mails.purge_strays(after)) == 1
    assert timedelta(days=30) == KEPT_FOR
    assert len(mails.came_in(case_id)) == 1
    assert any_harness.store.read_blocking(lambda tx: tx.files.count_uses("b" * 64)) == 1


def _receive(mails: MailHarness, number: int, size: int = 1_000, *, sender: str = SPAM) -> MailOutcome:
    received = mails.received(an_email(sender=sender, message_id=f"<{number}@x>"), size=size)
    match = mails.harness.store.read_blocking(match_mail, received, our_addresses())
    assert match is not None
    return mails.apply(received, match)


def _find(harness: Harness, number: int) -> bool:
    return harness.store.read_blocking(lambda tx: tx.mails.find(f"<{number}@x>")) is not None
