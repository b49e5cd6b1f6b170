"""Tests of uploads: complete in spite of lost connections, and refused in a sentence."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientError
from yarl import URL

from core.customer_link import CustomerLink
from core.uploaded_file import FileState
from tests.builders import a_customer, an_invoice
from tests.store.evidence.sample_bytes import noise
from tests.store.evidence.sample_files import a_jpeg, a_pdf
from tests.web.browser import Browser, Page, a_browser
from tests.web.customer.forms import send
from tests.web.customer_site import CustomerSite
from web import request_body

MB = 1024 * 1024


class Uploads:
    """What the page's script does."""

    def __init__(self, browser: Browser, url: str, page: Page) -> None:
        self._browser = browser
        self.files = f"{url}/files"
        self.headers = {"X-Csrf": page.hidden["csrf"]}

    async def begin(self, name: str, size: Any, kind: Any = "other") -> tuple[int, dict[str, Any]]:
        body = json.dumps({"name": name, "size": size, "kind": kind})
        seen = await self._browser.open(self.files, "POST", data=body, headers=self.headers)
        return seen.status, json.loads(seen.text)

    async def put(self, file_id: str, offset: int | str, content: bytes | AsyncIterator[bytes]) -> Page:
        headers = {**self.headers, "Upload-Offset": str(offset)}
        return await self._browser.open(f"{self.files}/{file_id}", "PATCH", data=content, headers=headers)

    async def offset(self, file_id: str) -> Page:
        return await self._browser.open(f"{self.files}/{file_id}/upload")

    async def remove(self, file_id: str) -> Page:
        return await self._browser.open(f"{self.files}/{file_id}", "DELETE", headers=self.headers)


@pytest.fixture
def link(site: CustomerSite) -> CustomerLink:
    return site.link()


@pytest.fixture
async def uploads(site: CustomerSite, link: CustomerLink, browser: Browser) -> Uploads:
    url = site.url_of(link)
    return Uploads(browser, url, await browser.open(url))


async def test_a_file_arrives_in_pieces(site: CustomerSite, link: CustomerLink, uploads: Uploads) -> None:
    content = a_pdf(extra=noise(3 * MB))
    status, begun = await uploads.begin("note.pdf", len(content))
    assert status == 201
    states = []
    for offset in range(0, len(content), MB):
        seen = await uploads.put(begun["id"], offset, content[offset : offset + MB])
        assert int(seen.headers["Upload-Offset"]) == min(offset + MB, len(content))
        states.append(json.loads(seen.text)["state"])
    assert states == ["uploading"] * 3 + ["ready"]
    [file] = site.draft_files(link)
    assert (file.name, file.size, file.state) == ("note.pdf", len(content), FileState.READY)


async def test_an_upload_says_where_it_goes_on(uploads: Uploads) -> None:
    content = a_pdf(extra=noise(MB + MB // 2))
    _, begun = await uploads.begin("note.pdf", len(content))
    await uploads.put(begun["id"], 0, content[:MB])
    wrong = await uploads.put(begun["id"], 0, content[:MB])
    assert (wrong.status, wrong.headers["Upload-Offset"]) == (409, str(MB))
    asked = await uploads.offset(begun["id"])
    assert (asked.headers["Upload-Offset"], asked.headers["Upload-Length"]) == (str(MB), str(len(content)))
    done = await uploads.put(begun["id"], MB, content[MB:])
    assert json.loads(done.text)["state"] == "ready"


async def test_what_came_before_the_line_broke_is_kept(
    uploads: Uploads, caplog: pytest.LogCaptureFixture
) -> None:
    content = a_pdf(extra=noise(4 * MB))
    _, begun = await uploads.begin("note.pdf", len(content))
    await break_off(uploads, begun["id"], content, after=2 * MB)
    arrived = int((await uploads.offset(begun["id"])).headers["Upload-Offset"])
    assert MB <= arrived <= len(content)
    while arrived < len(content):
        seen = await uploads.put(begun["id"], arrived, content[arrived : arrived + MB])
        arrived = int(seen.headers["Upload-Offset"])
    assert caplog.text == "", "a line that breaks is no fault of ours"
    asked = await uploads.offset(begun["id"])
    assert json.loads(asked.text)["state"] == "ready", "so that a lost answer can be asked for again"
    assert (await uploads.put(begun["id"], len(content), b"")).status == 404


async def break_off(uploads: Uploads, file_id: str, content: bytes, *, after: int) -> None:
    """Announce everything, send a part, and let the connection fall."""
    parts = urlsplit(uploads.files)
    _, writer = await asyncio.open_connection(parts.hostname, parts.port)
    cookies = uploads._browser.session.cookie_jar.filter_cookies(URL(uploads.files))
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())
    head = (
        f"PATCH {parts.path}/{file_id} HTTP/1.1\r\nHost: {parts.netloc}\r\nCookie: {cookie}\r\n"
        f"X-Csrf: {uploads.headers['X-Csrf']}\r\nUpload-Offset: 0\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    writer.write(head.encode() + content[:after])
    await writer.drain()
    while int((await uploads.offset(file_id)).headers["Upload-Offset"]) < after - MB:
        await asyncio.sleep(0.02)
    writer.transport.abort()
    with suppress(ConnectionError):
        await writer.wait_closed()


async def test_two_gigabytes_are_refused_before_a_byte_is_sent(
    site: CustomerSite, link: CustomerLink, uploads: Uploads
) -> None:
    status, answer = await uploads.begin("film.pdf", 2 * 1024 * MB)
    assert status == 422
    assert "at most 25 MB" in answer["why"]
    assert site.draft_files(link) == []


@pytest.mark.parametrize("name", ["run.exe", "page.html", "drawing.svg", "all.zip"])
async def test_what_is_never_taken_is_refused_by_its_name(uploads: Uploads, name: str) -> None:
    status, answer = await uploads.begin(name, 100)
    assert status == 422
    assert name in answer["why"]


async def test_a_web_page_in_a_pictures_clothes_is_refused(uploads: Uploads) -> None:
    content = b"<html><script>alert(1)</script></html>"
    _, begun = await uploads.begin("photo.jpg", len(content))
    refused = await uploads.put(begun["id"], 0, content)
    assert refused.status == 422
    assert "photo.jpg" in json.loads(refused.text)["why"]


async def test_an_upload_of_which_nothing_comes_is_given_up_and_can_go_on(
    uploads: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_body, "LONGEST_PAUSE", 0.2)
    content = a_jpeg()
    _, begun = await uploads.begin("a.jpg", len(content))

    async def halting() -> AsyncIterator[bytes]:
        yield content[:1000]
        await asyncio.sleep(20)

    given_up = await uploads.put(begun["id"], 0, halting())
    assert given_up.status == 408
    assert (await uploads.offset(begun["id"])).headers["Upload-Offset"] == "1000"
    assert (await uploads.put(begun["id"], 1000, content[1000:])).status == 200


async def test_more_than_was_announced_is_refused(uploads: Uploads) -> None:
    _, begun = await uploads.begin("note.pdf", 10)
    assert (await uploads.put(begun["id"], 0, a_pdf())).status == 422


async def test_the_twenty_first_file_is_refused(uploads: Uploads) -> None:
    answers = [await uploads.begin(f"{number}.pdf", 100) for number in range(21)]
    assert [status for status, _ in answers] == [201] * 20 + [422]


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b'{"name": 1, "size": 1, "kind": "x"}', b'{"name": "a.pdf"}', b"{" * 5000, b"\xff"],
)
async def test_a_beginning_that_makes_no_sense_is_refused(uploads: Uploads, body: bytes) -> None:
    browser = uploads._browser
    assert (await browser.open(uploads.files, "POST", data=body, headers=uploads.headers)).status == 400


async def test_a_beginning_that_says_nothing_of_its_length_is_no_longer_for_it(uploads: Uploads) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 64 * MB:
            sent += MB
            yield b"[" * MB

    with suppress(ClientError):
        page = await uploads._browser.open(uploads.files, "POST", data=endless(), headers=uploads.headers)
        assert page.status == 400
    assert sent < 16 * MB


@pytest.mark.parametrize("size", [-1, 1.5, "12", None, True, 10**30])
async def test_a_size_that_is_none_is_refused(uploads: Uploads, size: object) -> None:
    assert (await uploads.begin("note.pdf", size))[0] in (400, 422)


@pytest.mark.parametrize("offset", ["", "x", "-1", "1e3", "9" * 40])
async def test_an_offset_that_is_none_is_answered_with_the_right_one(uploads: Uploads, offset: str) -> None:
    _, begun = await uploads.begin("note.pdf", 100)
    wrong = await uploads.put(begun["id"], offset, b"x")
    assert (wrong.status, wrong.headers["Upload-Offset"]) == (409, "0")


async def test_anothers_upload_isnt_there(site: CustomerSite, uploads: Uploads) -> None:
    _, begun = await uploads.begin("note.pdf", 100)
    other = site.url_of(site.link(an_invoice(ref="in_2"), a_customer(ref="cus_2")))
    async with a_browser() as stranger:
        theirs = Uploads(stranger, other, await stranger.open(other))
        assert (await theirs.offset(begun["id"])).status == 404
        assert (await theirs.put(begun["id"], 0, b"x")).status == 404
        await theirs.remove(begun["id"])
    assert (await uploads.offset(begun["id"])).status == 200


async def test_without_the_forms_token_nothing_is_taken(
    site: CustomerSite, link: CustomerLink, uploads: Uploads
) -> None:
    _, begun = await uploads.begin("note.pdf", 100)
    uploads.headers = {"X-Csrf": "x.y"}
    assert (
        await uploads._browser.open(uploads.files, "POST", data=b"{}", headers=uploads.headers)
    ).status == 403
    assert (await uploads.put(begun["id"], 0, b"x")).status == 403
    assert (await uploads.remove(begun["id"])).status == 403
    assert site.draft_files(link)[0].state is FileState.UPLOADING


async def test_a_removed_file_doesnt_go_with_the_form(
    site: CustomerSite, link: CustomerLink, browser: Browser
) -> None:
    url = site.url_of(link)
    page = await browser.open(url)
    uploads = Uploads(browser, url, page)
    ids = []
    for name, content in (("keep.jpg", a_jpeg()), ("drop.pdf", a_pdf())):
        _, begun = await uploads.begin(name, len(content))
        await uploads.put(begun["id"], 0, content)
        ids.append(begun["id"])
    assert (await uploads.remove(ids[1])).status == 204
    assert (await uploads.remove(ids[1])).status == 204
    await send(browser, url, page)
    assert [piece.name for piece in site.cases(link)[0].evidence] == ["keep.jpg"]


async def test_a_file_that_was_sent_with_a_case_cant_be_taken_back(
    site: CustomerSite, link: CustomerLink, browser: Browser
) -> None:
    url = site.url_of(link)
    page = await browser.open(url)
    uploads = Uploads(browser, url, page)
    _, begun = await uploads.begin("a.pdf", len(a_pdf()))
    await uploads.put(begun["id"], 0, a_pdf())
    await send(browser, url, page)
    await uploads.remove(begun["id"])
    assert [file.state for file in site.files(site.cases(link)[0].id)] == [FileState.READY]


async def test_what_a_file_shows_is_only_what_a_reason_asks_for(
    site: CustomerSite, link: CustomerLink, uploads: Uploads
) -> None:
    for kind in ("delivery_note", "unverified", "<script>"):
        await uploads.begin("a.pdf", 100, kind)
    assert sorted(file.kind for file in site.draft_files(link)) == ["delivery_note", "other", "other"]
