"""Builders of believable cases, policies and people. Name only what the test is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

from core.calendar import WorkCalendar
from core.case import Case, SlaClock, Status
from core.intake import Dispute
from core.invoice import Customer, Invoice, InvoiceLine
from core.money import Money
from core.person import Person
from core.policy import (
    MEMBERS_OF_THE_CHANNEL,
    Digest,
    Policy,
    Queue,
    Reason,
    RequiredEvidence,
    Rung,
    Sla,
    Tier,
)

MONDAY_9AM = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""The moment work starts in the test company, whose offices are in Reykjavik: UTC all year."""
MONDAY_NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FRIDAY_430PM = datetime(2026, 3, 6, 16, 30, tzinfo=UTC)

OFFICE_DAY = ((time(9), time(17)),)
OFFICE_HOURS = WorkCalendar("Atlantic/Reykjavik", (OFFICE_DAY,) * 5 + ((), ()))


def euros(amount: float) -> Money:
    return Money(round(amount * 100), "EUR")


def an_sla(**changes: Any) -> Sla:
    """One hour to claim, four to a first answer, two working days to the end."""
    return replace(Sla(claim_minutes=60, first_answer_minutes=240, resolution_minutes=960), **changes)


def a_queue(queue_id: str = "billing", **changes: Any) -> Queue:
    queue = Queue(
        id=queue_id,
        name=f"{queue_id.capitalize()} disputes",
        slack_channel=f"#{queue_id}-disputes",
        teams_channel=None,
        managers=("dana@example.com",),
        resolvers=(MEMBERS_OF_THE_CHANNEL,),
        calendar=OFFICE_HOURS,
    )
    return replace(queue, **changes)


def a_reason(reason_id: str = "wrong_amount", **changes: Any) -> Reason:
    reason = Reason(
        id=reason_id,
        label=reason_id.replace("_", " ").capitalize(),
        explanation="The amount is not what was agreed.",
        queue_id="billing",
    )
    return replace(reason, **changes)


def a_policy(**changes: Any) -> Policy:
    """Two queues, three tiers, reasons with and without required evidence, a ladder of two rungs."""
    photo = RequiredEvidence("delivery_note", "A photo of the delivery note")
    policy = Policy(
        reasons={
            "wrong_amount": a_reason(),
            "not_delivered": a_reason("not_delivered", queue_id="logistics", required_evidence=(photo,)),
            "chargeback": a_reason("chargeback"),
        },
        tiers={
            "gold": Tier("gold", "Gold", 1, an_sla(claim_minutes=30)),
            "standard": Tier("standard", "Standard", 3, an_sla()),
            "basic": Tier("basic", "Basic", 4, an_sla(resolution_minutes=2400)),
        },
        queues={"billing": a_queue(), "logistics": a_queue("logistics", managers=("omar@example.com",))},
        default_tier_id="standard",
        chargeback_reason_id="chargeback",
        chargeback_margin_hours=48,
        root_causes={"pricing_error": "Pricing error", "no_fault": "No fault of ours"},
        ladder=(
            Rung(tell=("manager",), after_minutes=0, repeat_minutes=240),
            Rung(tell=("head@example.com",), after_minutes=480),
        ),
        digests=(Digest("morning", ("billing",), time(9), ("managers",)),),
        nudge_minutes=480,
        burst_threshold=20,
        digest="test",
    )
    return replace(policy, **changes)


def a_customer(**changes: Any) -> Customer:
    customer = Customer(
        ref="cus_nordwind", name="Nordwind GmbH", email="ap@nordwind.example", tier_id="standard"
    )
    return replace(customer, **changes)


def an_invoice(**changes: Any) -> Invoice:
    """120.00 EUR in two lines."""
    invoice = Invoice(
        ref="in_1",
        number="INV-2026-0001",
        currency="EUR",
        total_minor=12_000,
        lines=(
            InvoiceLine(ref="il_1", text="Hosting, February", amount_minor=9_000),
            InvoiceLine(ref="il_2", text="Support, February", amount_minor=3_000),
        ),
    )
    return replace(invoice, **changes)


def a_dispute(**changes: Any) -> Dispute:
    dispute = Dispute(
        customer=a_customer(),
        invoice=an_invoice(),
        reason_id="wrong_amount",
        statement="We agreed on 90 euros.",
        source="api:crm",
    )
    return replace(dispute, **changes)


def a_clock(**changes: Any) -> SlaClock:
    return replace(SlaClock(targets=an_sla(), started_at=MONDAY_9AM, unclaimed_since=MONDAY_9AM), **changes)


def a_case(**changes: Any) -> Case:
    """An open case that reached its queue on Monday at nine. With a `resolver_id`, it is under review."""
    if changes.get("resolver_id") is not None:
        changes.setdefault("status", Status.UNDER_REVIEW)
    case = Case(
        id="D-1001",
        status=Status.OPEN,
        queue_id="billing",
        reason_id="wrong_amount",
        priority=3,
        customer=a_customer(),
        invoice=an_invoice(),
        disputed=euros(120),
        statement="We agreed on 90 euros.",
        source="api:crm",
        raised_at=MONDAY_9AM,
        moved_at=MONDAY_9AM,
        clock=a_clock(),
    )
    return replace(case, **changes)


def a_person(name: str = "Ana", **changes: Any) -> Person:
    """`a_person("Ben")` is slack:U0BEN, ben@example.com."""
    ref = f"U0{name.upper()}"
    person = Person(id=f"slack:{ref}", name=name, email=f"{name.lower()}@example.com", slack_ref=ref)
    return replace(person, **changes)
