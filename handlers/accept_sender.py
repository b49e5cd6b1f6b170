"""A resolver says that somebody speaks for the customer: what they wrote counts, and what they write next."""

from __future__ import annotations

from dataclasses import replace

from cards.held_mail import held_mail_key
from core.case import Case, Evidence
from core.customer_events import CustomerWrote, SenderAccepted
from core.customer_messages import accept_sender, is_from_customer
from core.errors import Refused
from core.permissions import Permission
from core.person import Person
from core.uploaded_file import OTHER_KIND, FileState
from handlers.access import lock_for
from handlers.types import Click, Reply
from store.evidence.uploads import UNVERIFIED
from store.transaction import Transaction

ACCEPTED = "accepted"
"""In the inbox: letters that were accepted."""


def accept_sender_case(tx: Transaction, click: Click, actor: Person) -> Reply:
    """Accept the letter that the button stands under, and with it whoever wrote it.

    Of an address that is the customer's anyway only this one letter was in doubt, and only it is accepted.
    """
    case = lock_for(tx, actor, Permission.ACCEPT_SENDER, click.case_id)
    letter = _find_message(tx, case, click)
    key = f"{case.id} {held_mail_key(letter)}"
    if tx.inbox.find_response(ACCEPTED, key) is not None or _came_before_their_acceptance(tx, case, letter):
        return Reply(whisper=f"What {letter.sender} wrote counts already.")
    letters = [letter] if is_from_customer(case, letter.sender) else _unverified_from(tx, case, letter.sender)
    accepted = accept_sender(
        case,
        letter.sender,
        wrote_at=letters[-1].at,
        files=_release_files(tx, letters),
        policy=tx.policy,
        actor_id=actor.id,
        now=click.at,
    )
    tx.inbox.save_response(ACCEPTED, key, actor.id, at=click.at)
    tx.record(accepted)
    return Reply()


def _find_message(tx: Transaction, case: Case, click: Click) -> CustomerWrote:
    """The one that the button names. Raises Refused."""
    named = click.value.partition(" ")[2]
    for entry in tx.timeline.list(case.id):
        event = entry.event
        if isinstance(event, CustomerWrote) and not event.is_verified and held_mail_key(event) == named:
            return event
    raise Refused(f"There is no such letter about {case.id} to be accepted.")


def _came_before_their_acceptance(tx: Transaction, case: Case, letter: CustomerWrote) -> bool:
    """A colleague of the customer was accepted with all that they had written until then."""
    sender = letter.sender.casefold()
    events = [entry.event for entry in tx.timeline.list(case.id)]
    accepted = [
        one.at for one in events if isinstance(one, SenderAccepted) and one.sender.casefold() == sender
    ]
    is_own = sender == (case.customer.email or "").casefold()
    return bool(accepted) and not is_own and letter.at <= accepted[0]


def _unverified_from(tx: Transaction, case: Case, sender: str) -> list[CustomerWrote]:
    """All that somebody wrote about the case so far, oldest first."""
    events = [entry.event for entry in tx.timeline.list(case.id)]
    return [
        one
        for one in events
        if isinstance(one, CustomerWrote)
        and not one.is_verified
        and one.sender.casefold() == sender.casefold()
    ]


def _release_files(tx: Transaction, letters: list[CustomerWrote]) -> tuple[Evidence, ...]:
    """What came with the letters is the customer's now: evidence as soon as it is known to be harmless."""
    found = [tx.files.find(file_id) for letter in letters for file_id in letter.file_ids]
    files = [replace(file, kind=OTHER_KIND) if file.kind == UNVERIFIED else file for file in found if file]
    for file in files:
        tx.files.save(file)
    return tuple(
        Evidence(kind=file.kind, name=file.name, file_id=file.id)
        for file in files
        if file.state is FileState.READY
    )
