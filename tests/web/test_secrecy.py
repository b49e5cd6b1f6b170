"""Tests that tokens of customers' pages stay out of logs, referrers and errors."""

from __future__ import annotations

import asyncio
import io
import logging
import re
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.context import Context
from bot.health import Readiness
from bot.logs import set_up_logs
from bot.routes import make_app
from bot.settings import Settings
from bot.wiring.customers import CustomerServices
from connectors.billing.stripe.events import read_event
from core.customer_link import CustomerLink
from scheduler.jobs import JobsHealth
from store.errors import StoreUnavailable
from tests.bot.api_client import FrozenClock
from tests.web.customer_site import CustomerSite

Client = TestClient[web.Request, web.Application]


@pytest.fixture(params=["json", "text"])
def said(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], str]]:
    """Everything the process has logged so far, as it would stand on standard error."""
    before, handlers, level = structlog.get_config(), logging.root.handlers[:], logging.root.level
    out = io.StringIO()
    monkeypatch.setattr(sys, "stderr", out)
    set_up_logs(request.param)
    yield out.getvalue
    structlog.configure(**before)
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


@asynccontextmanager
async def an_application(site: CustomerSite) -> AsyncIterator[Client]:
    """The whole application around the site's pages."""
    clock = FrozenClock(site.now)
    context = Context(Settings(_env_file=None), site.store, clock, read_event)
    readiness = Readiness(site.store, clock, lambda: JobsHealth(clock.now(), clock.now(), None))
    customers = CustomerServices(site.portal, site.blobs, None, None)
    async with TestClient(TestServer(make_app(context, readiness, None, customers))) as client:
        yield client


def token_of(site: CustomerSite, link: CustomerLink) -> str:
    return site.tokens.sign_link(link.id)


async def test_a_fault_on_a_customers_page_is_logged_without_its_address_and_told_as_a_page(
    site: CustomerSite, said: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    token = token_of(site, site.link())

    def fault(*_: object) -> None:
        raise RuntimeError(f"something about /d/{token}/files and /e/{token}")

    monkeypatch.setattr("web.customer.access._find_link", fault)
    async with an_application(site) as client, client.get(f"/d/{token}?case=D-1001") as answer:
        text = await answer.text()
        assert answer.status == 500
        assert answer.content_type == "text/html"
        assert "Something went wrong on our side" in text
    assert "request_failed" in said()
    assert "/d/•••" in said()
    for piece in (token, *token.split(".")):
        assert piece not in said()


async def test_the_address_is_left_out_even_before_the_log_looks_for_secrets(
    site: CustomerSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[dict[str, object]] = []

    def fault(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("web.customer.access._find_link", fault)
    monkeypatch.setattr("bot.routes.log.error", lambda _event, **line: lines.append(line))
    async with an_application(site) as client, client.get(f"/d/{token_of(site, site.link())}/files/x"):
        pass
    assert [line["path"] for line in lines] == ["/d/•••/files/x"]


async def test_a_database_that_is_away_is_told_as_a_page(
    site: CustomerSite, said: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    token = token_of(site, site.link())

    def away(*_: object) -> None:
        raise StoreUnavailable("The database is locked.")

    monkeypatch.setattr("web.customer.access._find_link", away)
    async with an_application(site) as client, client.get(f"/d/{token}") as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "10")
        assert "be reached just now" in await answer.text()
    assert "store_unavailable" in said()
    assert token not in said()


@pytest.mark.parametrize("path", ["/d/{}", "/d/{}/nowhere", "/d/{}?case=D-9999", "/d/{}/files/x", "/e/{}"])
async def test_what_goes_well_or_is_refused_is_not_logged_at_all(
    site: CustomerSite, said: Callable[[], str], path: str
) -> None:
    token = token_of(site, site.link())
    async with an_application(site) as client:
        for method in ("GET", "POST", "PUT"):
            async with client.request(method, path.format(token)) as answer:
                assert answer.content_type == "text/html"
                assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert token not in said()


async def test_a_request_that_is_no_http_does_not_bring_the_address_into_the_log(
    site: CustomerSite, said: Callable[[], str]
) -> None:
    token = token_of(site, site.link())
    async with an_application(site) as client:
        reader, writer = await asyncio.open_connection(client.host, client.port)
        writer.write(f"GET /d/{token} HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n".encode())
        await writer.drain()
        await reader.read(100)
        writer.close()
        await writer.wait_closed()
    assert token not in said()


async def test_no_page_names_another_site(site: CustomerSite) -> None:
    """What isn't fetched from elsewhere can't tell elsewhere where it was asked from."""
    link = site.link()
    async with an_application(site) as client:
        for path in ("", "?new=1", "x"):
            async with client.get(f"/d/{token_of(site, link)}{path}") as answer:
                assert re.findall(r"""(?:src|href|action)=["'](?!/|#)[^"']+""", await answer.text()) == []
