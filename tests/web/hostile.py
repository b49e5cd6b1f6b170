"""Hostile texts of customers and of people who sent their invoice, and a search for their effects."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from core.case import Resolution
from core.customer_link import CustomerLink
from core.invoice import InvoiceLine
from core.uploaded_file import Refusal
from tests.builders import a_customer, an_invoice
from tests.web.customer_site import CustomerSite
from tests.web.team_actions import a_file, asked, claimed, decided, finished, raised, told

ATTACK = (
    """"'><img src=x onerror=alert(1)><script>alert(2)</script></textarea></title><svg/onload=alert(3)>"""
    """<a href="javascript:alert(4)">x</a>{{7*191}}{% raw %}&lt;b&gt;%(name)s%s <!--"""
)
REFUSAL = Refusal(code="", values={"sentence": ATTACK})


def attacking_link(site: CustomerSite, number: int) -> CustomerLink:
    """Every word of the invoice and its customer is an attack."""
    lines = (InvoiceLine(ref=f"l{ATTACK}", text=ATTACK, quantity=ATTACK, amount_minor=12_000),)
    invoice = an_invoice(ref=f"in_{number}{ATTACK}", number=f"{number} {ATTACK}", lines=lines)
    customer = a_customer(name=ATTACK, contact=ATTACK, email="<script>@evil.example")
    return site.link(invoice, customer)


async def attacking_cases(site: CustomerSite) -> list[CustomerLink]:
    """A case in every stage; everything that people wrote about it is an attack."""
    links = [attacking_link(site, number) for number in range(6)]
    ids = [
        raised(site, link, statement=ATTACK, wish=ATTACK, line_refs=(link.invoice.lines[0].ref,))
        for link in links[1:]
    ]
    for case_id in ids[1:]:
        claimed(site, case_id)
        told(site, case_id, ATTACK)
    asked(site, ids[2], ATTACK)
    for case_id, verdict in ((ids[3], Resolution.REJECTED), (ids[4], Resolution.PART_ACCEPTED)):
        decided(site, case_id, verdict, text=ATTACK)
        finished(site, case_id)
    for number, (case_id, link) in enumerate(zip(ids, links[1:], strict=True)):
        await a_file(
            site, link, ATTACK, b"x", id=f"file-{number}", case_id=case_id, has_preview=True, refusal=REFUSAL
        )
    return links


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def harm_in(html: str) -> list[str]:
    """What of an attack has become part of the page, instead of words on it."""
    elements = _Elements()
    elements.feed(html)
    harm = []
    for tag, attributes in elements.found:
        harm += [f"{tag} {name}" for name in attributes if name.startswith("on") or name == "style"]
        if tag == "script" and not re.fullmatch(r"/static/[\w-]+\.js\?\w+", attributes.get("src", "")):
            harm.append("a script of theirs")
        if tag in ("svg", "img", "a", "form", "iframe", "base", "meta"):
            places = (attributes.get(name, "") for name in ("src", "href", "action", "formaction"))
            harm += [place for place in places if place and not place.startswith(("/", "#", "?"))]
    if str(7 * 191) in html:
        harm.append("a template was run")
    return harm
