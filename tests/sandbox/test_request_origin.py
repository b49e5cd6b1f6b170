"""Only the sandbox's own pages, and programs on this machine, may read it or change anything in it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from multidict import CIMultiDict, CIMultiDictProxy
from playwright.async_api import BrowserContext
from yarl import URL

from sandbox.request_origin import is_own_request
from tests.sandbox.harness import Harness, run_sandbox

HOST = "127.0.0.1:8090"
OWN_PAGE = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
OTHER_PAGE = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
FOLLOWED = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
Sent = list[tuple[str, str]]


def is_own(*sent: tuple[str, str], method: str = "POST", listens_on: str = "127.0.0.1") -> bool:
    return is_own_request(method, CIMultiDictProxy(CIMultiDict(sent)), listens_on)


@pytest.mark.parametrize(
    "host", ["localhost:8090", "LOCALHOST", "127.0.0.1", HOST, "127.8.9.1:1", "[::1]:8090", "[::1]"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_this_machines_names_are_its_own(host: str, method: str) -> None:
    assert is_own(("Host", host), method=method)
    assert is_own(("Host", host), ("Origin", f"http://{host}"), *OWN_PAGE.items(), method=method)


@pytest.mark.parametrize(
    "sent",
    [
        [],
        [("Host", "")],
        [("Host", "evil.example")],
        [("Host", "evil.example:8090")],
        [("Host", "localhost.evil.example:8090")],
        [("Host", "127.0.0.1.evil.example:8090")],
        [("Host", "evil.example@127.0.0.1:8090")],
        [("Host", "[::1")],
        [("Host", "127.0.0.1:port")],
        [("Host", "192.168.0.7:8090")],
        [("Host", HOST), ("Host", "evil.example")],
        [("Host", "evil.example:8090"), ("Origin", "http://evil.example:8090"), *OWN_PAGE.items()],
        [("Host", HOST), ("Origin", "http://evil.example")],
        [("Host", HOST), ("Origin", "http://127.0.0.1:8091")],
        [("Host", HOST), ("Origin", "http://localhost:8090")],
        [("Host", HOST), ("Origin", "null")],
        [("Host", HOST), ("Origin", "")],
        [("Host", HOST), ("Origin", "http://[::1")],
        [("Host", HOST), ("Origin", "http://evil@127.0.0.1:8090")],
        [("Host", HOST), ("Origin", f"http://{HOST}"), ("Origin", "http://evil.example")],
        [("Host", HOST), *OTHER_PAGE.items()],
        [("Host", HOST), ("Sec-Fetch-Site", "same-site")],
        [("Host", HOST), ("Sec-Fetch-Site", "")],
    ],
    ids=range(23),
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_whatever_another_website_sends_is_refused(sent: Sent, method: str) -> None:
    assert not is_own(*sent, method=method)


def test_a_link_on_another_page_may_be_followed_but_not_framed_or_posted() -> None:
    assert is_own(("Host", HOST), *FOLLOWED.items(), method="GET")
    assert not is_own(("Host", HOST), *FOLLOWED.items(), method="POST")
    framed = {**FOLLOWED, "Sec-Fetch-Dest": "iframe"}
    assert not is_own(("Host", HOST), *framed.items(), method="GET")


def test_where_it_listens_on_every_address_it_is_reached_by_each_and_by_no_name() -> None:
    for every in ("0.0.0.0", "::"):
        assert is_own(("Host", "192.168.0.7:8090"), listens_on=every)
        assert not is_own(("Host", "evil.example:8090"), listens_on=every)
    assert is_own(("Host", "demo.example:8090"), listens_on="demo.example")


@pytest_asyncio.fixture(loop_scope="session")
async def harness() -> AsyncIterator[Harness]:
    async with run_sandbox() as harness:
        yield harness


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/teams"),
        ("GET", "/mailbox"),
        ("GET", "/invoices"),
        ("GET", "/pages/mark.svg"),
        ("GET", "/sandbox/workspace"),
        ("GET", "/sandbox/teams/workspace"),
        ("GET", "/sandbox/stream"),
        ("GET", "/sandbox/calls"),
        ("GET", "/link/"),
        ("POST", "/sandbox/bot"),
        ("POST", "/sandbox/teams/say"),
        ("POST", "/api/auth.test"),
        ("POST", "/actions/x"),
    ],
)
async def test_every_route_refuses_other_sites(harness: Harness, method: str, path: str) -> None:
    url = f"{harness.url}{path}"
    for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}, OTHER_PAGE):
        async with harness.http.request(method, url, headers=headers) as answer:
            assert answer.status == 403
            assert "own pages" in await answer.text()
    async with harness.http.request(method, url, headers=OWN_PAGE) as answer:
        if path == "/sandbox/stream":
            assert answer.status == 200
        else:
            assert "own pages" not in await answer.text()


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="session")
async def test_a_browser_on_another_page_reads_and_changes_nothing(
    harness: Harness, shared_context: BrowserContext
) -> None:
    """The page of another website, on this machine too; the demo's own page reads by any name of its own."""

    async def blank(_request: web.Request) -> web.Response:
        return web.Response(text="<p>another site", content_type="text/html")

    async def post_from(address: str) -> str:
        page = await shared_context.new_page()
        await page.goto(address)
        script = """url => fetch(url + "/sandbox/clock", {method: "POST", mode: "no-cors",
            body: '{"add_hours": 4}'}).then(a => a.type + a.status, e => "failed")"""
        told = await page.evaluate(script, harness.url if "another" in address else "")
        await page.close()
        return str(told)

    other = web.Application()
    other.router.add_get("/another", blank)
    before = harness.world.clock.offset
    async with TestServer(other) as server:
        await post_from(str(server.make_url("/another")))
    assert harness.world.clock.offset == before
    port = URL(harness.url).port
    assert await post_from(f"http://localhost:{port}/") == "basic200"
    assert await post_from(f"{harness.url}/") == "basic200"
    assert harness.world.clock.offset == before + 8 * 3600
