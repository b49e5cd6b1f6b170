"""Tests of alerts: who is alerted, and how an alert that needs nobody any more says how it ended."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cards.alerts import alert_view, reminder_view
from cards.closed_alerts import closed_alert_view, late_alert_view
from cards.plain_text import plain
from cards.views import Mention, MessageView
from core.case import Target
from core.events import CaseEscalated, SlaBreached
from tests.cards.examples import CASES, DANA, EVENTS, NOW, PEOPLE, POLICY, ago

CASE = CASES["under_review"]
WHICH = "D-1042 · Not delivered · €1,234.50 · Nordwind GmbH"


def escalated(name: str = "escalated") -> CaseEscalated:
    event = EVENTS[name]
    assert isinstance(event, CaseEscalated)
    return event


def read(view: MessageView) -> list[str]:
    return [plain(line) for line in view.lines]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("claimed", f"✅ Taken up: {WHICH} · by Ana, 2026-03-02 03:30 UTC."),
        ("given", f"✅ Taken up: {WHICH} · by Ben, handed over by Dana, "),
        ("decided", f"✅ Decided: {WHICH} · by Ana, "),
        ("withdrawn", f"✅ Closed: {WHICH} · by Ana, "),
        ("duplicate", f"✅ Closed: {WHICH} · by Ana, "),
        ("asked", f"✅ The customer was answered: {WHICH} · by Ana, "),
        ("told", f"✅ The customer was answered: {WHICH} · by Ana, "),
        ("reason", f"✅ Moved to another reason: {WHICH} · by Ana, "),
        ("priority", f"✅ No longer late: {WHICH} · by Dana, "),
        ("chargeback", f"✅ No longer late: {WHICH} · by Stripe, "),
        ("escalated_again", f"🔁 Called again: {WHICH}, "),
    ],
)
def test_a_settled_alert_says_what_happened_to_the_case_by_whom_and_when(name: str, said: str) -> None:
    view = closed_alert_view(escalated(), EVENTS[name], CASE, POLICY, PEOPLE)
    assert read(view)[0].startswith(said)


def test_a_settled_alert_still_says_what_was_missed_and_who_heard_of_it() -> None:
    view = closed_alert_view(escalated(), EVENTS["claimed"], CASE, POLICY, PEOPLE)
    assert read(view)[1:] == [
        "Resolution was due 2026-03-02 09:30 UTC. Told Dana and a colleague 2026-03-02 10:30 UTC."
    ]


def test_a_manager_who_took_the_case_up_was_told_all_the_same() -> None:
    view = closed_alert_view(
        escalated(), EVENTS["claimed"], replace(CASE, resolver_id=DANA.id), POLICY, PEOPLE
    )
    assert "Told Dana and a colleague" in read(view)[1]


@pytest.mark.parametrize("name", ["claimed", "given", "withdrawn", "escalated_again"])
def test_a_settled_alert_calls_nobody_and_offers_nothing(name: str) -> None:
    view = closed_alert_view(escalated(), EVENTS[name], CASE, POLICY, PEOPLE)
    assert (view.mentions, view.buttons, view.is_loud) == ((), (), False)
    assert not [part for line in view.lines for part in line if isinstance(part, Mention)]
    assert "🔴" not in "".join(read(view))


def test_an_alert_that_comes_too_late_is_a_line_of_the_story() -> None:
    view = late_alert_view(escalated(), [EVENTS["breached"]])
    assert view == MessageView(lines=view.lines)
    assert read(view) == ["🔴 Resolution was due 2026-03-02 09:30 UTC."]


def test_one_call_tells_of_everything_that_was_missed_at_that_moment() -> None:
    missed = [
        SlaBreached(at=NOW, actor_id="clock", target=target, due_at=ago(1), came_with_call=True)
        for target in (Target.FIRST_ANSWER, Target.RESOLUTION)
    ]
    view = alert_view(escalated(), CASE, POLICY, PEOPLE, events=missed)
    assert read(view)[1:4] == [
        "First answer was due 2026-03-02 09:30 UTC.",
        "Resolution was due 2026-03-02 09:30 UTC.",
        "Tried so far:",
    ]
    assert "".join(read(view)).count("was due") == 2
    assert len(read(late_alert_view(escalated(), missed))) == 2


def test_a_target_that_was_missed_before_is_among_what_was_tried() -> None:
    earlier = SlaBreached(
        at=ago(3), actor_id="clock", target=Target.CLAIM, due_at=ago(3), came_with_call=True
    )
    view = alert_view(escalated(), CASE, POLICY, PEOPLE, events=[earlier])
    assert read(view)[1:3] == ["Resolution was due 2026-03-02 09:30 UTC.", "Tried so far:"]
    assert "• Claim was due 2026-03-02 07:30 UTC." in read(view)


def test_a_manager_is_not_pinged_about_a_case_of_their_own() -> None:
    danas = replace(CASE, resolver_id=DANA.id)
    view = alert_view(escalated(), danas, POLICY, PEOPLE)
    assert [one.name for one in view.mentions] == ["a colleague"]


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (escalated(), "Resolution was due 2026-03-02 09:30 UTC. Told: Dana and a colleague."),
        (replace(escalated(), is_repeat=True, tell=("dana@example.com",)), "Told again: Dana."),
        (replace(escalated(), tell=()), "Resolution was due 2026-03-02 09:30 UTC."),
    ],
)
def test_the_resolver_hears_who_was_called_about_their_case(event: CaseEscalated, said: str) -> None:
    view = reminder_view(event, CASE, POLICY, PEOPLE)
    assert read(view)[1].endswith(said)
    assert not [part for part in view.lines[1] if isinstance(part, Mention)]
    assert view.buttons
