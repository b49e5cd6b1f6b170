"""Matching of received mail: which case it belongs to, what it is, and what its files are there."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.case import Case, Status
from core.customer_messages import is_from_customer
from core.inbound_mail import EmailKind, InboundEmail
from core.tokens import Tokens
from core.uploaded_file import OTHER_KIND, File
from store.evidence.uploads import UNVERIFIED
from store.transaction import Transaction

SOURCE = "mail"
_TOKEN = re.compile(r"\bD-(\d{4,15})\b", re.IGNORECASE)
_MOST_TOKENS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class MailAddresses:
    """Our own mail addresses, to recognise them in what comes in."""

    tokens: Tokens
    domain: str
    sender: str
    """The address that our mails come from."""

    def is_in_our_domain(self, address: str) -> bool:
        return address.rpartition("@")[2].casefold() == self.domain.casefold()

    def is_own(self, address: str) -> bool:
        """Whether we send from it ourselves: mail from there is our own, come back."""
        is_ours = address.casefold() == self.sender.casefold()
        return is_ours or (self.is_in_our_domain(address) and self.tokens.case_of_reply(address) is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedMail:
    """A mail after reading.

    `digest` is of what its sender wrote, so it is the same whichever server it came through; `sha256` is of
    the whole mail as it lies in the evidence store.
    """

    email: InboundEmail
    digest: str
    sha256: str = ""
    files: tuple[File, ...] = ()
    size: int = 0
    """Bytes of the whole mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailMatch:
    """What a new mail is and which case it belongs to, looked up once, before anything is done about it."""

    kind: EmailKind
    """As `email_kind` says."""
    case_id: str | None = None
    file_kind: str = OTHER_KIND
    """Which kind of evidence its files are."""
    invoice_ref: str = ""
    customer_ref: str = ""

    @property
    def takes_files(self) -> bool:
        """Whether its files are stored with the case."""
        return self.case_id is not None and self.kind is EmailKind.MESSAGE


def match_mail(tx: Transaction, received: ReceivedMail, addresses: MailAddresses) -> MailMatch | None:
    """None for a mail that was received before."""
    if tx.inbox.find_response(SOURCE, received.digest) is not None:
        return None
    email = received.email
    kind = email_kind(tx, email, addresses)
    case = find_case(tx, email, addresses)
    if case is None:
        return MailMatch(kind=kind)
    return MailMatch(
        kind=kind,
        case_id=case.id,
        file_kind=_file_kind(tx, case, email),
        invoice_ref=case.invoice.ref,
        customer_ref=case.customer.ref,
    )


def email_kind(tx: Transaction, email: InboundEmail, addresses: MailAddresses) -> EmailKind:
    """The kind that its reader found, or LOOP for a mail of ours that came back: only we know those."""
    if email.kind is EmailKind.BOUNCE:
        return email.kind
    known = tx.mails.find(email.message_id)
    is_back = addresses.is_own(email.sender) or (known is not None and known.direction == "out")
    return EmailKind.LOOP if is_back else email.kind


def is_verified(case: Case, email: InboundEmail) -> bool:
    """Whether the mail counts as the customer's words.

    Knowing our Message-ID or a case's reply address proves that the sender had our mail, not who they are.
    """
    return is_from_customer(case, email.sender) and not email.is_doubted


def find_case(tx: Transaction, email: InboundEmail, addresses: MailAddresses) -> Case | None:
    """By the mails it refers to; else by a case's reply address among its recipients; else by a case number
    in its subject, if the sender is that case's customer."""
    if email.kind is EmailKind.BOUNCE:
        return _find_for_bounce(tx, email, addresses)
    for message_id in email.references:
        mail = tx.mails.find(message_id)
        if mail is not None and mail.case_id is not None:
            return tx.cases.find(mail.case_id)
    return _find_by_address(tx, email, addresses) or _find_by_subject(tx, email)


def _find_for_bounce(tx: Transaction, email: InboundEmail, addresses: MailAddresses) -> Case | None:
    """By the mail of ours that came back, and by the reply address of its case, which it was sent from.

    None when the two are of different cases, or the mail that came back isn't ours: anybody can write a
    report. A server may leave either out, so one of them is enough.
    """
    case = _find_by_address(tx, email, addresses)
    returned = {failure.message_id for failure in email.failures if failure.message_id}
    for message_id in returned:
        mail = tx.mails.find(message_id)
        if mail is None or mail.direction != "out" or mail.case_id is None:
            return None
        if case is not None and case.id != mail.case_id:
            return None
        case = case or tx.cases.find(mail.case_id)
    return case


def _find_by_address(tx: Transaction, email: InboundEmail, addresses: MailAddresses) -> Case | None:
    for address in filter(addresses.is_in_our_domain, email.recipients):
        case_id = addresses.tokens.case_of_reply(address)
        case = tx.cases.find(case_id) if case_id else None
        if case is not None:
            return case
    return None


def _find_by_subject(tx: Transaction, email: InboundEmail) -> Case | None:
    for digits in list(dict.fromkeys(_TOKEN.findall(email.subject)))[:_MOST_TOKENS]:
        case = tx.cases.find(f"D-{digits}")
        if case is not None and is_from_customer(case, email.sender):
            return case
    return None


def _file_kind(tx: Transaction, case: Case, email: InboundEmail) -> str:
    """The missing kind of evidence, if the customer sends the mail and one kind alone is missing; else a
    resolver sorts the files."""
    if not is_verified(case, email):
        return UNVERIFIED
    reason = tx.policy.reasons.get(case.reason_id)
    if reason is None or case.status is not Status.GATHERING:
        return OTHER_KIND
    have = {piece.kind for piece in case.evidence}
    missing = [wanted.id for wanted in reason.required_evidence if wanted.id not in have]
    return missing[0] if len(missing) == 1 else OTHER_KIND
