"""Reassigning: to whom a case may be given."""

from __future__ import annotations

import pytest

from cards.actions import Action, Field
from cards.views import PersonInput
from core.case import CaseClosed, IllegalMove, Status
from core.errors import FieldRefused
from core.person import Person
from tests.handlers.harness import (
    ANA,
    ANA_TEAMS,
    BEN,
    BILLING,
    BILLING_TEAMS,
    DANA,
    DANA_TEAMS,
    GONE,
    GUEST,
    HEAD,
    KIM,
    OMAR,
    STRANGER,
    ZOE,
    Harness,
)


def test_the_case_goes_to_the_colleague_chosen_and_the_story_says_why(harness: Harness) -> None:
    case_id = harness.create_claimed_case(ANA)
    harness.send(Action.REASSIGN, ANA, case_id, resolver=BEN, why="  I am away.  ")
    assert harness.case(case_id).resolver_id == "slack:UBEN"
    entry = harness.store.read_blocking(lambda tx: tx.timeline.list(case_id))[-1]
    assert (entry.kind, getattr(entry.event, "why", None)) == ("CaseReassigned", "I am away.")


@pytest.mark.parametrize("chosen", ["", STRANGER, ZOE, OMAR, GONE, HEAD, "slack:UZOE", "U" * 10_000, "ubén"])
def test_whoever_does_not_work_in_the_queue_is_refused_at_the_field(harness: Harness, chosen: str) -> None:
    case_id = harness.create_claimed_case(ANA)
    before = harness.case(case_id)
    with pytest.raises(FieldRefused, match="Billing disputes") as refusal:
        harness.send(Action.REASSIGN, ANA, case_id, resolver=chosen)
    assert refusal.value.field == Field.RESOLVER
    assert harness.case(case_id) == before


def test_the_queues_manager_can_be_given_a_case(harness: Harness) -> None:
    case_id = harness.create_claimed_case(ANA)
    harness.send(Action.REASSIGN, ANA, case_id, resolver=DANA)
    assert harness.case(case_id).resolver_id == "slack:UDANA"


def test_a_case_goes_from_the_queue_straight_to_somebody(harness: Harness) -> None:
    case_id = harness.create_case()
    harness.send(Action.REASSIGN, DANA, case_id, resolver=BEN)
    assert (harness.case(case_id).resolver_id, harness.case(case_id).status) == (
        "slack:UBEN",
        Status.UNDER_REVIEW,
    )


def test_a_member_of_the_channel_who_never_pressed_anything_can_be_given_a_case(harness: Harness) -> None:
    case_id = harness.create_claimed_case(ANA)
    harness.store.run_blocking(lambda tx: tx.people.add_member(BILLING, "UNEW"))
    harness.send(Action.REASSIGN, ANA, case_id, resolver="UNEW")
    assert harness.case(case_id).resolver_id == "slack:UNEW"


def test_somebody_the_policy_names_by_their_slack_id_can_be_given_a_case(harness: Harness) -> None:
    case_id = harness.create_claimed_case(ANA)
    new = Person(id="teams:29:1", name="Nia", slack_ref="UNIA", email="nia@example.com")
    harness.store.run_blocking(lambda tx: tx.people.save(new))
    harness.store.run_blocking(lambda tx: tx.people.add_member(BILLING, "UNIA"))
    harness.send(Action.REASSIGN, ANA, case_id, resolver="UNIA")
    assert harness.case(case_id).resolver_id == new.id


def test_handing_a_case_to_who_has_it_changes_nothing(harness: Harness) -> None:
    case_id = harness.create_claimed_case(ANA)
    before = harness.event_names(case_id)
    harness.send(Action.REASSIGN, BEN, case_id, resolver=ANA)
    assert harness.event_names(case_id) == before


def test_the_former_resolver_has_no_more_say(harness: Harness) -> None:
    case_id = harness.create_claimed_case(ANA)
    harness.send(Action.REASSIGN, ANA, case_id, resolver=BEN)
    with pytest.raises(Exception, match="Only the resolver"):
        harness.press(Action.RELEASE, ANA, case_id)


def test_a_closed_case_stays_where_it_is_and_its_form_does_not_open(harness: Harness) -> None:
    case_id = harness.create_claimed_case(ANA)
    harness.send(Action.CLOSE, ANA, case_id, ending="withdrawn")
    with pytest.raises(CaseClosed):
        harness.send(Action.REASSIGN, ANA, case_id, resolver=BEN)
    with pytest.raises(CaseClosed):
        harness.press(Action.ASK_REASSIGN, ANA, case_id)


def test_a_case_still_gathering_evidence_is_nobodys_yet(harness: Harness) -> None:
    case_id = harness.create_case(reason_id="not_delivered")
    with pytest.raises(IllegalMove):
        harness.send(Action.REASSIGN, OMAR, case_id, resolver=OMAR)


def test_the_form_says_who_has_the_case_now(harness: Harness) -> None:
    case_id = harness.create_case()
    harness.press(Action.CLAIM, ANA, case_id)
    form = harness.press(Action.ASK_REASSIGN, BEN, case_id).form
    assert form is not None
    assert form.intro == ((f"{case_id} is with Ana now.",),)


def test_who_works_in_the_queue_stands_to_choose_where_there_is_no_picker(teams_harness: Harness) -> None:
    case_id = teams_harness.create_claimed_case(ANA)
    form = teams_harness.press(Action.ASK_REASSIGN, KIM, case_id).form
    assert form is not None
    (chooser,) = [one for one in form.inputs if isinstance(one, PersonInput)]
    assert [(one.value, one.label) for one in chooser.choices] == [
        ("slack:UBEN", "Ben"),
        ("slack:UDANA", "Dana"),
        ("teams:0c-kim", "Kim"),
    ]
    for chosen in chooser.choices:
        teams_harness.send(Action.REASSIGN, DANA_TEAMS, case_id, resolver=chosen.value)
        assert teams_harness.case(case_id).resolver_id == chosen.value


@pytest.mark.parametrize("chosen", ["teams:0e-guest", GUEST, "slack:UZOE", "slack:UGONE", "teams:0f-new", ""])
def test_in_teams_too_only_who_works_in_the_queue_can_be_given_a_case(
    teams_harness: Harness, chosen: str
) -> None:
    case_id = teams_harness.create_claimed_case(ANA)
    with pytest.raises(FieldRefused, match="Billing disputes"):
        teams_harness.send(Action.REASSIGN, ANA_TEAMS, case_id, resolver=chosen)


def test_being_given_a_case_is_not_doing_something_there(teams_harness: Harness) -> None:
    case_id = teams_harness.create_claimed_case(ANA)
    teams_harness.store.run_blocking(lambda tx: tx.people.add_member(BILLING_TEAMS, "0f-new"))
    teams_harness.send(Action.REASSIGN, ANA_TEAMS, case_id, resolver="0f-new")
    new = teams_harness.store.read_blocking(lambda tx: tx.people.get("teams:0f-new"))
    assert (teams_harness.case(case_id).resolver_id, new.chats_on) == (new.id, None)
