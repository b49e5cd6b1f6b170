"""The comparison of Teams threads: it finds missing, repeated and misordered messages."""

from __future__ import annotations

from tests.journeys.teams_threads import Expected, compare


def expect(*words: str) -> list[Expected]:
    """Expected messages; one with a question mark is optional."""
    return [Expected(one, one.rstrip("?").__eq__, is_needed=not one.endswith("?")) for one in words]


def test_a_thread_that_tells_everything_in_order_is_right() -> None:
    assert compare(expect("claimed", "noted", "claimed"), ["claimed", "noted", "claimed"]) == ([], 0)


def test_what_is_said_twice_in_a_row_is_a_copy() -> None:
    assert compare(expect("claimed", "noted"), ["claimed", "claimed", "noted", "noted"]) == ([], 2)


def test_what_happened_twice_in_a_row_is_no_copy() -> None:
    assert compare(expect("noted", "noted"), ["noted", "noted"]) == ([], 0)
    assert compare(expect("noted", "noted"), ["noted"])[0] == ["noted is missing"]


def test_what_is_missing_in_between_is_named() -> None:
    assert compare(expect("claimed", "noted", "closed"), ["claimed", "closed"])[0] == [
        "noted is missing before “closed”"
    ]


def test_what_may_be_missing_is_not_missed() -> None:
    assert compare(expect("claimed", "called?", "closed"), ["claimed", "closed"]) == ([], 0)


def test_what_comes_too_late_or_was_never_promised_is_told() -> None:
    assert compare(expect("claimed", "noted"), ["noted", "claimed"])[0]
    assert compare(expect("claimed"), ["claimed", "noted"])[0] == ["“noted” was not promised, or not then"]
