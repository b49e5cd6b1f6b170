"""Filling in and sending the customer's form as a browser without script does."""

from __future__ import annotations

from aiohttp import FormData

from tests.web.browser import Browser, Page

ANSWERS = {
    "reason": "wrong_amount",
    "scope": "whole",
    "statement": "We agreed on 90 euros.",
    "contact": "Jule Brandt",
    "email": "jule@nordwind.example",
}
Files = tuple[tuple[str, str, bytes], ...]
"""Kind, name and content of each."""


async def send(
    browser: Browser, url: str, page: Page, *, to: str = "", files: Files = (), **more: str
) -> Page:
    """Send the form of the page with these answers, and `more` in their place."""
    form = FormData(default_to_multipart=True)
    for name, value in {**page.hidden, **ANSWERS, **more}.items():
        form.add_field(name, value)
    for kind, name, content in files:
        form.add_field(f"file:{kind}", content, filename=name)
    return await browser.open(url + to, "POST", data=form)
