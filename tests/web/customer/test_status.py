"""Tests of the status page: what it tells, what can be done on it, and what it never discloses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.case import Chargeback, Resolution, Status
from core.customer_link import CustomerLink
from core.noting import add_note
from core.snoozing import await_customer
from store.transaction import Transaction
from tests.builders import an_invoice
from tests.web.browser import Browser, Page, a_browser
from tests.web.customer_site import CustomerSite
from tests.web.team_actions import HIDDEN, act_on, asked, claimed, decided, finished, joined, raised, told


async def page_of(browser: Browser, site: CustomerSite, link: CustomerLink) -> Page:
    return await browser.open(site.url_of(link))


async def test_a_dispute_that_came_in_says_who_acts_next_and_by_when(
    site: CustomerSite, browser: Browser
) -> None:
    link = site.link()
    case_id = raised(site, link, wish="A corrected invoice")
    page = await page_of(browser, site, link)
    assert "We have received your dispute" in page.words
    assert "You hear from us by Monday, 2 March 2026, 13:00 GMT." in page.words
    for told_there in (case_id, "INV-2026-0001", "We agreed on 90 euros.", "A corrected invoice", "€120.00"):
        assert told_there in page.words


async def test_what_is_missing_is_named_with_the_time_we_wait(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    raised(site, link, reason_id="not_delivered")
    page = await page_of(browser, site, link)
    assert "We need something from you" in page.words
    assert "Please add: A photo of the delivery note" in page.words
    assert "We wait for it until Wednesday, 4 March 2026, 09:00" in page.words
    assert 'name="file:delivery_note"' in page.text


@pytest.mark.parametrize(("reason_id", "has_all"), [("wrong_amount", True), ("not_delivered", False)])
async def test_nobody_is_thanked_for_everything_while_something_is_missing(
    site: CustomerSite, browser: Browser, reason_id: str, has_all: bool
) -> None:
    link = site.link()
    raised(site, link, reason_id=reason_id)
    page = await browser.open(f"{site.url_of(link)}?sent=1")
    assert ("We have everything" in page.words) is has_all
    assert ("Your dispute has reached us." in page.words) is not has_all


async def test_under_review_the_resolver_stays_unnamed_and_notes_stay_inside(
    site: CustomerSite, browser: Browser
) -> None:
    link = site.link()
    case_id = raised(site, link)
    claimed(site, case_id)
    told(site, case_id, "We are on it.")
    page = await page_of(browser, site, link)
    assert "We are looking into it" in page.words
    assert "We are on it." in page.words
    assert "You have our decision by Tuesday, 3 March 2026, 17:00 GMT." in page.words
    for inside in (HIDDEN, "Ana", "U0ANA", "Billing disputes", "standard", "priority"):
        assert inside not in page.text


async def test_a_promise_that_was_not_kept_is_owned_up_to(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    raised(site, link)
    site.now += timedelta(days=2)
    assert "We are late, and we are sorry." in (await page_of(browser, site, link)).words


async def test_a_question_is_shown_and_its_answer_ends_the_wait(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    case_id = raised(site, link)
    claimed(site, case_id)
    asked(site, case_id)
    page = await page_of(browser, site, link)
    assert "We need an answer from you" in page.words
    assert "Which contract do you mean?" in page.words
    assert "What we need from you: the contract" in page.words
    answered = await browser.send(site.url_of(link), page, "message", case_id, text="That of 2024.")
    assert (answered.status, "Thank you, we have it." in answered.words) == (200, True)
    (case,) = site.cases(link)
    assert (case.status, case.asked) == (Status.UNDER_REVIEW, None)
    assert "That of 2024." in answered.words


async def test_what_was_agreed_by_telephone_is_not_shown_in_the_resolvers_words(
    site: CustomerSite, browser: Browser
) -> None:
    link = site.link()
    case_id = raised(site, link)
    claimed(site, case_id)
    act_on(site, case_id, await_customer, what=f"{HIDDEN} they promised to call back")
    page = await page_of(browser, site, link)
    assert "We need an answer from you" in page.words
    assert HIDDEN not in page.text


async def test_a_double_send_says_it_once(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    case_id = raised(site, link)
    page = await page_of(browser, site, link)
    for _ in range(3):
        sent = await browser.send(site.url_of(link), page, "message", case_id, text="Once only, please.")
        assert (sent.status, "Thank you, we have it." in sent.words) == (200, True)
    assert _kinds(site, case_id).count("CustomerWrote") == 1


async def test_an_empty_message_comes_back_to_be_mended(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    case_id = raised(site, link)
    page = await page_of(browser, site, link)
    answer = await browser.send(site.url_of(link), page, "message", case_id, text="  \u200b ")
    assert answer.status == 422
    assert "Write something, or choose a file." in answer.words
    assert 'role="alert"' in answer.text
    assert answer.hidden["once"] == page.hidden["once"]
    assert _kinds(site, case_id) == ["DisputeRaised", "QueueTold"]


async def test_a_file_added_later_is_evidence_and_ends_the_gathering(
    site: CustomerSite, browser: Browser
) -> None:
    link = site.link()
    case_id = raised(site, link, reason_id="not_delivered")
    page = await page_of(browser, site, link)
    sent = await browser.send(
        site.url_of(link),
        page,
        "message",
        case_id,
        text="Here it is",
        file__delivery_note=("note.txt", b"signed"),
    )
    (case,) = site.cases(link)
    assert sent.status == 200, sent.words
    assert (case.status, [piece.kind for piece in case.evidence]) == (Status.OPEN, ["delivery_note"])
    assert "note.txt" in sent.words
    (file,) = site.files(case_id)
    assert f"/files/{file.id}" in sent.text


async def test_a_refused_file_is_explained_and_the_text_is_kept(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    case_id = raised(site, link)
    page = await page_of(browser, site, link)
    answer = await browser.send(
        site.url_of(link),
        page,
        "message",
        case_id,
        text="My words",
        file__other=("photo.jpg", b"<html><script>alert(1)</script>"),
    )
    assert answer.status == 422
    assert "photo.jpg" in answer.words
    assert "My words</textarea>" in answer.text
    assert _kinds(site, case_id) == ["DisputeRaised", "QueueTold"]


async def test_files_that_came_through_are_not_asked_for_again(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    case_id = raised(site, link)
    url, page = site.url_of(link), await page_of(browser, site, link)
    back = await browser.send(url, page, "message", case_id, text="x" * 5001, file__other=("a.txt", b"one"))
    assert back.status == 422
    assert "a.txt has arrived already." in back.words
    done = await browser.send(url, back, "message", case_id, text="Shorter.")
    assert done.status == 200
    assert [file.name for file in site.files(case_id)] == ["a.txt"]


async def test_withdrawing_ends_it_and_says_so(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    case_id = raised(site, link)
    page = await page_of(browser, site, link)
    done = await browser.send(site.url_of(link), page, "withdraw", case_id, why="My mistake")
    assert "This dispute was withdrawn" in done.words
    assert "My mistake" in done.words
    (case,) = site.cases(link)
    assert case.resolution is Resolution.WITHDRAWN
    assert 'action="' + f"{done.path.partition('?')[0]}/cases/{case_id}/withdraw" not in done.text


async def test_a_decision_is_shown_only_when_it_is_final(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    case_id = raised(site, link)
    claimed(site, case_id)
    decided(site, case_id, Resolution.PART_ACCEPTED)
    before = await page_of(browser, site, link)
    assert "The contract says" not in before.text
    assert "We are looking into it" in before.words
    finished(site, case_id)
    after = await page_of(browser, site, link)
    for said in ("We agree with you in part", "The contract says 120 euros.", "€30.00", "€120.00"):
        assert said in after.words
    assert HIDDEN not in after.text
    assert "Pricing error" not in after.text


async def test_a_customer_may_disagree_once(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    case_id = raised(site, link)
    claimed(site, case_id)
    decided(site, case_id)
    finished(site, case_id)
    page = await page_of(browser, site, link)
    assert "You can say so once, until Wednesday, 1 April 2026" in page.words
    empty = await browser.send(site.url_of(link), page, "disagree", case_id, why=" ")
    assert (empty.status, "Please tell us what is wrong" in empty.words) == (422, True)
    done = await browser.send(site.url_of(link), empty, "disagree", case_id, why="The contract says 90.")
    assert "We are looking into it" in done.words
    again = await browser.send(site.url_of(link), empty, "disagree", case_id, why="The contract says 90.")
    assert _kinds(site, case_id).count("CustomerDisagreed") == 1
    assert again.status == 200
    decided(site, case_id)
    finished(site, case_id)
    over = await page_of(browser, site, link)
    assert "I don't agree" not in over.words
    assert over.words.count("We see it differently.") == 2
    late = await browser.send(site.url_of(link), over, "disagree", case_id, why="Still not.")
    assert "Something has changed meanwhile" in late.words
    assert _kinds(site, case_id).count("CustomerDisagreed") == 1


async def test_after_the_policys_time_a_decision_stands(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    case_id = raised(site, link)
    claimed(site, case_id)
    decided(site, case_id)
    finished(site, case_id)
    site.now += timedelta(days=31)
    assert "I don't agree" not in (await page_of(browser, site, link)).words


async def test_several_disputes_about_one_invoice_are_listed(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    first, second = raised(site, link, statement="The first"), raised(site, link, statement="The second")
    page = await page_of(browser, site, link)
    assert "The second" in page.words
    assert f"?case={first}" in page.text
    assert "The first" in (await browser.open(f"{site.url_of(link)}?case={first}")).words
    joined(site, second, first)
    gone = await browser.open(f"{site.url_of(link)}?case={second}")
    assert "We joined this with another dispute of yours" in gone.words
    assert HIDDEN not in gone.text


async def test_something_else_wrong_leads_to_a_fresh_form(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    raised(site, link)
    assert "?new=1" in (await page_of(browser, site, link)).text
    form = await browser.open(f"{site.url_of(link)}?new=1")
    assert 'name="statement"' in form.text


async def test_a_case_of_another_invoice_or_customer_is_not_there(
    site: CustomerSite, browser: Browser
) -> None:
    ours = site.link()
    theirs = site.link(an_invoice(ref="in_2"))
    mine, other = raised(site, ours), raised(site, theirs, statement="None of yours")
    page = await page_of(browser, site, ours)
    assert (await browser.open(f"{site.url_of(ours)}?case={other}")).status == 404
    for deed, fields in (("message", {"text": "x"}), ("withdraw", {}), ("disagree", {"why": "x"})):
        answer = await browser.send(site.url_of(ours), page, deed, other, **fields)
        assert answer.status == 404
        assert "None of yours" not in answer.text
    assert _kinds(site, other) == _kinds(site, mine) == ["DisputeRaised", "QueueTold"]


async def test_a_chargeback_is_between_the_bank_and_us(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    case_id = raised(site, link, source="stripe", statement=f"{HIDDEN} network reason")

    def mark(tx: Transaction) -> None:
        case = tx.cases.lock(case_id)
        chargeback = Chargeback(
            ref="dp_1", charge_ref="ch_1", status="needs_response", network_reason="fraud", seen_at=site.now
        )
        marked = replace(case, chargeback=chargeback)
        tx.record(add_note(marked, text="x", actor_id="stripe", now=site.now))

    site.store.run_blocking(mark)
    page = await page_of(browser, site, link)
    assert HIDDEN not in page.text
    assert 'name="statement"' in page.text


# --- Whose form is it? ------------------------------------------------------------------------------------


async def test_a_form_without_the_browsers_cookie_does_nothing(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    case_id = raised(site, link)
    page = await page_of(browser, site, link)
    async with a_browser() as somebody_else:
        answer = await somebody_else.send(site.url_of(link), page, "withdraw", case_id)
    assert (answer.status, "Please send that again" in answer.words) == (403, True)
    assert not site.cases(link)[0].is_closed


async def test_a_form_of_another_link_does_nothing(site: CustomerSite, browser: Browser) -> None:
    link, other = site.link(), site.link(an_invoice(ref="in_2"))
    case_id = raised(site, link)
    raised(site, other)
    page = await page_of(browser, site, other)
    assert (await browser.send(site.url_of(link), page, "withdraw", case_id)).status == 403
    assert not site.cases(link)[0].is_closed


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://127.0.0.1.evil.example"},
        {"Origin": "http://["},
    ],
)
async def test_a_form_that_another_site_sends_does_nothing(
    site: CustomerSite, browser: Browser, headers: dict[str, str]
) -> None:
    link = site.link()
    case_id = raised(site, link)
    page = await page_of(browser, site, link)
    browser.headers.update(headers)
    assert (await browser.send(site.url_of(link), page, "withdraw", case_id)).status == 403
    assert not site.cases(link)[0].is_closed


async def test_a_form_from_our_own_page_is_believed(site: CustomerSite, browser: Browser) -> None:
    """Pages that send no referrer send their forms with the origin `null`."""
    link = site.link()
    case_id = raised(site, link)
    page = await page_of(browser, site, link)
    browser.headers.update({"Origin": "null", "Sec-Fetch-Site": "same-origin"})
    assert (await browser.send(site.url_of(link), page, "withdraw", case_id)).status == 200
    assert site.cases(link)[0].is_closed


async def test_a_wrong_or_missing_form_key_does_nothing(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    case_id = raised(site, link)
    page = await page_of(browser, site, link)
    for changed in (
        {"csrf": "x"},
        {"csrf": ""},
        {"csrf": page.hidden["csrf"] + "x"},
        {"once": ""},
        {"once": "a b"},
    ):
        assert (
            await browser.send(site.url_of(link), page, "message", case_id, text="x", **changed)
        ).status == 403
    assert _kinds(site, case_id) == ["DisputeRaised", "QueueTold"]


async def test_asking_for_a_forms_address_changes_nothing(site: CustomerSite, browser: Browser) -> None:
    """After a mistake the browser stands there; opened anew, it leads back to the page."""
    link = site.link()
    case_id = raised(site, link)
    for deed in ("message", "withdraw", "disagree"):
        page = await browser.open(f"{site.url_of(link)}/cases/{case_id}/{deed}")
        assert (page.status, "We have received your dispute" in page.words) == (200, True)
    assert not site.cases(link)[0].is_closed


async def test_what_the_page_says_was_done_can_not_be_made_up(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    raised(site, link)
    page = await browser.open(f"{site.url_of(link)}?done=<script>alert(1)</script>&sent=1")
    assert "<script>alert" not in page.text


def _kinds(site: CustomerSite, case_id: str) -> list[str]:
    return site.read(lambda tx: [entry.kind for entry in tx.timeline.list(case_id)])
