"""Tests of who a mail counts as from, by what the trusted mail server found out."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.mail.authentication import check_authentication
from connectors.mail.headers import read_headers
from connectors.mail.read import read_email
from core.inbound_mail import InboundEmail
from tests.connectors.mail.authentication_cases import CONFIRMED, DOUBTED, FROM, PASS, Case, by
from tests.connectors.mail.raw_mail import SERVER

_FAIL = "dmarc=fail header.from=nordwind.example; spf=fail smtp.mailfrom=nordwind.example"
_SPACES = st.sampled_from(
    ["", " ", "\t", "\r\n (x)", "(x)", " (a (b; dmarc=fail) c) ", r"(\( ; none)", '(")', " () "]
)
_PIECES = st.sampled_from(
    [*';=."()\\ @/', "dmarc", "spf", "pass", "fail", "none", "header.from", "nordwind.example"]
)


def read(
    headers: tuple[str, ...], senders: tuple[str, ...] = (FROM,), server: str | None = SERVER
) -> InboundEmail:
    named = [one if _has_name(one) else f"Authentication-Results: {one}" for one in headers]
    lines = [*named, *(f"From: {one}" for one in senders), "Message-ID: <1@x.example>", "", "Hello"]
    return read_email("\r\n".join(lines).encode(), server)[0]


def _has_name(header: str) -> bool:
    return ":" in header and header.partition(":")[0].replace("-", "").isalnum()


def test_the_table_is_large_and_says_nothing_twice() -> None:
    assert len(CONFIRMED) >= 30
    assert len(DOUBTED) >= 60
    for rows in (CONFIRMED, DOUBTED):
        assert len({row.name for row in rows}) == len(rows)


@pytest.mark.parametrize("row", CONFIRMED, ids=lambda row: row.name)
def test_a_confirmed_mail_counts(row: Case) -> None:
    email = read(row.headers, row.senders)
    assert (email.is_doubted, email.warning) == (False, "")


@pytest.mark.parametrize("row", DOUBTED, ids=lambda row: row.name)
def test_any_other_mail_is_doubted_and_says_why(row: Case) -> None:
    email = read(row.headers, row.senders)
    assert email.is_doubted
    assert email.warning


@pytest.mark.parametrize("server", [None, "", " ", "mx.other.example"])
def test_without_a_trusted_server_no_mail_counts(server: str | None) -> None:
    assert read((by(PASS),), server=server).is_doubted


@given(spaces=st.lists(_SPACES, min_size=12, max_size=12), passes=st.booleans())
def test_comments_and_spaces_change_no_verdict(spaces: list[str], passes: bool) -> None:
    result = "pass" if passes else "fail"
    words = [SERVER, ";", "dmarc", "=", result, "header", ".", "from", "=", "nordwind.example", ";", "x=y"]
    spaces[4] = spaces[4] + " "  # a word that follows a word needs one
    header = "".join(word + space for word, space in zip(words, spaces, strict=True))
    assert read((header,)).is_doubted is not passes


@given(text=st.lists(_PIECES, max_size=40).map("".join) | st.text(max_size=60), after=st.booleans())
@example(text=";", after=True)
@example(text='")', after=False)
def test_nothing_beside_a_failure_makes_it_a_pass(text: str, after: bool) -> None:
    """`)` and quotes that a sender gets into a value might open or close what the server wrote."""
    header = (
        by(f"{_FAIL} {text}")
        if after
        else by(f'spf=pass smtp.mailfrom="{_quoted(text)}"@evil.example; {_FAIL}')
    )
    verdict = check_authentication(read_headers(_block(header)), SERVER, "ap@nordwind.example")
    assert verdict.is_doubted


@given(raw=st.binary(max_size=400))
def test_random_bytes_never_count_and_never_raise(raw: bytes) -> None:
    block = b"Authentication-Results: " + raw.replace(b"\n", b"") + b"\r\nFrom: ap@nordwind.example"
    assert check_authentication(read_headers(block), SERVER, "ap@nordwind.example").is_doubted


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _block(header: str) -> bytes:
    one_line = " ".join(header.splitlines())
    return f"Authentication-Results: {one_line}\r\nFrom: {FROM}".encode("utf-8", "replace")
