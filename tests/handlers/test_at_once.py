"""Several people who do different things to the same case at once, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from cards.actions import Action
from core.case import Resolution
from core.errors import FieldRefused, Refused, Stale
from tests.handlers.harness import ANA, BEN, DANA, Harness
from tests.handlers.test_decide import WORDS

ROUNDS = 8


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """What each deed came to: its answer, or the refusal."""

    def attempt(deed: Callable[[], object]) -> object:
        try:
            return deed()
        except Refused as refusal:
            return refusal

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(attempt, deeds))


def is_sound(harness: Harness, case_id: str) -> bool:
    return harness.store.read_blocking(lambda tx: tx.timeline.verify(case_id)) == []


def claim(harness: Harness, case_id: str, by: str) -> Callable[[], object]:
    return lambda: harness.press(Action.CLAIM, by, case_id)


def send(harness: Harness, action: Action, by: str, case_id: str, **values: str) -> Callable[[], object]:
    return lambda: harness.send(action, by, case_id, **values)


def test_of_several_who_claim_one_wins_and_the_others_are_told_by_name(any_harness: Harness) -> None:
    names = {"slack:UANA": "Ana", "slack:UBEN": "Ben", "slack:UDANA": "Dana"}
    for _ in range(ROUNDS):
        case_id = any_harness.create_case()
        answers = at_once(*(claim(any_harness, case_id, by) for by in (ANA, BEN, DANA)))
        refusals = [str(one) for one in answers if isinstance(one, Stale)]
        winner = names[any_harness.case(case_id).resolver_id or ""]
        assert refusals == [f"{case_id} is already claimed by {winner}."] * 2
        assert any_harness.event_names(case_id).count("CaseClaimed") == 1


def test_a_case_decided_by_two_is_decided_once(any_harness: Harness) -> None:
    for _ in range(ROUNDS):
        case_id = any_harness.create_claimed_case(ANA)
        answers = at_once(
            send(any_harness, Action.DECIDE, ANA, case_id, **{**WORDS, "verdict": "accepted"}),
            send(any_harness, Action.DECIDE, DANA, case_id, **{**WORDS, "verdict": "rejected"}),
        )
        assert sum(isinstance(one, Stale) for one in answers) == 1
        assert any_harness.event_names(case_id).count("CaseDecided") == 1
        decision = any_harness.case(case_id).decision
        assert decision is not None
        assert decision.by == ("slack:UANA" if decision.verdict is Resolution.ACCEPTED else "slack:UDANA")
        assert is_sound(any_harness, case_id)


def test_two_that_are_each_others_duplicate_never_both_close(any_harness: Harness) -> None:
    for _ in range(ROUNDS):
        one, other = any_harness.create_claimed_case(ANA), any_harness.create_claimed_case(BEN)
        answers = at_once(
            send(any_harness, Action.CLOSE, ANA, one, ending="duplicate", duplicate_of=other),
            send(any_harness, Action.CLOSE, BEN, other, ending="duplicate", duplicate_of=one),
        )
        assert sum(isinstance(one, FieldRefused) for one in answers) == 1
        assert sum(any_harness.case(case_id).is_closed for case_id in (one, other)) == 1


def test_what_several_do_to_one_case_is_all_in_its_story(any_harness: Harness) -> None:
    for _ in range(ROUNDS):
        case_id = any_harness.create_claimed_case(ANA)
        at_once(
            send(any_harness, Action.RELEASE, ANA, case_id),
            send(any_harness, Action.REASSIGN, DANA, case_id, resolver=BEN),
            send(any_harness, Action.NOTE, BEN, case_id, note="Mind the gap."),
        )
        kinds = any_harness.event_names(case_id)
        assert any_harness.case(case_id).resolver_id in (None, "slack:UBEN")
        assert kinds.count("NoteAdded") == kinds.count("CaseReassigned") == 1
        assert is_sound(any_harness, case_id)
