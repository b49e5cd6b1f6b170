"""Customer's other e-mail address: its owner is asked, says yes, is asked again, or it is corrected.

A case whose address isn't confirmed goes on; only its mails wait. Once it is confirmed they go out in the
order in which things happened, each with the key that it would have had, so that none goes twice; those that
are out of date by then are left out, as always.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from core.confirming import address_id, confirm_address, correct_address
from core.customer_link import CustomerLink
from core.effects import Effect, addresses_of, effects_of
from core.email_address import normal_address
from core.errors import NotFound
from core.invoice import Customer
from core.link_budget import Use, demand_address, is_other_address
from core.outcome import Outcome
from store.customers.addresses import CustomerAddress
from store.outbox.lanes import lane_of
from store.transaction import Transaction


def is_confirmed(tx: Transaction, link: CustomerLink, email: str) -> bool:
    """Whether mail may go to the address: the invoice's, or one that was confirmed for this invoice."""
    if not is_other_address(link, email):
        return True
    known = tx.addresses.lock(address_id(link.invoice.ref, link.customer.ref, email))
    return known is not None and known.confirmed_at is not None


def with_address(tx: Transaction, link: CustomerLink, customer: Customer) -> Customer:
    """The customer, whose address only counts once it is confirmed."""
    if customer.email and not is_confirmed(tx, link, customer.email):
        return replace(customer, email=None, unconfirmed_email=customer.email)
    return customer


def ask_owner(
    tx: Transaction, link: CustomerLink, email: str, language: str, now: datetime, *, again: bool = False
) -> None:
    """Queue the mail that asks the address's owner; not a second one within a day, unless asked `again`.

    Raises:
        OverBudget: the link, or the address, has had as many such mails today as it may.
    """
    if not tx.policy.customers.is_mailed:
        return
    id_ = address_id(link.invoice.ref, link.customer.ref, email)
    known = tx.addresses.find(id_)
    if known is not None and (known.confirmed_at or (not again and known.asked_at.date() == now.date())):
        return
    by_link = tx.daily_uses.add(link.id, Use.ADDRESSES, now)
    to_address = tx.daily_uses.add(f"address:{normal_address(email)}", Use.ADDRESSES, now)
    demand_address(tx.policy.customers.link_budget, by_link=by_link, to_address=to_address)
    tx.addresses.save_asked(
        CustomerAddress(
            id=id_,
            invoice_ref=link.invoice.ref,
            customer_ref=link.customer.ref,
            email=email,
            language=language,
            asked_at=now,
        )
    )
    tx.outbox.add(
        key=f"confirm:{id_}:{link.id}:{now.date()}:{by_link}",
        address=f"mail:confirm:{id_[0]}",
        effect=Effect.CONFIRM_ADDRESS,
        due_at=now,
        payload={"address_id": id_},
    )


def change_address(tx: Transaction, link: CustomerLink, case_id: str, *, email: str, now: datetime) -> None:
    """The customer asks for the mail again, or corrects the address.

    A case that waits for no address stays as it is.

    Raises:
        NotFound: this customer has no such case about this invoice.
        OverBudget: see `ask_owner`.
    """
    if all(case.id != case_id for case in tx.cases.list_for_invoice(link.invoice.ref, link.customer.ref)):
        raise NotFound(case_id)
    may_mail = is_confirmed(tx, link, email)
    case = tx.cases.lock(case_id)
    if case.customer.email or not case.customer.unconfirmed_email:
        return
    _record(tx, correct_address(case, email, is_confirmed=may_mail, now=now), now)
    if not may_mail:
        ask_owner(tx, link, email, case.customer.language, now, again=True)


def confirm(tx: Transaction, id_: str, now: datetime) -> bool:
    """The owner says yes, for every case that waits for it. False: the address isn't asked for any more.

    A second press changes nothing.
    """
    address = tx.addresses.lock(id_)
    if address is None:
        return False
    tx.addresses.confirm(id_, now)
    for case in tx.cases.list_for_invoice(address.invoice_ref, address.customer_ref):
        if case.customer.unconfirmed_email:
            _record(tx, confirm_address(tx.cases.lock(case.id), address.email, now=now), now)
    return True


def _record(tx: Transaction, outcome: Outcome, now: datetime) -> None:
    """Record the change; if the case can be written to now, add the mails that waited for it."""
    tx.record(outcome)
    case = outcome.case
    if not outcome.events or not case.customer.email:
        return
    for entry in tx.timeline.list(case.id):
        if Effect.TELL_CUSTOMER not in effects_of(entry.event):
            continue
        for destination in addresses_of(Effect.TELL_CUSTOMER, entry.event, case, tx.policy):
            address = lane_of(destination, case.id)
            tx.outbox.add(
                key=f"{case.id}:{entry.seq}:{Effect.TELL_CUSTOMER}:{address}",
                address=address,
                effect=Effect.TELL_CUSTOMER,
                due_at=now,
                case_id=case.id,
                seq=entry.seq,
            )
