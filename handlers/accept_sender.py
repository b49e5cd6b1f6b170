"""Accepting a sender of held mail: their messages so far, and their next ones, count as the customer's."""

from __future__ import annotations

from dataclasses import replace

from cards.held_mail import held_mail_key
from core.case import Case, Evidence
from core.customer_events import CustomerWrote, SenderAccepted
from core.customer_messages import accept_sender, is_from_customer
from core.email_address import is_same_address
from core.errors import Refused
from core.permissions import Permission
from core.person import Person
from core.uploaded_file import OTHER_KIND, FileState
from handlers.access import lock_for
from handlers.types import Click, Reply
from store.evidence.uploads import UNVERIFIED
from store.transaction import Transaction

ACCEPTED = "accepted"
"""Source in the inbox of messages that were accepted."""


def accept_sender_case(tx: Transaction, click: Click, actor: Person) -> Reply:
    """Accept the message above the button, and with it its sender.

    From the customer's own address, or one accepted before, only that message was in doubt and is accepted.
    """
    case = lock_for(tx, actor, Permission.ACCEPT_SENDER, click.case_id)
    message = _find_message(tx, case, click)
    key = f"{case.id} {held_mail_key(message)}"
    if tx.inbox.find_response(ACCEPTED, key) is not None or _came_before_their_acceptance(tx, case, message):
        return Reply(whisper=f"What {message.sender} wrote counts already.")
    messages = (
        [message] if is_from_customer(case, message.sender) else _unverified_from(tx, case, message.sender)
    )
    accepted = accept_sender(
        case,
        message.sender,
        wrote_at=messages[-1].at,
        files=_release_files(tx, messages),
        policy=tx.policy,
        actor_id=actor.id,
        now=click.at,
    )
    tx.inbox.save_response(ACCEPTED, key, actor.id, at=click.at)
    tx.record(accepted)
    return Reply()


def _find_message(tx: Transaction, case: Case, click: Click) -> CustomerWrote:
    """The held message that the button names. Raises Refused if there is none."""
    named = click.value.partition(" ")[2]
    for entry in tx.timeline.list(case.id):
        event = entry.event
        if isinstance(event, CustomerWrote) and not event.is_verified and held_mail_key(event) == named:
            return event
    raise Refused(f"There is no such letter about {case.id} to be accepted.")


def _came_before_their_acceptance(tx: Transaction, case: Case, message: CustomerWrote) -> bool:
    """Whether the sender was accepted since: that counted all that they had written until then."""
    sender = message.sender
    events = [entry.event for entry in tx.timeline.list(case.id)]
    accepted = [
        one.at for one in events if isinstance(one, SenderAccepted) and is_same_address(one.sender, sender)
    ]
    is_own = is_same_address(sender, case.customer.email or "")
    return bool(accepted) and not is_own and message.at <= accepted[0]


def _unverified_from(tx: Transaction, case: Case, sender: str) -> list[CustomerWrote]:
    """The sender's held messages about the case, oldest first."""
    events = [entry.event for entry in tx.timeline.list(case.id)]
    return [
        one
        for one in events
        if isinstance(one, CustomerWrote) and not one.is_verified and is_same_address(one.sender, sender)
    ]


def _release_files(tx: Transaction, messages: list[CustomerWrote]) -> tuple[Evidence, ...]:
    """Files of the messages, as the customer's from now on: evidence as soon as their virus scan is done."""
    found = [tx.files.find(file_id) for message in messages for file_id in message.file_ids]
    files = [replace(file, kind=OTHER_KIND) if file.kind == UNVERIFIED else file for file in found if file]
    for file in files:
        tx.files.save(file)
    return tuple(
        Evidence(kind=file.kind, name=file.name, file_id=file.id)
        for file in files
        if file.state is FileState.READY
    )
