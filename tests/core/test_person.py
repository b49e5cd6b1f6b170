"""Handles of the policy that mean a person."""

from __future__ import annotations

import pytest

from tests.builders import a_person


@pytest.mark.parametrize("handle", ["ana@example.com", "ANA@Example.com", "U0ANA", "u0ana", "slack:U0ANA"])
def test_a_person_answers_to_address_slack_id_and_our_id(handle: str) -> None:
    assert a_person("Ana").matches_handle(handle)


@pytest.mark.parametrize("handle", ["ben@example.com", "Ana", "U0AN", "ana@example.com "])
def test_a_person_answers_to_nobody_elses_name(handle: str) -> None:
    assert not a_person("Ana").matches_handle(handle)


def test_an_empty_handle_means_nobody_even_somebody_without_an_address() -> None:
    assert not a_person("Ana", email=None, slack_ref=None).matches_handle("")
    assert not a_person("Ana", email="").matches_handle("")


def test_a_person_is_among_several_by_any_of_their_names() -> None:
    assert a_person("Ana").matches_any(("ben@example.com", "U0ANA"))
    assert not a_person("Ana").matches_any(())
