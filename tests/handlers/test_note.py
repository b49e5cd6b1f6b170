"""Notes, from their form."""

from __future__ import annotations

import pytest

from cards.actions import Action, Field
from core.errors import FieldRefused
from tests.handlers.harness import ANA, BEN, Harness


@pytest.mark.parametrize("text", ["", "   ", "\n\t", None])
def test_an_empty_note_is_refused_at_its_field(harness: Harness, text: str | None) -> None:
    case_id = harness.create_case()
    with pytest.raises(FieldRefused) as refusal:
        harness.send(Action.NOTE, ANA, case_id, **({} if text is None else {"note": text}))
    assert refusal.value.field == Field.NOTE
    assert "NoteAdded" not in harness.event_names(case_id)


def test_a_note_stands_in_the_story_as_it_was_written(harness: Harness) -> None:
    case_id = harness.create_case()
    harness.send(Action.NOTE, BEN, case_id, note="  *Bold* <!channel> & “quotes”\n\x07  ")
    entry = harness.store.read_blocking(lambda tx: tx.timeline.list(case_id))[-1]
    assert getattr(entry.event, "text", None) == "*Bold* <!channel> & “quotes”\n\x07"
    assert entry.event.actor_id == "slack:UBEN"


def test_a_closed_case_takes_notes_and_stays_closed(harness: Harness) -> None:
    case_id = harness.create_claimed_case(ANA)
    harness.send(Action.CLOSE, ANA, case_id, ending="withdrawn")
    closed = harness.case(case_id)
    harness.send(Action.NOTE, BEN, case_id, note="They sent flowers.")
    assert harness.event_names(case_id)[-1] == "NoteAdded"
    assert harness.case(case_id) == closed


def test_the_form_asks_for_the_note_of_that_case(harness: Harness) -> None:
    case_id = harness.create_case()
    form = harness.press(Action.ASK_NOTE, ANA, case_id).form
    assert form is not None
    assert (form.submits, dict(form.hidden)) == (Action.NOTE, {"case_id": case_id})
