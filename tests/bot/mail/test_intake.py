"""What becomes of a mail and of the files that come with it."""

from __future__ import annotations

import io
import zipfile

import pytest

from bot.mail.spool import Spool
from core.case import Status
from core.inbound_mail import Envelope
from handlers.receive_mail import MailOutcome
from store.engine import Store
from tests.bot.mail.harness import MailHarness, a_mail_harness, a_photo, a_reply
from tests.connectors.mail.builders import reply_address
from tests.connectors.mail.raw_mail import file_part, multipart, text_part, winmail
from tests.connectors.mail.raw_mail import mail as a_mail


@pytest.fixture
def harness(quick_store: Store) -> MailHarness:
    return a_mail_harness(quick_store)


async def test_a_photo_becomes_evidence(harness: MailHarness) -> None:
    case_id = await harness.raise_one()
    raw = _with(case_id, file_part("note.jpg", "image/jpeg", a_photo()))
    assert await _take_in(harness, raw) is MailOutcome.TOLD
    assert await harness.evidence(case_id) == [("other", "note.jpg")]
    (event,) = await harness.customer_messages(case_id)
    assert event.files == ("note.jpg",)
    assert event.warning == ""


async def test_a_photo_is_the_one_thing_that_was_missing(harness: MailHarness) -> None:
    case_id = await harness.raise_one(reason_id="not_delivered")
    await _take_in(harness, _with(case_id, file_part("note.jpg", "image/jpeg", a_photo())))
    assert await harness.evidence(case_id) == [("delivery_note", "note.jpg")]
    case = await harness.store.read(lambda tx: tx.cases.get(case_id))
    assert case.status is Status.OPEN


async def test_the_logo_of_a_signature_is_no_evidence(harness: MailHarness) -> None:
    case_id = await harness.raise_one(reason_id="not_delivered")
    logo = file_part("logo.jpg", "image/jpeg", a_photo(40), "Content-ID: <logo>", how="inline")
    await _take_in(harness, _with(case_id, logo))
    assert await harness.evidence(case_id) == []
    (event,) = await harness.customer_messages(case_id)
    assert (event.files, event.warning) == ((), "")


async def test_a_picture_in_the_text_that_is_no_logo_is_evidence(harness: MailHarness) -> None:
    case_id = await harness.raise_one()
    shot = file_part("shot.jpg", "image/jpeg", a_photo(), "Content-ID: <shot>", how="inline")
    await _take_in(harness, _with(case_id, shot))
    assert await harness.evidence(case_id) == [("other", "shot.jpg")]


async def test_a_file_that_cant_be_taken_is_named_and_its_mail_is_told(harness: MailHarness) -> None:
    case_id = await harness.raise_one()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("note.txt", "four chairs")
    raw = _with(
        case_id,
        file_part("all.zip", "application/zip", packed.getvalue()),
        file_part("note.jpg", "image/jpeg", a_photo()),
    )
    assert await _take_in(harness, raw) is MailOutcome.TOLD
    assert await harness.evidence(case_id) == [("other", "note.jpg")]
    (event,) = await harness.customer_messages(case_id)
    assert event.text == "See the files."
    assert "all.zip" in event.warning
    (kept,) = await harness.mails(case_id)
    assert await harness.raw(kept) == raw


async def test_a_file_of_30_megabytes_is_left_out_and_said(harness: MailHarness) -> None:
    case_id = await harness.raise_one()
    large = file_part("scan.pdf", "application/pdf", b"%PDF-1.4\n" + bytes(30_000_000))
    assert await _take_in(harness, _with(case_id, large)) is MailOutcome.TOLD
    (event,) = await harness.customer_messages(case_id)
    assert event.files == ()
    assert "“scan.pdf” has 29 MB" in event.warning


async def test_files_in_a_winmail_dat_are_taken_out_of_it(harness: MailHarness) -> None:
    case_id = await harness.raise_one()
    wrapped = winmail("See the files.", note_jpg=a_photo())
    await _take_in(harness, _with(case_id, file_part("winmail.dat", "application/ms-tnef", wrapped)))
    assert await harness.evidence(case_id) == [("other", "note.jpg")]


async def test_the_files_of_a_mail_that_came_twice_are_taken_once(harness: MailHarness) -> None:
    case_id = await harness.raise_one()
    raw = _with(case_id, file_part("note.jpg", "image/jpeg", a_photo()))
    assert [await _take_in(harness, raw), await _take_in(harness, raw)] == [
        MailOutcome.TOLD,
        MailOutcome.REPEAT,
    ]
    assert len(await harness.evidence(case_id)) == 1


async def test_a_stray_mail_is_kept_whole_but_its_files_are_not_looked_into(harness: MailHarness) -> None:
    case_id = await harness.raise_one()
    raw = _with(case_id, file_part("note.jpg", "image/jpeg", a_photo())).replace(
        reply_address(case_id).encode(), b"disputes@disputes.acme.example"
    )
    assert await _take_in(harness, raw) is MailOutcome.STRAY
    files = await harness.store.read(lambda tx: tx.files.list_for_invoice("in_1", "cus_nordwind"))
    assert files == []
    stray = await harness.store.read(lambda tx: tx.mails.find("<reply-1@nordwind.example>"))
    assert stray is not None
    assert await harness.raw(stray) == raw


async def test_a_colleagues_file_waits_with_their_mail(harness: MailHarness) -> None:
    case_id = await harness.raise_one()
    raw = _with(case_id, file_part("note.jpg", "image/jpeg", a_photo()), From="sam@nordwind.example")
    assert await _take_in(harness, raw) is MailOutcome.HELD
    assert await harness.evidence(case_id) == []
    files = await harness.store.read(lambda tx: tx.files.list_for_case(case_id))
    assert [(file.name, file.kind) for file in files] == [("note.jpg", "unverified")]


async def test_the_envelope_counts_where_the_mail_itself_says_nothing(harness: MailHarness) -> None:
    case_id = await harness.raise_one()
    raw = a_reply(case_id, To="undisclosed-recipients:;")
    envelope = Envelope(sender="ap@nordwind.example", recipients=(reply_address(case_id),))
    assert await _take_in(harness, raw, envelope) is MailOutcome.TOLD


def _with(case_id: str, *files: bytes, **changed: str) -> bytes:
    line, body = multipart(text_part("See the files.\n"), *files)
    values = {"To": reply_address(case_id), "In_Reply_To": "", "Subject": "Our invoice", **changed}
    return a_mail(body, line, **values)


async def _take_in(harness: MailHarness, raw: bytes, envelope: Envelope | None = None) -> MailOutcome:
    with Spool() as spool:
        await spool.write(raw)
        return await harness.intake.take_in(spool, envelope or Envelope())
