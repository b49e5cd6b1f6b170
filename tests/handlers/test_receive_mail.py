"""Does a mail reach its case, and does only the customer's own word count there?"""

from __future__ import annotations

from typing import Any

import pytest

from core.case import Status
from core.inbound_mail import Failure, LetterKind
from core.tokens import Tokens
from handlers.receive_mail import STRAYS_AN_HOUR, Heard
from tests.connectors.mail.builders import (
    COLLEAGUE,
    CUSTOMER,
    DOMAIN,
    OUR_ADDRESS,
    STRANGER,
    a_letter,
    reply_address,
)
from tests.handlers.harness import Desk
from tests.handlers.mail_harness import OURS, Post, a_bounce


@pytest.fixture
def post(desk: Desk) -> Post:
    return Post(desk)


def test_a_reply_to_our_mail_reaches_the_case(post: Post) -> None:
    case_id = post.desk.raise_one()
    post.send_out(case_id)
    assert post.hear(a_letter(references=("<other@x.example>", OURS))) is Heard.TOLD
    assert [event.text for event in post.told(case_id)] == ["The note is on its way."]
    assert post.told(case_id)[0].sender == CUSTOMER
    assert post.told(case_id)[0].is_verified


def test_a_mail_to_the_cases_own_address_reaches_it(post: Post) -> None:
    case_id = post.desk.raise_one()
    assert post.hear(a_letter(recipients=(reply_address(case_id).upper(),))) is Heard.TOLD
    assert post.told(case_id)[0].is_verified


def test_a_mail_whose_subject_names_the_case_reaches_it_from_its_customer(post: Post) -> None:
    case_id = post.desk.raise_one()
    assert post.hear(a_letter(subject=f"AW: Invoice [{case_id.lower()}]")) is Heard.TOLD
    assert post.told(case_id)[0].is_verified


def test_headers_count_before_addresses_and_these_before_subjects(post: Post) -> None:
    first, second, third = (post.desk.raise_one() for _ in range(3))
    post.send_out(first)
    letter = a_letter(references=(OURS,), recipients=(reply_address(second),), subject=third)
    assert post.fit(letter).case_id == first
    assert post.fit(a_letter(recipients=letter.recipients, subject=third)).case_id == second
    assert post.fit(a_letter(subject=third)).case_id == third


def test_a_stranger_who_names_a_case_in_the_subject_doesnt_reach_it(post: Post) -> None:
    case_id = post.desk.raise_one()
    assert post.hear(a_letter(sender=STRANGER, subject=f"[{case_id}]")) is Heard.STRAY
    assert post.told(case_id) == []


@pytest.mark.parametrize("address", ["case+d1001.00000000000000000000", "case+d1001", "case+d99999"])
def test_an_address_that_we_never_signed_leads_nowhere(post: Post, address: str) -> None:
    post.desk.raise_one()
    assert post.hear(a_letter(recipients=(f"{address}@{DOMAIN}",))) is Heard.STRAY


def test_an_address_of_another_domain_leads_nowhere(post: Post) -> None:
    case_id = post.desk.raise_one()
    elsewhere = reply_address(case_id).replace(DOMAIN, "evil.example")
    assert post.hear(a_letter(recipients=(elsewhere,))) is Heard.STRAY


def test_an_address_signed_with_another_key_leads_nowhere(post: Post) -> None:
    case_id = post.desk.raise_one()
    forged = Tokens(("another key of thirty-two letters",)).reply_local_part(case_id)
    assert post.hear(a_letter(recipients=(f"{forged}@{DOMAIN}",))) is Heard.STRAY


def test_whoever_knows_our_mail_but_isnt_the_customer_is_held(post: Post) -> None:
    case_id = post.desk.raise_claimed()
    post.send_out(case_id)
    post.wait_for_customer(case_id)
    assert post.hear(a_letter(sender=COLLEAGUE, references=(OURS,))) is Heard.HELD
    assert [event.is_verified for event in post.told(case_id)] == [False]
    assert post.desk.case(case_id).status is Status.WAITING_ON_CUSTOMER


def test_a_mail_that_may_not_be_the_customers_is_held_with_its_warning(post: Post) -> None:
    case_id = post.desk.raise_claimed()
    post.wait_for_customer(case_id)
    letter = a_letter(subject=case_id, is_doubted=True, warning="DMARC failed.", note="A file is left out.")
    assert post.hear(letter) is Heard.HELD
    assert post.told(case_id)[0].warning == "DMARC failed. A file is left out."
    assert post.desk.case(case_id).status is Status.WAITING_ON_CUSTOMER


def test_the_customers_answer_ends_the_wait(post: Post) -> None:
    case_id = post.desk.raise_claimed()
    post.wait_for_customer(case_id)
    post.hear(a_letter(subject=case_id))
    assert post.desk.case(case_id).status is Status.UNDER_REVIEW


def test_an_absence_is_kept_but_says_nothing_and_ends_no_wait(post: Post) -> None:
    case_id = post.desk.raise_claimed()
    post.wait_for_customer(case_id)
    promised = post.desk.promises()
    assert post.hear(a_letter(kind=LetterKind.AUTO_REPLY, subject=case_id)) is Heard.KEPT
    assert post.told(case_id) == []
    assert post.desk.promises() == promised
    assert post.desk.case(case_id).status is Status.WAITING_ON_CUSTOMER
    assert [mail.sender for mail in post.came_in(case_id)] == [CUSTOMER]


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": LetterKind.LOOP},
        {"sender": OUR_ADDRESS},
        {"sender": reply_address("D-1001")},
        {"message_id": OURS},
    ],
)
def test_our_own_mail_come_back_says_nothing(post: Post, changes: dict[str, Any]) -> None:
    case_id = post.desk.raise_one()
    post.send_out(case_id)
    promised = post.desk.promises()
    assert post.hear(a_letter(references=(OURS,), **changes)) is Heard.KEPT
    assert post.told(case_id) == []
    assert post.desk.promises() == promised


def test_the_same_mail_twice_is_told_once(post: Post) -> None:
    case_id = post.desk.raise_one()
    letter = a_letter(subject=case_id)
    assert post.hear(letter, digest="same") is Heard.TOLD
    assert post.hear(letter, digest="same") is Heard.REPEAT
    assert len(post.told(case_id)) == 1


def test_a_forged_message_id_swallows_nobodys_mail(post: Post) -> None:
    case_id = post.desk.raise_one()
    post.hear(a_letter(sender=STRANGER), digest="1" * 64)
    assert post.hear(a_letter(subject=case_id), digest="2" * 64) is Heard.TOLD
    kept = post.came_in(case_id)
    assert [mail.message_id for mail in kept] == [f"<{'2' * 64}@ombud.invalid>"]
    assert post.told(case_id)[0].mail_id == kept[0].message_id


def test_a_mail_on_a_closed_case_is_told_and_changes_nothing_else(post: Post) -> None:
    case_id = post.desk.raise_claimed()
    post.close(case_id)
    assert post.hear(a_letter(subject=case_id)) is Heard.TOLD
    assert post.desk.case(case_id).is_closed
    assert len(post.told(case_id)) == 1


def test_a_mail_that_fits_no_case_is_told_to_the_first_queue(post: Post) -> None:
    assert post.hear(a_letter(subject="Buy more " * 100)) is Heard.STRAY
    assert post.strays() == 1


def test_a_flood_of_strays_doesnt_flood_the_channel(post: Post) -> None:
    for number in range(3 * STRAYS_AN_HOUR):
        post.hear(a_letter(sender=f"spam{number}@evil.example"))
    assert post.strays() == STRAYS_AN_HOUR
    post.desk.later(hours=1)
    post.hear(a_letter())
    assert post.strays() == STRAYS_AN_HOUR + 1


def test_mails_are_heard_on_both_databases(any_desk: Desk) -> None:
    post = Post(any_desk)
    case_id = any_desk.raise_one()
    post.send_out(case_id)
    assert post.hear(a_letter(references=(OURS,)), digest="d") is Heard.TOLD
    assert post.hear(a_letter(references=(OURS,)), digest="d") is Heard.REPEAT
    assert post.hear(a_letter(message_id="<2@x>")) is Heard.STRAY
    assert post.hear(a_bounce(Failure(to=CUSTOMER, why="mailbox full", message_id=OURS))) is Heard.BOUNCED
