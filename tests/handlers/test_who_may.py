"""Permissions of everybody for everything; nobody gets what they may not have."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from cards.actions import Action
from core.errors import NotAllowed, NotFound, Refused
from core.slack_guests import Workspace
from handlers.actions import CHANGES, QUERIES
from handlers.follow_slack import follow_person
from handlers.types import Reply
from tests.handlers.harness import ANA, BEN, DANA, GONE, HEAD, OMAR, STRANGER, ZOE, Harness

DECISION = {"verdict": "accepted", "root_cause": "no_fault", "customer_text": "Here you are."}
NEW = {
    "customer_name": "Nordwind",
    "invoice_number": "INV-7",
    "invoice_total": "10",
    "currency": "EUR",
    "reason": "wrong_amount",
    "statement": "Too much.",
}
FORMS: Mapping[Action, Mapping[str, str]] = {
    Action.DECIDE: DECISION,
    Action.CHOOSE_VERDICT: DECISION,
    Action.REASSIGN: {"resolver": BEN},
    Action.NOTE: {"note": "Called them."},
    Action.SNOOZE: {"until": "1772560000"},
    Action.AWAIT_CUSTOMER: {"what": "A photo"},
    Action.QUESTION: {"what": "A photo", "text": "Could you send us a photo?"},
    Action.REPLY: {"text": "We look into it."},
    Action.CHANGE: {"reason": "chargeback", "priority": "1", "why": "They said so."},
    Action.CLOSE: {"ending": "withdrawn"},
    Action.CHOOSE_ENDING: {"ending": "duplicate"},
    Action.REOPEN: {"why": "They called again."},
    Action.NEW: NEW,
}
"""Values with which each form succeeds for a person who may send it."""

TO_ITS_RESOLVER = {
    Action.RELEASE,
    Action.DECIDE,
    Action.ASK_DECIDE,
    Action.CHOOSE_VERDICT,
    Action.SNOOZE,
    Action.ASK_SNOOZE,
    Action.WAKE,
    Action.AWAIT_CUSTOMER,
    Action.ASK_AWAIT_CUSTOMER,
    Action.CUSTOMER_ANSWERED,
    Action.ASK_QUESTION,
    Action.QUESTION,
    Action.ASK_REPLY,
    Action.REPLY,
    Action.ACCEPT_SENDER,
    Action.CLOSE,
    Action.ASK_CLOSE,
    Action.CHOOSE_ENDING,
}
TO_ANY_RESOLVER = {
    Action.REASSIGN,
    Action.ASK_REASSIGN,
    Action.NOTE,
    Action.ASK_NOTE,
    Action.CHANGE,
    Action.ASK_CHANGE,
    Action.REOPEN,
    Action.ASK_REOPEN,
    Action.OPEN_CASE,
}
ON_ONE_CASE = sorted({*TO_ITS_RESOLVER, *TO_ANY_RESOLVER, Action.CLAIM})
OF_NO_CASE = {
    Action.COMMAND,
    Action.PAGE,
    Action.OPEN_HOME,
    Action.SHARE_LINK,
    Action.SHOW_CARD,
    Action.SEARCH,
    Action.RETRY_PARKED,
    Action.NEW,
    Action.ASK_NEW,
    Action.RAISE_FROM_MESSAGE,
    Action.SEND_TO_CUSTOMER,
}
OUTSIDERS = (ZOE, STRANGER, OMAR)


def ready_for(harness: Harness, action: Action) -> str:
    """A case of Ana's in the state that the action is for."""
    if action is Action.CLAIM:
        return harness.create_case()
    case_id = harness.create_claimed_case(ANA)
    if action in (Action.REOPEN, Action.ASK_REOPEN):
        harness.send(Action.DECIDE, ANA, case_id, **DECISION)
    if action is Action.CUSTOMER_ANSWERED:
        harness.send(Action.AWAIT_CUSTOMER, ANA, case_id, what="A photo")
    if action is Action.ACCEPT_SENDER:
        harness.receive_message(case_id, "lager@nordwind.example")
    if action is Action.WAKE:
        harness.send(Action.SNOOZE, ANA, case_id, **FORMS[Action.SNOOZE])
    return case_id


def attempt(harness: Harness, action: Action, by: str, case_id: str) -> Reply:
    values = FORMS.get(action, {})
    if action is Action.REASSIGN and by[:1].isdigit():
        values = {"resolver": f"slack:{BEN}"}  # Teams has no picker of people, so it sends our ids
    if action in (Action.QUESTION, Action.REPLY):
        return harness.send_as_shown(action, by, case_id, **values)
    letters = harness.message_names(case_id) if action is Action.ACCEPT_SENDER else []
    return harness.press(action, by, case_id, values=values, value=next(iter(letters), case_id))


def has_changed(harness: Harness, action: Action, by: str, case_id: str) -> bool:
    before = harness.case(case_id)
    attempt(harness, action, by, case_id)
    return harness.case(case_id) != before


def test_every_action_is_tried_here_or_stands_on_no_case() -> None:
    assert {*ON_ONE_CASE, *OF_NO_CASE} == {*CHANGES, *QUERIES}


@pytest.mark.parametrize("action", ON_ONE_CASE)
def test_outsiders_are_told_that_there_is_no_such_case(harness: Harness, action: Action) -> None:
    case_id = ready_for(harness, action)
    before, promised = harness.case(case_id), harness.pending_deliveries()
    for outsider in OUTSIDERS:
        with pytest.raises(NotFound) as hidden:
            attempt(harness, action, outsider, case_id)
        with pytest.raises(NotFound) as missing:
            attempt(harness, action, outsider, "D-9999")
        assert str(hidden.value).replace(case_id, "D-9999") == str(missing.value)
    assert (harness.case(case_id), harness.pending_deliveries()) == (before, promised)


TO_THE_LADDER = {Action.OPEN_CASE, Action.ASK_NOTE, Action.NOTE, Action.ASK_REASSIGN, Action.REASSIGN}


@pytest.mark.parametrize("action", sorted(set(ON_ONE_CASE) - TO_THE_LADDER))
def test_the_head_may_look_at_every_case_and_decide_none(harness: Harness, action: Action) -> None:
    case_id = ready_for(harness, action)
    before = harness.case(case_id)
    with pytest.raises(NotAllowed, match="may do that"):
        attempt(harness, action, HEAD, case_id)
    assert harness.case(case_id) == before


@pytest.mark.parametrize("action", sorted(TO_THE_LADDER))
def test_the_head_may_answer_an_escalation(harness: Harness, action: Action) -> None:
    case_id = ready_for(harness, action)
    assert has_changed(harness, action, HEAD, case_id) is (action is Action.REASSIGN)


@pytest.mark.parametrize("action", ON_ONE_CASE)
def test_a_manager_may_do_everything_in_their_queue(harness: Harness, action: Action) -> None:
    case_id = ready_for(harness, action)
    assert has_changed(harness, action, DANA, case_id) is (action in CHANGES and action is not Action.NOTE)


@pytest.mark.parametrize("action", sorted(TO_ITS_RESOLVER))
def test_a_colleague_may_not_end_or_rest_somebody_elses_case(harness: Harness, action: Action) -> None:
    case_id = ready_for(harness, action)
    with pytest.raises(NotAllowed, match=f"Only the resolver of {case_id} or a manager of Billing disputes"):
        attempt(harness, action, BEN, case_id)
    assert has_changed(harness, action, ANA, case_id) is (action in CHANGES)


@pytest.mark.parametrize("action", sorted(TO_ANY_RESOLVER))
def test_every_resolver_of_the_queue_may_do_what_ends_nothing(harness: Harness, action: Action) -> None:
    case_id = ready_for(harness, action)
    assert has_changed(harness, action, BEN, case_id) is (action in CHANGES and action is not Action.NOTE)


def test_somebody_who_left_the_channel_keeps_the_case_they_have_and_no_other(harness: Harness) -> None:
    case_id, other = harness.create_claimed_case(ANA), harness.create_case()
    harness.store.run_blocking(lambda tx: tx.people.remove_member("CBILLING", ANA))
    harness.send(Action.NOTE, ANA, case_id, note="Still mine.")
    for action in (Action.CLAIM, Action.OPEN_CASE):
        with pytest.raises(NotFound):
            harness.press(action, ANA, other)


def test_a_deactivated_resolver_has_nothing_left(harness: Harness) -> None:
    case_id = harness.create_claimed_case(ANA)
    harness.store.run_blocking(
        follow_person, {"id": ANA, "team_id": "T0OURS", "deleted": True}, Workspace("T0OURS")
    )
    for action in ON_ONE_CASE:
        with pytest.raises(Refused, match="You are a guest here"):
            attempt(harness, action, ANA, case_id)


@pytest.mark.parametrize("by", [ZOE, STRANGER, GONE])
def test_outsiders_can_raise_nothing_and_mend_nothing(harness: Harness, by: str) -> None:
    for action in (Action.NEW, Action.ASK_NEW, Action.RAISE_FROM_MESSAGE, Action.RETRY_PARKED):
        with pytest.raises(Refused):
            harness.press(action, by, values=NEW, value="slack:#billing-disputes")
    assert harness.case_ids() == []
