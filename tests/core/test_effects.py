"""The whole table of effects and their addresses, event by event."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from core.case import Case, Escalation, Resolution, Status, Target
from core.customer_events import (
    CustomerAwaited,
    CustomerDisagreed,
    CustomerHeard,
    CustomerReminded,
    CustomerTold,
    CustomerWrote,
    FileRefused,
    MailFailed,
    SenderAccepted,
)
from core.effects import Effect, addresses_of, channels_of, customer_address, effects_of, person_address
from core.events import (
    CaseClaimed,
    CaseDecided,
    CaseEnded,
    CaseEscalated,
    CaseReassigned,
    CaseReleased,
    CaseReopened,
    CaseSnoozed,
    ChargebackHeard,
    DisputeRaised,
    Event,
    EvidenceAdded,
    NoteAdded,
    PriorityChanged,
    QueueTold,
    ReasonChanged,
    ResolverNudged,
    SlaBreached,
    SlaWarned,
    SnoozeEnded,
)
from tests.builders import MONDAY_9AM, a_case, a_customer, a_policy, a_queue, euros
from tests.core.lifecycle import ANA, BEN, POLICY, a_chargeback_update, bens_case

NOW = MONDAY_9AM
CHANNEL, OTHER_CHANNEL = "slack:#billing-disputes", "slack:#logistics-disputes"
TO_BEN, TO_ANA = f"person:{BEN}", f"person:{ANA}"
BOTH = "refresh_cards tell_story"
MOVED = "refresh_cards post_card tell_story settle_alerts"


def moved(to: str, former: str, resolver: str | None = None) -> ReasonChanged:
    return ReasonChanged(
        at=NOW,
        actor_id=BEN,
        former_reason_id="a",
        reason_id="b",
        former_queue_id=former,
        queue_id=to,
        former_resolver_id=resolver,
        why="",
    )


def ended(resolution: Resolution) -> CaseEnded:
    return CaseEnded(at=NOW, actor_id=BEN, resolution=resolution)


RAISED = DisputeRaised(
    at=NOW, actor_id="api:crm", reason_id="a", queue_id="billing", disputed=euros(1), statement=""
)
GATHERED = EvidenceAdded(at=NOW, actor_id="customer", names=("a",), is_gathering=True)
ADDED = EvidenceAdded(at=NOW, actor_id="customer", names=("a",))
ADDED_WITH_WORDS = replace(ADDED, came_with_words=True)
TOLD = QueueTold(at=NOW, actor_id="clock")
TOLD_LATE = replace(TOLD, said=("We never got one.",))
CLAIMED = CaseClaimed(at=NOW, actor_id=BEN)
CLAIMED_FIRST = CaseClaimed(at=NOW, actor_id=BEN, is_first=True)
RELEASED = CaseReleased(at=NOW, actor_id=BEN, former_resolver_id=ANA)
REASSIGNED = CaseReassigned(at=NOW, actor_id=BEN, resolver_id=BEN, former_resolver_id=ANA, why="")
NOTED = NoteAdded(at=NOW, actor_id=BEN, text="")
SNOOZED = CaseSnoozed(at=NOW, actor_id=BEN, until=NOW, why="")
WOKEN = SnoozeEnded(at=NOW, actor_id="clock")
AWAITED = CustomerAwaited(at=NOW, actor_id=BEN, what="")
ASKED = CustomerAwaited(at=NOW, actor_id=BEN, what="a photo", text="Please send us a photo.")
HEARD = CustomerHeard(at=NOW, actor_id="customer", waited_since=NOW)
HEARD_BY_ANA = CustomerHeard(at=NOW, actor_id=ANA, waited_since=NOW)
WROTE = CustomerWrote(at=NOW, actor_id="customer", text="Here it is.", via="mail")
WROTE_EARLY = replace(WROTE, is_gathering=True)
ACCEPTED = SenderAccepted(at=NOW, actor_id=BEN, sender="lena@nordwind.example")
WRITTEN_TO = CustomerTold(at=NOW, actor_id=BEN, text="We look into it.")
REMINDED = CustomerReminded(at=NOW, actor_id="clock", what=("a photo",), waiting_since=NOW)
REMINDED_EARLY = replace(REMINDED, is_gathering=True)
DISAGREED = CustomerDisagreed(at=NOW, actor_id="customer", why="Look again.")
BOUNCED = MailFailed(at=NOW, actor_id="clock", to="ap@nordwind.example", why="mailbox full")
THROWN_AWAY = FileRefused(at=NOW, actor_id="clock", name="a.pdf", why="It has a virus.")
URGENT = PriorityChanged(at=NOW, actor_id=BEN, former=3, priority=1, why="")
DECIDED = CaseDecided(
    at=NOW,
    actor_id=BEN,
    verdict=Resolution.ACCEPTED,
    granted=euros(1),
    root_cause_id="x",
    customer_text="",
    internal_text="",
)
REOPENED = CaseReopened(at=NOW, actor_id=BEN, why="")
REOPENED_BY_CUSTOMER = CaseReopened(at=NOW, actor_id="customer", why="Look again.")
WARNED = SlaWarned(at=NOW, actor_id="clock", target=Target.CLAIM, due_at=NOW)
BREACHED = SlaBreached(at=NOW, actor_id="clock", target=Target.CLAIM, due_at=NOW)
BREACHED_WITH_CALL = replace(BREACHED, came_with_call=True)
ESCALATED = CaseEscalated(
    at=NOW, actor_id="clock", target=Target.CLAIM, rung=0, tell=("dana@example.com", "head@example.com")
)
NUDGED = ResolverNudged(at=NOW, actor_id="clock", quiet_since=NOW)
BANK = ChargebackHeard(at=NOW, actor_id="stripe", ref="dp", kind="x", status="lost")

TABLE: list[tuple[Event, str]] = [
    (RAISED, "tell_customer"),
    (GATHERED, ""),
    (ADDED, BOTH),
    (ADDED_WITH_WORDS, ""),
    (TOLD, "post_card"),
    (TOLD_LATE, "post_card tell_story"),
    (CLAIMED, f"{BOTH} settle_alerts brief_resolver"),
    (CLAIMED_FIRST, f"{BOTH} settle_alerts brief_resolver tell_customer"),
    (RELEASED, f"{BOTH} tell_former_resolver"),
    (REASSIGNED, f"{BOTH} settle_alerts tell_former_resolver brief_resolver"),
    (NOTED, "tell_story"),
    (SNOOZED, BOTH),
    (WOKEN, f"{BOTH} remind_resolver"),
    (AWAITED, f"{BOTH} remind_resolver settle_alerts"),
    (ASKED, f"{BOTH} remind_resolver settle_alerts tell_customer"),
    (HEARD, BOTH),
    (HEARD_BY_ANA, f"{BOTH} remind_resolver"),
    (WROTE, f"{BOTH} remind_resolver"),
    (WROTE_EARLY, ""),
    (ACCEPTED, BOTH),
    (WRITTEN_TO, f"{BOTH} remind_resolver settle_alerts tell_customer"),
    (REMINDED, "tell_story tell_customer"),
    (REMINDED_EARLY, "tell_customer"),
    (DISAGREED, f"{BOTH} remind_resolver"),
    (BOUNCED, f"{BOTH} remind_resolver"),
    (THROWN_AWAY, BOTH),
    (replace(THROWN_AWAY, is_gathering=True), ""),
    (URGENT, f"{BOTH} settle_alerts"),
    (moved("logistics", "billing"), f"{MOVED} tell_former_resolver"),
    (DECIDED, f"{BOTH} remind_resolver settle_alerts"),
    (ended(Resolution.ACCEPTED), "refresh_cards settle_alerts tell_customer"),
    (ended(Resolution.PART_ACCEPTED), "refresh_cards settle_alerts tell_customer"),
    (ended(Resolution.REJECTED), "refresh_cards settle_alerts tell_customer"),
    (ended(Resolution.WITHDRAWN), f"{BOTH} remind_resolver settle_alerts tell_customer"),
    (ended(Resolution.DUPLICATE), f"{BOTH} remind_resolver settle_alerts tell_customer"),
    (REOPENED, f"{BOTH} remind_resolver tell_customer"),
    (REOPENED_BY_CUSTOMER, "tell_customer"),
    (WARNED, f"{BOTH} remind_resolver"),
    (BREACHED, f"{BOTH} remind_resolver"),
    (BREACHED_WITH_CALL, "refresh_cards"),
    (ESCALATED, "refresh_cards alert_managers settle_alerts remind_resolver"),
    (NUDGED, "remind_resolver"),
    (BANK, f"{BOTH} remind_resolver settle_alerts"),
]


def test_the_table_knows_every_event() -> None:
    assert {type(event) for event, _ in TABLE} == set(get_args(Event))


@pytest.mark.parametrize(
    ("event", "effects"), [pytest.param(*row, id=type(row[0]).__name__) for row in TABLE]
)
def test_what_follows_from_each_event(event: Event, effects: str) -> None:
    assert " ".join(effects_of(event)) == effects


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


def test_a_note_never_reaches_the_customer() -> None:
    inward: list[Event] = [
        NOTED,
        SNOOZED,
        ESCALATED,
        NUDGED,
        WARNED,
        BREACHED,
        URGENT,
        DECIDED,
        BANK,
        REASSIGNED,
    ]
    assert not [event for event in inward if Effect.TELL_CUSTOMER in effects_of(event)]


def test_a_queue_is_told_in_all_of_its_channels() -> None:
    both = a_queue(slack_channel="C0BILLING", teams_channel="19:abc@thread.tacv2")
    assert channels_of(both) == ("slack:C0BILLING", "teams:19:abc@thread.tacv2")
    assert channels_of(a_queue(slack_channel=None)) == ()
    policy = a_policy(queues={"billing": both})
    assert addresses_of(Effect.TELL_STORY, NOTED, bens_case(), policy) == channels_of(both)


def test_a_persons_address_is_their_id_or_the_policys_name_for_them() -> None:
    assert person_address("dana@example.com") == "person:dana@example.com"
