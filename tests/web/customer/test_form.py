"""Tests of the form: it becomes one case, and nothing that was typed is lost."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from core.case import Status
from core.events import DisputeRaised
from core.money import Money
from core.person import CUSTOMER
from core.uploaded_file import FileState
from tests.builders import a_customer, an_invoice
from tests.store.evidence.sample_files import a_jpeg, a_pdf
from tests.web.browser import Browser, a_browser
from tests.web.customer.forms import send
from tests.web.customer_site import CustomerSite, a_customer_site, sqlite_copy


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    return sqlite_copy(sqlite_template, tmp_path)


async def test_the_invoice_is_shown_as_it_is(site: CustomerSite, browser: Browser) -> None:
    page = await browser.open(site.url_of(site.link(an_invoice(paid_minor=2_000))))
    for told in ("INV-2026-0001", "Hosting, February", "€90.00", "€120.00", "Already paid €20.00", "€100.00"):
        assert told in page.words


async def test_a_form_becomes_a_case_of_the_customer(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    url = site.url_of(link)
    done = await send(
        browser, url, await browser.open(url), wish="A credit note", scope="amount", amount="30"
    )
    assert (done.status, "sent=1" in done.path) == (200, True)
    [case] = site.cases(link)
    assert (case.status, case.source, case.disputed) == (Status.OPEN, "page", Money(3_000, "EUR"))
    assert (case.statement, case.wish) == ("We agreed on 90 euros.", "A credit note")
    who = case.customer
    assert (who.contact, who.email, who.unconfirmed_email) == ("Jule Brandt", None, "jule@nordwind.example")
    [raised, *_] = [entry.event for entry in site.read(lambda tx: tx.timeline.list(case.id))]
    assert isinstance(raised, DisputeRaised)
    assert raised.actor_id == CUSTOMER


async def test_the_case_speaks_the_language_of_the_form(site: CustomerSite) -> None:
    link = site.link()
    url = site.url_of(link)
    async with a_browser("fr-CH") as browser:
        page = await browser.open(url)
        assert 'lang="fr-CH"' in page.text
        await send(browser, url, page)
    assert site.cases(link)[0].customer.language == "fr-CH"


@pytest.mark.parametrize(
    ("accepted", "record", "spoken"),
    [("de-AT,en;q=0.5", "fr", "de-AT"), ("", "fr", "fr"), ("pl,cs", "es", "es"), ("pl", "pl", "en")],
)
async def test_the_browser_chooses_the_language_and_else_the_record(
    site: CustomerSite, accepted: str, record: str, spoken: str
) -> None:
    async with a_browser(accepted) as browser:
        page = await browser.open(site.url_of(site.link(customer=a_customer(language=record))))
    assert f'<html lang="{spoken}">' in page.text


async def test_sent_twice_it_is_one_case(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    url = site.url_of(link)
    page = await browser.open(url)
    both = await asyncio.gather(send(browser, url, page), send(browser, url, page))
    again = await send(browser, url, page, statement="Pressed once more")
    assert [one.status for one in (*both, again)] == [200, 200, 200]
    [case] = site.cases(link)
    assert all(case.id in one.words for one in (*both, again))


async def test_a_second_form_about_something_else_is_a_second_case(
    site: CustomerSite, browser: Browser
) -> None:
    link = site.link()
    url = site.url_of(link)
    await send(browser, url, await browser.open(url))
    page = await browser.open(f"{url}?new=1")
    assert "You have already told us about this invoice" in page.words
    await send(browser, url, page, statement="And the support was never given.")
    assert [case.statement for case in site.cases(link)] == [
        "And the support was never given.",
        "We agreed on 90 euros.",
    ]


async def test_what_is_wrong_is_said_and_what_was_typed_stays(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    url = site.url_of(link)
    back = await send(
        browser,
        url,
        await browser.open(url),
        email="nobody",
        wish="Mend it",
        files=(("other", "a.pdf", a_pdf()),),
    )
    assert back.status == 422
    assert 'role="alert"' in back.text
    assert 'aria-invalid="true"' in back.text
    for kept in ("We agreed on 90 euros.", "Mend it", "a.pdf", "Jule Brandt"):
        assert kept in back.text
    assert site.cases(link) == []
    await send(browser, url, back, email="jule@nordwind.example")
    assert [piece.name for piece in site.cases(link)[0].evidence] == ["a.pdf"]


async def test_a_refused_file_keeps_the_form_back_and_says_why(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    url = site.url_of(link)
    files = (("other", "photo.jpg", b"<html><script>alert(1)</script></html>"), ("other", "ok.jpg", a_jpeg()))
    back = await send(browser, url, await browser.open(url), files=files)
    assert back.status == 422
    assert "“photo.jpg”" in back.words
    assert site.cases(link) == []
    assert [file.name for file in site.draft_files(link) if file.state is FileState.READY] == ["ok.jpg"]


async def test_a_dispute_waits_for_the_evidence_its_reason_needs(
    site: CustomerSite, browser: Browser
) -> None:
    link = site.link()
    url = site.url_of(link)
    page = await browser.open(url)
    assert "A photo of the delivery note" in page.words
    assert "We wait 2 days for it." in page.words
    await send(browser, url, page, reason="not_delivered")
    assert site.cases(link)[0].status is Status.GATHERING


async def test_the_evidence_it_needs_brings_it_to_its_queue_at_once(
    site: CustomerSite, browser: Browser
) -> None:
    link = site.link()
    url = site.url_of(link)
    files = (("delivery_note", "note.jpg", a_jpeg()), ("../../etc", "../../etc/passwd.pdf", a_pdf()))
    await send(browser, url, await browser.open(url), reason="not_delivered", files=files)
    [case] = site.cases(link)
    assert case.status is Status.OPEN
    assert sorted(piece.kind for piece in case.evidence) == ["delivery_note", "other"]
    assert all("/" not in piece.name for piece in case.evidence)
    assert {file.case_id for file in site.files(case.id)} == {case.id}


async def test_a_file_that_waits_for_the_scan_goes_along_but_isnt_evidence_yet(
    sqlite_url: str, browser: Browser
) -> None:
    async with a_customer_site(sqlite_url, has_scanner=True) as site:
        link = site.link()
        url = site.url_of(link)
        files = (("delivery_note", "note.jpg", a_jpeg()),)
        await send(browser, url, await browser.open(url), reason="not_delivered", files=files)
        [case] = site.cases(link)
        assert (case.status, case.evidence) == (Status.GATHERING, ())
        [file] = site.files(case.id)
        assert (file.state, file.kind) == (FileState.HELD, "delivery_note")


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "5 disputes about this invoice were sent today"),
        ("de", "Heute wurden zu dieser Rechnung schon 5"),
    ],
)
async def test_a_sixth_dispute_in_a_day_is_refused_kindly_and_kept(
    site: CustomerSite, language: str, told: str
) -> None:
    link = site.link(customer=a_customer(email="jule@nordwind.example"))
    url = site.url_of(link)
    async with a_browser(language) as browser:
        for _ in range(5):
            await send(browser, url, await browser.open(f"{url}?new=1"))
        refused = await send(browser, url, await browser.open(f"{url}?new=1"), statement="The sixth one")
        assert (refused.status, len(site.cases(link))) == (429, 5)
        assert told in refused.words
        assert "The sixth one" in (await browser.open(f"{url}?new=1")).text
