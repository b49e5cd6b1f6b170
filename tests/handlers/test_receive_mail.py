"""Received mail: it reaches its case, and only the customer's own counts there."""

from __future__ import annotations

from typing import Any

import pytest

from core.case import Status
from core.inbound_mail import DeliveryFailure, EmailKind
from core.tokens import Tokens
from handlers.receive_mail import STRAYS_AN_HOUR, MailOutcome
from tests.connectors.mail.builders import (
    COLLEAGUE,
    CUSTOMER,
    DOMAIN,
    OUR_ADDRESS,
    STRANGER,
    an_email,
    reply_address,
)
from tests.handlers.harness import Harness
from tests.handlers.mail_harness import OURS, MailHarness, a_bounce


@pytest.fixture
def mails(harness: Harness) -> MailHarness:
    return MailHarness(harness)


def test_a_reply_to_our_mail_reaches_the_case(mails: MailHarness) -> None:
    case_id = mails.harness.create_case()
    mails.send_out(case_id)
    assert mails.receive(an_email(references=("<other@x.example>", OURS))) is MailOutcome.TOLD
    assert [event.text for event in mails.messages(case_id)] == ["The note is on its way."]
    assert mails.messages(case_id)[0].sender == CUSTOMER
    assert mails.messages(case_id)[0].is_verified


def test_a_mail_to_the_cases_own_address_reaches_it(mails: MailHarness) -> None:
    case_id = mails.harness.create_case()
    assert mails.receive(an_email(recipients=(reply_address(case_id).upper(),))) is MailOutcome.TOLD
    assert mails.messages(case_id)[0].is_verified


def test_a_mail_whose_subject_names_the_case_reaches_it_from_its_customer(mails: MailHarness) -> None:
    case_id = mails.harness.create_case()
    assert mails.receive(an_email(subject=f"AW: Invoice [{case_id.lower()}]")) is MailOutcome.TOLD
    assert mails.messages(case_id)[0].is_verified


def test_headers_count_before_addresses_and_these_before_subjects(mails: MailHarness) -> None:
    first, second, third = (mails.harness.create_case() for _ in range(3))
    mails.send_out(first)
    email = an_email(references=(OURS,), recipients=(reply_address(second),), subject=third)
    assert mails.match(email).case_id == first
    assert mails.match(an_email(recipients=email.recipients, subject=third)).case_id == second
    assert mails.match(an_email(subject=third)).case_id == third


def test_a_stranger_who_names_a_case_in_the_subject_doesnt_reach_it(mails: MailHarness) -> None:
    case_id = mails.harness.create_case()
    assert mails.receive(an_email(sender=STRANGER, subject=f"[{case_id}]")) is MailOutcome.STRAY
    assert mails.messages(case_id) == []


@pytest.mark.parametrize("address", ["case+d1001.00000000000000000000", "case+d1001", "case+d99999"])
def test_an_address_that_we_never_signed_leads_nowhere(mails: MailHarness, address: str) -> None:
    mails.harness.create_case()
    assert mails.receive(an_email(recipients=(f"{address}@{DOMAIN}",))) is MailOutcome.STRAY


def test_an_address_of_another_domain_leads_nowhere(mails: MailHarness) -> None:
    case_id = mails.harness.create_case()
    elsewhere = reply_address(case_id).replace(DOMAIN, "evil.example")
    assert mails.receive(an_email(recipients=(elsewhere,))) is MailOutcome.STRAY


def test_an_address_signed_with_another_key_leads_nowhere(mails: MailHarness) -> None:
    case_id = mails.harness.create_case()
    forged = Tokens(("another key of thirty-two letters",)).reply_local_part(case_id)
    assert mails.receive(an_email(recipients=(f"{forged}@{DOMAIN}",))) is MailOutcome.STRAY


def test_whoever_knows_our_mail_but_isnt_the_customer_is_held(mails: MailHarness) -> None:
    case_id = mails.harness.create_claimed_case()
    mails.send_out(case_id)
    mails.wait_for_customer(case_id)
    assert mails.receive(an_email(sender=COLLEAGUE, references=(OURS,))) is MailOutcome.HELD
    assert [event.is_verified for event in mails.messages(case_id)] == [False]
    assert mails.harness.case(case_id).status is Status.WAITING_ON_CUSTOMER


def test_a_mail_that_may_not_be_the_customers_is_held_with_its_warning(mails: MailHarness) -> None:
    case_id = mails.harness.create_claimed_case()
    mails.wait_for_customer(case_id)
    email = an_email(subject=case_id, is_doubted=True, warning="DMARC failed.", note="A file is left out.")
    assert mails.receive(email) is MailOutcome.HELD
    assert mails.messages(case_id)[0].warning == "DMARC failed. A file is left out."
    assert mails.harness.case(case_id).status is Status.WAITING_ON_CUSTOMER


def test_the_customers_answer_ends_the_wait(mails: MailHarness) -> None:
    case_id = mails.harness.create_claimed_case()
    mails.wait_for_customer(case_id)
    mails.receive(an_email(subject=case_id))
    assert mails.harness.case(case_id).status is Status.UNDER_REVIEW


def test_an_absence_is_kept_but_says_nothing_and_ends_no_wait(mails: MailHarness) -> None:
    case_id = mails.harness.create_claimed_case()
    mails.wait_for_customer(case_id)
    promised = mails.harness.pending_deliveries()
    assert mails.receive(an_email(kind=EmailKind.AUTO_REPLY, subject=case_id)) is MailOutcome.KEPT
    assert mails.messages(case_id) == []
    assert mails.harness.pending_deliveries() == promised
    assert mails.harness.case(case_id).status is Status.WAITING_ON_CUSTOMER
    assert [mail.sender for mail in mails.came_in(case_id)] == [CUSTOMER]


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": EmailKind.LOOP},
        {"sender": OUR_ADDRESS},
        {"sender": reply_address("D-1001")},
        {"message_id": OURS},
    ],
)
def test_our_own_mail_come_back_says_nothing(mails: MailHarness, changes: dict[str, Any]) -> None:
    case_id = mails.harness.create_case()
    mails.send_out(case_id)
    promised = mails.harness.pending_deliveries()
    assert mails.receive(an_email(references=(OURS,), **changes)) is MailOutcome.KEPT
    assert mails.messages(case_id) == []
    assert mails.harness.pending_deliveries() == promised


def test_the_same_mail_twice_is_told_once(mails: MailHarness) -> None:
    case_id = mails.harness.create_case()
    email = an_email(subject=case_id)
    assert mails.receive(email, digest="same") is MailOutcome.TOLD
    assert mails.receive(email, digest="same") is MailOutcome.REPEAT
    assert len(mails.messages(case_id)) == 1


def test_the_same_mail_twice_at_once_is_told_once(any_harness: Harness) -> None:
    mails = MailHarness(any_harness)
    case_id = mails.harness.create_case()
    received = mails.received(an_email(subject=case_id), digest="same")
    match = mails.match(received.email)
    assert mails.apply(received, match) is MailOutcome.TOLD
    promised = mails.harness.pending_deliveries()
    assert mails.apply(received, match) is MailOutcome.REPEAT
    assert len(mails.messages(case_id)) == len(mails.came_in(case_id)) == 1
    assert mails.harness.pending_deliveries() == promised


def test_a_forged_message_id_swallows_nobodys_mail(mails: MailHarness) -> None:
    case_id = mails.harness.create_case()
    mails.receive(an_email(sender=STRANGER), digest="1" * 64)
    assert mails.receive(an_email(subject=case_id), digest="2" * 64) is MailOutcome.TOLD
    kept = mails.came_in(case_id)
    assert [mail.message_id for mail in kept] == [f"<{'2' * 64}@ombud.invalid>"]
    assert mails.messages(case_id)[0].mail_id == kept[0].message_id


def test_a_mail_on_a_closed_case_is_told_and_changes_nothing_else(mails: MailHarness) -> None:
    case_id = mails.harness.create_claimed_case()
    mails.close(case_id)
    assert mails.receive(an_email(subject=case_id)) is MailOutcome.TOLD
    assert mails.harness.case(case_id).is_closed
    assert len(mails.messages(case_id)) == 1


def test_a_mail_that_fits_no_case_is_told_to_the_first_queue(mails: MailHarness) -> None:
    assert mails.receive(an_email(subject="Buy more " * 100)) is MailOutcome.STRAY
    assert mails.stray_alerts() == 1


def test_a_flood_of_strays_doesnt_flood_the_channel(mails: MailHarness) -> None:
    for number in range(3 * STRAYS_AN_HOUR):
        mails.receive(an_email(sender=f"spam{number}@evil.example"))
    assert mails.stray_alerts() == STRAYS_AN_HOUR
    mails.harness.advance(hours=1)
    mails.receive(an_email())
    assert mails.stray_alerts() == STRAYS_AN_HOUR + 1


def test_mails_are_heard_on_both_databases(any_harness: Harness) -> None:
    mails = MailHarness(any_harness)
    case_id = any_harness.create_case()
    mails.send_out(case_id)
    assert mails.receive(an_email(references=(OURS,)), digest="d") is MailOutcome.TOLD
    assert mails.receive(an_email(references=(OURS,)), digest="d") is MailOutcome.REPEAT
    assert mails.receive(an_email(message_id="<2@x>")) is MailOutcome.STRAY
    assert (
        mails.receive(a_bounce(DeliveryFailure(to=CUSTOMER, why="mailbox full", message_id=OURS)))
        is MailOutcome.BOUNCED
    )
