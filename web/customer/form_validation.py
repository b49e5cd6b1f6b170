"""Validation of the dispute form: from raw fields to answers, or one sentence for each wrong field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from cards.customer.language import Translator
from cards.sanitize import clean_line, clean_text
from core.customer_link import CustomerLink
from core.email_address import LONGEST_EMAIL, is_email_address
from core.invoice import Invoice
from core.money import Money, NotAnAmount
from core.policy import Policy
from handlers.raise_dispute import LONGEST_NAME, LONGEST_STATEMENT
from handlers.submit_form import FormAnswers, offered_reasons
from web.customer.amounts import read_amount

LONGEST_WISH, LONGEST_AMOUNT = 2_000, 60
WHOLE, LINES, AMOUNT = "whole", "lines", "amount"
_LONGEST_REF = 300
Fields = Mapping[str, Sequence[str]]
"""The values of each field, as the form sent them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormInput:
    """The form as typed, valid or not. Its fields are stored as the draft."""

    reason: str = ""
    scope: str = WHOLE
    lines: tuple[str, ...] = ()
    amount: str = ""
    statement: str = ""
    wish: str = ""
    contact: str = ""
    email: str = ""

    def as_body(self) -> dict[str, Any]:
        return asdict(self)


def prefilled(link: CustomerLink) -> FormInput:
    """A new form, filled with the customer's name and address from the link."""
    return FormInput(contact=link.customer.contact, email=link.customer.email or "")


def from_draft(body: Mapping[str, Any]) -> FormInput:
    """The form of a stored draft."""
    texts = {name: str(body.get(name) or "") for name in _TEXTS}
    return FormInput(**texts, lines=tuple(str(ref) for ref in body.get("lines") or ()))


def from_fields(fields: Fields) -> FormInput:
    """The form as a browser sent it, each text cut to what a draft needs to hold."""
    texts = {name: _first(fields, name)[:longest] for name, longest in _TEXTS.items()}
    texts["scope"] = texts["scope"] if texts["scope"] in (WHOLE, LINES, AMOUNT) else WHOLE
    return FormInput(**texts, lines=tuple(ref[:_LONGEST_REF] for ref in fields.get("lines", ())))


def validate(
    written: FormInput, link: CustomerLink, policy: Policy, translator: Translator
) -> tuple[FormAnswers | None, dict[str, str]]:
    """The answers, or what is wrong: a sentence for each field, in the order of the form."""
    wrong: dict[str, str] = {}
    if written.reason not in {reason.id for reason in offered_reasons(policy)}:
        wrong["reason"] = translator.translate("Choose what is wrong.")
    disputed = _disputed(written, link.invoice, translator, wrong)
    statement, wish = clean_text(written.statement), clean_text(written.wish)
    if not statement:
        wrong["statement"] = translator.translate("Tell us what happened, in a sentence or two.")
    _check_lengths(written, translator, wrong)
    contact, email = clean_line(written.contact), written.email.strip()
    if not contact:
        wrong["contact"] = translator.translate("Give us your name, so that we know whom we talk to.")
    if not is_email_address(email):
        wrong["email"] = translator.translate("Write one e-mail address, such as name@company.com.")
    if wrong:
        return None, {name: wrong[name] for name in _ORDER if name in wrong}
    line_refs = written.lines if written.scope == LINES else ()
    return FormAnswers(
        reason_id=written.reason,
        disputed=disputed,
        line_refs=line_refs,
        statement=statement,
        wish=wish,
        contact=contact,
        email=email,
        language=translator.tag,
    ), {}


def _disputed(
    written: FormInput, invoice: Invoice, translator: Translator, wrong: dict[str, str]
) -> Money | None:
    """The disputed amount; None: the whole invoice, or something is wrong."""
    if written.scope == LINES:
        return _of_lines(written, invoice, translator, wrong)
    if written.scope == AMOUNT:
        return _of_amount(written, invoice, translator, wrong)
    return None


def _of_lines(
    written: FormInput, invoice: Invoice, translator: Translator, wrong: dict[str, str]
) -> Money | None:
    chosen = [line for line in invoice.lines if line.ref in written.lines]
    if not chosen or not set(written.lines) <= {line.ref for line in invoice.lines}:
        wrong["lines"] = translator.translate("Choose at least one line.")
        return None
    total = sum(line.amount_minor for line in chosen)
    if not 0 < total <= invoice.total_minor:
        wrong["lines"] = translator.translate(
            "These lines can't be disputed on their own. Name an amount instead."
        )
        return None
    return Money(total, invoice.currency)


def _of_amount(
    written: FormInput, invoice: Invoice, translator: Translator, wrong: dict[str, str]
) -> Money | None:
    try:
        amount = read_amount(written.amount, invoice.currency, translator.language)
    except NotAnAmount:
        example = translator.money(Money(invoice.total_minor // 2 or 1, invoice.currency))
        wrong["amount"] = translator.translate("Write an amount, such as %(example)s.", example=example)
        return None
    if not 0 < amount.minor <= invoice.total_minor:
        total = translator.money(invoice.total)
        wrong["amount"] = translator.translate(
            "Write more than zero and no more than %(total)s.", total=total
        )
        return None
    return amount


def _check_lengths(written: FormInput, translator: Translator, wrong: dict[str, str]) -> None:
    for name, longest in _LONGEST.items():
        if len(getattr(written, name)) > longest:
            said = translator.number(longest)
            wrong[name] = translator.translate("That is too long: at most %(count)s characters.", count=said)


def _first(fields: Fields, name: str) -> str:
    return next(iter(fields.get(name, ())), "").replace("\r\n", "\n").replace("\x00", "")


_LONGEST = {"statement": LONGEST_STATEMENT, "wish": LONGEST_WISH, "contact": LONGEST_NAME}
_TEXTS = {
    "reason": _LONGEST_REF,
    "scope": 10,
    "amount": LONGEST_AMOUNT + 1,
    "email": LONGEST_EMAIL + 1,
    **{name: 2 * longest for name, longest in _LONGEST.items()},
}
"""Characters stored of each text: more than allowed, so that a text that is too long can be reported."""
_ORDER = ("reason", "lines", "amount", "statement", "wish", "contact", "email")
