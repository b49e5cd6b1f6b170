"""What does the team do with a case while its customer looks at the page?"""

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


def raised(desk: CustomerSite, link: CustomerLink, **changes: Any) -> str:
    """A dispute about the link's invoice, as its customer raised it."""

    def unit(tx: Transaction) -> str:
        given = {"invoice": link.invoice, "customer": link.customer, "source": "page", **changes}
        outcome = raise_dispute(
            a_dispute(**given), tx.policy, case_id=tx.cases.next_id(), actor_id=CUSTOMER, now=desk.now
        )
        tx.record(outcome)
        return outcome.case.id

    return desk.store.run_blocking(unit)


def act_on(desk: CustomerSite, case_id: str, rule: Callable[..., Outcome], **arguments: Any) -> Case:
    """Ana acts on the case by a rule."""

    def unit(tx: Transaction) -> Case:
        outcome = rule(tx.cases.lock(case_id), **{"actor_id": ANA, **arguments}, now=desk.now)
        tx.record(outcome)
        return outcome.case

    return desk.store.run_blocking(unit)


def claimed(desk: CustomerSite, case_id: str) -> None:
    def unit(tx: Transaction) -> None:
        tx.record(claim(tx.cases.lock(case_id), resolver_id=ANA, now=desk.now))

    desk.store.run_blocking(unit)
    act_on(desk, case_id, add_note, text=f"{HIDDEN} a note")


def asked(desk: CustomerSite, case_id: str, text: str = "Which contract do you mean?") -> None:
    act_on(desk, case_id, ask_customer, what="the contract", text=text)


def told(desk: CustomerSite, case_id: str, text: str) -> None:
    act_on(desk, case_id, tell_customer, text=text)


def decided(
    desk: CustomerSite,
    case_id: str,
    verdict: Resolution = Resolution.REJECTED,
    part: Money | None = None,
    text: str = "The contract says 120 euros.",
) -> None:
    act_on(
        desk,
        case_id,
        decide,
        verdict=verdict,
        part=part if part or verdict is not Resolution.PART_ACCEPTED else euros(30),
        root_cause_id="pricing_error",
        customer_text=text,
        internal_text=f"{HIDDEN} a reason",
        policy=desk.store.policy,
    )


def finished(desk: CustomerSite, case_id: str) -> None:
    act_on(desk, case_id, close_decided)


def joined(desk: CustomerSite, case_id: str, other_id: str) -> None:
    other = desk.read(lambda tx: tx.cases.get(other_id))
    act_on(desk, case_id, mark_duplicate, of=other, why=f"{HIDDEN} a reason")


async def a_file(desk: CustomerSite, link: CustomerLink, name: str, content: bytes, **changes: Any) -> File:
    """A file of the customer's that has come through everything."""
    blob = await desk.blobs.save(_one(content))
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
        came_at=desk.now,
    )
    file = replace(file, **changes)
    desk.store.run_blocking(lambda tx: tx.files.add(file))
    return file


async def _one(content: bytes) -> Any:
    yield content
