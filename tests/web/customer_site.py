"""The customers' pages for tests: a real server with a real store, and links to open."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import web

from core.case import Case
from core.customer_link import CustomerLink
from core.invoice import Customer, Invoice
from core.policy import Policy
from core.tokens import Tokens
from core.uploaded_file import File
from store.engine import Store
from store.evidence.blobs import Blobs
from store.evidence.receiving import Receiver
from store.transaction import Transaction
from tests.builders import MONDAY_9AM, a_customer, a_policy, an_invoice
from web.client_address import NO_PROXIES, TrustedProxies
from web.customer.context import PORTAL, Portal
from web.customer.links import new_link_id, url_of
from web.customer.routes import customer_routes

KEY = "a secret of the tests, with more than 32 characters"
T = TypeVar("T")


@dataclass(slots=True)
class CustomerSite:
    """`url` is where the pages are; `now` moves only when a test says so."""

    store: Store
    blobs: Blobs
    tokens: Tokens
    url: str = ""
    now: datetime = MONDAY_9AM
    portal: Portal = field(init=False)

    def link(self, invoice: Invoice | None = None, customer: Customer | None = None) -> CustomerLink:
        return self.store.run_blocking(_make, invoice or an_invoice(), customer or a_customer(), now=self.now)

    def url_of(self, link: CustomerLink) -> str:
        """The address that stands on the invoice."""
        return url_of(link, self.tokens, self.url)

    def cases(self, link: CustomerLink) -> list[Case]:
        """The disputes of this customer about this invoice, the newest first."""
        return self.read(lambda tx: list(tx.cases.list_for_invoice(link.invoice.ref, link.customer.ref)))

    def files(self, case_id: str) -> list[File]:
        return self.read(lambda tx: list(tx.files.list_for_case(case_id)))

    def draft_files(self, link: CustomerLink) -> list[File]:
        """The files of the form that isn't sent yet."""

        def listed(tx: Transaction) -> list[File]:
            draft = tx.drafts.find(link.id)
            return list(tx.files.list_for_draft(draft.id)) if draft else []

        return self.read(listed)

    def read(self, fn: Callable[[Transaction], T]) -> T:
        return self.store.read_blocking(fn)


@asynccontextmanager
async def a_customer_site(
    database: str,
    policy: Policy | None = None,
    *,
    evidence: str = "memory:///",
    has_scanner: bool = False,
    mail_is_on: bool = True,
    proxies: TrustedProxies = NO_PROXIES,
) -> AsyncIterator[CustomerSite]:
    """The customers' pages, answering on an address of their own."""
    store = Store.open(database, policy or a_policy())
    blobs = Blobs.open(evidence)
    site = CustomerSite(store, blobs, Tokens((KEY,)))
    receiver = Receiver(store, blobs, has_scanner=has_scanner)
    app = web.Application(client_max_size=1024 * 1024)
    app.add_routes(customer_routes())
    runner = web.AppRunner(app, access_log=None, auto_decompress=False)
    app[PORTAL] = site.portal = _portal(site, receiver, mail_is_on=mail_is_on, proxies=proxies)
    await runner.setup()
    try:
        listener = web.TCPSite(runner, "127.0.0.1", 0)
        await listener.start()
        site.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield site
    finally:
        await runner.cleanup()
        await store.close()


def sqlite_copy(template: Path, folder: Path) -> str:
    """The address of a fresh database with its tables."""
    file = folder / "ombud.db"
    file.write_bytes(template.read_bytes())
    return f"sqlite:///{file}"


def _portal(site: CustomerSite, receiver: Any, *, mail_is_on: bool, proxies: TrustedProxies) -> Portal:
    return Portal(
        store=site.store,
        now=lambda: site.now,
        tokens=site.tokens,
        receiver=receiver,
        blobs=site.blobs,
        base_url="http://127.0.0.1",
        mail_is_on=mail_is_on,
        proxies=proxies,
    )


def _make(tx: Transaction, invoice: Invoice, customer: Customer, *, now: datetime) -> CustomerLink:
    expires_at = now + timedelta(days=180)
    return tx.links.find_or_add(invoice, customer, link_id=new_link_id(), now=now, expires_at=expires_at)
