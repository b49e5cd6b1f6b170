"""Columns of a case beside its document: what lists show and look-ups need."""

from __future__ import annotations

from typing import Any

from core.case import Case
from core.deadlines import next_deadline
from core.policy import Policy
from core.sla import first_to_end, running_clocks
from store.db.instants import to_micros, to_micros_or_none
from store.tables import NEVER

LONGEST_SEARCH_TEXT = 500
"""Characters. So much fits into an index, which a search scans instead of the documents."""
_LONGEST_NAME = 150
SEARCH_SEPARATOR = "\n"
"""Between the searched parts, so that a search never matches across two of them."""


def frequent_columns(case: Case, policy: Policy) -> dict[str, Any]:
    """The columns that most outcomes change."""
    running = () if case.is_closed else tuple(running_clocks(case, policy.queue(case.queue_id).calendar))
    due = first_to_end(running)
    return {
        "status": case.status.value,
        "resolver_id": case.resolver_id,
        "due_at": NEVER if due is None else to_micros(due.at),
        "due_target": None if due is None else due.target.value,
        "next_deadline_at": to_micros_or_none(next_deadline(case, policy, running)),
        "snoozed_until": to_micros_or_none(case.snoozed_until),
    }


def rare_columns(case: Case) -> dict[str, Any]:
    """The columns that few outcomes change; apart, as SQLite rewrites every index of the columns it sets."""
    customer, invoice = case.customer, case.invoice
    return {
        "queue_id": case.queue_id,
        "reason_id": case.reason_id,
        "tier_id": customer.tier_id,
        "priority": case.priority,
        "raised_at": to_micros(case.raised_at),
        "closed_at": to_micros(case.closed_at or case.moved_at) if case.is_closed else None,
        "resolution": None if case.resolution is None else case.resolution.value,
        "customer_ref": customer.ref,
        "customer_name": customer.name,
        "invoice_ref": invoice.ref,
        "invoice_number": invoice.number,
        "currency": case.disputed.currency,
        "disputed_minor": case.disputed.minor,
        "chargeback_ref": None if case.chargeback is None else case.chargeback.ref,
        "search_text": search_text(case),
    }


def columns_of_case(case: Case) -> dict[str, Any]:
    """The columns that follow from the case alone, without due times of open cases, which need the policy."""
    due = {"due_at": NEVER, "due_target": None, "next_deadline_at": None} if case.is_closed else {}
    return {
        "status": case.status.value,
        "resolver_id": case.resolver_id,
        "snoozed_until": to_micros_or_none(case.snoozed_until),
        **due,
        **rare_columns(case),
    }


def has_rare_change(before: Case, after: Case) -> bool:
    """Whether `rare_columns` may differ."""
    return (
        before.queue_id != after.queue_id
        or before.reason_id != after.reason_id
        or before.priority != after.priority
        or before.is_closed is not after.is_closed
        or before.customer != after.customer
        or before.invoice != after.invoice
        or before.disputed != after.disputed
        or before.raised_at != after.raised_at
        or before.chargeback != after.chargeback
    )


def search_text(case: Case) -> str:
    """The text that a search scans, case-folded."""
    customer, invoice = case.customer, case.invoice
    parts = (
        case.id,
        invoice.number,
        invoice.ref,
        customer.ref,
        (customer.email or "")[:_LONGEST_NAME],
        customer.name[:_LONGEST_NAME],
    )
    return SEARCH_SEPARATOR.join(parts).casefold()[:LONGEST_SEARCH_TEXT]
