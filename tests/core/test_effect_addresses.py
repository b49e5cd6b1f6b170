"""Addresses of effects: channels, people, customers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.case import Case, Escalation, Resolution, Status, Target
from core.effects import Effect, addresses_of, channels_of, customer_address, person_address
from core.events import (
    CaseEscalated,
    CaseReassigned,
    Event,
)
from tests.builders import a_case, a_customer, a_policy, a_queue
from tests.core.event_examples import (
    ASKED,
    BANK,
    CLAIMED,
    DECIDED,
    ESCALATED,
    NOTED,
    NOW,
    NUDGED,
    RAISED,
    REASSIGNED,
    RELEASED,
    REOPENED,
    TOLD,
    URGENT,
    WARNED,
    WRITTEN_TO,
    ended,
    moved,
)
from tests.core.lifecycle import ANA, BEN, POLICY, a_chargeback_update, bens_case

CHANNEL, OTHER_CHANNEL = "slack:#billing-disputes", "slack:#logistics-disputes"
TO_BEN, TO_ANA = f"person:{BEN}", f"person:{ANA}"


@pytest.mark.parametrize(
    ("effect", "event", "addresses"),
    [
        (Effect.POST_CARD, TOLD, (CHANNEL,)),
        (Effect.POST_CARD, moved("billing", "logistics"), (CHANNEL,)),
        (Effect.POST_CARD, moved("billing", "billing"), ()),
        (Effect.TELL_STORY, NOTED, (CHANNEL,)),
        (Effect.REFRESH_CARDS, CLAIMED, (CHANNEL,)),
        (Effect.REFRESH_CARDS, RELEASED, (CHANNEL, TO_BEN, TO_ANA)),
        (Effect.REFRESH_CARDS, REASSIGNED, (CHANNEL, TO_ANA)),
        (Effect.REFRESH_CARDS, NOTED, (CHANNEL, TO_BEN)),
        (Effect.REFRESH_CARDS, moved("billing", "logistics", ANA), (CHANNEL, TO_BEN, OTHER_CHANNEL, TO_ANA)),
        (Effect.REFRESH_CARDS, moved("billing", "billing", BEN), (CHANNEL, TO_BEN)),
        (Effect.REFRESH_CARDS, moved("billing", "dissolved"), (CHANNEL, TO_BEN)),
        (Effect.BRIEF_RESOLVER, CLAIMED, (TO_BEN,)),
        (Effect.REMIND_RESOLVER, NUDGED, (TO_BEN,)),
        (Effect.TELL_FORMER_RESOLVER, REASSIGNED, (TO_ANA,)),
        (Effect.TELL_FORMER_RESOLVER, RELEASED, (TO_ANA,)),
        (Effect.TELL_FORMER_RESOLVER, moved("billing", "logistics", ANA), (TO_ANA,)),
        (Effect.TELL_FORMER_RESOLVER, moved("billing", "billing"), ()),
        (Effect.ALERT_MANAGERS, ESCALATED, (CHANNEL, "person:dana@example.com", "person:head@example.com")),
        (Effect.ALERT_PARKED, NOTED, ()),
        (Effect.SEND_DIGEST, NOTED, ()),
        (Effect.TELL_CUSTOMER, ASKED, (customer_address("D-1001"),)),
        (Effect.SEND_LINK, NOTED, ()),
        (Effect.CONFIRM_ADDRESS, NOTED, ()),
        (Effect.ALERT_STRAY, NOTED, ()),
    ],
)
def test_where_each_effect_goes(effect: Effect, event: Event, addresses: tuple[str, ...]) -> None:
    assert addresses_of(effect, event, bens_case(), POLICY) == addresses


@pytest.mark.parametrize("effect", [Effect.BRIEF_RESOLVER, Effect.REMIND_RESOLVER])
def test_what_is_for_the_resolver_goes_nowhere_while_there_is_none(effect: Effect) -> None:
    assert addresses_of(effect, WARNED, a_case(), POLICY) == ()


DANAS, HEADS = "person:dana@example.com", "person:head@example.com"
ONCE_CALLED = bens_case(called_at=(CHANNEL, DANAS))
STILL_LATE = replace(
    ONCE_CALLED, escalation=Escalation(target=Target.RESOLUTION, since=NOW, rung=0, told_at=NOW)
)
ENDS: list[Event] = [
    DECIDED,
    ended(Resolution.WITHDRAWN),
    ASKED,
    WRITTEN_TO,
    moved("logistics", "billing"),
    URGENT,
    BANK,
]


@pytest.mark.parametrize("event", [CLAIMED, REASSIGNED, *ENDS])
def test_when_nothing_is_late_any_more_every_call_ends_where_it_was_made(event: Event) -> None:
    assert addresses_of(Effect.SETTLE_ALERTS, event, ONCE_CALLED, POLICY) == (CHANNEL, DANAS)


@pytest.mark.parametrize("event", ENDS)
def test_as_long_as_something_is_late_the_calls_stand(event: Event) -> None:
    assert addresses_of(Effect.SETTLE_ALERTS, event, STILL_LATE, POLICY) == ()


@pytest.mark.parametrize("event", [CLAIMED, REASSIGNED])
def test_whoever_takes_a_case_up_ends_the_calls_even_while_it_is_late(event: Event) -> None:
    assert addresses_of(Effect.SETTLE_ALERTS, event, STILL_LATE, POLICY) == (CHANNEL, DANAS)


def test_where_nobody_was_called_nothing_is_promised() -> None:
    events: list[Event] = [CLAIMED, REASSIGNED, *ENDS]
    for event in events:
        assert addresses_of(Effect.SETTLE_ALERTS, event, bens_case(), POLICY) == ()


@pytest.mark.parametrize(
    "later",
    [
        replace(ESCALATED, is_repeat=True),
        replace(ESCALATED, rung=1),
        replace(ESCALATED, target=Target.EXTERNAL),
    ],
)
def test_a_later_call_ends_earlier_ones_where_it_goes_itself(later: CaseEscalated) -> None:
    assert addresses_of(Effect.SETTLE_ALERTS, later, STILL_LATE, POLICY) == (CHANNEL, DANAS, HEADS)
    assert addresses_of(Effect.SETTLE_ALERTS, ESCALATED, STILL_LATE, POLICY) == ()


def test_handing_over_from_the_queue_tells_no_former_resolver() -> None:
    event = CaseReassigned(at=NOW, actor_id=ANA, resolver_id=BEN, former_resolver_id=None, why="")
    assert addresses_of(Effect.TELL_FORMER_RESOLVER, event, bens_case(), POLICY) == ()


@pytest.mark.parametrize("event", [DECIDED, ended(Resolution.WITHDRAWN), REOPENED])
def test_the_resolver_hears_of_what_somebody_else_did_with_their_case(event: Event) -> None:
    by_ana = replace(event, actor_id=ANA)
    assert addresses_of(Effect.REMIND_RESOLVER, by_ana, bens_case(), POLICY) == (TO_BEN,)
    assert addresses_of(Effect.REMIND_RESOLVER, event, bens_case(), POLICY) == ()


@pytest.mark.parametrize("event", [RELEASED, REASSIGNED, moved("billing", "logistics", ANA)])
def test_who_gives_a_case_away_needs_no_message_of_it(event: Event) -> None:
    by_ana = replace(event, actor_id=ANA)
    assert addresses_of(Effect.TELL_FORMER_RESOLVER, by_ana, bens_case(), POLICY) == ()


@pytest.mark.parametrize(
    "unreachable",
    [
        pytest.param(bens_case(customer=a_customer(email=None)), id="no-address"),
        pytest.param(bens_case(customer=a_customer(email="")), id="empty-address"),
        pytest.param(bens_case(chargeback=a_chargeback_update().chargeback), id="a-bank-speaks-for-them"),
    ],
)
def test_no_mail_is_owed_to_whom_none_can_be_sent(unreachable: Case) -> None:
    assert addresses_of(Effect.TELL_CUSTOMER, ASKED, unreachable, POLICY) == ()


def test_without_a_mail_server_nobody_is_promised_a_mail() -> None:
    silent = replace(POLICY, customers=replace(POLICY.customers, is_mailed=False))
    assert addresses_of(Effect.TELL_CUSTOMER, ASKED, a_case(), POLICY) != ()
    assert addresses_of(Effect.TELL_CUSTOMER, ASKED, a_case(), silent) == ()


def test_all_mail_about_a_case_is_one_destination_so_that_it_keeps_its_order() -> None:
    closed = bens_case(status=Status.CLOSED)
    told = {addresses_of(Effect.TELL_CUSTOMER, one, closed, POLICY) for one in (RAISED, ASKED, REOPENED)}
    assert told == {(customer_address("D-1001"),)}


def test_a_closed_cases_customer_is_written_to_even_when_its_queue_has_gone() -> None:
    case = bens_case(queue_id="dissolved")
    assert addresses_of(Effect.TELL_CUSTOMER, WRITTEN_TO, case, POLICY) == (customer_address("D-1001"),)


def test_a_queue_is_told_in_all_of_its_channels() -> None:
    both = a_queue(slack_channel="C0BILLING", teams_channel="19:abc@thread.tacv2")
    assert channels_of(both) == ("slack:C0BILLING", "teams:19:abc@thread.tacv2")
    assert channels_of(a_queue(slack_channel=None)) == ()
    policy = a_policy(queues={"billing": both})
    assert addresses_of(Effect.TELL_STORY, NOTED, bens_case(), policy) == channels_of(both)


def test_a_persons_address_is_their_id_or_the_policys_name_for_them() -> None:
    assert person_address("dana@example.com") == "person:dana@example.com"
