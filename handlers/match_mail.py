"""To which case does a mail belong, and what would its files be there?"""

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
    """How our own addresses look."""

    tokens: Tokens
    domain: str
    sender: str
    """Whom our mails come from."""

    def is_in_our_domain(self, address: str) -> bool:
        return address.rpartition("@")[2].casefold() == self.domain.casefold()

    def is_own(self, address: str) -> bool:
        """We send from it ourselves: what comes from there has come back."""
        is_ours = address.casefold() == self.sender.casefold()
        return is_ours or (self.is_in_our_domain(address) and self.tokens.case_of_reply(address) is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedMail:
    """A mail, read. `digest` is of what its sender wrote, whichever way it came; `sha256` of all of it."""

    email: InboundEmail
    digest: str
    sha256: str = ""
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MailMatch:
    """Which case a mail belongs to, before anything is done about it."""

    case_id: str | None = None
    is_repeat: bool = False
    takes_files: bool = False
    file_kind: str = OTHER_KIND
    """What its files count as."""
    invoice_ref: str = ""
    customer_ref: str = ""


def match_mail(tx: Transaction, received: ReceivedMail, addresses: MailAddresses) -> MailMatch:
    """Whether the mail is new, whose it is, and what its files would be."""
    if is_repeat(tx, received):
        return MailMatch(is_repeat=True)
    letter = received.email
    case = find_case(tx, letter, addresses)
    if case is None:
        return MailMatch()
    return MailMatch(
        case_id=case.id,
        takes_files=email_kind(tx, letter, addresses) is EmailKind.MESSAGE,
        file_kind=_file_kind(tx, case, letter),
        invoice_ref=case.invoice.ref,
        customer_ref=case.customer.ref,
    )


def is_repeat(tx: Transaction, arrived: ReceivedMail) -> bool:
    return tx.inbox.find_response(SOURCE, arrived.digest) is not None


def email_kind(tx: Transaction, letter: InboundEmail, office: MailAddresses) -> EmailKind:
    """The letter's own, unless it is one of ours, come back, which only we can know."""
    if letter.kind is EmailKind.BOUNCE:
        return letter.kind
    known = tx.mails.find(letter.message_id)
    is_back = office.is_own(letter.sender) or (known is not None and known.direction == "out")
    return EmailKind.LOOP if is_back else letter.kind


def is_verified(case: Case, letter: InboundEmail) -> bool:
    """Whether the letter counts as the customer's words.

    To know our Message-ID or a case's reply address proves that somebody had our mail, not who they are.
    """
    return is_from_customer(case, letter.sender) and not letter.is_doubted


def find_case(tx: Transaction, letter: InboundEmail, office: MailAddresses) -> Case | None:
    """By what it answers; else by the case's reply address; else by its number, if the sender is theirs."""
    named = (*(failure.message_id for failure in letter.failures), *letter.references)
    for message_id in filter(None, named):
        mail = tx.mails.find(message_id)
        if mail is not None and mail.case_id is not None:
            return tx.cases.find(mail.case_id)
    for address in filter(office.is_in_our_domain, letter.recipients):
        case_id = office.tokens.case_of_reply(address)
        case = tx.cases.find(case_id) if case_id else None
        if case is not None:
            return case
    return _find_by_subject(tx, letter)


def _find_by_subject(tx: Transaction, letter: InboundEmail) -> Case | None:
    for digits in list(dict.fromkeys(_TOKEN.findall(letter.subject)))[:_MOST_TOKENS]:
        case = tx.cases.find(f"D-{digits}")
        if case is not None and is_from_customer(case, letter.sender):
            return case
    return None


def _file_kind(tx: Transaction, case: Case, letter: InboundEmail) -> str:
    """What is missing, if it is one thing alone and the customer sends it; a person sorts out the rest."""
    if not is_verified(case, letter):
        return UNVERIFIED
    reason = tx.policy.reasons.get(case.reason_id)
    if reason is None or case.status is not Status.GATHERING:
        return OTHER_KIND
    have = {piece.kind for piece in case.evidence}
    missing = [wanted.id for wanted in reason.required_evidence if wanted.id not in have]
    return missing[0] if len(missing) == 1 else OTHER_KIND
