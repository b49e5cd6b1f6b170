"""Case ids, as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ids import FIRST_NUMBER, case_id_of, find_case_id, number_of


@given(st.integers(FIRST_NUMBER, 10**15 - 1))
def test_a_case_is_found_by_its_own_name(number: int) -> None:
    assert number_of(case_id_of(number)) == number
    assert find_case_id(case_id_of(number)) == case_id_of(number)


@pytest.mark.parametrize("text", ["D-1042", "d-1042", "d1042", "1042", "  D-1042\n"])
def test_people_may_write_it_their_way(text: str) -> None:
    assert find_case_id(text) == "D-1042"


@pytest.mark.parametrize("text", ["", "D-", "D-104", "D--1042", "X-1042", "D-1042x", "see D-1042", "9" * 16])
def test_anything_else_names_no_case(text: str) -> None:
    assert find_case_id(text) is None


@pytest.mark.parametrize("text", ["", "1042", "d-1042", "D-", "D-x", "D-1042 ", "D-٣٤٥٦", "D-²", "D--1"])
def test_only_a_case_id_has_a_number(text: str) -> None:
    with pytest.raises(ValueError, match="is not a case id"):
        number_of(text)


@given(st.text(max_size=40))
def test_no_text_breaks_the_search(text: str) -> None:
    found = find_case_id(text)
    assert found is None or case_id_of(number_of(found)) == found
