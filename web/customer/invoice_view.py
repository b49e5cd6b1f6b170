"""View of the customer's invoice: its lines, its total, what is paid and what is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.customer_link import CustomerLink
from core.money import Money
from core.web_address import is_web_address


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    ref: str
    text: str
    quantity: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceView:
    """`paid` is None when nothing was paid; `url` is None unless a browser may follow it."""

    number: str
    customer: str
    issued_on: date | None
    due_on: date | None
    lines: tuple[LineView, ...]
    total: Money
    paid: Money | None
    open: Money
    url: str | None


def invoice_view(link: CustomerLink) -> InvoiceView:
    invoice = link.invoice
    currency = invoice.currency
    return InvoiceView(
        number=invoice.number,
        customer=link.customer.name,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        lines=tuple(
            LineView(
                ref=line.ref,
                text=line.text,
                quantity=line.quantity,
                amount=Money(line.amount_minor, currency),
            )
            for line in invoice.lines
        ),
        total=invoice.total,
        paid=Money(invoice.paid_minor, currency) if invoice.paid_minor else None,
        open=Money(max(invoice.total_minor - invoice.paid_minor, 0), currency),
        url=invoice.url if invoice.url and is_web_address(invoice.url) else None,
    )
