"""What the team does with a case while its customer looks at the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from core.case import Case, Resolution
from core.claiming import claim
from core.closing import close_decided, mark_duplicate
from core.customer_link import CustomerLink
from core.customer_questions import ask_customer, tell_customer
from core.deciding import decide
from core.intake import raise_dispute
from core.money import Money
from core.noting import add_note
from core.outcome import Outcome
from core.person import CUSTOMER
from core.uploaded_file import File, FileState
from store.transaction import Transaction
from tests.builders import a_dispute, euros
from tests.web.customer_site import CustomerSite

ANA = "slack:U0ANA"
HIDDEN = "INTERNAL-ONLY"
"""Stands in everything that the team writes for itself."""


def raised(site: CustomerSite, link: CustomerLink, **changes: Any) -> str:
    """A dispute about the link's invoice, as its customer raised it."""

    def unit(tx: Transaction) -> str:
        given = {"invoice": link.invoice, "customer": link.customer, "source": "page", **changes}
        outcome = raise_dispute(
            a_dispute(**given), tx.policy, case_id=tx.cases.next_id(), actor_id=CUSTOMER, now=site.now
        )
        tx.record(outcome)
        return outcome.case.id

    return site.store.run_blocking(unit)


def act_on(site: CustomerSite, case_id: str, rule: Callable[..., Outcome], **arguments: Any) -> Case:
    """Ana acts on the case by a rule."""

    def unit(tx: Transaction) -> Case:
        outcome = rule(tx.cases.lock(case_id), **{"actor_id": ANA, **arguments}, now=site.now)
        tx.record(outcome)
        return outcome.case

    return site.store.run_blocking(unit)


def claimed(site: CustomerSite, case_id: str) -> None:
    def unit(tx: Transaction) -> None:
        tx.record(claim(tx.cases.lock(case_id), resolver_id=ANA, now=site.now))

    site.store.run_blocking(unit)
    act_on(site, case_id, add_note, text=f"{HIDDEN} a note")


def asked(site: CustomerSite, case_id: str, text: str = "Which contract do you mean?") -> None:
    act_on(site, case_id, ask_customer, what="the contract", text=text)


def told(site: CustomerSite, case_id: str, text: str) -> None:
    act_on(site, case_id, tell_customer, text=text)


def decided(
    site: CustomerSite,
    case_id: str,
    verdict: Resolution = Resolution.REJECTED,
    part: Money | None = None,
    text: str = "The contract says 120 euros.",
) -> None:
    act_on(
        site,
        case_id,
        decide,
        verdict=verdict,
        part=part if part or verdict is not Resolution.PART_ACCEPTED else euros(30),
        root_cause_id="pricing_error",
        customer_text=text,
        internal_text=f"{HIDDEN} a reason",
        policy=site.store.policy,
    )


def finished(site: CustomerSite, case_id: str) -> None:
    act_on(site, case_id, close_decided)


def joined(site: CustomerSite, case_id: str, other_id: str) -> None:
    other = site.read(lambda tx: tx.cases.get(other_id))
    act_on(site, case_id, mark_duplicate, of=other, why=f"{HIDDEN} a reason")


async def a_file(site: CustomerSite, link: CustomerLink, name: str, content: bytes, **changes: Any) -> File:
    """A file of the customer's that has come through everything."""
    blob = await site.blobs.save(_one(content))
    file = File(
        id=changes.pop("id", f"file-{blob.sha256[:24]}"),
        invoice_ref=link.invoice.ref,
        customer_ref=link.customer.ref,
        case_id=None,
        draft_id=None,
        kind="other",
        name=name,
        size=blob.size,
        received=blob.size,
        sha256=blob.sha256,
        state=FileState.READY,
        via="page",
        came_at=site.now,
    )
    file = replace(file, **changes)
    site.store.run_blocking(lambda tx: tx.files.add(file))
    return file


async def _one(content: bytes) -> Any:
    yield content
