"""Search, as cards to choose from."""

from __future__ import annotations

import pytest

from cards.actions import Action
from cards.views import CaseView
from handlers.search import SEARCH_LIMIT
from tests.builders import a_customer
from tests.handlers.harness import ANA, GUEST, KIM, OMAR, STRANGER, ZOE, Harness


def found(harness: Harness, by: str, words: str) -> tuple[CaseView, ...]:
    cards = harness.press(Action.SEARCH, by, value=words).found
    assert cards is not None
    return cards


def ids(harness: Harness, by: str, words: str) -> list[str]:
    return [card.case_id for card in found(harness, by, words)]


def test_words_find_what_one_may_see_the_newest_first(teams_harness: Harness) -> None:
    first, second = teams_harness.create_case(), teams_harness.create_case()
    theirs = teams_harness.create_case(reason_id="not_delivered")
    other = teams_harness.create_case(customer=a_customer(ref="cus_2", name="Südwind", email=None))
    assert ids(teams_harness, KIM, " nordWIND ") == [second, first]
    assert ids(teams_harness, OMAR, "nordwind") == [theirs]
    assert ids(teams_harness, ANA, "südw") == [other]


@pytest.mark.parametrize("shape", ["{}", "D-{}", "d{}"])
def test_a_number_finds_its_case(teams_harness: Harness, shape: str) -> None:
    case_id = teams_harness.create_case()
    for _ in range(2):
        teams_harness.create_case()
    assert ids(teams_harness, KIM, shape.format(case_id[2:]))[0] == case_id


def test_before_anything_is_typed_the_newest_are_offered(teams_harness: Harness) -> None:
    raised = [teams_harness.create_case() for _ in range(SEARCH_LIMIT + 2)]
    for words in ("", " ", "n"):
        assert ids(teams_harness, KIM, words) == raised[:1:-1]
    assert len(found(teams_harness, KIM, "Nordwind")) == SEARCH_LIMIT


@pytest.mark.parametrize("by", [GUEST, STRANGER, ZOE])
def test_whoever_may_see_nothing_finds_nothing(teams_harness: Harness, by: str) -> None:
    case_id = teams_harness.create_case()
    for words in ("", "Nordwind", case_id, "%", "__"):
        assert found(teams_harness, by, words) == ()


def test_a_card_that_nobody_will_draw_again_offers_only_to_open_the_case(teams_harness: Harness) -> None:
    teams_harness.create_case()
    (card,) = found(teams_harness, KIM, "Nordwind")
    assert ([button.action for button in card.buttons], card.menu) == ([Action.OPEN_CASE], ())
    assert card.readers == ()
