"""Tests of what a thread message has beside its sentence: warnings, files, buttons."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from cards import alerts
from cards.actions import Action
from cards.files import CaseFiles, file_size
from cards.plain_text import plain
from cards.thread import quotes_of, thread_message
from cards.views import Line, Link, MessageView
from core.case import Case, Pause
from core.customer_events import CustomerHeard, CustomerWrote
from core.events import Event
from core.uploaded_file import FileState
from tests.cards.examples import ANA, CASES, EVENTS, FILES, NOW, PEOPLE, POLICY, a_file

REVIEW, CLOSED = CASES["under_review"], CASES["closed_part_accepted"]


def story(name: str, case: Case = REVIEW, files: CaseFiles = FILES) -> MessageView:
    return thread_message(EVENTS[name], case, POLICY, PEOPLE, files=files)


def pressed(view: MessageView) -> list[Action]:
    return [button.action for button in view.buttons]


def below(view: MessageView) -> list[str]:
    return [plain(line) for line in view.after]


def test_the_customers_words_come_with_their_files() -> None:
    view = story("wrote")
    assert view.quotes == ("Here it is.",)
    assert view.after[0] == ("• ", Link("note.jpg (1.2 MB)", "https://ombud.example/e/f_note.signed"))
    assert below(view)[1] == "• pallet.jpg (812 B, held back until it is scanned)"
    assert pressed(view) == [Action.ASK_REPLY]


def test_files_are_named_even_where_they_cannot_be_opened() -> None:
    assert below(story("wrote", files=CaseFiles(FILES.files)))[0] == "• note.jpg (1.2 MB)"
    assert below(story("wrote", files=CaseFiles())) == ["• note.jpg", "• pallet.jpg"]


def test_of_files_with_one_name_those_that_came_last_are_meant() -> None:
    first, second = a_file("f1", "note.jpg", size=10), a_file("f2", "note.jpg", size=20)
    files = CaseFiles((first, second), lambda file_id: f"https://ombud.example/e/{file_id}")
    links = [part for line in story("wrote", files=files).after for part in line if isinstance(part, Link)]
    assert [one.url for one in links] == ["https://ombud.example/e/f2"]


@pytest.mark.parametrize("state", [FileState.HELD, FileState.REFUSED, FileState.REMOVED, FileState.UPLOADING])
def test_only_what_is_known_to_be_harmless_can_be_opened(state: FileState) -> None:
    files = CaseFiles((a_file("f1", "note.jpg", state=state),), lambda _: "https://ombud.example/e/x")
    assert not [part for line in story("wrote", files=files).after for part in line if isinstance(part, Link)]


def test_somebody_elses_mail_waits_for_a_resolver_who_knows_them() -> None:
    view = story("wrote_held")
    assert pressed(view) == [Action.ACCEPT_SENDER]
    assert view.buttons[0].value == "D-1042 2026-03-02T10:30:00.000000 lager@nordwind.example"
    assert view.buttons[0].confirm is not None
    assert "DMARC failed" in plain(view.lines[1])


def test_once_accepted_there_is_nothing_to_accept() -> None:
    known = replace(REVIEW, accepted_senders=("lager@nordwind.example",))
    held = EVENTS["wrote_held"]
    assert isinstance(held, CustomerWrote)
    view = thread_message(replace(held, warning=""), known, POLICY, PEOPLE)
    assert Action.ACCEPT_SENDER not in pressed(view)


def test_a_letter_that_may_be_forged_says_so_and_is_accepted_for_itself_alone() -> None:
    held = EVENTS["wrote_held"]
    assert isinstance(held, CustomerWrote)
    view = thread_message(replace(held, sender="ap@nordwind.example"), REVIEW, POLICY, PEOPLE)
    assert plain(view.lines[0]) == (
        "A mail claims to be from ap@nordwind.example, and the mail server doesn't believe it. "
        "It doesn't count yet:"
    )
    assert pressed(view) == [Action.ACCEPT_SENDER]
    assert view.buttons[0].confirm is not None
    assert "this one mail" in view.buttons[0].confirm.text


def test_a_warning_is_shown_with_the_customers_own_words_too() -> None:
    wrote = EVENTS["wrote"]
    assert isinstance(wrote, CustomerWrote)
    view = thread_message(replace(wrote, warning="SPF failed."), REVIEW, POLICY, PEOPLE)
    assert plain(view.lines[1]) == "⚠️ SPF failed."


def test_words_to_a_closed_case_ask_whether_to_take_it_up_again() -> None:
    view = story("wrote", CLOSED)
    assert below(view)[-1] == "D-1042 is closed. Take it up again?"
    assert pressed(view) == [Action.ASK_REOPEN, Action.ASK_REPLY]
    told = alerts.reminder_view(EVENTS["wrote"], CLOSED, POLICY, PEOPLE, files=FILES)
    assert pressed(told) == [Action.ASK_REOPEN, Action.ASK_REPLY, Action.OPEN_CASE]
    assert below(told) == below(view)


def test_nobody_answers_a_customer_whose_case_nobody_has_or_whom_no_mail_reaches() -> None:
    assert pressed(story("wrote", CASES["open"])) == []
    unreachable = replace(REVIEW, customer=replace(REVIEW.customer, email=None))
    assert pressed(story("wrote_on_page", unreachable)) == []


def test_a_decision_that_is_not_accepted_says_that_the_case_is_open_again_with_whom_and_until_when() -> None:
    answered = replace(REVIEW, clock=replace(REVIEW.clock, answered_at=NOW))
    said = "D-1042 is open again, with Ana. Resolve by 2026-03-03 17:00 UTC."
    assert below(story("disagreed", answered)) == [said]
    unclaimed = replace(REVIEW, resolver_id=None)
    assert below(story("disagreed", unclaimed))[0].startswith("D-1042 is open again. Claim by 2026-03-02")
    assert below(story("disagreed", replace(REVIEW, queue_id="gone"))) == ["D-1042 is open again, with Ana."]
    told = alerts.reminder_view(EVENTS["disagreed"], REVIEW, POLICY, PEOPLE)
    assert "is open again, with Ana" in below(told)[0]


def test_once_it_is_closed_again_nobody_is_told_that_it_is_open() -> None:
    assert story("disagreed", CLOSED).after == ()


def test_mail_that_came_back_says_that_the_clock_still_stands() -> None:
    assert "call them" in below(story("mail_failed", CASES["waiting_on_customer"]))[0]
    assert below(story("mail_failed")) == []


def test_evidence_that_comes_later_can_be_opened_from_the_thread() -> None:
    assert below(story("evidence"))[0] == "• note.jpg (1.2 MB)"
    elsewhere = replace(REVIEW, evidence=(replace(REVIEW.evidence[0], url="https://crm.example/note.jpg"),))
    lines: tuple[Line, ...] = story("evidence", elsewhere, CaseFiles()).after
    assert lines[0] == ("• ", Link("note.jpg", "https://crm.example/note.jpg"))


def test_a_wait_says_how_much_of_it_was_in_our_working_time() -> None:
    assert "3 d, 8 h of it in our working time" in plain(story("answered").lines[0])
    gone = replace(REVIEW, queue_id="gone")
    assert "after 3 d. The clock" in plain(story("answered", gone).lines[0])


@pytest.mark.parametrize(
    ("waited", "said"),
    [
        (timedelta(seconds=20), "after less than a minute. The clock"),
        (timedelta(minutes=20), "after 20 m, all of it in our working time. The clock"),
        (timedelta(hours=3), "after 3 h, 1 h 30 m of it in our working time. The clock"),
        (timedelta(hours=1, seconds=30), "after 1 h, all of it in our working time. The clock"),
    ],
)
def test_a_wait_says_no_span_twice(waited: timedelta, said: str) -> None:
    heard = CustomerHeard(at=NOW, actor_id=ANA.id, waited_since=NOW - waited)
    assert said in plain(thread_message(heard, REVIEW, POLICY, PEOPLE).lines[0])


def test_whoever_is_told_of_an_answer_reads_how_long_we_waited_for_it() -> None:
    wrote = EVENTS["wrote"]
    asked = Pause(wrote.at - timedelta(hours=3), wrote.at)
    waited = replace(REVIEW, clock=replace(REVIEW.clock, pauses=(asked,)))
    told = alerts.reminder_view(wrote, waited, POLICY, PEOPLE, files=FILES)
    assert below(told)[-1].startswith("The customer answered, after 3 h, ")
    unasked = alerts.reminder_view(wrote, REVIEW, POLICY, PEOPLE, files=FILES)
    assert "answered" not in "".join(below(unasked))


def test_a_question_is_quoted_as_it_left_and_one_asked_by_phone_as_what_is_needed() -> None:
    assert story("asked").quotes == ("Could you send us a photo\nof the note that your driver signed?",)
    assert story("awaited").quotes == ("A photo of the delivery note",)


def test_what_was_said_before_the_card_came_is_told_under_it() -> None:
    assert quotes_of(EVENTS["queue_told_more"]) == ("It was raining that day.",)


def test_a_stray_mail_names_its_sender_and_subject() -> None:
    said = [plain(line) for line in alerts.unmatched_mail_view("kim@a.example", "Invoice 77").lines]
    assert said[0] == "A mail fits no case. It is from kim@a.example: “Invoice 77”."


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (9949, "9.9 kB"),
        (9999, "10 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (25_000_000, "25 MB"),
        (3_200_000_000, "3.2 GB"),
        (5_000_000_000_000, "5000 GB"),
    ],
)
def test_sizes_read_as_on_peoples_computers(octets: int, said: str) -> None:
    assert file_size(octets) == said


def test_the_story_of_every_event_is_told_of_closed_cases_too() -> None:
    for event in EVENTS.values():
        told: Event = event
        assert thread_message(told, CLOSED, POLICY, PEOPLE, NOW, files=FILES).lines
