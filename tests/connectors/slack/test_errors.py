"""Tests that every refusal of Slack's says what a person can do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import GiveUp, MessageGone, TryAgain
from connectors.slack.errors import DEFAULT_RETRY_AFTER, error_for, rate_limited

CLOSED = "is_archived channel_not_found not_in_channel restricted_action user_disabled user_not_found".split()
SHUT_OUT = "invalid_auth not_authed token_revoked token_expired account_inactive missing_scope".split()


@pytest.mark.parametrize("code", CLOSED)
def test_a_closed_destination_closes_the_whole_lane(code: str) -> None:
    meaning = error_for(code)
    assert isinstance(meaning, GiveUp)
    assert meaning.is_whole_lane
    assert meaning.remedy.endswith(".")


@pytest.mark.parametrize("code", SHUT_OUT)
def test_a_broken_installation_parks_nothing_but_names_the_remedy(code: str) -> None:
    meaning = error_for(code)
    assert isinstance(meaning, TryAgain)
    assert meaning.remedy


@pytest.mark.parametrize("code", ["message_not_found", "thread_not_found", "cant_update_message"])
def test_a_message_that_is_gone_is_posted_anew(code: str) -> None:
    assert isinstance(error_for(code), MessageGone)


@pytest.mark.parametrize("code", ["invalid_blocks", "msg_too_long", "no_text", "something_new"])
def test_any_other_refusal_concerns_one_message_and_names_itself(code: str) -> None:
    meaning = error_for(code)
    assert isinstance(meaning, GiveUp)
    assert not meaning.is_whole_lane
    assert code in meaning.message


@given(st.text() | st.none())
def test_any_retry_after_becomes_a_wait(header: str | None) -> None:
    after = rate_limited(header).after
    assert after is not None
    assert after >= timedelta(seconds=1)


@pytest.mark.parametrize("header", [None, "", "soon", "nan", "inf"])
def test_a_429_without_a_time_waits_half_a_minute(header: str | None) -> None:
    assert rate_limited(header).after == DEFAULT_RETRY_AFTER
