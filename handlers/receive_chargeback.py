"""Events of the billing platform about a card network's chargeback."""

from __future__ import annotations

from datetime import datetime

from core.chargebacks import ChargebackEvent, update_chargeback
from core.intake import Dispute, raise_dispute
from core.invoice import Customer, Invoice
from store.transaction import Transaction

STRIPE = "stripe"


def receive_chargeback(tx: Transaction, event: ChargebackEvent, now: datetime) -> str:
    """Create a case for a new chargeback, or update its case; returns the case's id.

    Any kind of event may be the first to arrive. The event's id is stored, so that a repeat changes nothing.
    """
    known = tx.inbox.find_response(STRIPE, event.id)
    if known is not None:
        return known
    case_id = tx.cases.find_by_chargeback(event.update.chargeback.ref) or _create_case(tx, event, now)
    tx.inbox.save_response(STRIPE, event.id, case_id, at=now)
    tx.record(update_chargeback(tx.cases.lock(case_id), event.update, tx.policy, now))
    return case_id


def _create_case(tx: Transaction, event: ChargebackEvent, now: datetime) -> str:
    """Create a case for the chargeback, in the cardholder's name: its invoice isn't known yet."""
    charge = event.update.chargeback.charge_ref
    dispute = Dispute(
        customer=Customer(ref=charge, name=f"Cardholder of {charge}", tier_id=tx.policy.default_tier_id),
        invoice=Invoice(
            ref=charge, number=charge, currency=event.amount.currency, total_minor=event.amount.minor
        ),
        reason_id=tx.policy.chargeback_reason_id,
        statement=f"The cardholder's bank says: {event.update.chargeback.network_reason.replace('_', ' ')}.",
        source=STRIPE,
        disputed=event.amount,
    )
    outcome = raise_dispute(dispute, tx.policy, case_id=tx.cases.next_id(), actor_id=STRIPE, now=now)
    tx.record(outcome)
    return outcome.case.id
