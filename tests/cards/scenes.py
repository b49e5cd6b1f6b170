"""Which cards does a team meet? One believable scene for each view in each state, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from cards import alerts, forms, lists, overview, page
from cards.actions import Field
from cards.new_form import new_dispute_form
from cards.present import case_view
from cards.story import story_view
from cards.views import Card, CaseView, FormView, HomeView
from core import events
from core.case import (
    Case,
    Chargeback,
    Decision,
    Escalation,
    Evidence,
    Pause,
    Resolution,
    Status,
    Target,
)
from core.events import Event
from core.invoice import Customer, Invoice, InvoiceLine
from core.permitting import Standing
from core.person import CLOCK, CUSTOMER, Person
from tests.builders import a_case, a_clock, a_person, a_policy, euros

NOW = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
POLICY = a_policy()
ANA, BEN = a_person("Ana"), a_person("Ben")
DANA = a_person("Dana")
PEOPLE: Mapping[str, Person] = {one.id: one for one in (ANA, BEN, DANA)}
STATEMENT = "The second pallet never arrived. We signed for one pallet only, see the delivery note."


@dataclass(frozen=True, kw_only=True)
class ARow:
    """A row of a list, as the store gives it."""

    id: str = "D-1042"
    status: str = Status.OPEN
    reason_id: str = "wrong_amount"
    tier_id: str = "gold"
    priority: int = 1
    customer_name: str = "Nordwind GmbH"
    invoice_number: str = "INV-2041"
    currency: str = "EUR"
    disputed_minor: int = 123_450
    due_at: datetime | None = NOW + HOUR
    due_target: str | None = Target.CLAIM
    resolver_id: str | None = None
    raised_at: datetime = NOW - HOUR
    snoozed_until: datetime | None = None
    resolution: str | None = None
    closed_at: datetime | None = None


def a_dispute_case(**changes: Any) -> Case:
    """A customer of the gold tier got one of two pallets."""
    invoice = Invoice(
        ref="in_2041",
        number="INV-2041",
        currency="EUR",
        total_minor=480_000,
        issued_on=date(2026, 2, 16),
        due_on=date(2026, 3, 18),
        url="https://billing.example/invoices/in_2041?view=full&tab=lines",
        lines=(
            InvoiceLine(ref="il_1", text="Pallet of gravel, grey", quantity="2", amount_minor=356_550),
            InvoiceLine(ref="il_2", text="Pallet of gravel, red", amount_minor=123_450),
        ),
    )
    return a_case(
        **{
            "id": "D-1042",
            "queue_id": "logistics",
            "reason_id": "not_delivered",
            "priority": 1,
            "customer": Customer(ref="cus_nw", name="Nordwind GmbH", tier_id="gold"),
            "invoice": invoice,
            "disputed": euros(1234.50),
            "line_refs": ("il_2",),
            "statement": STATEMENT,
            **changes,
        }
    )


A_DECISION = Decision(
    verdict=Resolution.PART_ACCEPTED,
    granted=euros(600),
    root_cause_id="pricing_error",
    customer_text="Half of the pallet arrived later, so we credit the other half.",
    internal_text="The carrier confirmed by phone.",
    by=ANA.id,
    at=NOW,
)
_PHOTO = Evidence(kind="delivery_note", name="note.jpg")
_STOPPED = a_clock(pauses=(Pause(NOW),), answered_at=NOW)
_NETWORK = Chargeback(
    ref="dp_1",
    charge_ref="ch_1",
    status="needs_response",
    network_reason="product_not_received",
    evidence_due_at=NOW + 80 * HOUR,
    seen_at=NOW,
)

CASES: Mapping[str, Case] = {
    "gathering": a_dispute_case(status=Status.GATHERING, grace_until=NOW + 24 * HOUR),
    "open": a_dispute_case(),
    "open_late": a_dispute_case(
        escalation=Escalation(target=Target.CLAIM, since=NOW, rung=0, told_at=NOW),
        clock=a_clock(started_at=NOW - 90 * HOUR, unclaimed_since=NOW - 90 * HOUR),
    ),
    "under_review": a_dispute_case(resolver_id=ANA.id, evidence=(_PHOTO,)),
    "snoozed": a_dispute_case(resolver_id=ANA.id, snoozed_until=NOW + 20 * HOUR),
    "waiting_on_customer": a_dispute_case(
        resolver_id=ANA.id, status=Status.WAITING_ON_CUSTOMER, clock=_STOPPED
    ),
    "awaiting_approval": a_dispute_case(
        resolver_id=ANA.id, status=Status.AWAITING_APPROVAL, decision=A_DECISION
    ),
    "settling": a_dispute_case(resolver_id=ANA.id, status=Status.SETTLING, decision=A_DECISION),
    "closed_part_accepted": a_dispute_case(
        resolver_id=ANA.id,
        status=Status.CLOSED,
        decision=A_DECISION,
        resolution=Resolution.PART_ACCEPTED,
        closed_at=NOW,
    ),
    "closed_duplicate": a_dispute_case(
        status=Status.CLOSED, resolution=Resolution.DUPLICATE, duplicate_of="D-1007", closed_at=NOW
    ),
    "chargeback": a_dispute_case(
        resolver_id=ANA.id, chargeback=_NETWORK, external_due_at=NOW + 32 * HOUR, times_reopened=2
    ),
}

STANDINGS: Mapping[str, Standing | None] = {
    "channel": None,
    "stranger": Standing(is_manager=False, is_resolver=False),
    "colleague": Standing(is_manager=False, is_resolver=True),
    "resolver": Standing(is_manager=False, is_resolver=True, has_case=True),
    "manager": Standing(is_manager=True, is_resolver=False),
}


def shown(case: Case, **options: Any) -> CaseView:
    return case_view(case, **{"policy": POLICY, "people": PEOPLE, "now": NOW, **options})


def _at(hours: float) -> datetime:
    return NOW - hours * HOUR


EVENTS: Mapping[str, Event] = {
    "raised": events.DisputeRaised(
        at=_at(9),
        actor_id="api:crm",
        reason_id="not_delivered",
        queue_id="logistics",
        disputed=euros(1234.50),
        statement=STATEMENT,
        missing=("A photo of the delivery note",),
    ),
    "evidence": events.EvidenceAdded(at=_at(8), actor_id=CUSTOMER, names=("note.jpg", "pallet.jpg")),
    "queue_told": events.QueueTold(at=_at(8), actor_id=CLOCK, missing=("A photo of the delivery note",)),
    "claimed": events.CaseClaimed(at=_at(7), actor_id=ANA.id),
    "released": events.CaseReleased(at=_at(7), actor_id=ANA.id, former_resolver_id=ANA.id),
    "taken_back": events.CaseReleased(at=_at(7), actor_id=DANA.id, former_resolver_id=ANA.id),
    "reassigned": events.CaseReassigned(
        at=_at(6), actor_id=DANA.id, resolver_id=BEN.id, former_resolver_id=ANA.id, why="Ana is away."
    ),
    "given": events.CaseReassigned(
        at=_at(6), actor_id=DANA.id, resolver_id=BEN.id, former_resolver_id=None, why=""
    ),
    "noted": events.NoteAdded(at=_at(6), actor_id=ANA.id, text="Called the carrier.\nThey look for it."),
    "snoozed": events.CaseSnoozed(
        at=_at(5), actor_id=ANA.id, until=_at(-20), why="Carrier answers tomorrow."
    ),
    "snooze_ended": events.SnoozeEnded(at=_at(5), actor_id=CLOCK),
    "woken": events.SnoozeEnded(at=_at(5), actor_id=ANA.id),
    "awaited": events.CustomerAwaited(at=_at(5), actor_id=ANA.id, what="A photo of the delivery note"),
    "heard": events.CustomerHeard(at=_at(4), actor_id=ANA.id, waited_since=_at(5)),
    "priority": events.PriorityChanged(at=_at(4), actor_id=DANA.id, former=3, priority=1, why="Key account."),
    "reason": events.ReasonChanged(
        at=_at(4),
        actor_id=ANA.id,
        former_reason_id="wrong_amount",
        reason_id="not_delivered",
        former_queue_id="billing",
        queue_id="logistics",
        former_resolver_id=ANA.id,
        why="It is about the delivery.",
    ),
    "decided": events.CaseDecided(
        at=_at(3),
        actor_id=ANA.id,
        verdict=Resolution.PART_ACCEPTED,
        granted=euros(600),
        root_cause_id="pricing_error",
        customer_text=A_DECISION.customer_text,
        internal_text=A_DECISION.internal_text,
    ),
    "rejected": events.CaseDecided(
        at=_at(3),
        actor_id=ANA.id,
        verdict=Resolution.REJECTED,
        granted=euros(0),
        root_cause_id="no_fault",
        customer_text="The delivery was signed for.",
        internal_text="",
    ),
    "ended": events.CaseEnded(at=_at(3), actor_id=ANA.id, resolution=Resolution.ACCEPTED),
    "withdrawn": events.CaseEnded(
        at=_at(3), actor_id=ANA.id, resolution=Resolution.WITHDRAWN, why="By phone."
    ),
    "duplicate": events.CaseEnded(
        at=_at(3), actor_id=ANA.id, resolution=Resolution.DUPLICATE, duplicate_of="D-1007"
    ),
    "reopened": events.CaseReopened(at=_at(2), actor_id=ANA.id, why="They found the pallet after all."),
    "warned": events.SlaWarned(at=_at(2), actor_id=CLOCK, target=Target.RESOLUTION, due_at=_at(1)),
    "breached": events.SlaBreached(at=_at(1), actor_id=CLOCK, target=Target.RESOLUTION, due_at=_at(1)),
    "escalated": events.CaseEscalated(
        at=NOW, actor_id=CLOCK, target=Target.RESOLUTION, rung=0, tell=("dana@example.com", "U0BOSS1")
    ),
    "escalated_again": events.CaseEscalated(
        at=NOW,
        actor_id=CLOCK,
        target=Target.CLAIM,
        rung=1,
        tell=("head@example.com", "dana@example.com", "ben@example.com"),
        is_repeat=True,
    ),
    "nudged": events.ResolverNudged(at=NOW, actor_id=CLOCK, quiet_since=_at(26)),
    "chargeback": events.ChargebackHeard(
        at=NOW,
        actor_id="stripe",
        ref="dp_1",
        kind="charge.dispute.created",
        status="needs_response",
        evidence_due_at=_at(-80),
    ),
}


def _pages() -> dict[str, Card]:
    review = CASES["under_review"]
    around: dict[str, Any] = {"policy": POLICY, "people": PEOPLE, "now": NOW}
    history = [
        ARow(id="D-0900", status=Status.CLOSED, resolution="rejected", closed_at=_at(900)),
        ARow(id="D-1040"),
    ]
    rows = [
        ARow(id=f"D-{number}", resolver_id=ANA.id if number % 2 else None) for number in range(1042, 1050)
    ]
    late = [
        ARow(id="D-1042", due_at=_at(2)),
        ARow(id="D-1043", snoozed_until=_at(-3), status=Status.UNDER_REVIEW),
    ]
    return {
        "full_case": page.full_case_view(
            review, **around, history=history, events=list(EVENTS.values()), standing=STANDINGS["resolver"]
        ),
        "full_case_first": page.full_case_view(CASES["open"], **around, history=[], events=[]),
        "brief": page.brief_view(
            review, **around, history=history, reader_id=ANA.id, case_url="https://ombud.example/cases/D-1042"
        ),
        "brief_of_former": page.brief_view(review, **around, history=[], reader_id=BEN.id),
        "brief_of_released": page.brief_view(CASES["open"], **around, history=[], reader_id=BEN.id),
        "moved": shown(CASES["open"], for_queue_id="billing"),
        "list": lists.list_view(
            "Logistics disputes", rows, **around, next_page="queue:logistics:abc", offers_claim=True
        ),
        "list_empty": lists.list_view("Your cases", [], **around, empty="You have no open cases."),
        "burst": lists.burst_view(rows, 37, **around, queue_name="Logistics disputes"),
        "digest": lists.digest_view(
            [("Overdue", late), ("Unclaimed", [])], greeting="Good morning.", **around
        ),
        "figures": overview.figures_view(_numbers(), title="The last 30 days", policy=POLICY, people=PEOPLE),
        "help": overview.help_view(),
        "help_unknown": overview.help_view(unknown="*frobnicate* <!channel>"),
        "alert": alerts.alert_view(
            _escalated("escalated"), CASES["open_late"], POLICY, PEOPLE, events=list(EVENTS.values())
        ),
        "alert_repeated": alerts.alert_view(_escalated("escalated_again"), review, POLICY, PEOPLE),
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


def _forms() -> dict[str, FormView]:
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
        "await_customer": forms.await_customer_form(review),
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
    return overview.home_view(ANA, figures=[("Yours", 1), ("Overdue", 0)], lists=[mine, queue])


CARDS: Mapping[str, Card] = {
    **{f"case_{name}": shown(case) for name, case in CASES.items()},
    **{
        f"story_{name}": story_view(event, CASES["under_review"], POLICY, PEOPLE)
        for name, event in EVENTS.items()
    },
    **{
        f"reminder_{name}": alerts.reminder_view(EVENTS[name], CASES["under_review"], POLICY, PEOPLE)
        for name in ("warned", "nudged", "snooze_ended", "heard", "chargeback", "reopened")
    },
    **{
        f"former_{name}": alerts.former_resolver_view(EVENTS[name], CASES["open"], POLICY, PEOPLE)
        for name in ("released", "taken_back", "reassigned", "reason", "claimed")
    },
    **_pages(),
}
FORMS: Mapping[str, FormView] = _forms()
HOME: HomeView = _home()
