"""Signed tokens: accepted if ours, unaltered and for this purpose; nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.tokens import Tokens
from tests.builders import MONDAY_9AM, MONDAY_NOON

OLD, NEW, FOREIGN = "o" * 32, "n" * 32, "f" * 32
OURS = Tokens((NEW, OLD))
BEFORE_ROTATION = Tokens((OLD,))
THEIRS = Tokens((FOREIGN,))
LINK_ID = "Zk3-xY_9aB"

link_ids = st.text(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", min_size=1, max_size=40
)
case_ids = st.integers(1001, 10**15 - 1).map(lambda number: f"D-{number}")


@given(link_ids)
def test_a_link_is_read_back_by_whoever_has_the_key(link_id: str) -> None:
    token = OURS.sign_link(link_id)
    assert OURS.read_link(token) == link_id
    assert THEIRS.read_link(token) is None


def test_a_links_token_fits_into_an_address_as_it_stands() -> None:
    assert OURS.sign_link(LINK_ID).replace(".", "").replace("-", "").replace("_", "").isalnum()


@given(st.text(max_size=60))
def test_what_anybody_makes_up_is_never_believed(text: str) -> None:
    assert OURS.read_link(text) is None
    assert OURS.read_file(text, now=MONDAY_9AM) is None
    assert OURS.case_of_reply(text) is None
    assert not OURS.is_valid_form(text, LINK_ID, "visitor")


@given(st.data())
def test_a_token_with_any_character_changed_is_not_believed(data: st.DataObject) -> None:
    token = OURS.sign_link(LINK_ID)
    place = data.draw(st.integers(0, len(token) - 2))  # the last one carries bits that mean nothing
    other = data.draw(st.sampled_from("abcXYZ019-_.").filter(lambda one: one != token[place]))
    assert OURS.read_link(token[:place] + other + token[place + 1 :]) is None


@pytest.mark.parametrize("cut", [1, 5, 20])
def test_a_token_that_was_cut_off_is_not_believed(cut: int) -> None:
    assert OURS.read_link(OURS.sign_link(LINK_ID)[:-cut]) is None


def test_one_customers_link_can_not_be_turned_into_anothers() -> None:
    mine, _, signature = OURS.sign_link("mine").rpartition(".")
    assert OURS.read_link(f"{mine}.{signature}") == "mine"
    assert OURS.read_link(f"yours.{signature}") is None


def test_what_an_older_key_signed_is_believed_until_the_key_is_taken_away() -> None:
    link, reply = BEFORE_ROTATION.sign_link(LINK_ID), BEFORE_ROTATION.reply_local_part("D-1001")
    form = BEFORE_ROTATION.sign_form(LINK_ID, "visitor")
    assert OURS.read_link(link) == LINK_ID
    assert OURS.case_of_reply(f"{reply}@mail.example") == "D-1001"
    assert OURS.is_valid_form(form, LINK_ID, "visitor")
    rotated_out = Tokens((NEW,))
    assert rotated_out.read_link(link) is None
    assert rotated_out.case_of_reply(f"{reply}@mail.example") is None
    assert not rotated_out.is_valid_form(form, LINK_ID, "visitor")


def test_the_newest_key_signs() -> None:
    assert Tokens((NEW,)).read_link(OURS.sign_link(LINK_ID)) == LINK_ID
    assert Tokens((NEW,)).case_of_reply(OURS.reply_local_part("D-1001")) == "D-1001"


def test_a_token_for_one_purpose_never_passes_for_another() -> None:
    far = MONDAY_9AM + timedelta(days=365)
    for token in (OURS.sign_file(LINK_ID, until=far), OURS.sign_form(LINK_ID, "visitor")):
        assert OURS.read_link(token) is None
    assert OURS.read_file(OURS.sign_link(f"{LINK_ID}.{int(far.timestamp())}"), now=MONDAY_9AM) is None
    assert not OURS.is_valid_form(OURS.sign_link(LINK_ID), LINK_ID, "visitor")


def test_a_file_is_read_until_its_time_is_over() -> None:
    token = OURS.sign_file("f.1", until=MONDAY_NOON)
    assert OURS.read_file(token, now=MONDAY_9AM) == "f.1"
    assert OURS.read_file(token, now=MONDAY_NOON) is None
    assert THEIRS.read_file(token, now=MONDAY_9AM) is None


def test_a_files_time_can_not_be_prolonged() -> None:
    token = OURS.sign_file("f1", until=MONDAY_9AM)
    later = token.replace(str(int(MONDAY_9AM.timestamp())), str(int(MONDAY_NOON.timestamp())))
    assert later != token
    assert OURS.read_file(later, now=MONDAY_9AM) is None


def test_a_form_is_its_own_visitors_and_its_own_links_alone() -> None:
    token = OURS.sign_form(LINK_ID, "visitor")
    assert OURS.is_valid_form(token, LINK_ID, "visitor")
    assert not OURS.is_valid_form(token, LINK_ID, "somebody else")
    assert not OURS.is_valid_form(token, "another link", "visitor")
    assert not THEIRS.is_valid_form(token, LINK_ID, "visitor")
    assert not OURS.is_valid_form("", LINK_ID, "visitor")


def test_where_link_ends_and_visitor_begins_can_not_be_shifted() -> None:
    assert not OURS.is_valid_form(OURS.sign_form("ab", "c"), "a", "bc")


@given(case_ids)
def test_a_reply_address_names_its_case_even_when_a_server_folds_it(case_id: str) -> None:
    local = OURS.reply_local_part(case_id)
    assert local == local.lower()
    assert len(local) <= 64, "RFC 5321, 4.5.3.1.1"
    for address in (local, f"{local}@mail.example", f"{local.upper()}@MAIL.EXAMPLE"):
        assert OURS.case_of_reply(address) == case_id
    assert THEIRS.case_of_reply(local) is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda local: local.replace("d1001", "d1002"),
        lambda local: local[:-1],
        lambda local: local + "0",
        lambda local: f"x{local}",
        lambda local: local.replace("+", "-"),
        lambda local: local.split(".")[0] + "." + "0" * 20,
        lambda local: local.split(".")[0],
        lambda local: local.replace("d1001", "d١٠٠١"),
    ],
)
def test_a_reply_address_that_was_altered_names_no_case(spoil: object) -> None:
    assert callable(spoil)
    local = OURS.reply_local_part("D-1001")
    assert spoil(local) != local
    assert OURS.case_of_reply(f"{spoil(local)}@mail.example") is None


def test_times_far_off_are_not_believed_and_break_nothing() -> None:
    far = datetime(9999, 12, 31, tzinfo=UTC)
    assert OURS.read_file(OURS.sign_file("f1", until=far), now=MONDAY_9AM) == "f1"
