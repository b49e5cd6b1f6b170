"""A customer's browser for tests: keeps cookies, reads forms and sends them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from aiohttp import ClientSession, CookieJar, FormData

_INPUT = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


@dataclass(slots=True)
class Page:
    """What came back, where the browser ended up."""

    status: int
    headers: Mapping[str, str]
    text: str
    path: str
    body: bytes = b""

    @property
    def hidden(self) -> dict[str, str]:
        """The values that every form of the page brings along."""
        return {name: unescape(value) for name, value in _INPUT.findall(self.text)}

    @property
    def words(self) -> str:
        """What can be read on it, without its tags."""
        body = re.sub(r"<head>.*?</head>|<script.*?</script>", "", self.text, flags=re.DOTALL)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


@dataclass(slots=True)
class Browser:
    session: ClientSession
    headers: dict[str, str] = field(default_factory=dict)

    async def open(self, url: str, method: str = "GET", **more: Any) -> Page:
        headers = {**self.headers, **more.pop("headers", {})}
        async with self.session.request(method, url, headers=headers, **more) as answer:
            body = await answer.read()
            text = body.decode(errors="replace")
            return Page(answer.status, answer.headers, text, answer.url.path_qs, body)

    async def send(
        self, url: str, page: Page, deed: str, case_id: str, /, **fields: str | tuple[str, bytes]
    ) -> Page:
        """Send a form of the page; a field of name and bytes is a file."""
        form = FormData(default_to_multipart=True)
        for name, value in {**page.hidden, **fields}.items():
            if isinstance(value, tuple):
                form.add_field(name.replace("__", ":"), value[1], filename=value[0])
            else:
                form.add_field(name, value)
        return await self.open(f"{url}/cases/{case_id}/{deed}", "POST", data=form)


@asynccontextmanager
async def a_browser(language: str = "en", **headers: str) -> AsyncIterator[Browser]:
    given = {
        "Accept-Language": language,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        yield Browser(session, given)
