"""Tests of reading the values of a submitted dialog of Teams."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.actions import Action, Field
from cards.teams import form, values_of
from cards.views import Choice, ChoiceInput, FormView, MomentInput, PersonInput, TextInput
from tests.cards.teams.rules import parts_of

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=8,
)
names = st.sampled_from(
    [
        *(one.value for one in Field),
        *(f"{one.value}_{part}" for one in Field for part in ("date", "time")),
        "zone",
    ]
)
dates = st.sampled_from(["2026-03-03", "0001-01-01", "9999-12-31", "2026-02-30", "٢٠٢٦-٠٣-٠٣", ""])
times = st.sampled_from(
    ["09:30", "24:00", "9:30", "09:30:00", "2:05 PM", "13:05 PM", "0:05 am", "٠٩:٣٠", "x", ""]
)
zones = st.sampled_from(["Europe/Berlin", "UTC", "Europe", "../../etc/passwd", "\0", "Etc/GMT+12", "x" * 999])


@given(anything | st.dictionaries(names, anything | dates | times | zones))
def test_anything_can_be_read(data: Any) -> None:
    read = values_of(data)
    assert all(value.strip() for value in read.values())
    assert set(read) <= {field.value for field in Field}
    for value in read.values():
        value.encode()


def test_a_field_left_empty_is_left_out_and_so_is_what_is_not_ours() -> None:
    data = {"why": "", "note": " \n", "text": "Yes.", "action": "note", "colour": "red", "keep": {"why": "x"}}
    assert values_of(data) == {"text": "Yes."}


@pytest.mark.parametrize(
    ("zone", "at"),
    [
        ("Europe/Berlin", "2026-03-03 08:30"),
        ("America/New_York", "2026-03-03 14:30"),
        ("Asia/Kolkata", "2026-03-03 04:00"),
        ("nowhere", "2026-03-03 09:30"),
        (None, "2026-03-03 09:30"),
    ],
)
def test_a_moment_counts_in_the_zone_it_was_asked_in(zone: str | None, at: str) -> None:
    read = values_of({"until_date": "2026-03-03", "until_time": "09:30", "zone": zone})
    assert f"{datetime.fromtimestamp(int(read['until']), UTC):%Y-%m-%d %H:%M}" == at


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("9:30", "09:30"),
        ("14:05:59", "14:05"),
        ("2:05 PM", "14:05"),
        ("2:05\u202fpm", "14:05"),
        ("02:05:00 p.m.", "14:05"),
        ("12:00 AM", "00:00"),
        ("12:30pm", "12:30"),
        ("11:59 am", "11:59"),
    ],
)
def test_a_time_is_read_however_a_client_writes_it(said: str, meant: str) -> None:
    read = values_of({"until_date": "2026-03-03", "until_time": said, "zone": "UTC"})
    assert f"{datetime.fromtimestamp(int(read['until']), UTC):%H:%M}" == meant


@pytest.mark.parametrize(
    "said",
    [
        "24:00",
        "9:60",
        "9:5",
        "14:05:75",
        "13:05 PM",
        "0:05 am",
        "2 PM",
        "x2:05",
        "2:05 PMs",
        "-2:05",
        "٠٩:٣٠",
        " ",
    ],
)
def test_what_is_no_time_makes_no_moment(said: str) -> None:
    assert values_of({"until_date": "2026-03-03", "until_time": said, "zone": "UTC"}) == {}


def test_half_a_moment_is_none() -> None:
    assert values_of({"until_date": "2026-03-03", "zone": "UTC"}) == {}
    assert values_of({"until_time": "09:30", "zone": "UTC"}) == {}


VIEW = FormView(
    submits=Action.SNOOZE,
    title="All of them",
    submit="Send",
    intro=(),
    inputs=(
        TextInput(id=Field.NOTE, label="Long", is_long=True),
        TextInput(id=Field.AMOUNT, label="Short"),
        ChoiceInput(
            id=Field.VERDICT, label="Round", choices=(Choice("a", "A"), Choice("b", "B")), as_radio=True
        ),
        ChoiceInput(id=Field.REASON, label="List", choices=(Choice("x", "X"), Choice("y", "Y"))),
        PersonInput(id=Field.RESOLVER, label="Who", choices=(Choice("slack:U0BEN", "Ben"),)),
        MomentInput(id=Field.UNTIL, label="Until"),
    ),
    hidden=(("case_id", "D-1042"), ("form", "f:1")),
)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "note": st.from_regex(r"\A[a-z*_<>&]{1,9}(\n[a-z*]{1,9}){0,3}\Z"),
            "amount": st.from_regex(r"\A[0-9]{1,6}\Z"),
            "verdict": st.sampled_from(["a", "b"]),
            "reason": st.sampled_from(["x", "y"]),
            "resolver": st.just("slack:U0BEN"),
            "until": st.integers(10**9 // 60, 4 * 10**9 // 60).map(lambda minutes: str(minutes * 60)),
        },
    ),
    st.sampled_from(["Europe/Berlin", "UTC", "Asia/Kathmandu", "Pacific/Kiritimati", "nowhere"]),
)
def test_what_stands_in_a_form_comes_back_as_it_was_put_in(values: dict[str, str], zone: str) -> None:
    """But the hour that clocks show twice in autumn: a form can't say which of the two."""
    card = form(VIEW, zone=zone, values=values)["card"]["content"]
    sent = {one["id"]: one.get("value", "") for one in parts_of(card) if "id" in one}
    read = values_of({**card["actions"][0]["data"], **sent})
    until, again = values.pop("until", None), read.pop("until", None)
    assert read == values
    assert until == again or (until and again and int(until) - int(again) == 3600)
    assert card["actions"][0]["data"]["keep"] == {"case_id": "D-1042", "form": "f:1"}
