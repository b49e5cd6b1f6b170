"""The customer's page after the dispute is raised: write, add files, withdraw, disagree.

Each action is applied once for each `key` of a form, however often the form is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.case import Case, Evidence
from core.closing import withdraw
from core.customer_link import CustomerLink
from core.customer_messages import receive_message
from core.disagreeing import disagree
from core.errors import NotFound
from core.outcome import Outcome
from core.person import CUSTOMER
from core.policy import Policy
from core.uploaded_file import File, FileState
from handlers.close import add_late_files
from store.cases.timeline import Entry
from store.evidence.uploads import UNVERIFIED
from store.transaction import Transaction

_SOURCE = "page"
_COMPLETE = (FileState.READY, FileState.HELD)


@dataclass(frozen=True, slots=True)
class CustomerCases:
    """What a customer may see of one invoice: their cases, the newest first, and one of them in full."""

    cases: tuple[Case, ...]
    chosen: Case | None
    timeline: tuple[Entry, ...]
    files: tuple[File, ...]
    """Of the chosen case."""


def load_customer_cases(tx: Transaction, link: CustomerLink, case_id: str | None = None) -> CustomerCases:
    """The invoice's cases, and the one asked for, else the newest, in full.

    Raises:
        NotFound: this customer has no such case about this invoice.
    """
    cases = tuple(case for case in _cases_of(tx, link) if not is_bank_chargeback(case))
    chosen = next((case for case in cases if case_id in (None, case.id)), None)
    if chosen is None:
        if case_id is not None:
            raise NotFound(case_id)
        return CustomerCases(cases, None, (), ())
    timeline = tuple(tx.timeline.list(chosen.id))
    return CustomerCases(cases, chosen, timeline, tuple(_files_of(tx, link, chosen.id)))


def send_message(
    tx: Transaction,
    link: CustomerLink,
    case_id: str,
    *,
    text: str,
    file_ids: Sequence[str],
    key: str,
    now: datetime,
) -> None:
    """Add the customer's message and files; it answers a question, if one was asked.

    A file that waits for the virus scan belongs to the case, but becomes evidence only once it is clean.

    Raises:
        NotFound: this customer has no such case about this invoice.
    """
    attached = [
        replace(file, case_id=case_id, draft_id=None) for file in _unattached_files(tx, link, file_ids)
    ]
    pieces = tuple(
        Evidence(kind=file.kind, name=file.name, file_id=file.id)
        for file in attached
        if file.state is FileState.READY
    )

    def said(case: Case, policy: Policy) -> Outcome:
        return receive_message(case, text=text, via=_SOURCE, files=pieces, policy=policy, now=now)

    if _apply_once(tx, link, case_id, said, key=key, now=now):
        for file in attached:
            tx.files.attach(file)


def withdraw_case(
    tx: Transaction, link: CustomerLink, case_id: str, *, why: str, key: str, now: datetime
) -> None:
    """The customer takes the objection back.

    Raises:
        NotFound: this customer has no such case about this invoice.
        CaseClosed, IllegalMove: it is closed already, or its decision is being carried out.
    """

    def withdrawn(case: Case, _policy: Policy) -> Outcome:
        return withdraw(case, why=why, actor_id=CUSTOMER, now=now)

    _apply_once(tx, link, case_id, withdrawn, key=key, now=now)


def disagree_with_decision(
    tx: Transaction, link: CustomerLink, case_id: str, *, why: str, key: str, now: datetime
) -> None:
    """The customer disagrees with the decision: the case is reopened.

    Raises:
        NotFound: this customer has no such case about this invoice.
        TooLateToDisagree, FieldRefused: see `core.disagreeing`.
    """

    def disagreed(case: Case, policy: Policy) -> Outcome:
        return add_late_files(tx, disagree(case, why=why, policy=policy, now=now), now)

    _apply_once(tx, link, case_id, disagreed, key=key, now=now)


def was_sent(tx: Transaction, link: CustomerLink, key: str) -> bool:
    """Whether the form with this key was sent before."""
    return tx.inbox.find_response(_SOURCE, _inbox_key(link, key)) is not None


def is_bank_chargeback(case: Case) -> bool:
    """Whether Stripe opened the case for a chargeback: that is between the customer's bank and us."""
    return case.chargeback is not None and case.source == "stripe"


def _apply_once(
    tx: Transaction,
    link: CustomerLink,
    case_id: str,
    rule: Callable[[Case, Policy], Outcome],
    *,
    key: str,
    now: datetime,
) -> bool:
    """Apply `rule` to the case; False: the form was sent before, and nothing changes."""
    if was_sent(tx, link, key):
        return False
    if all(one.id != case_id for one in _cases_of(tx, link) if not is_bank_chargeback(one)):
        raise NotFound(case_id)
    outcome = rule(tx.cases.lock(case_id), tx.policy)
    tx.inbox.save_response(_SOURCE, _inbox_key(link, key), case_id, at=now)
    tx.record(outcome)
    return True


def _inbox_key(link: CustomerLink, key: str) -> str:
    return f"{link.id}!{key}"


def _cases_of(tx: Transaction, link: CustomerLink) -> Sequence[Case]:
    return tx.cases.list_for_invoice(link.invoice.ref, link.customer.ref)


def is_customer_visible(file: File) -> bool:
    """Whether the customer may see the file: not if its sender is unverified or was doubted.

    It may be from anybody: a colleague of ours who wrote from home, or a forger.
    """
    return file.kind != UNVERIFIED


def _files_of(tx: Transaction, link: CustomerLink, case_id: str) -> list[File]:
    files = tx.files.list_for_invoice(link.invoice.ref, link.customer.ref)
    return [file for file in files if file.case_id == case_id and is_customer_visible(file)]


def _unattached_files(tx: Transaction, link: CustomerLink, file_ids: Sequence[str]) -> list[File]:
    """Those of the files that are this customer's, complete, and belong to no case yet."""
    files = tx.files.list_for_invoice(link.invoice.ref, link.customer.ref)
    return [
        file for file in files if file.id in file_ids and file.state in _COMPLETE and file.case_id is None
    ]
