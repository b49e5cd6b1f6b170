"""Form by which a colleague raises a dispute for a customer."""

from __future__ import annotations

from collections.abc import Mapping

from cards import words
from cards.actions import Action, Field
from cards.text_limits import MAX_LENGTHS
from cards.views import Choice, ChoiceInput, FormView, Input, TextInput
from core.policy import Policy


def new_dispute_form(
    policy: Policy,
    *,
    statement: str | None = None,
    values: Mapping[str, str] | None = None,
    hidden: tuple[tuple[str, str], ...] = (),
) -> FormView:
    """The whole dispute in one form; `statement` is the message that it was raised from."""
    given = values or {}
    inputs = (*_customer(policy, given), *_invoice(given), *_dispute(policy, given, statement))
    return FormView(
        submits=Action.NEW, title="Raise a dispute", submit="Raise", intro=(), inputs=inputs, hidden=hidden
    )


def _customer(policy: Policy, given: Mapping[str, str]) -> tuple[Input, ...]:
    tiers = tuple(Choice(tier.id, words.name(tier.label)) for tier in policy.tiers.values())
    return (
        _short(Field.CUSTOMER_NAME, "Customer", given, placeholder="Nordlicht GmbH"),
        _short(Field.CUSTOMER_EMAIL, "E-mail", given, placeholder="ap@nordlicht.example", is_optional=True),
        _short(Field.CUSTOMER_REF, "Customer number", given, placeholder="C-204", is_optional=True),
        ChoiceInput(
            id=Field.TIER,
            label="Tier",
            choices=tiers,
            initial=given.get(Field.TIER, policy.default_tier_id),
        ),
    )


def _invoice(given: Mapping[str, str]) -> tuple[Input, ...]:
    return (
        _short(Field.INVOICE_NUMBER, "Invoice number", given, placeholder="INV-2041"),
        _short(Field.INVOICE_TOTAL, "Invoice total", given, placeholder="1234.50"),
        _short(Field.CURRENCY, "Currency", given, placeholder="EUR", hint="Three letters."),
        _short(
            Field.DISPUTED,
            "Disputed amount",
            given,
            hint="Leave empty when the whole invoice is disputed.",
            is_optional=True,
        ),
    )


def _dispute(policy: Policy, given: Mapping[str, str], statement: str | None) -> tuple[Input, ...]:
    reasons = tuple(Choice(one.id, words.name(one.label), one.explanation) for one in policy.reasons.values())
    said = TextInput(
        id=Field.STATEMENT,
        label="What does the customer say?",
        initial=given.get(Field.STATEMENT, statement),
        is_long=True,
        longest=MAX_LENGTHS[Field.STATEMENT],
    )
    return (
        ChoiceInput(id=Field.REASON, label="Reason", choices=reasons, initial=given.get(Field.REASON)),
        said,
    )


def _short(
    field: Field,
    label: str,
    given: Mapping[str, str],
    *,
    placeholder: str | None = None,
    hint: str | None = None,
    is_optional: bool = False,
) -> TextInput:
    return TextInput(
        id=field,
        label=label,
        placeholder=placeholder,
        hint=hint,
        initial=given.get(field),
        is_optional=is_optional,
        longest=MAX_LENGTHS[field],
    )
