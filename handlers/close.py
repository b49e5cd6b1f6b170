"""Closing without a decision, and reopening, from their forms."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from cards.actions import Field
from cards.forms import close_form, reopen_form
from core.case import Case, Evidence, Resolution, demand_open
from core.claiming import release
from core.closing import demand_reopenable, mark_duplicate, reopen, withdraw
from core.errors import FieldRefused, NotFound
from core.evidence import add_evidence
from core.ids import find_case_id, number_of
from core.outcome import Outcome
from core.permissions import Permission
from core.person import CUSTOMER, Person
from core.uploaded_file import FileState
from handlers.access import demand_access, get_for, lock_for
from handlers.types import Click, Reply
from store.evidence.uploads import UNVERIFIED
from store.transaction import Transaction


def open_close_form(tx: Transaction, click: Click, actor: Person) -> Reply:
    """Open the form, or redraw it with the field that the chosen ending needs."""
    case = get_for(tx, actor, Permission.CLOSE, click.case_id)
    demand_open(case)
    return Reply(form=close_form(case, values=click.values))


def close_case(tx: Transaction, click: Click, actor: Person) -> Reply:
    """Close as withdrawn, or as the duplicate of another case."""
    _lock_in_order(tx, click.case_id or "", click.values.get(Field.DUPLICATE_OF, ""))
    case = lock_for(tx, actor, Permission.CLOSE, click.case_id)
    why = click.values.get(Field.WHY, "").strip()
    if click.values.get(Field.ENDING) == Resolution.WITHDRAWN:
        outcome = withdraw(case, why=why, actor_id=actor.id, now=click.at)
    elif click.values.get(Field.ENDING) == Resolution.DUPLICATE:
        other = _other_case(tx, actor, click)
        outcome = mark_duplicate(case, of=other, why=why, actor_id=actor.id, now=click.at)
    else:
        raise FieldRefused(Field.ENDING, "Choose how it ends.")
    tx.record(outcome)
    return Reply()


def open_reopen_form(tx: Transaction, click: Click, actor: Person) -> Reply:
    case = get_for(tx, actor, Permission.REOPEN, click.case_id)
    demand_reopenable(case, tx.policy)
    return Reply(form=reopen_form(case))


def reopen_case(tx: Transaction, click: Click, actor: Person) -> Reply:
    """Reopen a closed case; its history and its clock go on. Unclaimed, if its resolver was deactivated."""
    case = lock_for(tx, actor, Permission.REOPEN, click.case_id)
    demand_reopenable(case, tx.policy)
    why = click.values.get(Field.WHY, "").strip()
    if not why:
        raise FieldRefused(Field.WHY, "Say why, for those who read this later.")
    outcome = add_late_files(tx, reopen(case, why=why, actor_id=actor.id, now=click.at), click.at)
    if _resolver_has_left(tx, outcome.case):
        outcome = outcome.then(release(outcome.case, actor_id=actor.id, now=click.at))
    tx.record(outcome)
    return Reply()


def add_late_files(tx: Transaction, reopened: Outcome, now: datetime) -> Outcome:
    """The outcome with the files as evidence that came with messages while the case was closed."""
    case = reopened.case
    pinned = {piece.file_id for piece in case.evidence}
    late = tuple(
        Evidence(kind=file.kind, name=file.name, file_id=file.id)
        for file in tx.files.list_for_case(case.id)
        if file.state is FileState.READY and file.kind != UNVERIFIED and file.id not in pinned
    )
    return reopened.then(add_evidence(case, late, actor_id=CUSTOMER, now=now, came_with_words=True))


def _lock_in_order(tx: Transaction, *typed: str) -> None:
    """Lock both cases in order of their numbers: two people who close their cases as duplicates of each other
    neither deadlock nor both succeed."""
    named = {case_id for text in typed if (case_id := find_case_id(text))}
    for case_id in sorted(named, key=number_of):
        with suppress(NotFound):
            tx.cases.lock(case_id)


def _resolver_has_left(tx: Transaction, case: Case) -> bool:
    resolver = tx.people.find(case.resolver_id) if case.resolver_id else None
    return resolver is not None and not resolver.is_active


def _other_case(tx: Transaction, actor: Person, click: Click) -> Case:
    case_id = find_case_id(click.values.get(Field.DUPLICATE_OF, ""))
    if case_id is None:
        raise FieldRefused(Field.DUPLICATE_OF, "Write the other case's number, such as D-1042.")
    try:
        other = tx.cases.lock(case_id)
        demand_access(tx, actor, Permission.SEE, other)
    except NotFound as refusal:
        raise FieldRefused(Field.DUPLICATE_OF, str(refusal)) from None
    return other
