"""The customer's dispute form, submitted: it becomes a case, with its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.case import Case, Evidence
from core.customer_link import CustomerLink
from core.errors import Refused
from core.intake import Dispute, raise_dispute
from core.link_budget import Use, demand_case
from core.money import Money
from core.person import CUSTOMER
from core.policy import Policy, Reason
from core.uploaded_file import OTHER_KIND, File, FileState
from handlers.confirm_address import ask_owner, with_address
from store.transaction import Transaction

SOURCE = "page"
_COMPLETE = (FileState.READY, FileState.HELD)


class LinkRevoked(Refused):
    """The link was revoked, or expired, while the form was being filled in."""

    def __init__(self) -> None:
        super().__init__("This link can't be used any more.")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormAnswers:
    """The form after validation. `disputed` None: the whole invoice."""

    reason_id: str
    disputed: Money | None
    line_refs: tuple[str, ...]
    statement: str
    wish: str
    contact: str
    email: str
    language: str


def offered_reasons(policy: Policy) -> list[Reason]:
    """The reasons that a customer may choose: all but the one of chargebacks, which Stripe reports."""
    return [reason for reason in policy.reasons.values() if reason.id != policy.chargeback_reason_id]


def next_form_number(tx: Transaction, link: CustomerLink) -> str:
    """Number of the next form of this customer and invoice; it makes sending the form twice harmless.

    Counted rather than random, so that a form that is open in two windows is one form.
    """
    return str(len(tx.cases.list_for_invoice(link.invoice.ref, link.customer.ref)) + 1)


def find_submitted_case(tx: Transaction, link_id: str, sending: str) -> str | None:
    """The id of the case that this form has become."""
    return tx.inbox.find_response(SOURCE, _inbox_key(link_id, sending))


def submit_form(tx: Transaction, link_id: str, answers: FormAnswers, *, sending: str, now: datetime) -> Case:
    """Create a case, once for each `sending` (a form number) of a link, with its files.

    A file that waits for the virus scan belongs to the case too, but becomes evidence only once it is clean.

    Raises:
        LinkRevoked: the link isn't valid any more.
        OverBudget: the link has raised as many cases as it may.
        UnknownName, FieldRefused: the policy or the invoice has changed since the form was shown.
    """
    known = find_submitted_case(tx, link_id, sending)
    if known is not None:
        return tx.cases.get(known)
    link = tx.links.find(link_id)
    if link is None or not link.is_valid(now):
        raise LinkRevoked
    _spend_budget(tx, link, now)
    draft = tx.drafts.lock(link_id)
    files = list_draft_files(tx, draft.id if draft else None, tx.policy.reason(answers.reason_id))
    dispute = _dispute(link, answers, files)
    dispute = replace(dispute, customer=with_address(tx, link, dispute.customer))
    if dispute.customer.unconfirmed_email:
        ask_owner(tx, link, answers.email, answers.language, now)
    outcome = raise_dispute(dispute, tx.policy, case_id=tx.cases.next_id(), actor_id=CUSTOMER, now=now)
    tx.inbox.save_response(SOURCE, _inbox_key(link_id, sending), outcome.case.id, at=now)
    tx.record(outcome)
    for file in files:
        tx.files.attach(replace(file, case_id=outcome.case.id))
    if draft is not None:
        tx.drafts.mark_sent(draft.id, outcome.case.id)
    return outcome.case


def _spend_budget(tx: Transaction, link: CustomerLink, now: datetime) -> None:
    """Count the case for its link, which stays locked for other forms until this transaction ends.

    Raises:
        OverBudget: the link may raise no more cases.
    """
    budget = tx.policy.customers.link_budget
    today = tx.daily_uses.add(link.id, Use.CASES, now)
    cases = tx.cases.list_for_invoice(link.invoice.ref, link.customer.ref)
    is_open = sum(case.source == SOURCE and not case.is_closed for case in cases)
    demand_case(budget, today=today, is_open=is_open)


def list_draft_files(tx: Transaction, draft_id: str | None, reason: Reason) -> list[File]:
    """The draft's complete files, each with its kind for this reason."""
    if draft_id is None:
        return []
    wanted = {one.id for one in reason.required_evidence}
    return [
        file if file.kind in wanted else replace(file, kind=OTHER_KIND)
        for file in tx.files.list_for_draft(draft_id)
        if file.state in _COMPLETE and file.case_id is None
    ]


def _dispute(link: CustomerLink, answers: FormAnswers, files: Sequence[File]) -> Dispute:
    customer = replace(link.customer, contact=answers.contact, email=answers.email, language=answers.language)
    return Dispute(
        customer=customer,
        invoice=link.invoice,
        reason_id=answers.reason_id,
        statement=answers.statement,
        wish=answers.wish,
        source=SOURCE,
        disputed=answers.disputed,
        line_refs=answers.line_refs,
        evidence=tuple(
            Evidence(kind=file.kind, name=file.name, file_id=file.id)
            for file in files
            if file.state is FileState.READY
        ),
    )


def _inbox_key(link_id: str, sending: str) -> str:
    return f"{link_id}.{sending}"
