"""Who gets at a customer's file, as what is it served, and what can it do in a browser?"""

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


async def test_a_picture_is_shown_to_its_customer_byte_for_byte(desk: CustomerSite, visitor: Browser) -> None:
    link = desk.link()
    file = await a_file(desk, link, "photo.jpg", BYTES, media_type="image/jpeg", case_id=raised(desk, link))
    answer = await visitor.open(f"{desk.url_of(link)}/files/{file.id}")
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
    desk: CustomerSite, visitor: Browser, media_type: str, served_as: str
) -> None:
    link = desk.link()
    file = await a_file(desk, link, "x.bin", b"<script>alert(1)</script>", media_type=media_type)
    answer = await visitor.open(f"{desk.url_of(link)}/files/{file.id}")
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
async def test_a_name_can_not_change_the_answer(desk: CustomerSite, visitor: Browser, name: str) -> None:
    link = desk.link()
    file = await a_file(desk, link, name, BYTES, media_type="image/jpeg")
    answer = await visitor.open(f"{desk.url_of(link)}/files/{file.id}")
    shown = answer.headers["Content-Disposition"]
    assert answer.status == 200
    assert shown.isascii()
    assert shown.count('"') == 2
    assert "Set-Cookie" not in answer.headers
    assert "/" not in shown.split("filename=")[1].split(";")[0]


async def test_another_customers_file_is_not_there(desk: CustomerSite, visitor: Browser) -> None:
    ours = desk.link()
    others = (desk.link(an_invoice(ref="in_2")), desk.link(customer=a_customer(ref="cus_2")))
    for number, theirs in enumerate(others):
        file = await a_file(desk, theirs, "theirs.jpg", BYTES, id=f"file-{number}", has_preview=True)
        for end in ("", "/preview"):
            answer = await visitor.open(f"{desk.url_of(ours)}/files/{file.id}{end}")
            assert answer.status == 404
            assert b"picture" not in answer.body
            assert "theirs.jpg" not in answer.text


async def test_what_a_stranger_mailed_is_neither_shown_nor_given_out_until_they_are_accepted(
    desk: CustomerSite, visitor: Browser
) -> None:
    link = desk.link()
    case_id = raised(desk, link)
    file = await a_file(desk, link, "margins.pdf", BYTES, case_id=case_id, kind=UNVERIFIED, via="mail")
    address = f"{desk.url_of(link)}/files/{file.id}"
    assert "margins.pdf" not in (await visitor.open(desk.url_of(link))).text
    assert (await visitor.open(address)).status == 404
    desk.store.run_blocking(lambda tx: tx.files.save(replace(file, kind=OTHER_KIND)))
    assert "margins.pdf" in (await visitor.open(desk.url_of(link))).text
    assert (await visitor.open(address)).status == 200


async def test_a_made_up_id_is_told_from_another_customers_by_nothing(
    desk: CustomerSite, visitor: Browser
) -> None:
    theirs = await a_file(desk, desk.link(an_invoice(ref="in_2")), "theirs.jpg", BYTES)
    url = desk.url_of(desk.link())
    made_up, real = [await visitor.open(f"{url}/files/{one}") for one in ("nothing", theirs.id)]
    assert (made_up.status, made_up.text) == (real.status, real.text)


@pytest.mark.parametrize("state", [state for state in FileState if state is not FileState.READY])
async def test_only_what_was_found_clean_is_given_out(
    desk: CustomerSite, visitor: Browser, state: FileState
) -> None:
    link = desk.link()
    file = await a_file(desk, link, "x.jpg", BYTES, state=state, has_preview=True)
    signed = desk.tokens.sign_file(file.id, until=desk.now + timedelta(hours=1))
    for address in (f"{desk.url_of(link)}/files/{file.id}", f"{desk.url}/e/{signed}"):
        assert (await visitor.open(address)).status == 404


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
    desk: CustomerSite, visitor: Browser, language: str, said: str
) -> None:
    link = desk.link()
    case_id = raised(desk, link)
    error = UploadRefused(Fault.LOCKED, name="note.pdf")
    why = str(error)
    await a_file(
        desk, link, "note.pdf", BYTES, case_id=case_id, state=FileState.REFUSED, refusal=error.refusal
    )
    desk.store.run_blocking(
        lambda tx: tx.record(refuse_file(tx.cases.lock(case_id), "note.pdf", why, desk.now))
    )
    page = await visitor.open(f"{desk.url_of(link)}?lang={language}")
    assert said in page.words
    assert (why in page.words) == (language == "en")


async def test_a_preview_is_a_picture_whatever_the_file_is(desk: CustomerSite, visitor: Browser) -> None:
    link = desk.link()
    file = await a_file(desk, link, "contract.pdf", b"%PDF-", media_type="application/pdf", has_preview=True)
    await desk.blobs.save_preview(file.sha256 or "", BYTES)
    answer = await visitor.open(f"{desk.url_of(link)}/files/{file.id}/preview")
    assert (answer.status, answer.headers["Content-Type"], answer.body) == (200, "image/jpeg", BYTES)
    assert is_harmless(answer)


async def test_a_file_without_a_preview_has_none(desk: CustomerSite, visitor: Browser) -> None:
    link = desk.link()
    file = await a_file(desk, link, "x.txt", b"text")
    assert (await visitor.open(f"{desk.url_of(link)}/files/{file.id}/preview")).status == 404


async def test_lost_bytes_are_a_page_and_no_torn_answer(desk: CustomerSite, visitor: Browser) -> None:
    link = desk.link()
    file = await a_file(desk, link, "x.jpg", BYTES)
    await desk.blobs.remove(file.sha256 or "")
    answer = await visitor.open(f"{desk.url_of(link)}/files/{file.id}")
    assert (answer.status, "There is no such file here" in answer.words) == (404, True)


async def test_the_team_opens_a_file_from_chat_until_its_address_ends(
    desk: CustomerSite, visitor: Browser
) -> None:
    file = await a_file(desk, desk.link(), "photo.jpg", BYTES, media_type="image/jpeg")
    signed = desk.tokens.sign_file(file.id, until=desk.now + timedelta(hours=1))
    answer = await visitor.open(f"{desk.url}/e/{signed}")
    assert (answer.status, answer.body) == (200, BYTES)
    assert is_harmless(answer)
    assert (await visitor.open(f"{desk.url}/e/{signed[:-1]}x")).status == 404
    desk.now += timedelta(hours=1)
    assert (await visitor.open(f"{desk.url}/e/{signed}")).status == 404


async def test_asking_for_the_head_alone_sends_no_body(desk: CustomerSite, visitor: Browser) -> None:
    link = desk.link()
    file = await a_file(desk, link, "photo.jpg", BYTES, media_type="image/jpeg")
    answer = await visitor.open(f"{desk.url_of(link)}/files/{file.id}", "HEAD")
    assert (answer.status, answer.body) == (200, b"")


async def test_a_file_is_not_to_be_had_once_the_link_is_over(desk: CustomerSite, visitor: Browser) -> None:
    link = desk.link()
    file = await a_file(desk, link, "photo.jpg", BYTES)
    desk.now = link.expires_at
    assert (await visitor.open(f"{desk.url_of(link)}/files/{file.id}")).status == 410
