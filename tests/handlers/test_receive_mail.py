"""Does a mail reach its case, and does only the customer's own word count there?"""

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
def post(harness: Harness) -> MailHarness:
    return MailHarness(harness)


def test_a_reply_to_our_mail_reaches_the_case(post: MailHarness) -> None:
    case_id = post.harness.create_case()
    post.send_out(case_id)
    assert post.receive(an_email(references=("<other@x.example>", OURS))) is MailOutcome.TOLD
    assert [event.text for event in post.messages(case_id)] == ["The note is on its way."]
    assert post.messages(case_id)[0].sender == CUSTOMER
    assert post.messages(case_id)[0].is_verified


def test_a_mail_to_the_cases_own_address_reaches_it(post: MailHarness) -> None:
    case_id = post.harness.create_case()
    assert post.receive(an_email(recipients=(reply_address(case_id).upper(),))) is MailOutcome.TOLD
    assert post.messages(case_id)[0].is_verified


def test_a_mail_whose_subject_names_the_case_reaches_it_from_its_customer(post: MailHarness) -> None:
    case_id = post.harness.create_case()
    assert post.receive(an_email(subject=f"AW: Invoice [{case_id.lower()}]")) is MailOutcome.TOLD
    assert post.messages(case_id)[0].is_verified


def test_headers_count_before_addresses_and_these_before_subjects(post: MailHarness) -> None:
    first, second, third = (post.harness.create_case() for _ in range(3))
    post.send_out(first)
    letter = an_email(references=(OURS,), recipients=(reply_address(second),), subject=third)
    assert post.match(letter).case_id == first
    assert post.match(an_email(recipients=letter.recipients, subject=third)).case_id == second
    assert post.match(an_email(subject=third)).case_id == third


def test_a_stranger_who_names_a_case_in_the_subject_doesnt_reach_it(post: MailHarness) -> None:
    case_id = post.harness.create_case()
    assert post.receive(an_email(sender=STRANGER, subject=f"[{case_id}]")) is MailOutcome.STRAY
    assert post.messages(case_id) == []


@pytest.mark.parametrize("address", ["case+d1001.00000000000000000000", "case+d1001", "case+d99999"])
def test_an_address_that_we_never_signed_leads_nowhere(post: MailHarness, address: str) -> None:
    post.harness.create_case()
    assert post.receive(an_email(recipients=(f"{address}@{DOMAIN}",))) is MailOutcome.STRAY


def test_an_address_of_another_domain_leads_nowhere(post: MailHarness) -> None:
    case_id = post.harness.create_case()
    elsewhere = reply_address(case_id).replace(DOMAIN, "evil.example")
    assert post.receive(an_email(recipients=(elsewhere,))) is MailOutcome.STRAY


def test_an_address_signed_with_another_key_leads_nowhere(post: MailHarness) -> None:
    case_id = post.harness.create_case()
    forged = Tokens(("another key of thirty-two letters",)).reply_local_part(case_id)
    assert post.receive(an_email(recipients=(f"{forged}@{DOMAIN}",))) is MailOutcome.STRAY


def test_whoever_knows_our_mail_but_isnt_the_customer_is_held(post: MailHarness) -> None:
    case_id = post.harness.create_claimed_case()
    post.send_out(case_id)
    post.wait_for_customer(case_id)
    assert post.receive(an_email(sender=COLLEAGUE, references=(OURS,))) is MailOutcome.HELD
    assert [event.is_verified for event in post.messages(case_id)] == [False]
    assert post.harness.case(case_id).status is Status.WAITING_ON_CUSTOMER


def test_a_mail_that_may_not_be_the_customers_is_held_with_its_warning(post: MailHarness) -> None:
    case_id = post.harness.create_claimed_case()
    post.wait_for_customer(case_id)
    letter = an_email(subject=case_id, is_doubted=True, warning="DMARC failed.", note="A file is left out.")
    assert post.receive(letter) is MailOutcome.HELD
    assert post.messages(case_id)[0].warning == "DMARC failed. A file is left out."
    assert post.harness.case(case_id).status is Status.WAITING_ON_CUSTOMER


def test_the_customers_answer_ends_the_wait(post: MailHarness) -> None:
    case_id = post.harness.create_claimed_case()
    post.wait_for_customer(case_id)
    post.receive(an_email(subject=case_id))
    assert post.harness.case(case_id).status is Status.UNDER_REVIEW


def test_an_absence_is_kept_but_says_nothing_and_ends_no_wait(post: MailHarness) -> None:
    case_id = post.harness.create_claimed_case()
    post.wait_for_customer(case_id)
    promised = post.harness.pending_deliveries()
    assert post.receive(an_email(kind=EmailKind.AUTO_REPLY, subject=case_id)) is MailOutcome.KEPT
    assert post.messages(case_id) == []
    assert post.harness.pending_deliveries() == promised
    assert post.harness.case(case_id).status is Status.WAITING_ON_CUSTOMER
    assert [mail.sender for mail in post.came_in(case_id)] == [CUSTOMER]


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": EmailKind.LOOP},
        {"sender": OUR_ADDRESS},
        {"sender": reply_address("D-1001")},
        {"message_id": OURS},
    ],
)
def test_our_own_mail_come_back_says_nothing(post: MailHarness, changes: dict[str, Any]) -> None:
    case_id = post.harness.create_case()
    post.send_out(case_id)
    promised = post.harness.pending_deliveries()
    assert post.receive(an_email(references=(OURS,), **changes)) is MailOutcome.KEPT
    assert post.messages(case_id) == []
    assert post.harness.pending_deliveries() == promised


def test_the_same_mail_twice_is_told_once(post: MailHarness) -> None:
    case_id = post.harness.create_case()
    letter = an_email(subject=case_id)
    assert post.receive(letter, digest="same") is MailOutcome.TOLD
    assert post.receive(letter, digest="same") is MailOutcome.REPEAT
    assert len(post.messages(case_id)) == 1


def test_the_same_mail_twice_at_once_is_told_once(post: MailHarness) -> None:
    case_id = post.harness.create_case()
    received = post.received(an_email(subject=case_id), digest="same")
    match = post.match(received.email)
    assert post.apply(received, match) is MailOutcome.TOLD
    promised = post.harness.pending_deliveries()
    assert post.apply(received, match) is MailOutcome.REPEAT
    assert len(post.messages(case_id)) == len(post.came_in(case_id)) == 1
    assert post.harness.pending_deliveries() == promised


def test_a_forged_message_id_swallows_nobodys_mail(post: MailHarness) -> None:
    case_id = post.harness.create_case()
    post.receive(an_email(sender=STRANGER), digest="1" * 64)
    assert post.receive(an_email(subject=case_id), digest="2" * 64) is MailOutcome.TOLD
    kept = post.came_in(case_id)
    assert [mail.message_id for mail in kept] == [f"<{'2' * 64}@ombud.invalid>"]
    assert post.messages(case_id)[0].mail_id == kept[0].message_id


def test_a_mail_on_a_closed_case_is_told_and_changes_nothing_else(post: MailHarness) -> None:
    case_id = post.harness.create_claimed_case()
    post.close(case_id)
    assert post.receive(an_email(subject=case_id)) is MailOutcome.TOLD
    assert post.harness.case(case_id).is_closed
    assert len(post.messages(case_id)) == 1


def test_a_mail_that_fits_no_case_is_told_to_the_first_queue(post: MailHarness) -> None:
    assert post.receive(an_email(subject="Buy more " * 100)) is MailOutcome.STRAY
    assert post.stray_alerts() == 1


def test_a_flood_of_strays_doesnt_flood_the_channel(post: MailHarness) -> None:
    for number in range(3 * STRAYS_AN_HOUR):
        post.receive(an_email(sender=f"spam{number}@evil.example"))
    assert post.stray_alerts() == STRAYS_AN_HOUR
    post.harness.advance(hours=1)
    post.receive(an_email())
    assert post.stray_alerts() == STRAYS_AN_HOUR + 1


def test_mails_are_heard_on_both_databases(any_harness: Harness) -> None:
    post = MailHarness(any_harness)
    case_id = any_harness.create_case()
    post.send_out(case_id)
    assert post.receive(an_email(references=(OURS,)), digest="d") is MailOutcome.TOLD
    assert post.receive(an_email(references=(OURS,)), digest="d") is MailOutcome.REPEAT
    assert post.receive(an_email(message_id="<2@x>")) is MailOutcome.STRAY
    assert (
        post.receive(a_bounce(DeliveryFailure(to=CUSTOMER, why="mailbox full", message_id=OURS)))
        is MailOutcome.BOUNCED
    )
