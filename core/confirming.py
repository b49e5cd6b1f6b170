"""Confirmation of a customer's e-mail address, if it is another than the invoice's."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from core.case import Case
from core.customer_events import AddressChanged
from core.email_address import is_same_address, normal_address
from core.outcome import Outcome
from core.person import CUSTOMER

CONFIRM_WITHIN = timedelta(days=7)
"""How long the link of a confirmation mail works."""


def address_id(invoice_ref: str, customer_ref: str, email: str) -> str:
    """The id under which the address is asked for: the same for each case of this customer and invoice."""
    return sha256(f"{invoice_ref}\n{customer_ref}\n{normal_address(email)}".encode()).hexdigest()[:32]


def confirm_address(case: Case, email: str, *, now: datetime) -> Outcome:
    """Mail about the case goes to `email` from now on. Nothing changes unless the case waits for it."""
    waited_for = case.customer.unconfirmed_email
    if not waited_for or not is_same_address(waited_for, email):
        return Outcome(case)
    customer = replace(case.customer, email=case.customer.email or waited_for, unconfirmed_email="")
    event = AddressChanged(at=now, actor_id=CUSTOMER, address=waited_for, is_confirmed=True)
    return Outcome(replace(case, customer=customer), (event,))


def correct_address(case: Case, email: str, *, is_confirmed: bool, now: datetime) -> Outcome:
    """The customer corrects an address that they haven't confirmed. Otherwise nothing changes."""
    waited_for = case.customer.unconfirmed_email
    if not waited_for or case.customer.email:
        return Outcome(case)
    if not is_confirmed and is_same_address(waited_for, email):
        return Outcome(case)
    customer = replace(case.customer, unconfirmed_email="" if is_confirmed else email)
    if is_confirmed:
        customer = replace(customer, email=email)
    event = AddressChanged(at=now, actor_id=CUSTOMER, address=email, is_confirmed=is_confirmed)
    return Outcome(replace(case, customer=customer), (event,))
