"""Command `ombud link INVOICE`: prints a customer's link, made or renewed, or revokes it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime

from bot.errors import CannotStart
from bot.settings import Settings, tokens_of
from bot.terminal import safe_text
from core.customer_link import CustomerLink
from core.invoice import Customer, Invoice
from handlers.customer_link import renew_link, revoke_link
from store.engine import Store
from store.transaction import Transaction
from web.customer.links import new_link_id, url_of

_MAX_MATCHES = 50
"""How many cases are searched: an invoice number belongs to one customer, but a short text matches many."""
KnownInvoice = tuple[Invoice, Customer]


def print_links(store: Store, settings: Settings, wanted: str, now: datetime) -> int:
    """Print the links to the invoice; returns the exit code.

    Raises:
        CannotStart: nothing signs links.
    """
    tokens = tokens_of(settings)
    if tokens is None:
        raise CannotStart("SECRET_KEY: missing. It signs links; make one with: openssl rand -hex 32")
    known = store.read_blocking(find_invoices, wanted)
    for invoice, customer in known:
        link = store.run_blocking(renew_link, invoice, customer, new_link_id(), now)
        url = url_of(link, tokens, settings.base_url)
        _print(f"{_describe(link.invoice, link.customer)}, until {link.expires_at:%Y-%m-%d}:\n{url}")
    return 0 if known else _not_found(wanted)


def print_revoked(store: Store, _settings: Settings, wanted: str, now: datetime) -> int:
    """Revoke every link to the invoice. Returns the exit code.

    Expired links are revoked too: from an expired link a customer may request a fresh one.
    """
    known = store.read_blocking(find_invoices, wanted)
    for invoice, customer in known:
        link = store.read_blocking(_find_newest, invoice.ref, customer.ref)
        if link is None or link.revoked_at is not None:
            _print(f"{_describe(invoice, customer)}: there is no link that works.")
            continue
        store.run_blocking(revoke_link, link.id, now)
        _print(f"{_describe(link.invoice, link.customer)}: revoked. It opens nothing any more.")
    return 0 if known else _not_found(wanted)


def find_invoices(tx: Transaction, wanted: str) -> Sequence[KnownInvoice]:
    """The invoices of this number or id that we know from links and disputes, each customer's once."""
    found: dict[tuple[str, str], KnownInvoice] = {}
    for row in tx.cases.search(wanted, tuple(tx.policy.queues), _MAX_MATCHES):
        case = tx.cases.get(row.id)
        if wanted in (case.invoice.number, case.invoice.ref):
            found.setdefault((case.invoice.ref, case.customer.ref), (case.invoice, case.customer))
    for link in reversed(tx.links.list_by_invoice(wanted)):
        found[link.invoice.ref, link.customer.ref] = (link.invoice, link.customer)
    return tuple(found.values())


def _find_newest(tx: Transaction, invoice_ref: str, customer_ref: str) -> CustomerLink | None:
    return tx.links.find_for(invoice_ref, customer_ref)


def _describe(invoice: Invoice, customer: Customer) -> str:
    return safe_text(f"{invoice.number} of {customer.name}")


def _not_found(wanted: str) -> int:
    hint = "Make its link with POST /api/links, which takes the invoice along."
    _print(f"No invoice {safe_text(wanted)} is known. {hint}")
    return 1


def _print(text: str) -> None:
    """Unformatted: a console would break addresses into lines."""
    sys.stdout.write(f"{text}\n")
