"""Property tests: any text is read as a policy, or refused with lines and sentences."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.policy.examples import EXAMPLES
from bot.policy.reader import PolicyMistakes, parse_policy
from core.policy import Policy
from tests.bot.policy.small_policy import SMALL

pytestmark = pytest.mark.slow


def read_or_refuse(text: str) -> Policy | None:
    """Reads it, or refuses it with lines that are there. Any other exception fails the test."""
    try:
        return parse_policy(text, "policy.yaml")
    except PolicyMistakes as refusal:
        mistakes = refusal.mistakes
    assert mistakes
    assert all(0 <= line <= len(text.splitlines()) + 1 for line, _ in mistakes)
    return None


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    read_or_refuse(text)


@given(st.text(alphabet=":-{}[]&*!|>'\"%@`#,? \n\tabc019"))
def test_any_yaml_like_text_is_read_or_refused(text: str) -> None:
    read_or_refuse(text)


@given(st.data())
def test_any_change_of_a_few_characters_is_read_or_refused(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(SMALL)))
    length = data.draw(st.integers(0, 30))
    new = data.draw(
        st.text(max_size=6) | st.sampled_from(["", "[]", "{}", "~", "- ", ": ", "0", "-1", "DE-", "٣h"])
    )
    read_or_refuse(SMALL[:start] + new + SMALL[start + length :])


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(EXAMPLES)), inner, max_size=4)
    ),
)


@given(st.dictionaries(st.sampled_from([*sorted(EXAMPLES), "mon", "billing"]), VALUES))
def test_any_yaml_document_is_read_or_refused(document: dict[str, object]) -> None:
    read_or_refuse(yaml.safe_dump(document))


@pytest.mark.parametrize("line", range(len(SMALL.splitlines())))
@pytest.mark.parametrize("instead", ["", "~", "[]", "{}", "[[]]", "x"])
def test_a_line_that_is_lost_or_emptied_breaks_nothing(line: int, instead: str) -> None:
    lines = SMALL.splitlines()
    key, _, _ = lines[line].partition(":")
    lines[line] = f"{key}: {instead}"
    read_or_refuse("\n".join(lines))
    read_or_refuse("\n".join(lines[:line] + lines[line + 1 :]))
