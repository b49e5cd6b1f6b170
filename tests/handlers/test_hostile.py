"""Hostile input: every handler does it, shows it, or refuses it in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cards.actions import Action, Field
from core.errors import Refused
from handlers.actions import CHANGES, QUERIES, change, query
from handlers.types import Click
from store.engine import Store
from tests.builders import a_policy
from tests.fixtures.effort import tries
from tests.handlers.harness import ANA, BEN, BILLING, DANA, HEAD, OMAR, STRANGER, ZOE, Harness
from tests.handlers.test_at_once import is_sound
from tests.handlers.test_raise_dispute import FORM
from tests.handlers.test_who_may import FORMS, ready_for

pytestmark = pytest.mark.slow

JSON_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
"""Whatever JSON can carry: everything but half of a surrogate pair."""
HUGE = ("9" * 5000, "x" * 200_000, "𝟙" * 4000, "\x00" * 40, "\u202e" * 3000, "٣" * 30, "-0", "1e999")
SENSIBLE = st.sampled_from(
    "accepted part_accepted rejected withdrawn duplicate pricing_error wrong_amount not_delivered gold "
    f"50 1,50 EUR 1 4 D-1001 D-1002 1003 1772560000 a@b.example {ANA} {BEN} {OMAR}".split()
)
COMMANDS = st.builds(
    "{} {}".format,
    st.sampled_from("mine queue overdue show search new stats help".split()),
    st.one_of(JSON_TEXT, SENSIBLE, st.sampled_from(["billing", "logistics", "nordwind", "%", "_"])),
)
TEXTS = st.one_of(SENSIBLE, JSON_TEXT, st.sampled_from(HUGE))
PAGES = st.builds("{}|{}|{}".format, st.sampled_from(["mine", "queue", "overdue"]), JSON_TEXT, JSON_TEXT)
PEOPLE = st.sampled_from([DANA, DANA, DANA, ANA, BEN, OMAR, HEAD, ZOE, STRANGER])


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Harness]:
    """One harness for all examples: each has to cope with what the ones before left behind."""
    file = tmp_path_factory.mktemp("office") / "ombud.db"
    file.write_bytes(sqlite_template.read_bytes())
    store = Store.open(f"sqlite:///{file}", a_policy())
    yield _with_cases(Harness(store))
    store.close_blocking()


def _with_cases(harness: Harness) -> Harness:
    for _ in range(3):
        harness.create_case()
    harness.create_claimed_case(ANA)
    harness.create_case(reason_id="not_delivered")
    return harness


def values_from(data: st.DataObject, action: Action) -> dict[str, str]:
    """The action's form as it should be, but with a field or two tampered with."""
    base = {**FORMS.get(action, {})} or FORM
    fields = st.one_of(st.sampled_from(sorted(base)), st.sampled_from([field.value for field in Field]))
    return {**base, **data.draw(st.dictionaries(fields, TEXTS, max_size=2))}


def tried(harness: Harness, click: Click) -> None:
    """Anything but a Refused fails the test."""
    store = harness.store
    try:
        if click.action in CHANGES:
            store.run_blocking(change, click)
        else:
            store.read_blocking(query, click)
    except Refused as refusal:
        said = str(refusal)
    else:
        said = "done"
    assert said.strip()


def a_click(harness: Harness, data: st.DataObject, action: Action) -> Click:
    known = st.sampled_from(["D-1001", "D-1002", "D-1003", "D-1004", "D-1005"])
    return Click(
        action=action,
        platform="slack",
        actor_ref=data.draw(PEOPLE),
        at=harness.now,
        case_id=data.draw(st.one_of(known, known, known, st.none(), TEXTS, st.just("D-" + "9" * 40))),
        value=data.draw(st.one_of(TEXTS, COMMANDS, PAGES)),
        values=values_from(data, action),
        channel=data.draw(st.sampled_from([BILLING, None, ""])),
    )


@pytest.mark.parametrize("action", sorted({*CHANGES, *QUERIES}))
@settings(
    max_examples=tries(40), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_whatever_is_sent_is_done_shown_or_refused_in_words(
    office: Harness, action: Action, data: st.DataObject
) -> None:
    tried(office, a_click(office, data, action))


def test_afterwards_every_case_still_adds_up(office: Harness) -> None:
    for case_id in office.case_ids():
        assert is_sound(office, case_id)
        assert office.press(Action.OPEN_CASE, HEAD, case_id).card is not None


@pytest.mark.parametrize("action", sorted(FORMS))
def test_a_huge_or_odd_text_in_any_one_field_breaks_nothing(harness: Harness, action: Action) -> None:
    case_id = ready_for(harness, action)
    before = harness.event_names(case_id)
    click = Click(action=action, platform="slack", actor_ref=DANA, at=harness.now, case_id=case_id)
    for field in FORMS[action]:
        for text in HUGE:
            tried(harness, replace(click, values={**FORMS[action], field: text}))
            if harness.event_names(case_id) != before:
                case_id = ready_for(harness, action)
                click, before = replace(click, case_id=case_id), harness.event_names(case_id)


NASTY = ("\x00", "a\x00b", "\ufffe", "🏴‍☠️" * 50, "x" * 100_000)


@pytest.mark.parametrize(
    "action", [Action.NEW, Action.NOTE, Action.REASSIGN, Action.RETRY_PARKED, Action.CLOSE]
)
def test_neither_database_chokes_on_what_people_send(any_harness: Harness, action: Action) -> None:
    case_id = any_harness.create_case()
    click = Click(action=action, platform="slack", actor_ref=DANA, at=any_harness.now, case_id=case_id)
    for text in NASTY:
        for field in Field:
            ending = {"ending": "duplicate", "note": "x", field.value: text}
            tried(any_harness, replace(click, value=text, values={**FORM, **ending}))


def test_neither_database_chokes_on_what_people_type(any_harness: Harness) -> None:
    any_harness.create_case()
    click = Click(action=Action.COMMAND, platform="slack", actor_ref=DANA, at=any_harness.now)
    for text in NASTY:
        for word in ("search", "queue", "show", "stats", text):
            tried(any_harness, replace(click, value=f"{word} {text}"))
