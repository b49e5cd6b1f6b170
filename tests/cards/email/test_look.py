"""Tests of the mails in a real browser: readable on the narrowest phone, in light and dark."""

from __future__ import annotations

from itertools import product

import pytest
from playwright.async_api import Browser

from cards.customer.language import LANGUAGES
from cards.email.mail_view import MailKind
from tests.cards.email.samples import mail

NARROW = 320
_CONTRAST = """() => {
  const channel = (v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const light = (c) => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
  const parts = (s) => s.match(/[\\d.]+/g).map(Number);
  const behind = (e) => { for (; e; e = e.parentElement) {
    const c = parts(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
  const found = [];
  for (const e of document.querySelectorAll("body *:not(.preheader)")) {
    if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
    const [a, b] = [light(parts(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) found.push(`${e.className || e.tagName} ${ratio.toFixed(2)}`);
  }
  return found;
}"""
"""Elements whose text has less contrast to what lies behind it than WCAG 2.2 AA asks for."""


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="session")
async def test_every_mail_fits_a_narrow_phone_and_can_be_read_by_day_and_night(browser: Browser) -> None:
    for scheme in ("light", "dark"):
        page = await browser.new_page(
            viewport={"width": NARROW, "height": 640},
            color_scheme="dark" if scheme == "dark" else "light",
        )
        for kind, language in product(MailKind, LANGUAGES):
            await page.set_content(mail(kind, language).html)
            wide = await page.evaluate("document.documentElement.scrollWidth")
            assert wide <= NARROW, f"{kind} in {language} is {wide} wide"
            assert await page.evaluate(_CONTRAST) == [], f"{kind} in {scheme}"
        await page.close()
