"""Tests of refused files, which are reported at the top of the form."""

from __future__ import annotations

import asyncio
import re
from html import unescape
from urllib.parse import urlsplit

import pytest

from tests.store.evidence.sample_files import a_jpeg
from tests.web.browser import Browser, a_browser
from tests.web.customer.forms import send
from tests.web.customer_site import CustomerSite

WEB_PAGE = b"<html><script>alert(1)</script></html>"
GIGABYTE = 1024**3


def summary(text: str) -> list[tuple[str, str]]:
    """Where each line of the notice at the top leads, and what it says; the notice takes the focus."""
    found = re.search(r'<div [^>]*id="mistakes"[^>]*autofocus>(.*?)</div>', text, re.DOTALL)
    assert found, "there is no notice"
    return [(target, unescape(said)) for target, said in re.findall(r'<a href="#(.*?)">(.*?)</a>', found[1])]


async def test_a_refused_file_is_told_at_the_top(site: CustomerSite, browser: Browser) -> None:
    url = site.url_of(site.link())
    files = (("other", "<b>.jpg", WEB_PAGE), ("other", "ok.jpg", a_jpeg()))
    back = await send(browser, url, await browser.open(url), files=files)
    assert back.status == 422
    [(target, said)] = summary(back.text)
    assert f'<fieldset class="sheet step" id="{target}"' in back.text
    assert "is a web page" in said
    assert back.words.count(said) == 2, "at the top, and where the files are"
    assert "One thing needs a second look" in back.words
    assert "<title>Please check: " in back.text
    assert "<b>" not in back.text


async def test_mistakes_of_fields_and_files_stand_in_the_order_of_the_page(
    site: CustomerSite, browser: Browser
) -> None:
    url = site.url_of(site.link())
    files = (("other", "a.jpg", WEB_PAGE), ("other", "b.exe", b"MZ"))
    back = await send(browser, url, await browser.open(url), files=files, statement="", email="nobody")
    assert [target for target, _ in summary(back.text)] == ["statement", "step-files", "step-files", "email"]
    assert "4 things need a second look" in back.words


async def test_what_is_wrong_with_many_files_alike_is_said_once(site: CustomerSite, browser: Browser) -> None:
    url = site.url_of(site.link())
    files = (("other", "a.jpg", WEB_PAGE),) * 3
    back = await send(browser, url, await browser.open(url), files=files)
    assert len(summary(back.text)) == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "All files together may have at most 300 MB."),
        ("de", "Alle Dateien zusammen dürfen höchstens 300 MB haben."),
    ],
)
async def test_a_form_too_large_to_be_read_is_shown_again_and_says_so_at_the_top(
    site: CustomerSite, language: str, words: str
) -> None:
    link = site.link()
    url = site.url_of(link)
    async with a_browser(language) as browser:
        page = await browser.open(url)
        await send(browser, url, page, to="/draft", statement="Kept from before")
    status, text = await announce(url, GIGABYTE, language)
    assert status == 413
    [(target, said)] = summary(text)
    assert target == "step-files"
    assert words in said
    assert "Kept from before" in text
    assert site.cases(link) == []


async def announce(url: str, size: int, language: str) -> tuple[int, str]:
    """Say that so many bytes will come, send none, and read what is answered."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    head = (
        f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept-Language: {language}\r\n"
        f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {size}\r\n\r\n"
    )
    writer.write(head.encode())
    answer = (await reader.readuntil(b"\r\n\r\n")).decode()
    length = re.search(r"(?i)content-length: (\d+)", answer)
    assert length
    body = await reader.readexactly(int(length[1]))
    writer.transport.abort()
    return int(answer.split()[1]), body.decode()
