"""Notes on a case, from their form. The customer never sees them."""

from __future__ import annotations

from cards.actions import Field
from cards.forms import note_form
from core.errors import FieldRefused
from core.noting import add_note
from core.permissions import Permission
from core.person import Person
from handlers.access import get_for, lock_for
from handlers.types import Click, Reply
from store.transaction import Transaction


def open_note_form(tx: Transaction, click: Click, actor: Person) -> Reply:
    return Reply(form=note_form(get_for(tx, actor, Permission.NOTE, click.case_id)))


def note_case(tx: Transaction, click: Click, actor: Person) -> Reply:
    """Add the note to the timeline; a closed case takes notes, too."""
    case = lock_for(tx, actor, Permission.NOTE, click.case_id)
    text = click.values.get(Field.NOTE, "").strip()
    if not text:
        raise FieldRefused(Field.NOTE, "Write something first.")
    tx.record(add_note(case, text=text, actor_id=actor.id, now=click.at))
    return Reply()
