"""Tests of the draft: saved while the form is filled in, with script and without."""

from __future__ import annotations

from core.customer_link import CustomerLink
from core.uploaded_file import FileState
from tests.builders import a_customer, an_invoice
from tests.store.evidence.sample_files import a_jpeg, a_pdf
from tests.web.browser import Browser, Page, a_browser
from tests.web.customer.forms import ANSWERS, send
from tests.web.customer_site import CustomerSite


async def save(browser: Browser, url: str, page: Page, **answers: str) -> Page:
    """As the page's script does it."""
    fields = {**page.hidden, **ANSWERS, **answers}
    return await browser.open(f"{url}/draft", "POST", data=fields, headers={"Accept": "application/json"})


async def test_what_the_script_saves_is_there_on_another_device(site: CustomerSite, browser: Browser) -> None:
    url = site.url_of(site.link())
    saved = await save(browser, url, await browser.open(url), statement="Half a sent")
    assert (saved.status, saved.text) == (200, '{"kept": true}')
    async with a_browser() as elsewhere:
        assert "Half a sent" in (await elsewhere.open(url)).text


async def test_a_button_saves_without_script(site: CustomerSite, browser: Browser) -> None:
    url = site.url_of(site.link())
    back = await send(browser, url, await browser.open(url), to="/draft", later="1", email="not yet an addr")
    assert "Your draft is saved" in back.words
    assert "not yet an addr" in back.text


async def test_the_language_can_be_changed_in_the_middle_of_the_form(
    site: CustomerSite, browser: Browser
) -> None:
    url = site.url_of(site.link())
    back = await send(browser, url, await browser.open(url), to="/draft", lang="de")
    assert '<html lang="de">' in back.text
    assert "We agreed on 90 euros." in back.text
    assert '<html lang="de">' in (await browser.open(url)).text


async def test_the_way_back_leads_nowhere_else(site: CustomerSite, browser: Browser) -> None:
    url = site.url_of(site.link())
    back = await send(browser, url, await browser.open(url), to="/draft", lang="//evil.example", later="1")
    assert back.path.startswith("/d/")
    assert "evil" not in back.path


async def test_a_file_is_removed_without_script(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    url = site.url_of(link)
    files = (("other", "a.pdf", a_pdf()), ("other", "b.jpg", a_jpeg()))
    back = await send(browser, url, await browser.open(url), to="/draft", files=files)
    first = next(file for file in site.draft_files(link) if file.name == "a.pdf")
    back = await send(browser, url, back, to="/draft", remove=first.id)
    assert "a.pdf" not in back.text
    assert "b.jpg" in back.text


async def test_anothers_file_cant_be_removed(site: CustomerSite, browser: Browser) -> None:
    mine = site.link()
    url = site.url_of(mine)
    await send(browser, url, await browser.open(url), to="/draft", files=(("other", "a.pdf", a_pdf()),))
    [file] = site.draft_files(mine)
    other = site.url_of(_anothers(site))
    async with a_browser() as stranger:
        await send(stranger, other, await stranger.open(other), to="/draft", remove=file.id)
    assert site.draft_files(mine)[0].state is FileState.READY


async def test_a_draft_saved_after_sending_isnt_kept(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    url = site.url_of(link)
    page = await browser.open(url)
    await send(browser, url, page)
    late = await save(browser, url, page, statement="typed in another window")
    assert late.status == 409
    assert "typed in another window" not in (await browser.open(f"{url}?new=1")).text


async def test_a_draft_needs_our_own_form(site: CustomerSite, browser: Browser) -> None:
    url = site.url_of(site.link())
    page = await browser.open(url)
    assert (await save(browser, url, page, csrf="x", statement="forged")).status == 403
    assert "forged" not in (await browser.open(url)).text


def _anothers(site: CustomerSite) -> CustomerLink:

    return site.link(an_invoice(ref="in_2"), a_customer(ref="cus_2"))
