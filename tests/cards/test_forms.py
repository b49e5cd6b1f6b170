"""Tests of forms: they ask for what is needed, and come back as they were typed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cards import forms
from cards.actions import Action, Field
from cards.new_form import new_dispute_form
from cards.slack import modal, values_of
from cards.views import FormView
from tests.cards.examples import CASES, NOW, POLICY

CASE = CASES["under_review"]


def fields_of(form: FormView) -> list[str]:
    return [block["block_id"] for block in modal(form)["blocks"] if block["type"] == "input"]


def element(form: FormView, field: Field) -> dict[str, Any]:
    found = [block["element"] for block in modal(form)["blocks"] if block.get("block_id") == field]
    assert isinstance(found[0], dict)
    return found[0]


def test_the_amount_is_asked_for_a_part_accept_only() -> None:
    assert Field.AMOUNT not in fields_of(forms.decide_form(CASE, POLICY))
    assert Field.AMOUNT not in fields_of(forms.decide_form(CASE, POLICY, {"verdict": "accepted"}))
    assert Field.AMOUNT in fields_of(forms.decide_form(CASE, POLICY, {"verdict": "part_accepted"}))


def test_choosing_a_verdict_redraws_the_form_and_keeps_what_was_typed() -> None:
    typed = {"verdict": "part_accepted", "customer_text": "Half of it.", "root_cause": "no_fault"}
    form = forms.decide_form(CASE, POLICY, typed)
    assert element(form, Field.VERDICT)["action_id"] == Action.CHOOSE_VERDICT
    assert element(form, Field.VERDICT)["initial_option"]["value"] == "part_accepted"
    assert element(form, Field.CUSTOMER_TEXT)["initial_value"] == "Half of it."
    assert element(form, Field.ROOT_CAUSE)["initial_option"]["value"] == "no_fault"


def test_only_a_duplicate_is_asked_which_case_lives_on() -> None:
    assert Field.DUPLICATE_OF not in fields_of(forms.close_form(CASE, {"ending": "withdrawn"}))
    assert Field.DUPLICATE_OF in fields_of(forms.close_form(CASE, {"ending": "duplicate"}))


def test_a_form_carries_its_case_and_what_sending_it_does() -> None:
    view = modal(forms.note_form(CASE))
    assert view["callback_id"] == "note"
    assert view["private_metadata"] == '{"case_id":"D-1042"}'


def test_what_is_kept_never_passes_slacks_limit_and_the_case_stays() -> None:
    keep = (("case_id", "D-1042"), ("channel", "x" * 5000))
    assert modal(new_dispute_form(POLICY, hidden=keep))["private_metadata"] == '{"case_id":"D-1042"}'


def test_a_snooze_offers_the_next_working_morning() -> None:
    form = forms.snooze_form(CASE, policy=POLICY, now=NOW)
    assert element(form, Field.UNTIL)["initial_date_time"] == 1772528400  # Tuesday, 3 March, 9:00 UTC


def test_the_change_form_stands_at_the_present_reason_and_priority() -> None:
    form = forms.change_form(CASE, POLICY)
    assert element(form, Field.REASON)["initial_option"]["value"] == "not_delivered"
    assert element(form, Field.PRIORITY)["initial_option"]["value"] == "1"


def test_a_dispute_from_a_message_starts_with_its_words() -> None:
    form = new_dispute_form(POLICY, statement="We never got it.")
    assert element(form, Field.STATEMENT)["initial_value"] == "We never got it."


def test_a_statement_longer_than_slack_takes_is_cut() -> None:
    form = new_dispute_form(POLICY, statement="word " * 2000)
    assert len(element(form, Field.STATEMENT)["initial_value"]) <= 3000


def test_more_reasons_than_slack_takes_are_cut_at_a_hundred() -> None:
    reasons = {f"r{n}": replace(POLICY.reasons["wrong_amount"], id=f"r{n}") for n in range(150)}
    form = forms.change_form(CASE, replace(POLICY, reasons=reasons))
    assert len(element(form, Field.REASON)["options"]) == 100


def test_what_was_filled_in_comes_back_by_field() -> None:
    state = {
        "values": {
            "verdict": {
                "choose_verdict": {"type": "radio_buttons", "selected_option": {"value": "rejected"}}
            },
            "customer_text": {"customer_text": {"type": "plain_text_input", "value": "No."}},
            "internal_text": {"internal_text": {"type": "plain_text_input", "value": None}},
            "root_cause": {"root_cause": {"type": "static_select", "selected_option": None}},
            "resolver": {"resolver": {"type": "users_select", "selected_user": "U0BEN"}},
            "until": {"until": {"type": "datetimepicker", "selected_date_time": 1772528400}},
        }
    }
    assert values_of(state) == {
        "verdict": "rejected",
        "customer_text": "No.",
        "resolver": "U0BEN",
        "until": "1772528400",
    }


def test_a_form_nobody_touched_comes_back_empty() -> None:
    assert values_of({"values": {}}) == {}
    assert values_of({}) == {}
