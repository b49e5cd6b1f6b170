"""Disputes raised through the API, or in chat by a colleague on the customer's behalf."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime

from cards.actions import Action, Field
from cards.new_form import new_dispute_form
from core.case import Case
from core.email_address import is_email_address
from core.errors import FieldRefused, Refused
from core.intake import Dispute, raise_dispute
from core.invoice import Customer, Invoice
from core.money import Money, NotAnAmount, is_currency, parse_money
from core.person import Person
from handlers.access import visible_queues
from handlers.types import Click, Reply
from store.transaction import Transaction

LONGEST_REF, LONGEST_NAME, LONGEST_STATEMENT = 120, 300, 10_000
"""Characters that systems and customers may send; forms in chat take less (`cards/text_limits.py`)."""


class KeyReused(Refused):
    """The same idempotency key came with different content."""

    def __init__(self) -> None:
        super().__init__(
            "This Idempotency-Key was used for another request. Use a new key for whatever is new."
        )


@dataclass(frozen=True, slots=True)
class CreatedCase:
    case: Case
    is_repeat: bool


def create_case(
    tx: Transaction, dispute: Dispute, *, source: str, key: str, digest: str, now: datetime
) -> CreatedCase:
    """Create a case for the dispute, once for each `key` of a `source`.

    `digest` tells a repeat from a different dispute under the same key.

    Raises:
        KeyReused: the key is known with another digest.
        UnknownName, FieldRefused: the dispute isn't valid.
    """
    known = tx.inbox.find_response(source, key)
    if known is not None:
        demand_same_content(tx, source=source, key=key, digest=digest)
        return CreatedCase(tx.cases.get(known), is_repeat=True)
    outcome = raise_dispute(dispute, tx.policy, case_id=tx.cases.next_id(), actor_id=source, now=now)
    tx.inbox.save_response(source, key, outcome.case.id, digest, at=now)
    tx.record(outcome)
    return CreatedCase(outcome.case, is_repeat=False)


def demand_same_content(tx: Transaction, *, source: str, key: str, digest: str) -> None:
    """Raises KeyReused if the key came with different content before."""
    if tx.inbox.find_digest(source, key) != digest:
        raise KeyReused


def open_new_form(tx: Transaction, click: Click, actor: Person) -> Reply:
    """Open the form for a dispute that came by telephone, or in a message."""
    _demand_queue_member(tx, actor)
    statement = click.value if click.action is Action.RAISE_FROM_MESSAGE else None
    return Reply(form=new_dispute_form(tx.policy, statement=statement))


def new_dispute(tx: Transaction, click: Click, actor: Person) -> Reply:
    """Create a case from the form that a colleague filled in on the customer's behalf."""
    _demand_queue_member(tx, actor)
    case_id = tx.cases.next_id()
    dispute = _dispute(tx, click, case_id)
    outcome = raise_dispute(dispute, tx.policy, case_id=case_id, actor_id=actor.id, now=click.at)
    tx.record(outcome)
    case = outcome.case
    queue = tx.policy.queue(case.queue_id)
    if case.grace_until is not None:
        hours = tx.policy.reason(case.reason_id).grace_hours
        wait = f"is told once the evidence is in, or in {hours} hour{'' if hours == 1 else 's'}"
        return Reply(whisper=f"{case.id} is raised. {queue.name} {wait}.")
    return Reply(
        whisper=f"{case.id} is raised. Its card is on its way to {queue.slack_channel or queue.name}."
    )


def _demand_queue_member(tx: Transaction, actor: Person) -> None:
    if not visible_queues(tx, actor):
        raise Refused("Only people who work in a dispute queue can raise one here. Ask a manager to add you.")


def _dispute(tx: Transaction, click: Click, case_id: str) -> Dispute:
    values = click.values
    currency = values.get(Field.CURRENCY, "").strip().upper()
    if not is_currency(currency):
        raise FieldRefused(Field.CURRENCY, "Write three letters, such as EUR.")
    total = _money(click, Field.INVOICE_TOTAL, currency)
    if total.minor == 0:
        raise FieldRefused(Field.INVOICE_TOTAL, "More than zero.")
    number = _text(click, Field.INVOICE_NUMBER, "The invoice's number, as the customer sees it.")
    name = _text(click, Field.CUSTOMER_NAME, "Who objects?")
    email = _email(click)
    ref = _text(click, Field.CUSTOMER_REF) or _stand_in_ref(email, case_id)
    disputed = _money(click, Field.DISPUTED, currency) if values.get(Field.DISPUTED, "").strip() else total
    if not 0 < disputed.minor <= total.minor:
        raise FieldRefused(Field.DISPUTED, "More than zero, and no more than the invoice.")
    return Dispute(
        customer=Customer(
            ref=ref,
            name=name,
            email=email,
            tier_id=_choice(click, Field.TIER, tx.policy.tiers) or tx.policy.default_tier_id,
        ),
        invoice=Invoice(ref=number, number=number, currency=currency, total_minor=total.minor),
        reason_id=_choice(click, Field.REASON, tx.policy.reasons, "Choose one of the reasons."),
        statement=_text(click, Field.STATEMENT, "What does the customer say?"),
        source=click.platform,
        disputed=disputed,
    )


def _stand_in_ref(email: str | None, case_id: str) -> str:
    """Reference of a customer without a number: their e-mail address, else one that no other case has.

    Not the name: many customers share one, and the history of one must not be shown as another's.
    """
    return email.casefold() if email else f"unknown:{case_id}"


def _text(click: Click, field: Field, missing: str | None = None) -> str:
    """The typed text. Raises FieldRefused with `missing`, if given, for an empty one."""
    text = click.values.get(field, "").strip()
    if not text and missing:
        raise FieldRefused(field, missing)
    return text


def _email(click: Click) -> str | None:
    typed = click.values.get(Field.CUSTOMER_EMAIL, "").strip()
    if typed and not is_email_address(typed):
        raise FieldRefused(Field.CUSTOMER_EMAIL, "Write one address, such as ap@nordlicht.example.")
    return typed or None


def _choice(click: Click, field: Field, known: Container[str], missing: str | None = None) -> str:
    chosen = click.values.get(field, "")
    if chosen not in known and (chosen or missing):
        raise FieldRefused(field, missing or "Choose one of the list.")
    return chosen


def _money(click: Click, field: Field, currency: str) -> Money:
    try:
        return parse_money(click.values.get(field, ""), currency)
    except NotAnAmount as problem:
        raise FieldRefused(field, str(problem)) from None
