"""Tests of file downloads: who gets a file, of which type, and that it can't run in a browser."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.evidence import refuse_file
from core.uploaded_file import OTHER_KIND, FileState
from store.evidence.refusals import Fault, UploadRefused
from store.evidence.uploads import UNVERIFIED
from tests.builders import a_customer, an_invoice
from tests.web.browser import Browser, Page
from tests.web.customer_site import CustomerSite
from tests.web.team_actions import a_file, raised

BYTES = b"\xff\xd8\xff" + b"picture" * 1000


def is_harmless(answer: Page) -> bool:
    """Whether a browser that opens it runs nothing, guesses nothing and tells nobody."""
    policy = answer.headers["Content-Security-Policy"]
    return (
        policy.startswith("sandbox;")
        and "default-src 'none'" in policy
        and "allow-" not in policy
        and answer.headers["X-Content-Type-Options"] == "nosniff"
        and answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        and answer.headers["Referrer-Policy"] == "no-referrer"
        and "no-store" in answer.headers["Cache-Control"]
    )


async def test_a_picture_is_shown_to_its_customer_byte_for_byte(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    file = await a_file(site, link, "photo.jpg", BYTES, media_type="image/jpeg", case_id=raised(site, link))
    answer = await browser.open(f"{site.url_of(link)}/files/{file.id}")
    assert (answer.status, answer.body) == (200, BYTES)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Content-Length"] == str(len(BYTES))
    assert answer.headers["Content-Disposition"].startswith('inline; filename="photo.jpg"')
    assert is_harmless(answer)


@pytest.mark.parametrize(
    ("media_type", "served_as"),
    [
        ("application/pdf", "application/pdf"),
        ("text/plain", "text/plain; charset=utf-8"),
        ("text/csv", "text/plain; charset=utf-8"),
        ("message/rfc822", "message/rfc822"),
        ("text/html", "application/octet-stream"),
        ("image/svg+xml", "application/octet-stream"),
        ("application/xhtml+xml", "application/octet-stream"),
        ("text/html\r\nSet-Cookie: a=b", "application/octet-stream"),
    ],
)
async def test_everything_else_is_for_saving(
    site: CustomerSite, browser: Browser, media_type: str, served_as: str
) -> None:
    link = site.link()
    file = await a_file(site, link, "x.bin", b"<script>alert(1)</script>", media_type=media_type)
    answer = await browser.open(f"{site.url_of(link)}/files/{file.id}")
    assert answer.headers["Content-Type"] == served_as
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "Set-Cookie" not in answer.headers
    assert is_harmless(answer)


@pytest.mark.parametrize(
    "name",
    [
        'a"b.jpg',
        "a\r\nSet-Cookie: a=b.jpg",
        "ä € 😀.jpg",
        "../../etc/passwd",
        "a;filename=b.html",
        "\u202egpj.exe",
        "",
    ],
)
async def test_a_name_can_not_change_the_answer(site: CustomerSite, browser: Browser, name: str) -> None:
    link = site.link()
    file = await a_file(site, link, name, BYTES, media_type="image/jpeg")
    answer = await browser.open(f"{site.url_of(link)}/files/{file.id}")
    shown = answer.headers["Content-Disposition"]
    assert answer.status == 200
    assert shown.isascii()
    assert shown.count('"') == 2
    assert "Set-Cookie" not in answer.headers
    assert "/" not in shown.split("filename=")[1].split(";")[0]


async def test_another_customers_file_is_not_there(site: CustomerSite, browser: Browser) -> None:
    ours = site.link()
    others = (site.link(an_invoice(ref="in_2")), site.link(customer=a_customer(ref="cus_2")))
    for number, theirs in enumerate(others):
        file = await a_file(site, theirs, "theirs.jpg", BYTES, id=f"file-{number}", has_preview=True)
        for end in ("", "/preview"):
            answer = await browser.open(f"{site.url_of(ours)}/files/{file.id}{end}")
            assert answer.status == 404
            assert b"picture" not in answer.body
            assert "theirs.jpg" not in answer.text


async def test_what_a_stranger_mailed_is_neither_shown_nor_given_out_until_they_are_accepted(
    site: CustomerSite, browser: Browser
) -> None:
    link = site.link()
    case_id = raised(site, link)
    file = await a_file(site, link, "margins.pdf", BYTES, case_id=case_id, kind=UNVERIFIED, via="mail")
    address = f"{site.url_of(link)}/files/{file.id}"
    assert "margins.pdf" not in (await browser.open(site.url_of(link))).text
    assert (await browser.open(address)).status == 404
    site.store.run_blocking(lambda tx: tx.files.save(replace(file, kind=OTHER_KIND)))
    assert "margins.pdf" in (await browser.open(site.url_of(link))).text
    assert (await browser.open(address)).status == 200


async def test_a_made_up_id_is_told_from_another_customers_by_nothing(
    site: CustomerSite, browser: Browser
) -> None:
    theirs = await a_file(site, site.link(an_invoice(ref="in_2")), "theirs.jpg", BYTES)
    url = site.url_of(site.link())
    made_up, real = [await browser.open(f"{url}/files/{one}") for one in ("nothing", theirs.id)]
    assert (made_up.status, made_up.text) == (real.status, real.text)


@pytest.mark.parametrize("state", [state for state in FileState if state is not FileState.READY])
async def test_only_what_was_found_clean_is_given_out(
    site: CustomerSite, browser: Browser, state: FileState
) -> None:
    link = site.link()
    file = await a_file(site, link, "x.jpg", BYTES, state=state, has_preview=True)
    signed = site.tokens.sign_file(file.id, until=site.now + timedelta(hours=1))
    for address in (f"{site.url_of(link)}/files/{file.id}", f"{site.url}/e/{signed}"):
        assert (await browser.open(address)).status == 404


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "“note.pdf” is locked with a password. Send it without one."),
        ("de", "„note.pdf“ ist mit einem Passwort geschützt. Bitte senden Sie die Datei ohne Passwort."),
        ("fr", "est protégé par un mot de passe. Envoyez-le sans mot de passe."),
        ("es", "«note.pdf» está protegido con contraseña. Envíelo sin contraseña."),
    ],
)
async def test_why_a_file_was_thrown_away_is_told_in_the_customers_language(
    site: CustomerSite, browser: Browser, language: str, said: str
) -> None:
    link = site.link()
    case_id = raised(site, link)
    error = UploadRefused(Fault.LOCKED, name="note.pdf")
    why = "“note.pdf” has a password."
    """As an older release said it; the file's row decides what is told."""
    other = UploadRefused(Fault.EMPTY, name="note.pdf")
    refused = {"case_id": case_id, "state": FileState.REFUSED}
    await a_file(site, link, "note.pdf", b"", refusal=other.refusal, **refused)
    file = await a_file(site, link, "note.pdf", BYTES, refusal=error.refusal, **refused)
    site.store.run_blocking(
        lambda tx: tx.record(refuse_file(tx.cases.lock(case_id), "note.pdf", why, site.now, file_id=file.id))
    )
    page = await browser.open(f"{site.url_of(link)}?lang={language}")
    assert said in page.words
    assert why not in page.words


async def test_a_preview_is_a_picture_whatever_the_file_is(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    file = await a_file(site, link, "contract.pdf", b"%PDF-", media_type="application/pdf", has_preview=True)
    await site.blobs.save_preview(file.sha256 or "", BYTES)
    answer = await browser.open(f"{site.url_of(link)}/files/{file.id}/preview")
    assert (answer.status, answer.headers["Content-Type"], answer.body) == (200, "image/jpeg", BYTES)
    assert is_harmless(answer)


async def test_a_file_without_a_preview_has_none(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    file = await a_file(site, link, "x.txt", b"text")
    assert (await browser.open(f"{site.url_of(link)}/files/{file.id}/preview")).status == 404


async def test_lost_bytes_are_a_page_and_no_torn_answer(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    file = await a_file(site, link, "x.jpg", BYTES)
    await site.blobs.remove(file.sha256 or "")
    answer = await browser.open(f"{site.url_of(link)}/files/{file.id}")
    assert (answer.status, "There is no such file here" in answer.words) == (404, True)


async def test_the_team_opens_a_file_from_chat_until_its_address_ends(
    site: CustomerSite, browser: Browser
) -> None:
    file = await a_file(site, site.link(), "photo.jpg", BYTES, media_type="image/jpeg")
    signed = site.tokens.sign_file(file.id, until=site.now + timedelta(hours=1))
    answer = await browser.open(f"{site.url}/e/{signed}")
    assert (answer.status, answer.body) == (200, BYTES)
    assert is_harmless(answer)
    assert (await browser.open(f"{site.url}/e/{signed[:-1]}x")).status == 404
    site.now += timedelta(hours=1)
    assert (await browser.open(f"{site.url}/e/{signed}")).status == 404


async def test_asking_for_the_head_alone_sends_no_body(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    file = await a_file(site, link, "photo.jpg", BYTES, media_type="image/jpeg")
    answer = await browser.open(f"{site.url_of(link)}/files/{file.id}", "HEAD")
    assert (answer.status, answer.body) == (200, b"")


async def test_a_file_is_not_to_be_had_once_the_link_is_over(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    file = await a_file(site, link, "photo.jpg", BYTES)
    site.now = link.expires_at
    assert (await browser.open(f"{site.url_of(link)}/files/{file.id}")).status == 410
