"""Conversion between the API's models and the core's."""

from __future__ import annotations

from datetime import datetime

from bot.api.models import (
    CustomerIn,
    DecisionOut,
    DisputedAmount,
    DisputedLines,
    DisputeIn,
    DisputeOut,
    EvidenceIn,
    InvoiceIn,
    Links,
)
from core.case import Case, Decision, Evidence
from core.intake import Dispute
from core.invoice import Customer, Invoice, InvoiceLine
from core.money import Money
from core.policy import Policy
from store.cases.lists import CaseRow


def to_dispute(body: DisputeIn, policy: Policy, source: str) -> Dispute:
    """`source` says who raised it: `api:` and the name of the key."""
    amount = body.disputed if isinstance(body.disputed, DisputedAmount) else None
    return Dispute(
        customer=to_customer(body.customer, policy),
        invoice=to_invoice(body.invoice),
        reason_id=body.reason,
        statement=body.statement,
        source=source,
        disputed=Money(amount.amount_minor, body.invoice.currency) if amount else None,
        line_refs=body.disputed.line_refs if isinstance(body.disputed, DisputedLines) else (),
        evidence=to_evidence(body.evidence),
    )


def to_customer(customer: CustomerIn, policy: Policy) -> Customer:
    return Customer(
        ref=customer.ref,
        name=customer.name,
        email=customer.email,
        tier_id=customer.tier or policy.default_tier_id,
        language=customer.language,
    )


def to_invoice(invoice: InvoiceIn) -> Invoice:
    return Invoice(
        **invoice.model_dump(exclude={"lines"}),
        lines=tuple(InvoiceLine(**line.model_dump()) for line in invoice.lines),
    )


def to_evidence(pieces: tuple[EvidenceIn, ...]) -> tuple[Evidence, ...]:
    return tuple(Evidence(**piece.model_dump()) for piece in pieces)


def links_of(case_id: str, base_url: str, customer_url: str | None = None) -> Links:
    return Links(
        self=f"{base_url}/api/disputes/{case_id}", case=f"{base_url}/cases/{case_id}", customer=customer_url
    )


def _from_decision(decision: Decision) -> DecisionOut:
    return DecisionOut(
        verdict=decision.verdict,
        granted_minor=decision.granted.minor,
        customer_text=decision.customer_text,
        decided_at=decision.at,
    )


def from_case(
    case: Case, base_url: str, due_at: datetime | None, customer_url: str | None = None
) -> DisputeOut:
    return DisputeOut(
        number=case.id,
        status=case.status,
        reason=case.reason_id,
        queue=case.queue_id,
        priority=case.priority,
        customer_ref=case.customer.ref,
        customer_name=case.customer.name,
        invoice_number=case.invoice.number,
        disputed_minor=case.disputed.minor,
        currency=case.disputed.currency,
        resolver=case.resolver_id,
        raised_at=case.raised_at,
        due_at=due_at,
        resolution=case.resolution,
        closed_at=case.closed_at,
        decision=_from_decision(case.decision) if case.decision else None,
        links=links_of(case.id, base_url, customer_url),
    )


def from_row(row: CaseRow, base_url: str) -> DisputeOut:
    return DisputeOut(
        number=row.id,
        status=row.status,
        reason=row.reason_id,
        queue=row.queue_id,
        priority=row.priority,
        customer_ref=row.customer_ref,
        customer_name=row.customer_name,
        invoice_number=row.invoice_number,
        disputed_minor=row.disputed_minor,
        currency=row.currency,
        resolver=row.resolver_id,
        raised_at=row.raised_at,
        due_at=row.due_at,
        resolution=row.resolution,
        closed_at=row.closed_at,
        links=links_of(row.id, base_url),
    )
