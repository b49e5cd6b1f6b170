"""Lengths of texts, held on the server whatever the client lets people type."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cards.actions import Action, Field
from cards.text_limits import MAX_LENGTHS, NOT_LENGTH_CHECKED
from cards.views import ChoiceInput, FormView, TextInput
from core.errors import FieldRefused
from handlers.actions import FORMS
from tests.builders import a_customer
from tests.fixtures.effort import tries
from tests.handlers.harness import ANA, DANA, Harness

DRAWN = [
    (next(iter(form.openers)), action)
    for action, form in FORMS.items()
    if action is not Action.AWAIT_CUSTOMER  # only older versions draw it
]
"""What opens each form, and what sends it."""


def drawn(harness: Harness, ask: Action, case_id: str) -> list[FormView]:
    """The form as it opens, and for each of its choices that ask for other fields."""
    first = harness.press(ask, ANA, case_id).form
    assert first is not None
    live = [one for one in first.inputs if isinstance(one, ChoiceInput) and one.on_choose]
    chosen = [
        harness.press(one.on_choose, ANA, case_id, values={one.id: choice.value}).form
        for one in live
        for choice in one.choices
        if one.on_choose
    ]
    return [first, *(form for form in chosen if form is not None)]


def case_for(harness: Harness, ask: Action) -> str:
    """A case on which the form opens; it has no address, so that the form asks for it, too."""
    case_id = harness.create_claimed_case(customer=a_customer(email=None))
    if ask is Action.ASK_REOPEN:
        harness.send(Action.CLOSE, ANA, case_id, ending="withdrawn")
    return case_id


@pytest.mark.parametrize(("ask", "sends"), DRAWN)
def test_no_text_of_a_form_is_taken_longer_than_it_may_be_typed(
    harness: Harness, ask: Action, sends: Action
) -> None:
    case_id = case_for(harness, ask)
    before = harness.events(case_id), harness.case_ids()
    texts = [
        one for form in drawn(harness, ask, case_id) for one in form.inputs if isinstance(one, TextInput)
    ]
    assert texts
    for one in texts:
        assert one.longest == MAX_LENGTHS[one.id]
        with pytest.raises(FieldRefused) as refused:
            harness.send(sends, ANA, case_id, **{one.id: "x" * (one.longest + 1)})
        if one.id not in NOT_LENGTH_CHECKED:
            assert refused.value.field == one.id
            assert str(refused.value) == f"At most {one.longest:,} characters."
    assert (harness.events(case_id), harness.case_ids()) == before


@settings(max_examples=tries(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(length=st.integers(0, 4000), blanks=st.integers(0, 3))
def test_a_note_is_kept_whole_or_not_at_all(harness: Harness, length: int, blanks: int) -> None:
    case_id = harness.create_case()
    note = "n" * length
    if 0 < length <= MAX_LENGTHS[Field.NOTE]:
        harness.send(Action.NOTE, DANA, case_id, note=f"{note}{' ' * blanks}")
        assert getattr(harness.events(case_id)[-1], "text", None) == note
    else:
        with pytest.raises(FieldRefused):
            harness.send(Action.NOTE, DANA, case_id, note=f"{note}{' ' * blanks}")
