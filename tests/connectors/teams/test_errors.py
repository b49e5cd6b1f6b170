"""Tests of Teams' errors: what each means for waiting rows, and what a person can do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import ConversationGone, GiveUp, MessageGone, TryAgain
from connectors.teams.errors import (
    DEFAULT_RETRY_AFTER,
    LONGEST_RETRY_AFTER,
    CallTarget,
    NotAMember,
    error_for,
)

CLOSED = (
    "BotNotInConversationRoster ConversationBlockedByUser MessageWritesBlocked ForbiddenOperationException "
    "BotDisabledByAdmin NotEnoughPermissions SomethingNew"
).split()


@pytest.mark.parametrize("code", CLOSED)
def test_where_the_bot_is_not_let_in_the_whole_lane_is_closed_with_a_remedy(code: str) -> None:
    meaning = error_for(403, code)
    assert isinstance(meaning, GiveUp)
    assert meaning.is_whole_lane
    assert meaning.remedy.endswith(".")


@pytest.mark.parametrize("status", [404, 410])
def test_a_conversation_that_is_gone_closes_the_lane(status: int) -> None:
    meaning = error_for(status, "ConversationNotFound")
    assert isinstance(meaning, ConversationGone)
    assert meaning.is_whole_lane
    assert "policy.yaml" in meaning.remedy


def test_a_message_that_is_gone_is_told_from_a_channel_that_is_gone() -> None:
    gone = error_for(404, "ActivityNotFoundInConversation", target=CallTarget.MESSAGE)
    assert isinstance(gone, MessageGone)
    closed = error_for(404, "ConversationNotFound", target=CallTarget.MESSAGE)
    assert isinstance(closed, GiveUp)
    assert closed.is_whole_lane


def test_a_deleted_message_that_may_not_be_changed_is_gone() -> None:
    assert isinstance(error_for(403, "ServiceError", target=CallTarget.MESSAGE), MessageGone)
    closed = error_for(403, "BotNotInConversationRoster", target=CallTarget.MESSAGE)
    assert isinstance(closed, GiveUp)
    assert closed.is_whole_lane


@pytest.mark.parametrize("code", ["ActivityNotFoundInConversation", "ConversationNotFound", None])
def test_a_thread_that_is_not_there_is_begun_anew(code: str | None) -> None:
    assert isinstance(error_for(404, code, target=CallTarget.THREAD), MessageGone)


def test_who_is_no_member_is_told_from_a_conversation_that_is_gone() -> None:
    assert isinstance(error_for(404, "MemberNotFoundInConversation", target=CallTarget.MEMBER), NotAMember)
    assert not isinstance(error_for(404, "ConversationNotFound", target=CallTarget.MEMBER), NotAMember)


@pytest.mark.parametrize("status", [400, 404])
def test_a_person_whom_teams_does_not_know_concerns_everything_for_them(status: int) -> None:
    meaning = error_for(status, "BadArgument", target=CallTarget.PERSON)
    assert isinstance(meaning, GiveUp)
    assert meaning.is_whole_lane


@pytest.mark.parametrize(
    ("status", "code", "word"),
    [
        (401, None, "TEAMS_APP_PASSWORD"),
        (401, "BotNotRegistered", "Azure Bot"),
        (403, "InvalidBotApiHost", "TEAMS_SERVICE_URL"),
        (307, None, "TEAMS_SERVICE_URL"),
        (407, None, "HTTPS_PROXY"),
    ],
)
def test_a_broken_installation_parks_nothing_but_names_the_remedy(
    status: int, code: str | None, word: str
) -> None:
    meaning = error_for(status, code)
    assert isinstance(meaning, TryAgain)
    assert not meaning.is_unknown
    assert word in str(meaning.remedy)


@pytest.mark.parametrize("status", [408, 500, 502, 504, 520])
def test_what_broke_off_midway_may_have_been_done(status: int) -> None:
    meaning = error_for(status, "ServiceError")
    assert isinstance(meaning, TryAgain)
    assert meaning.is_unknown


@pytest.mark.parametrize("status", [409, 412, 429, 503])
def test_what_was_turned_away_at_the_door_was_not_done(status: int) -> None:
    meaning = error_for(status, None)
    assert isinstance(meaning, TryAgain)
    assert not meaning.is_unknown


@pytest.mark.parametrize("about", [CallTarget.CONVERSATION, CallTarget.MESSAGE, CallTarget.PERSON])
def test_an_id_that_teams_cannot_read_for_now_closes_nothing(about: CallTarget) -> None:
    meaning = error_for(403, "BadArgument", target=about)
    assert isinstance(meaning, TryAgain)
    assert meaning.remedy is None


def test_two_changes_that_met_are_soon_tried_again() -> None:
    meaning = error_for(412, "PreconditionFailed", retry_after="600")
    assert isinstance(meaning, TryAgain)
    assert meaning.after is None


@pytest.mark.parametrize("status", [400, 413])
def test_a_message_that_teams_does_not_take_concerns_itself_alone(status: int) -> None:
    meaning = error_for(status, "BadSyntax")
    assert isinstance(meaning, GiveUp)
    assert not meaning.is_whole_lane
    assert meaning.remedy.endswith(".")


def test_a_card_that_is_too_large_is_called_so_whatever_the_status() -> None:
    meaning = error_for(400, "MessageSizeTooBig")
    assert isinstance(meaning, GiveUp)
    assert "larger" in meaning.message


@given(st.text() | st.floats().map(str) | st.none())
def test_any_retry_after_becomes_a_bearable_wait(header: str | None) -> None:
    meaning = error_for(429, "Throttled", retry_after=header)
    assert isinstance(meaning, TryAgain)
    assert meaning.after is not None
    assert timedelta(seconds=1) <= meaning.after <= LONGEST_RETRY_AFTER


@pytest.mark.parametrize("status", [429, 503])
def test_the_wait_that_teams_names_is_kept(status: int) -> None:
    meaning = error_for(status, None, retry_after="7")
    assert isinstance(meaning, TryAgain)
    assert meaning.after == timedelta(seconds=7)


@pytest.mark.parametrize("header", [None, "", "soon", "Fri, 31 Dec 1999 23:59:59 GMT"])
def test_a_429_without_a_readable_time_waits_half_a_minute(header: str | None) -> None:
    meaning = error_for(429, None, retry_after=header)
    assert isinstance(meaning, TryAgain)
    assert meaning.after == DEFAULT_RETRY_AFTER


@given(status=st.integers(300, 599), code=st.text() | st.none(), about=st.sampled_from(CallTarget))
def test_every_answer_means_something_and_repeats_nothing_that_is_not_a_code(
    status: int, code: str | None, about: CallTarget
) -> None:
    meaning = error_for(status, code, target=about)
    assert meaning.message.endswith(".")
    if code and not code.isalpha() and len(code) > 3:
        assert code not in meaning.message
