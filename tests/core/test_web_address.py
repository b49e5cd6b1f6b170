"""Which addresses from outside may be offered as links."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.web_address import LONGEST_ADDRESS, is_web_address


@pytest.mark.parametrize(
    "url",
    [
        "https://billing.example/in_1",
        "http://billing.example",
        "HTTPS://BILLING.example/in_1",
        "https://billing.example:8443/in_1?a=b&c=d#page",
        "https://billing.example./in_1",
        "https://billing/in_1",
        "https://127.0.0.1:8090/invoices",
        "https://[::1]:8090/invoices",
        "https://[2001:db8::1]",
        "https://xn--bcher-kva.example/rechnung",
        "https://bücher.example/Rechnung/März",
        "https://例え.テスト/",
        "https://files_1.example/x@y/z",
        "https://billing.example/?mail=ap@nordlicht.example",
        "https://billing.example/%C3%A4%20b",
        "https://billing.example/" + "a" * (LONGEST_ADDRESS - 24),
    ],
)
def test_the_address_of_a_page_is_one(url: str) -> None:
    assert is_web_address(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "billing.example",
        "//billing.example",
        "https:billing.example",
        "https:/billing.example",
        "https:///in_1",
        "https://",
        "https://:443/",
        "javascript:alert(1)",
        "javascript://billing.example/%0aalert(1)",
        "data:text/html,x",
        "ftp://billing.example/",
        "file:///etc/passwd",
        "https://user:pw@billing.example/",
        "https://user@billing.example/",
        "https://@billing.example/",
        "https://billing.example@evil.example/",
        "https://billing.example:443@evil.example/",
        "https://billing.example%40evil.example@evil.example",
        "https://evil.example\\@billing.example/",
        "https://billing.example\\.evil.example/",
        "https://bill ing.example/",
        "https://billing.example/a b",
        "https://billing.example/\n",
        "https://billing.example/\x1b]8;;https://evil.example\x07",
        "https://billing.example/\x9b31m",
        "https://billing.example/\x00",
        "https://billing.example/\u202egpj.exe",
        "https://billing.example/\u200b",
        "https://billing.example/\ud800",
        "https://billing.example/|click",
        "https://billing.example/><b>",
        "https://billing.example/`x`",
        "https://billing..example/",
        "https://.example/",
        "https://-billing.example/",
        "https://billing-.example/",
        "https://billing%2eexample/",
        "https://billing!.example/",
        "https://billing,example/",
        "https://" + "a" * 64 + ".example/",
        "https://" + "a." * 130 + "example/",
        "https://1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://127.1/",
        "https://127.0.0.1.1/",
        "https://256.0.0.1/",
        "https://0177.0.0.1/",
        "https://[::1/",
        "https://[::1]x/",
        "https://[::1]:/",
        "https://[fe80::1%25eth0]/",
        "https://[127.0.0.1]/",
        "https://billing.example:/",
        "https://billing.example:0/",
        "https://billing.example:65536/",
        "https://billing.example:٤٤٣/",
        "https://billing.example:+443/",
        "https://billing.example:4:4/",
        "https://billing.example/" + "a" * (LONGEST_ADDRESS - 23),
    ],
)
def test_what_is_no_address_or_looks_like_another_is_none(url: str) -> None:
    assert not is_web_address(url)


@given(st.text(max_size=40), st.text(max_size=40))
def test_whatever_is_given_it_never_fails(host: str, rest: str) -> None:
    for url in (host, f"https://{host}", f"https://{host}:{rest}", f"https://[{host}]{rest}"):
        assert is_web_address(url) in (True, False)
