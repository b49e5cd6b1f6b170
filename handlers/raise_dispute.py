"""A customer objects: through the API, or in the words of somebody who heard them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cards.actions import Field
from cards.new_form import new_dispute_form
from core.case import Case
from core.errors import FieldRefused, Refused
from core.intake import Dispute, raise_dispute
from core.invoice import Customer, Invoice
from core.money import Money, NotAnAmount, is_currency, parse_money
from core.person import Person
from handlers.access import visible_queues
from handlers.types import Click, Reply
from store.transaction import Transaction


class KeyReused(Refused):
    """The same idempotency key came with another content."""

    def __init__(self) -> None:
        super().__init__(
            "This Idempotency-Key was used for another dispute. Use a new key for a new dispute."
        )


@dataclass(frozen=True, slots=True)
class Raised:
    case: Case
    is_repeat: bool


def take_in(
    tx: Transaction, dispute: Dispute, *, source: str, key: str, digest: str, now: datetime
) -> Raised:
    """Open a case for the dispute, once for each `key` of a `source`.

    `digest` tells a repeat from another dispute under the same key.

    Raises:
        KeyReused: the key is known with another digest.
        UnknownName, FieldRefused: the dispute can't be right.
    """
    known = tx.inbox.find(source, key)
    if known is not None:
        if tx.inbox.digest(source, key) != digest:
            raise KeyReused
        return Raised(tx.cases.get(known), is_repeat=True)
    outcome = raise_dispute(dispute, tx.policy, case_id=tx.cases.next_id(), actor_id=source, now=now)
    tx.inbox.keep(source, key, outcome.case.id, digest)
    tx.record(outcome)
    return Raised(outcome.case, is_repeat=False)


def ask_new(tx: Transaction, click: Click, actor: Person) -> Reply:
    """The form for a dispute that came by telephone, or that a message tells of."""
    _demand_somebody(tx, actor)
    return Reply(form=new_dispute_form(tx.policy, statement=click.value))


def new_dispute(tx: Transaction, click: Click, actor: Person) -> Reply:
    """Somebody filled in the form on a customer's behalf."""
    _demand_somebody(tx, actor)
    dispute = _dispute(tx, click)
    outcome = raise_dispute(dispute, tx.policy, case_id=tx.cases.next_id(), actor_id=actor.id, now=click.at)
    tx.record(outcome)
    case = outcome.case
    queue = tx.policy.queue(case.queue_id)
    if case.grace_until is not None:
        return Reply(whisper=f"{case.id} is raised. {queue.name} is told once the evidence is in.")
    return Reply(
        whisper=f"{case.id} is raised. Its card is on its way to {queue.slack_channel or queue.name}."
    )


def _demand_somebody(tx: Transaction, actor: Person) -> None:
    if not visible_queues(tx, actor):
        raise Refused("Only people who work in a dispute queue can raise one here. Ask a manager to add you.")


def _dispute(tx: Transaction, click: Click) -> Dispute:
    values = click.values
    currency = values.get(Field.CURRENCY, "").strip().upper()
    if not is_currency(currency):
        raise FieldRefused(Field.CURRENCY, "Write three letters, such as EUR.")
    total = _money(click, Field.INVOICE_TOTAL, currency)
    number = _text(click, Field.INVOICE_NUMBER, "The invoice's number, as the customer sees it.")
    name = _text(click, Field.CUSTOMER_NAME, "Who objects?")
    ref = values.get(Field.CUSTOMER_REF, "").strip() or name.casefold()
    disputed = _money(click, Field.DISPUTED, currency) if values.get(Field.DISPUTED, "").strip() else total
    if not 0 < disputed.minor <= total.minor:
        raise FieldRefused(Field.DISPUTED, "More than zero, and no more than the invoice.")
    return Dispute(
        customer=Customer(
            ref=ref,
            name=name,
            email=values.get(Field.CUSTOMER_EMAIL, "").strip() or None,
            tier_id=values.get(Field.TIER, "") or tx.policy.default_tier_id,
        ),
        invoice=Invoice(ref=number, number=number, currency=currency, total_minor=total.minor),
        reason_id=values.get(Field.REASON, ""),
        statement=_text(click, Field.STATEMENT, "What does the customer say?"),
        source=click.platform,
        disputed=disputed,
    )


def _text(click: Click, field: Field, missing: str) -> str:
    text = click.values.get(field, "").strip()
    if not text:
        raise FieldRefused(field, missing)
    return text


def _money(click: Click, field: Field, currency: str) -> Money:
    try:
        return parse_money(click.values.get(field, ""), currency)
    except NotAnAmount as problem:
        raise FieldRefused(field, str(problem)) from None
