"""A resolver says that somebody speaks for the customer: what they wrote counts, and what they write next."""

from __future__ import annotations

from core.case import Case, Evidence
from core.customer_events import CustomerWrote
from core.errors import Refused
from core.file import FileState
from core.hearing import accept_sender, is_customers
from core.permitting import Deed
from core.person import Person
from handlers.access import lock_for
from handlers.types import Click, Reply
from store.transaction import Transaction


def accept_sender_case(tx: Transaction, click: Click, actor: Person) -> Reply:
    """Accept whoever wrote; the button's value is `case_id sender`."""
    case = lock_for(tx, actor, Deed.ACCEPT_SENDER, click.case_id)
    sender = click.value.partition(" ")[2].strip()
    if is_customers(case, sender):
        return Reply(whisper=f"{sender} speaks for the customer of {case.id} already.")
    held = _held(tx, case, sender)
    if not held:
        raise Refused(f"Nobody wrote about {case.id} from {sender}.")
    accepted = accept_sender(
        case,
        sender,
        wrote_at=held[-1].at,
        files=_files_of(tx, case, held),
        policy=tx.policy,
        actor_id=actor.id,
        now=click.at,
    )
    tx.record(accepted)
    return Reply()


def _held(tx: Transaction, case: Case, sender: str) -> list[CustomerWrote]:
    """What they wrote so far, oldest first."""
    wanted = sender.casefold()
    return [
        entry.event
        for entry in tx.timeline.list(case.id)
        if isinstance(entry.event, CustomerWrote) and entry.event.sender.casefold() == wanted
    ]


def _files_of(tx: Transaction, case: Case, held: list[CustomerWrote]) -> tuple[Evidence, ...]:
    """What came with their mails and is known to be harmless."""
    names = {name for wrote in held for name in wrote.files}
    pinned = {piece.file_id for piece in case.evidence}
    return tuple(
        Evidence(kind=file.kind, name=file.name, file_id=file.id)
        for file in tx.files.list_for_case(case.id)
        if file.state is FileState.READY and file.name in names and file.id not in pinned
    )
