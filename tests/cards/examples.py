"""Example cases, events, files and people for card tests, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from cards.files import CaseFiles
from cards.present import case_view
from cards.views import CaseView
from core import customer_events, events
from core.case import (
    Asked,
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
from core.permissions import Role
from core.person import CLOCK, CUSTOMER, Person
from core.uploaded_file import File, FileState
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
            "customer": Customer(
                ref="cus_nw", name="Nordwind GmbH", tier_id="gold", email="ap@nordwind.example"
            ),
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
_ASKED = Asked(what="A photo of the delivery note", at=NOW)
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
    "with_files": a_dispute_case(
        resolver_id=ANA.id,
        evidence=(
            Evidence(kind="delivery_note", name="note.jpg", file_id="f_note"),
            Evidence(kind="other", name="pallet.jpg", file_id="f_pallet"),
            Evidence(kind="other", name="offer.pdf", url="https://crm.example/offer.pdf"),
        ),
    ),
    "snoozed": a_dispute_case(resolver_id=ANA.id, snoozed_until=NOW + 20 * HOUR),
    "waiting_on_customer": a_dispute_case(
        resolver_id=ANA.id, status=Status.WAITING_ON_CUSTOMER, clock=_STOPPED, asked=_ASKED
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


def a_file(file_id: str, name: str, **changes: Any) -> File:
    file = File(
        id=file_id,
        invoice_ref="in_2041",
        customer_ref="cus_nw",
        case_id="D-1042",
        draft_id=None,
        kind="other",
        name=name,
        size=1_234_567,
        sha256="0" * 64,
        state=FileState.READY,
        via="mail",
        came_at=NOW,
    )
    return replace(file, **changes)


FILES = CaseFiles(
    (a_file("f_note", "note.jpg"), a_file("f_pallet", "pallet.jpg", state=FileState.HELD, size=812)),
    lambda file_id: f"https://ombud.example/e/{file_id}.signed",
)

ROLES: Mapping[str, Role | None] = {
    "channel": None,
    "stranger": Role(is_manager=False, is_resolver=False),
    "colleague": Role(is_manager=False, is_resolver=True),
    "resolver": Role(is_manager=False, is_resolver=True, has_case=True),
    "manager": Role(is_manager=True, is_resolver=False),
}


def view_of(case: Case, **options: Any) -> CaseView:
    return case_view(case, **{"policy": POLICY, "people": PEOPLE, "now": NOW, **options})


def ago(hours: float) -> datetime:
    return NOW - hours * HOUR


EVENTS: Mapping[str, Event] = {
    "raised": events.DisputeRaised(
        at=ago(9),
        actor_id="api:crm",
        reason_id="not_delivered",
        queue_id="logistics",
        disputed=euros(1234.50),
        statement=STATEMENT,
        missing=("A photo of the delivery note",),
    ),
    "evidence": events.EvidenceAdded(at=ago(8), actor_id=CUSTOMER, names=("note.jpg", "pallet.jpg")),
    "queue_told": events.QueueTold(at=ago(8), actor_id=CLOCK, missing=("A photo of the delivery note",)),
    "queue_told_more": events.QueueTold(at=ago(8), actor_id=CLOCK, said=("It was raining that day.",)),
    "claimed": events.CaseClaimed(at=ago(7), actor_id=ANA.id),
    "released": events.CaseReleased(at=ago(7), actor_id=ANA.id, former_resolver_id=ANA.id),
    "taken_back": events.CaseReleased(at=ago(7), actor_id=DANA.id, former_resolver_id=ANA.id),
    "reassigned": events.CaseReassigned(
        at=ago(6), actor_id=DANA.id, resolver_id=BEN.id, former_resolver_id=ANA.id, why="Ana is away."
    ),
    "given": events.CaseReassigned(
        at=ago(6), actor_id=DANA.id, resolver_id=BEN.id, former_resolver_id=None, why=""
    ),
    "noted": events.NoteAdded(at=ago(6), actor_id=ANA.id, text="Called the carrier.\nThey look for it."),
    "snoozed": events.CaseSnoozed(
        at=ago(5), actor_id=ANA.id, until=ago(-20), why="Carrier answers tomorrow."
    ),
    "snooze_ended": events.SnoozeEnded(at=ago(5), actor_id=CLOCK),
    "woken": events.SnoozeEnded(at=ago(5), actor_id=ANA.id),
    "awaited": customer_events.CustomerAwaited(
        at=ago(5), actor_id=ANA.id, what="A photo of the delivery note"
    ),
    "asked": customer_events.CustomerAwaited(
        at=ago(5),
        actor_id=ANA.id,
        what="A photo of the delivery note",
        text="Could you send us a photo\nof the note that your driver signed?",
    ),
    "heard": customer_events.CustomerHeard(at=ago(4), actor_id=ANA.id, waited_since=ago(5)),
    "answered": customer_events.CustomerHeard(at=NOW, actor_id=CUSTOMER, waited_since=ago(72)),
    "wrote": customer_events.CustomerWrote(
        at=NOW,
        actor_id=CUSTOMER,
        text="Here it is.",
        via="mail",
        sender="AP@nordwind.example",
        files=("note.jpg", "pallet.jpg"),
    ),
    "wrote_on_page": customer_events.CustomerWrote(at=NOW, actor_id=CUSTOMER, text="Any news?", via="page"),
    "wrote_files_only": customer_events.CustomerWrote(
        at=NOW, actor_id=CUSTOMER, text=" ", via="mail", sender="ap@nordwind.example", files=("note.jpg",)
    ),
    "wrote_held": customer_events.CustomerWrote(
        at=NOW,
        actor_id=CUSTOMER,
        text="I have the note.",
        via="mail",
        sender="lager@nordwind.example",
        is_verified=False,
        warning="The mail server says that nordwind.example did not send this (DMARC failed).",
    ),
    "sender_accepted": customer_events.SenderAccepted(
        at=NOW, actor_id=ANA.id, sender="lager@nordwind.example"
    ),
    "address_confirmed": customer_events.AddressChanged(
        at=NOW, actor_id=CUSTOMER, address="lager@nordwind.example", is_confirmed=True
    ),
    "address_given": customer_events.AddressChanged(
        at=NOW, actor_id=CUSTOMER, address="lager@nordwind.example", is_confirmed=False
    ),
    "told": customer_events.CustomerTold(at=NOW, actor_id=ANA.id, text="We look into it."),
    "reminded": customer_events.CustomerReminded(
        at=NOW, actor_id=CLOCK, what=("A photo of the delivery note",), waiting_since=ago(48)
    ),
    "disagreed": customer_events.CustomerDisagreed(at=NOW, actor_id=CUSTOMER, why="The signature is forged."),
    "mail_failed": customer_events.MailFailed(
        at=NOW, actor_id=CLOCK, to="ap@nordwind.example", why="mailbox full"
    ),
    "file_refused": customer_events.FileRefused(
        at=NOW, actor_id=CLOCK, name="invoice.exe", why="It is a program."
    ),
    "priority": events.PriorityChanged(at=ago(4), actor_id=DANA.id, former=3, priority=1, why="Key account."),
    "reason": events.ReasonChanged(
        at=ago(4),
        actor_id=ANA.id,
        former_reason_id="wrong_amount",
        reason_id="not_delivered",
        former_queue_id="billing",
        queue_id="logistics",
        former_resolver_id=ANA.id,
        why="It is about the delivery.",
    ),
    "decided": events.CaseDecided(
        at=ago(3),
        actor_id=ANA.id,
        verdict=Resolution.PART_ACCEPTED,
        granted=euros(600),
        root_cause_id="pricing_error",
        customer_text=A_DECISION.customer_text,
        internal_text=A_DECISION.internal_text,
    ),
    "rejected": events.CaseDecided(
        at=ago(3),
        actor_id=ANA.id,
        verdict=Resolution.REJECTED,
        granted=euros(0),
        root_cause_id="no_fault",
        customer_text="The delivery was signed for.",
        internal_text="",
    ),
    "ended": events.CaseEnded(at=ago(3), actor_id=ANA.id, resolution=Resolution.ACCEPTED),
    "withdrawn": events.CaseEnded(
        at=ago(3), actor_id=ANA.id, resolution=Resolution.WITHDRAWN, why="By phone."
    ),
    "duplicate": events.CaseEnded(
        at=ago(3), actor_id=ANA.id, resolution=Resolution.DUPLICATE, duplicate_of="D-1007"
    ),
    "reopened": events.CaseReopened(at=ago(2), actor_id=ANA.id, why="They found the pallet after all."),
    "warned": events.SlaWarned(at=ago(2), actor_id=CLOCK, target=Target.RESOLUTION, due_at=ago(1)),
    "breached": events.SlaBreached(at=ago(1), actor_id=CLOCK, target=Target.RESOLUTION, due_at=ago(1)),
    "escalated": events.CaseEscalated(
        at=NOW,
        actor_id=CLOCK,
        target=Target.RESOLUTION,
        rung=0,
        tell=("dana@example.com", "U0BOSS1"),
        due_at=ago(1),
    ),
    "escalated_again": events.CaseEscalated(
        at=NOW,
        actor_id=CLOCK,
        target=Target.CLAIM,
        rung=1,
        tell=("head@example.com", "dana@example.com", "ben@example.com"),
        is_repeat=True,
    ),
    "nudged": events.ResolverNudged(at=NOW, actor_id=CLOCK, quiet_since=ago(26)),
    "chargeback": events.ChargebackHeard(
        at=NOW,
        actor_id="stripe",
        ref="dp_1",
        kind="charge.dispute.created",
        status="needs_response",
        evidence_due_at=ago(-80),
    ),
}
