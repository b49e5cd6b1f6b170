"""Tests of the one form of e-mail address that is accepted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.email_address import (
    LONGEST_EMAIL,
    NotAnAddress,
    address_of,
    ascii_domain_of,
    is_email_address,
    is_same_address,
)


@pytest.mark.parametrize(
    ("raw", "address"),
    [
        ("ap@nordwind.example", "ap@nordwind.example"),
        ("AP@NordWind.Example", "AP@nordwind.example"),
        ("jürgen@bücher.example", "jürgen@xn--bcher-kva.example"),
        ("ap@xn--bcher-kva.example", "ap@xn--bcher-kva.example"),
        ("ap@faß.example", "ap@xn--fa-hia.example"),
        ("नमस्ते@उदाहरण.example", "नमस्ते@xn--p1b6ci4b4b3a.example"),
        ("o'neil+x@a.example", "o'neil+x@a.example"),
        ("SRS0=a=b=c.example=d@e.example", "SRS0=a=b=c.example=d@e.example"),
        ("case+d1042.0123@a-b.example", "case+d1042.0123@a-b.example"),
        ("x" * 64 + "@a.example", "x" * 64 + "@a.example"),
        ("a@" + "b" * 63 + ".example", "a@" + "b" * 63 + ".example"),
    ],
)
def test_an_address_goes_out_with_its_domain_in_ascii(raw: str, address: str) -> None:
    assert address_of(raw) == address


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "a",
        "@",
        "a@",
        "@a.example",
        "a@b",
        "a@b@c.example",
        "a@[127.0.0.1]",
        "a@[IPv6:::1]",
        "a@127.0.0.1",
        "a@1.2.3.4",
        "-oX@a.example",
        "-froot@a.example",
        '"a b"@c.example',
        '"a\r\nRCPT TO:<b@c.example>"@c.example',
        "@a.example,@b.example:c@d.example",
        "a%b.example@c.example",
        "b.example!a@c.example",
        "|cat@c.example",
        "`id`@c.example",
        "/etc/passwd@c.example",
        ".a@c.example",
        "a.@c.example",
        "a..b@c.example",
        "a b@c.example",
        "<a@c.example>",
        "a@c.example\n",
        "a@c.example\r\nBcc: x@y.example",
        "a@c.example,b@c.example",
        "a\x00@c.example",
        "a\u202e@c.example",
        "a\u200b@c.example",
        "\u0301a@c.example",
        "a@-c.example",
        "a@c-.example",
        "a@c..example",
        "a@.example",
        "a@c.example.",
        "a@c_d.example",
        "a@c.-x",
        "a@xn--zzzzzz.example",
        "x" * 65 + "@a.example",
        "é" * 33 + "@a.example",
        "a@" + "b" * 64 + ".example",
        "a@" + "b." * 126 + "example",
        "a@" + "x" * 1_000_000,
        "@" * 1_000_000,
        "a." * 500_000 + "@c.example",
    ],
    ids=lambda raw: repr(raw[:40]),
)
def test_what_no_mail_can_go_to_is_refused(raw: str) -> None:
    assert not is_email_address(raw)
    with pytest.raises(NotAnAddress):
        address_of(raw)


@given(raw=st.text(max_size=80) | st.from_regex(r"\A[^@]{1,20}@[^@]{1,20}\.[a-z]{2,9}\Z"))
def test_what_is_accepted_is_harmless_in_a_header_and_on_a_command_line(raw: str) -> None:
    if is_email_address(raw):
        address = address_of(raw)
        assert not set(address) & set(' \t\r\n\x00<>()[]\\,;:"|`!%')
        assert address.count("@") == 1
        assert address[0] not in "-./|"
        assert len(address.encode()) <= LONGEST_EMAIL


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("ap@bücher.example", " AP@xn--bcher-kva.EXAMPLE ", True),
        ("ap@faß.example", "ap@fass.example", False),
        ("faß@nordwind.example", "fass@nordwind.example", False),
        ("ap@nordwind.example", "ap@nordwind.example.evil.example", False),
        ("", "", False),
        ("ap@host", "AP@HOST", True),
    ],
)
def test_one_mailbox_has_several_spellings(one: str, other: str, same: bool) -> None:
    assert is_same_address(one, other) is same


def test_a_domain_is_named_in_one_way() -> None:
    assert ascii_domain_of("BÜCHER.example") == ascii_domain_of("xn--bcher-kva.example")
    assert ascii_domain_of("localhost") == ""
