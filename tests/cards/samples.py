"""A sample of every card, form and page, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from cards import alerts, forms, lists
from cards import full_case as page
from cards import home as overview
from cards import message_forms as customer_forms
from cards.actions import Field
from cards.closed_alerts import closed_alert_view, late_alert_view
from cards.new_form import new_dispute_form
from cards.thread import thread_message
from cards.views import Card, FormView, HomeView, Preview
from core import events
from core.case import Status
from tests.cards.examples import (
    ANA,
    BEN,
    CASES,
    EVENTS,
    FILES,
    NOW,
    PEOPLE,
    POLICY,
    ROLES,
    ARow,
    ago,
    view_of,
)


def _pages() -> dict[str, Card]:
    review = CASES["under_review"]
    around: dict[str, Any] = {"policy": POLICY, "people": PEOPLE, "now": NOW}
    history = [
        ARow(id="D-0900", status=Status.CLOSED, resolution="rejected", closed_at=ago(900)),
        ARow(id="D-1040"),
    ]
    rows = [
        ARow(id=f"D-{number}", resolver_id=ANA.id if number % 2 else None) for number in range(1042, 1050)
    ]
    late = [
        ARow(id="D-1042", due_at=ago(2)),
        ARow(id="D-1043", snoozed_until=ago(-3), status=Status.UNDER_REVIEW),
    ]
    return {
        "full_case": page.full_case_view(
            review, **around, history=history, events=list(EVENTS.values()), role=ROLES["resolver"]
        ),
        "full_case_first": page.full_case_view(CASES["open"], **around, history=[], events=[]),
        "brief": page.brief_view(
            review, **around, history=history, reader_id=ANA.id, case_url="https://ombud.example/cases/D-1042"
        ),
        "brief_of_former": page.brief_view(review, **around, history=[], reader_id=BEN.id),
        "brief_of_released": page.brief_view(CASES["open"], **around, history=[], reader_id=BEN.id),
        "moved": view_of(CASES["open"], for_queue_id="billing"),
        "list": lists.list_view(
            "Logistics disputes", rows, **around, next_page="queue:logistics:abc", offers_claim=True
        ),
        "list_empty": lists.list_view("Your cases", [], **around, empty="You have no open cases."),
        "burst": lists.burst_view(rows, 37, **around, queue_name="Logistics disputes"),
        "overdue": lists.overdue_view(late, 97, **around, queue_name="Logistics disputes", offers_claim=True),
        "overdue_all": lists.overdue_view(late, 2, **around),
        "digest": lists.digest_view(
            [
                lists.DigestList("Overdue", late, 40, command="/disputes overdue"),
                lists.DigestList("Unclaimed", []),
            ],
            greeting="Good morning.",
            **around,
        ),
        "figures": overview.figures_view(_numbers(), title="The last 30 days", policy=POLICY, people=PEOPLE),
        "help": overview.help_view(),
        "help_unknown": overview.help_view(unknown="*frobnicate* <!channel>"),
        "alert": alerts.alert_view(
            _escalated("escalated"), CASES["open_late"], POLICY, PEOPLE, events=list(EVENTS.values())
        ),
        "alert_repeated": alerts.alert_view(_escalated("escalated_again"), review, POLICY, PEOPLE),
        **{
            f"settled_{name}": closed_alert_view(
                _escalated("escalated"), EVENTS[name], review, POLICY, PEOPLE
            )
            for name in ("claimed", "reassigned", "decided", "withdrawn", "asked", "reason", "priority")
        },
        "settled_escalated_again": closed_alert_view(
            _escalated("escalated"), EVENTS["escalated_again"], CASES["open_late"], POLICY, PEOPLE
        ),
        "alert_late": late_alert_view(_escalated("escalated"), [EVENTS["breached"]]),
        "parked": alerts.parked_alert_view(
            "slack:#logistics-disputes", "not_in_channel", "Invite Ombud to the channel.", 3
        ),
    }


def _escalated(name: str) -> events.CaseEscalated:
    event = EVENTS[name]
    assert isinstance(event, events.CaseEscalated)
    return event


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """Figures of a month."""

    by_resolution: Mapping[str, int]
    by_reason: Mapping[str, int]
    by_queue: Mapping[str, int]
    by_resolver: Mapping[str, int]
    open: int = 41
    unclaimed: int = 6
    overdue: int = 3
    raised: int = 1212
    closed: int = 1180
    median_hours: float | None = 18.25


def _numbers() -> Numbers:
    return Numbers(
        by_resolution={"rejected": 400, "accepted": 780},
        by_reason={"not_delivered": 900, "wrong_amount": 312},
        by_queue={"logistics": 30, "billing": 11},
        by_resolver={ANA.id: 21, BEN.id: 14},
    )


A_MAIL = Preview(
    "ap@nordwind.example",
    "Brightwater: your dispute about invoice INV-2041 [D-1042]",
    "Could you send us a photo of the *delivery note*?\n\nThank you.",
)


def _forms() -> dict[str, FormView]:
    unreachable = replace(CASES["under_review"], customer=replace(CASES["under_review"].customer, email=None))
    asked = {Field.WHAT.value: "A photo of the delivery note", Field.TEXT.value: A_MAIL.text}
    review, closed = CASES["under_review"], CASES["closed_part_accepted"]
    part = {
        Field.VERDICT.value: "part_accepted",
        Field.AMOUNT.value: "600",
        Field.CUSTOMER_TEXT.value: "Half of it.",
    }
    return {
        "decide": forms.decide_form(review, POLICY),
        "decide_part": forms.decide_form(review, POLICY, part),
        "decide_rejected": forms.decide_form(review, POLICY, {Field.VERDICT.value: "rejected"}),
        "reassign": forms.reassign_form(review, POLICY),
        "note": forms.note_form(review),
        "snooze": forms.snooze_form(review, policy=POLICY, now=NOW),
        "question": customer_forms.question_form(review),
        "question_again": customer_forms.question_form(CASES["waiting_on_customer"]),
        "question_no_address": customer_forms.question_form(unreachable),
        "question_bank": customer_forms.question_form(CASES["chargeback"]),
        "question_mail_off": customer_forms.question_form(review, mail_is_on=False),
        "question_preview": customer_forms.question_form(review, asked, shown=A_MAIL, is_ready=True),
        "question_silent": customer_forms.question_form(review, asked, is_ready=True),
        "reply": customer_forms.reply_form(review, asked),
        "reply_no_address": customer_forms.reply_form(unreachable),
        "reply_preview": customer_forms.with_preview_digest(
            customer_forms.reply_form(review, asked, shown=A_MAIL), customer_forms.preview_digest(A_MAIL)
        ),
        "decide_no_address": forms.decide_form(unreachable, POLICY),
        "change": forms.change_form(review, POLICY),
        "close": forms.close_form(review),
        "close_duplicate": forms.close_form(
            review, {Field.ENDING.value: "duplicate", Field.WHY.value: "Same pallet"}
        ),
        "reopen": forms.reopen_form(closed),
        "new": new_dispute_form(POLICY, statement="We never got *it*"),
    }


def _home() -> HomeView:
    around: dict[str, Any] = {"policy": POLICY, "people": PEOPLE, "now": NOW}
    mine = lists.list_view("Your cases", [ARow(resolver_id=ANA.id, status=Status.UNDER_REVIEW)], **around)
    queue = lists.list_view("Logistics disputes", [ARow(id="D-1043")], **around, offers_claim=True)
    return overview.home_view(ANA, figures=[("Yours", 1), ("Overdue", 0)], lists=[mine, queue], at=NOW)


CARDS: Mapping[str, Card] = {
    **{f"case_{name}": view_of(case) for name, case in CASES.items()},
    **{
        f"story_{name}": thread_message(event, CASES["under_review"], POLICY, PEOPLE)
        for name, event in EVENTS.items()
    },
    **{
        f"reminder_{name}": alerts.reminder_view(EVENTS[name], CASES["under_review"], POLICY, PEOPLE)
        for name in (
            "warned",
            "breached",
            "escalated",
            "nudged",
            "snooze_ended",
            "heard",
            "chargeback",
            "reopened",
            "wrote",
            "wrote_held",
            "mail_failed",
        )
    },
    "story_wrote_to_closed": thread_message(EVENTS["wrote"], CASES["closed_part_accepted"], POLICY, PEOPLE),
    "story_wrote_with_files": thread_message(
        EVENTS["wrote"], CASES["under_review"], POLICY, PEOPLE, files=FILES
    ),
    "case_with_files": view_of(CASES["with_files"], files=FILES),
    "stray": alerts.unmatched_mail_view("Somebody@evil.example", "<!channel> *Your* invoice"),
    **{
        f"former_{name}": alerts.former_resolver_view(EVENTS[name], CASES["open"], POLICY, PEOPLE)
        for name in ("released", "taken_back", "reassigned", "reason", "claimed")
    },
    **_pages(),
}
FORMS: Mapping[str, FormView] = _forms()
HOME: HomeView = _home()
