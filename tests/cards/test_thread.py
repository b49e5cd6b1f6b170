"""Tests of thread messages and the timeline: every event is a sentence a colleague would write."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

import pytest

from cards import alerts
from cards import full_case as page
from cards.actions import Action
from cards.plain_text import plain
from cards.thread import thread_message, timeline_line
from cards.views import Mention, MessageView
from core.events import CaseEscalated, Event, SlaWarned
from tests.cards.examples import ANA, BEN, CASES, EVENTS, NOW, PEOPLE, POLICY

SENTENCES = {
    "raised": "crm raised a dispute: Not delivered, €1,234.50. Still missing: A photo of the delivery note.",
    "evidence": "The customer added 2 files: note.jpg and pallet.jpg.",
    "queue_told": "The case is ready for its queue. Still missing: A photo of the delivery note.",
    "queue_told_more": "Before the card came here, the customer also wrote:",
    "claimed": "Ana claimed the case.",
    "released": "Ana gave the case back to the queue.",
    "taken_back": "Dana took the case from Ana back to the queue.",
    "reassigned": "Dana handed the case from Ana to Ben.",
    "given": "Dana handed the case to Ben.",
    "noted": "Ana noted:",
    "snoozed": "Ana snoozed the case until 2026-03-03 06:30 UTC.",
    "snooze_ended": "The snooze is over.",
    "woken": "Ana woke the case.",
    "awaited": "Ana waits for the customer. The clock stands still. Needed:",
    "asked": "Ana asked the customer for: A photo of the delivery note. The clock stands still; "
    "without an answer, a reminder goes out on 2026-03-04 05:30 UTC. The mail:",
    "heard": "The customer answered, noted by Ana, after 1 h, none of it in our working time. "
    "The clock runs again.",
    "answered": "The customer answered, after 3 d, 8 h of it in our working time. The clock runs again.",
    "wrote": "The customer wrote by mail:",
    "wrote_on_page": "The customer wrote on their page:",
    "wrote_files_only": "The customer sent 1 file by mail.",
    "wrote_held": "A mail from lager@nordwind.example fits this case, but that isn't an address of the "
    "customer's. It doesn't count yet:",
    "sender_accepted": "Ana accepted lager@nordwind.example as speaking for the customer.",
    "address_confirmed": "The customer confirmed the e-mail address lager@nordwind.example. "
    "Mail goes there now.",
    "address_given": "The customer gave the e-mail address lager@nordwind.example. It isn't confirmed yet.",
    "told": "Ana wrote to the customer:",
    "reminded": "The customer was reminded after 2 d of: A photo of the delivery note.",
    "disagreed": "The customer doesn't agree with the decision:",
    "mail_failed": "Mail to ap@nordwind.example failed: mailbox full.",
    "file_refused": "The file invoice.exe was thrown away: It is a program.",
    "priority": "Dana changed the priority from normal to urgent.",
    "reason": "Ana changed the reason from Wrong amount to Not delivered. "
    "The case moved to Logistics disputes.",
    "decided": "Ana accepted in part: the customer gets €600.00. Root cause: Pricing error.",
    "rejected": "Ana rejected the dispute. Root cause: No fault of ours.",
    "ended": "Ana closed the case: accepted.",
    "withdrawn": "Ana closed the case: the customer took the dispute back.",
    "duplicate": "Ana closed the case as a duplicate of D-1007.",
    "reopened": "Ana reopened the case.",
    "warned": "Resolve by 2026-03-02 09:30 UTC: 1 h left.",
    "breached": "🔴 Resolution was due 2026-03-02 09:30 UTC.",
    "escalated": "Escalated to Dana and a colleague: resolution was due 2026-03-02 09:30 UTC.",
    "escalated_again": "Escalated again to head@example.com, Dana and Ben: claim was due.",
    "nudged": "Ana was reminded: nothing has moved for 1 d 2 h.",
    "chargeback": "Chargeback dp_1 at the card network: needs response. "
    "Evidence is wanted by 2026-03-05 18:30 UTC.",
}


def story(name: str) -> MessageView:
    return thread_message(EVENTS[name], CASES["under_review"], POLICY, PEOPLE)


@pytest.mark.parametrize("name", EVENTS)
def test_the_event_reads_well(name: str) -> None:
    assert plain(story(name).lines[0]) == SENTENCES[name]


def test_every_kind_of_event_has_its_sentence() -> None:
    assert {type(event) for event in EVENTS.values()} == set(get_args(Event))


def test_what_people_wrote_is_quoted_whole_and_apart_from_our_words() -> None:
    assert story("noted").quotes == ("Called the carrier.\nThey look for it.",)
    assert story("decided").quotes == (
        "To the customer: Half of the pallet arrived later, so we credit the other half.",
        "For colleagues: The carrier confirmed by phone.",
    )
    assert story("rejected").quotes == ("To the customer: The delivery was signed for.",)


def test_the_thread_pings_nobody_and_says_nothing_aloud() -> None:
    for name in EVENTS:
        assert story(name).mentions == ()
        assert not story(name).is_loud


def test_nobody_is_pinged_about_their_own_deeds() -> None:
    for name in EVENTS.keys() - {"escalated", "escalated_again"}:
        assert not [part for part in story(name).lines[0] if isinstance(part, Mention)]


def test_the_resolver_is_asked_for_the_next_step_when_nothing_moved() -> None:
    view = alerts.reminder_view(EVENTS["nudged"], CASES["under_review"], POLICY, PEOPLE)
    assert plain(view.lines[1]) == "Nothing has moved here for 1 d 2 h. What is the next step?"


def test_an_entry_of_the_timeline_is_one_line_with_its_time_and_an_excerpt() -> None:
    said = plain(timeline_line(EVENTS["noted"], CASES["under_review"], POLICY, PEOPLE))
    assert said == "2026-03-02 04:30 UTC – Ana noted: “Called the carrier. They look for it.”"


def test_a_reminder_names_the_case_and_offers_the_next_step() -> None:
    view = alerts.reminder_view(EVENTS["warned"], CASES["under_review"], POLICY, PEOPLE)
    assert plain(view.lines[0]) == "D-1042 · Not delivered · €1,234.50 · Nordwind GmbH."
    assert [button.action for button in view.buttons] == [Action.ASK_DECIDE, Action.OPEN_CASE]


def test_a_late_warning_says_what_is_left_when_it_is_sent_and_nothing_once_that_has_passed() -> None:
    event = EVENTS["warned"]
    assert isinstance(event, SlaWarned)

    def said(minutes: int) -> str:
        now = event.due_at - timedelta(minutes=minutes)
        view = alerts.reminder_view(event, CASES["under_review"], POLICY, PEOPLE, now)
        assert view.lines[1] == thread_message(event, CASES["under_review"], POLICY, PEOPLE, now).lines[0]
        return plain(view.lines[1])

    assert said(20).endswith(": 20 m left.")
    assert "left" not in said(0)
    assert "left" not in said(-5)


def test_whoever_had_the_case_is_told_who_has_it_now() -> None:
    view = alerts.former_resolver_view(EVENTS["reassigned"], CASES["under_review"], POLICY, PEOPLE)
    assert [plain(line) for line in view.lines] == [
        "D-1042 · Not delivered · €1,234.50 · Nordwind GmbH is no longer with you.",
        "Dana handed it to Ben.",
    ]
    assert view.quotes == ("Ana is away.",)


def test_a_manager_is_told_what_was_tried() -> None:
    tried = [EVENTS[name] for name in ("claimed", "warned", "breached", "nudged")]
    event = EVENTS["escalated"]
    assert isinstance(event, CaseEscalated)
    view = alerts.alert_view(event, CASES["under_review"], POLICY, PEOPLE, events=tried)
    assert [plain(line) for line in view.lines] == [
        "🔴 Needs you: D-1042 · Not delivered · €1,234.50 · Nordwind GmbH.",
        "Resolution was due 2026-03-02 09:30 UTC.",
        "Tried so far:",
        "• With Ana since 2026-03-02 03:30 UTC.",
        "• Warned about the time to resolution 2026-03-02 08:30 UTC.",
        "• Reminded the resolver 2026-03-02 10:30 UTC.",
        "• Last movement 2026-03-02 09:00 UTC.",
    ]
    assert [one.name for one in view.mentions] == ["Dana", "a colleague"]
    assert view.is_loud


def test_a_manager_is_told_when_nobody_claimed_it() -> None:
    event = EVENTS["escalated_again"]
    assert isinstance(event, CaseEscalated)
    view = alerts.alert_view(event, CASES["open_late"], POLICY, PEOPLE)
    assert "• Nobody has claimed it since 2026-02-26 16:30 UTC." in [plain(line) for line in view.lines]
    assert [button.action for button in view.buttons] == [Action.ASK_REASSIGN, Action.OPEN_CASE]


def test_messages_that_got_stuck_can_be_tried_again() -> None:
    view = alerts.parked_alert_view("slack:#billing", "not_in_channel", "Invite Ombud.", 1)
    assert plain(view.lines[0]) == "1 message can't be delivered to #billing."
    assert (view.buttons[0].action, view.buttons[0].value) == (Action.RETRY_PARKED, "slack:#billing")


def test_the_brief_of_whoever_lost_the_case_offers_only_a_look() -> None:
    around = {"policy": POLICY, "people": PEOPLE, "now": NOW, "history": []}
    mine = page.brief_view(CASES["under_review"], **around, reader_id=ANA.id)  # type: ignore[arg-type]
    theirs = page.brief_view(CASES["under_review"], **around, reader_id=BEN.id)  # type: ignore[arg-type]
    assert Action.ASK_DECIDE in [button.action for button in mine.card.buttons]
    assert [button.action for button in theirs.card.buttons] == [Action.OPEN_CASE]
    assert plain(theirs.card.notices[0]) == "No longer with you; now with Ana."


def test_the_invoice_marks_the_disputed_lines() -> None:
    said = [plain(line) for line in page.invoice_lines(CASES["open"])]
    assert said == [
        "Invoice INV-2041 · €4,800.00, issued 16 Feb 2026, due 18 Mar 2026",
        "• 2 × Pallet of gravel, grey · €3,565.50",
        "▸ 1 × Pallet of gravel, red · €1,234.50 (disputed)",
    ]


def test_who_was_told_before_is_named_without_a_ping_so_that_the_ping_leads() -> None:
    event = EVENTS["escalated"]
    assert isinstance(event, CaseEscalated)
    view = alerts.alert_view(event, CASES["under_review"], POLICY, PEOPLE, events=[event])
    assert not [part for line in view.lines for part in line if part in view.mentions]
