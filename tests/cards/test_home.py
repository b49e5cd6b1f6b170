"""Tests of a person's own page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cards.home import home_view
from core.person import NAMELESS
from tests.cards.examples import ANA


def test_people_are_greeted_by_name() -> None:
    assert home_view(ANA).greeting == "Good to see you, Ana"


@pytest.mark.parametrize("name", [NAMELESS, str(ANA.slack_ref)])
def test_whoever_has_no_name_yet_is_greeted_without_one(name: str) -> None:
    assert home_view(replace(ANA, name=name)).greeting == "Good to see you"
