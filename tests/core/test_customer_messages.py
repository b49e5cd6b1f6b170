"""Messages and mail failures: what counts as the customer's, and what follows."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from core.case import Case, Evidence, Pause, Status
from core.closing import reopen, withdraw
from core.customer_events import CustomerHeard, CustomerWrote, MailFailed, SenderAccepted
from core.customer_messages import accept_sender, is_from_customer, receive_message, report_mail_failure
from core.deadlines import apply_deadlines
from core.effects import Effect, effects_of
from core.events import EvidenceAdded, QueueTold
from core.evidence import refuse_file
from core.outcome import Outcome
from tests.builders import MONDAY_9AM, MONDAY_NOON, a_case, a_customer
from tests.core.lifecycle import (
    BEN,
    COLLEAGUE,
    DELIVERY_NOTE,
    POLICY,
    a_case_that_is,
    accept,
    ask,
    bens_case,
    mail,
)

PHOTO = Evidence(kind="other", name="photo.jpg", file_id="f1")
DAY = timedelta(days=1)


def kinds(outcome: Outcome) -> list[type]:
    return [type(event) for event in outcome.events]


def test_the_customers_mail_is_kept_with_all_that_is_known_of_it() -> None:
    outcome = receive_message(
        bens_case(),
        text="Here.",
        via="mail",
        sender="ap@nordwind.example",
        files=(PHOTO,),
        mail_id="<1@x>",
        warning="DMARC failed.",
        policy=POLICY,
        now=MONDAY_NOON,
    )
    assert outcome.events[0] == CustomerWrote(
        at=MONDAY_NOON,
        actor_id="customer",
        text="Here.",
        via="mail",
        sender="ap@nordwind.example",
        files=("photo.jpg",),
        file_ids=("f1",),
        mail_id="<1@x>",
        warning="DMARC failed.",
    )
    assert outcome.case.evidence == (PHOTO,)
    assert outcome.case.moved_at == MONDAY_NOON


def test_an_answer_starts_the_clock_where_it_stood() -> None:
    outcome = mail(a_case_that_is(Status.WAITING_ON_CUSTOMER))
    assert kinds(outcome) == [CustomerWrote, CustomerHeard]
    assert outcome.events[1] == CustomerHeard(at=MONDAY_NOON, actor_id="customer", waited_since=MONDAY_9AM)
    assert outcome.case.status is Status.UNDER_REVIEW
    assert outcome.case.clock.pauses == (Pause(MONDAY_9AM, MONDAY_NOON),)


def test_after_two_questions_the_wait_is_told_from_the_first() -> None:
    twice = ask(ask(bens_case(), now=MONDAY_9AM).case, now=MONDAY_NOON).case
    heard = mail(twice, now=MONDAY_NOON + DAY).events[1]
    assert isinstance(heard, CustomerHeard)
    assert heard.waited_since == MONDAY_9AM


def test_an_answer_wakes_a_case_that_sleeps() -> None:
    asleep = bens_case(snoozed_until=MONDAY_NOON + DAY)
    assert mail(asleep).case.snoozed_until is None


def test_a_message_with_files_is_one_message_in_the_thread() -> None:
    told = [
        event for event in mail(bens_case(), files=(PHOTO,)).events if Effect.TELL_STORY in effects_of(event)
    ]
    assert [type(event) for event in told] == [CustomerWrote]


def test_a_file_that_came_before_is_not_pinned_twice() -> None:
    once = mail(bens_case(), files=(PHOTO,)).case
    assert mail(once, files=(PHOTO,)).case.evidence == (PHOTO,)


def test_the_last_missing_piece_by_mail_brings_the_case_to_its_queue() -> None:
    outcome = mail(a_case_that_is(Status.GATHERING), files=(DELIVERY_NOTE,))
    assert kinds(outcome) == [CustomerWrote, EvidenceAdded, QueueTold]
    assert outcome.case.status is Status.OPEN


def test_what_is_written_while_we_gather_is_told_with_the_card() -> None:
    first = mail(a_case_that_is(Status.GATHERING), text="Nothing came.", now=MONDAY_9AM)
    assert [effect for event in first.events for effect in effects_of(event)] == []
    silent = mail(first.case, text=" ", now=MONDAY_9AM).case
    second = mail(silent, text="Not even a note.", now=MONDAY_9AM).case
    ended = apply_deadlines(second, POLICY, MONDAY_9AM + 2 * DAY)
    (told,) = [event for event in ended.events if isinstance(event, QueueTold)]
    assert told.said == ("Nothing came.", "Not even a note.")
    assert effects_of(told) == (Effect.POST_CARD, Effect.TELL_STORY)
    assert ended.case.said_early == ()


def test_what_was_written_before_a_case_was_withdrawn_is_told_when_it_comes_back() -> None:
    wrote = mail(a_case_that_is(Status.GATHERING), text="Nothing came.").case
    closed = withdraw(wrote, why="", actor_id="customer", now=MONDAY_NOON).case
    back = reopen(closed, why="", actor_id=BEN, now=MONDAY_NOON + DAY)
    assert back.events[1] == QueueTold(at=MONDAY_NOON + DAY, actor_id=BEN, said=("Nothing came.",))
    assert back.case.said_early == ()


@pytest.mark.parametrize("status", list(Status))
def test_a_strangers_mail_changes_nothing_but_the_story(status: Status) -> None:
    case = a_case_that_is(status)
    outcome = mail(case, sender=COLLEAGUE, files=(DELIVERY_NOTE,), is_verified=False)
    assert outcome.case == case
    assert kinds(outcome) == [CustomerWrote]
    assert Effect.TELL_STORY in effects_of(outcome.events[0]), "somebody must look at it"


def test_a_mail_to_a_closed_case_is_told_and_the_case_stays_as_it_is() -> None:
    closed = a_case_that_is(Status.CLOSED)
    outcome = mail(closed, files=(PHOTO,))
    assert outcome.case == closed
    assert kinds(outcome) == [CustomerWrote]


@pytest.mark.parametrize(
    ("address", "is_theirs"),
    [
        ("ap@nordwind.example", True),
        (" AP@Nordwind.Example ", True),
        (COLLEAGUE, True),
        (COLLEAGUE.upper(), True),
        ("mallory@evil.example", False),
        ("ap@nordwind.example.evil.example", False),
        ("", False),
    ],
)
def test_whose_mail_counts(address: str, is_theirs: bool) -> None:
    assert is_from_customer(a_case(accepted_senders=(COLLEAGUE,)), address) == is_theirs


@pytest.mark.parametrize("email", [None, ""])
def test_nobody_is_a_customer_without_an_address(email: str | None) -> None:
    assert not is_from_customer(a_case(customer=a_customer(email=email)), "")


def test_an_accepted_sender_counts_from_now_on() -> None:
    outcome = accept(bens_case(), sender=" Lena@Nordwind.example ")
    assert outcome.events == (SenderAccepted(at=MONDAY_NOON, actor_id=BEN, sender="Lena@Nordwind.example"),)
    assert is_from_customer(outcome.case, COLLEAGUE)
    assert outcome.case.moved_at == MONDAY_NOON


@pytest.mark.parametrize("sender", ["ap@nordwind.example", COLLEAGUE.upper(), " "])
def test_accepting_whoever_counts_already_or_nobody_changes_nothing(sender: str) -> None:
    case = bens_case(accepted_senders=(COLLEAGUE,))
    assert accept(case, sender=sender, files=(PHOTO,)) == Outcome(case)


def test_a_held_letter_counts_once_its_sender_is_accepted() -> None:
    waiting = ask(bens_case(), now=MONDAY_9AM).case
    held = mail(waiting, sender=COLLEAGUE, is_verified=False, files=(PHOTO,), now=MONDAY_9AM).case
    outcome = accept(held, wrote_at=MONDAY_9AM, files=(PHOTO,))
    assert kinds(outcome) == [SenderAccepted, EvidenceAdded, CustomerHeard]
    assert outcome.case.status is Status.UNDER_REVIEW
    assert outcome.case.evidence == (PHOTO,)
    assert outcome.case.clock.pauses == (Pause(MONDAY_9AM, MONDAY_NOON),)


def test_a_doubted_letter_from_the_customers_own_address_can_be_accepted_for_itself() -> None:
    waiting = ask(bens_case(), now=MONDAY_9AM).case
    held = mail(waiting, is_verified=False, files=(PHOTO,), now=MONDAY_9AM).case
    outcome = accept(held, sender="ap@nordwind.example", wrote_at=MONDAY_9AM, files=(PHOTO,))
    assert kinds(outcome) == [SenderAccepted, EvidenceAdded, CustomerHeard]
    assert outcome.case.accepted_senders == ()


@pytest.mark.parametrize("wrote_at", [None, MONDAY_9AM - DAY])
def test_a_letter_from_before_the_question_is_no_answer_to_it(wrote_at: datetime | None) -> None:
    waiting = ask(bens_case(), now=MONDAY_9AM).case
    outcome = accept_sender(
        waiting, COLLEAGUE, wrote_at=wrote_at, files=(PHOTO,), policy=POLICY, actor_id=BEN, now=MONDAY_NOON
    )
    assert outcome.case.status is Status.WAITING_ON_CUSTOMER
    assert outcome.case.asked == waiting.asked
    assert outcome.case.evidence == (PHOTO,)


def test_a_held_letter_may_bring_the_last_missing_piece() -> None:
    outcome = accept(a_case_that_is(Status.GATHERING), wrote_at=MONDAY_9AM, files=(DELIVERY_NOTE,))
    assert kinds(outcome) == [SenderAccepted, EvidenceAdded, QueueTold]


def test_a_sender_may_be_accepted_on_a_closed_case() -> None:
    closed = a_case_that_is(Status.CLOSED)
    outcome = accept(closed, wrote_at=MONDAY_9AM, files=(PHOTO,))
    assert kinds(outcome) == [SenderAccepted]
    assert (outcome.case.status, outcome.case.evidence) == (Status.CLOSED, ())
    assert is_from_customer(outcome.case, COLLEAGUE)


@pytest.mark.parametrize("status", [Status.OPEN, Status.WAITING_ON_CUSTOMER, Status.CLOSED])
def test_mail_that_came_back_changes_nothing_but_is_told(status: Status) -> None:
    case: Case = a_case_that_is(status)
    outcome = report_mail_failure(case, to="ap@nordwind.example", why="mailbox full", now=MONDAY_NOON)
    assert outcome.case == case
    assert outcome.events == (
        MailFailed(at=MONDAY_NOON, actor_id="clock", to="ap@nordwind.example", why="mailbox full"),
    )


@pytest.mark.parametrize("status", list(Status))
def test_a_file_that_was_thrown_away_changes_nothing_but_is_told_where_there_is_a_card(
    status: Status,
) -> None:
    case = a_case_that_is(status)
    outcome = refuse_file(case, "photo.jpg", "It has a virus.", MONDAY_NOON)
    assert outcome.case == case
    is_told = Effect.TELL_STORY in effects_of(outcome.events[0])
    assert is_told == (status is not Status.GATHERING)
