"""Is a note kept without changing what it is about?"""

from __future__ import annotations

from core.case import Status
from core.events import NoteAdded
from core.noting import add_note
from tests.builders import MONDAY_NOON
from tests.core.lifecycle import BEN, a_case_that_is, bens_case


def test_a_note_is_movement_so_nobody_is_nudged_for_it() -> None:
    outcome = add_note(bens_case(), text="Called them.", actor_id=BEN, now=MONDAY_NOON)
    assert outcome.case.moved_at == MONDAY_NOON
    assert outcome.events == (NoteAdded(at=MONDAY_NOON, actor_id=BEN, text="Called them."),)


def test_a_closed_case_takes_notes_and_stays_as_it_is() -> None:
    closed = a_case_that_is(Status.CLOSED)
    outcome = add_note(closed, text="They thanked us.", actor_id=BEN, now=MONDAY_NOON)
    assert outcome.case == closed
    assert len(outcome.events) == 1
