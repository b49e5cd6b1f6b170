"""The whole table of effects, event by event."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from core.case import Resolution
from core.effects import Effect, effects_of
from core.events import (
    Event,
)
from tests.core.event_examples import (
    ACCEPTED,
    ADDED,
    ADDED_WITH_WORDS,
    ASKED,
    AWAITED,
    BANK,
    BOUNCED,
    BREACHED,
    BREACHED_WITH_CALL,
    CLAIMED,
    CLAIMED_FIRST,
    CONFIRMED,
    CORRECTED,
    DECIDED,
    DISAGREED,
    ESCALATED,
    GATHERED,
    HEARD,
    HEARD_BY_ANA,
    NOTED,
    NUDGED,
    RAISED,
    REASSIGNED,
    RELEASED,
    REMINDED,
    REMINDED_EARLY,
    REOPENED,
    REOPENED_BY_CUSTOMER,
    SNOOZED,
    THROWN_AWAY,
    TOLD,
    TOLD_LATE,
    URGENT,
    WARNED,
    WOKEN,
    WRITTEN_TO,
    WROTE,
    WROTE_EARLY,
    ended,
    moved,
)

BOTH = "refresh_cards tell_story"
MOVED = "refresh_cards post_card tell_story settle_alerts"

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
    (CONFIRMED, BOTH),
    (CORRECTED, BOTH),
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
