"""Tests of receiving: a file is stored whole, once, within the limits, and never in part."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.uploaded_file import FileState, Refusal
from store.engine import Store
from store.errors import EvidenceUnavailable
from store.evidence import receiving
from store.evidence.blobs import Blobs
from store.evidence.limits import MEGABYTE, Limits
from store.evidence.receiving import Receiver
from store.evidence.refusals import Fault, NoSuchUpload, UploadRefused, WrongOffset, stored_refusal
from store.evidence.uploads import UploadTarget
from store.transaction import Transaction
from tests.builders import MONDAY_9AM, a_case, a_customer, an_invoice
from tests.store import transactions
from tests.store.evidence import sample_files as samples
from tests.store.evidence.sample_bytes import noise, pieces_of, read_all, stored_hashes, uploads
from tests.store.evidence.uploads import FORM, Crash, CrashingProxy, broken_after, find, stored, upload

pytestmark = pytest.mark.slow

CASE = UploadTarget(invoice_ref="in_1", customer_ref="cus_nordwind", via="mail", case_id="D-1001")


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs.open((tmp_path / "evidence").as_uri())


@pytest.fixture
def receiver(store: Store, blobs: Blobs, tmp_path: Path) -> Receiver:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    return Receiver(store, blobs, scratch=scratch)


async def test_a_photo_comes_in_clean_with_a_preview(receiver: Receiver, store: Store, blobs: Blobs) -> None:
    photo = samples.a_jpeg(orientation=6)
    file = await upload(receiver, photo, "../IMG 1.jpg", kind="delivery_note")
    assert (file.state, file.name, file.media_type) == (FileState.READY, "IMG 1.jpg", "image/jpeg")
    assert (file.kind, file.has_preview, file.draft_id) == ("delivery_note", True, "form-1")
    assert file == await find(store, file.id)
    content = await stored(blobs, file)
    assert (len(content), samples.SECRET in content) == (file.size, False)
    assert file.sha256 is not None
    assert (await read_all((await blobs.fetch_preview(file.sha256)).pieces))[:3] == b"\xff\xd8\xff"


async def test_a_document_is_kept_to_the_byte(receiver: Receiver, blobs: Blobs) -> None:
    note = samples.a_pdf()
    assert await stored(blobs, await upload(receiver, note, "note.pdf")) == note


async def test_a_heic_is_a_jpeg_afterwards_in_name_too(receiver: Receiver) -> None:
    file = await upload(receiver, samples.a_heic(), "IMG_7.HEIC")
    assert (file.name, file.media_type) == ("IMG_7.jpg", "image/jpeg")


async def test_with_a_scanner_a_file_is_held_first(store: Store, blobs: Blobs) -> None:
    file = await upload(Receiver(store, blobs, has_scanner=True), samples.a_pdf(), "note.pdf")
    assert file.state is FileState.HELD


async def test_nothing_of_an_upload_lies_about_afterwards(
    receiver: Receiver, blobs: Blobs, tmp_path: Path
) -> None:
    await upload(receiver, samples.a_pdf(), "note.pdf")
    assert await uploads(blobs) == []
    assert list((tmp_path / "scratch").iterdir()) == []


async def _nothing() -> AsyncIterator[bytes]:
    """Fails whoever reads it."""
    yield bytes(-1)


@pytest.mark.parametrize(
    ("name", "size", "sentence"),
    [
        ("film.jpg", 2 * 1024 * MEGABYTE, "“film.jpg” has 2048 MB. A file may have at most 25 MB"),
        ("one too many.pdf", 25 * MEGABYTE + 1, "has 26 MB"),
        ("nothing.pdf", 0, "“nothing.pdf” is empty"),
        ("run.exe", 10, "is a program"),
        ("page.html", 10, "web page"),
        ("damage.mov", 10, "is a video"),
    ],
)
async def test_what_can_not_be_taken_is_refused_before_a_byte_has_come(
    receiver: Receiver, store: Store, name: str, size: int, sentence: str
) -> None:
    with pytest.raises(UploadRefused, match=sentence):
        await receiver.begin(FORM, name=name, kind="other", size=size, now=MONDAY_9AM)
    if size:
        with pytest.raises(UploadRefused, match=sentence):
            await receiver.receive_whole(
                _nothing(), target=FORM, name=name, kind="other", now=MONDAY_9AM, size=size
            )
    assert await store.read(lambda tx: tx.files.list_for_draft("form-1")) == []


async def test_who_announces_little_and_sends_much_is_stopped(
    receiver: Receiver, store: Store, blobs: Blobs
) -> None:
    file = await receiver.begin(FORM, name="a.txt", kind="other", size=1000, now=MONDAY_9AM)
    with pytest.raises(UploadRefused, match="More came"):
        await receiver.append(file.id, 0, pieces_of(noise(3 * MEGABYTE)))
    refused = await find(store, file.id)
    assert refused is not None
    assert (refused.state, await uploads(blobs)) == (FileState.REFUSED, [])


async def test_a_file_that_goes_on_and_on_is_stopped_at_the_limit(receiver: Receiver, store: Store) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += MEGABYTE
            yield bytes(MEGABYTE)

    with pytest.raises(UploadRefused, match="at most 25 MB"):
        await receiver.receive_whole(endless(), target=FORM, name="a.txt", kind="other", now=MONDAY_9AM)
    assert read == 26 * MEGABYTE
    assert await store.read(lambda tx: tx.files.list_for_draft("form-1")) == []


async def test_there_is_room_for_so_many_files_and_no_more(store: Store, blobs: Blobs) -> None:
    receiver = Receiver(store, blobs, limits=Limits(files_per_case=2))
    first = await upload(receiver, samples.a_pdf("1"), "1.pdf")
    await receiver.begin(FORM, name="2.pdf", kind="other", size=10, now=MONDAY_9AM)
    with pytest.raises(UploadRefused, match="2 files already"):
        await receiver.begin(FORM, name="3.pdf", kind="other", size=10, now=MONDAY_9AM)
    elsewhere = replace(FORM, draft_id="form-2")
    await receiver.begin(elsewhere, name="3.pdf", kind="other", size=10, now=MONDAY_9AM)
    await receiver.remove(first.id)
    await receiver.begin(FORM, name="3.pdf", kind="other", size=10, now=MONDAY_9AM)


async def test_announced_bytes_take_room_too(store: Store, blobs: Blobs) -> None:
    receiver = Receiver(store, blobs, limits=Limits(bytes_per_case=40 * MEGABYTE))
    await receiver.begin(FORM, name="1.pdf", kind="other", size=25 * MEGABYTE, now=MONDAY_9AM)
    with pytest.raises(UploadRefused, match="at most 40 MB"):
        await receiver.begin(FORM, name="2.pdf", kind="other", size=25 * MEGABYTE, now=MONDAY_9AM)


async def test_what_is_meant_for_a_case_counts_with_what_the_case_has(store: Store, blobs: Blobs) -> None:
    await store.run(transactions.add_cases, a_case())
    receiver = Receiver(store, blobs, limits=Limits(files_per_case=1))
    await receiver.receive_whole(b"words", target=CASE, name="1.txt", kind="other", now=MONDAY_9AM)
    loose = replace(CASE, case_id=None, meant_for="D-1001")
    with pytest.raises(UploadRefused, match="1 files already"):
        await receiver.begin(loose, name="2.txt", kind="other", size=10, now=MONDAY_9AM)


async def test_a_broken_upload_goes_on_where_it_stopped(receiver: Receiver, blobs: Blobs) -> None:
    words = b"All that we agreed on. " * 100_000
    file = await receiver.begin(FORM, name="long.txt", kind="other", size=len(words), now=MONDAY_9AM)
    with pytest.raises(ConnectionResetError):
        await receiver.append(file.id, 0, broken_after(words, 1_500_000))
    with pytest.raises(WrongOffset, match="goes on at byte 1500000") as wrong:
        await receiver.append(file.id, 0, pieces_of(words))
    assert wrong.value.received == 1_500_000
    with pytest.raises(WrongOffset):
        await receiver.finish(file.id, now=MONDAY_9AM)
    await receiver.append(file.id, 1_500_000, pieces_of(words[1_500_000:]))
    assert await stored(blobs, await receiver.finish(file.id, now=MONDAY_9AM)) == words


async def test_of_two_connections_for_one_upload_the_quicker_wins(receiver: Receiver, blobs: Blobs) -> None:
    words = b"All that we agreed on. " * 100_000
    file = await receiver.begin(FORM, name="long.txt", kind="other", size=len(words), now=MONDAY_9AM)
    hangs, goes_on = asyncio.Event(), asyncio.Event()

    async def hanging() -> AsyncIterator[bytes]:
        yield words[:10]
        hangs.set()
        await goes_on.wait()
        raise ConnectionResetError

    slow = asyncio.create_task(receiver.append(file.id, 0, hanging()))
    await hangs.wait()
    await receiver.append(file.id, 0, pieces_of(words))
    goes_on.set()
    with pytest.raises(WrongOffset) as wrong:
        await slow
    assert wrong.value.received == len(words)
    assert await stored(blobs, await receiver.finish(file.id, now=MONDAY_9AM)) == words


async def test_an_upload_whose_parts_were_lost_goes_on_where_they_are(
    receiver: Receiver, blobs: Blobs
) -> None:
    words = b"All that we agreed on. " * 100_000
    file = await receiver.begin(FORM, name="long.txt", kind="other", size=len(words), now=MONDAY_9AM)
    await receiver.append(file.id, 0, pieces_of(words))
    await blobs.put_part(file.id, 0, words[:700_000])
    with pytest.raises(WrongOffset) as wrong:
        await receiver.finish(file.id, now=MONDAY_9AM)
    assert wrong.value.received == 700_000
    await receiver.append(file.id, 700_000, pieces_of(words[700_000:]))
    assert await stored(blobs, await receiver.finish(file.id, now=MONDAY_9AM)) == words


async def test_a_refused_file_leaves_its_sentence_and_no_bytes(
    receiver: Receiver, store: Store, blobs: Blobs
) -> None:
    page = b"<html><script>alert(1)</script> 100 %"
    file = await receiver.begin(FORM, name="100 %.jpg", kind="other", size=len(page), now=MONDAY_9AM)
    await receiver.append(file.id, 0, pieces_of(page))
    for _ in range(2):
        with pytest.raises(UploadRefused, match=r"“100 _\.jpg” is a web page"):
            await receiver.finish(file.id, now=MONDAY_9AM)
    refused = await find(store, file.id)
    assert refused is not None
    assert (refused.state, refused.sha256) == (FileState.REFUSED, None)
    assert (await stored_hashes(blobs), await uploads(blobs)) == ([], [])


async def test_a_sentence_comes_with_what_its_translation_needs(receiver: Receiver) -> None:
    with pytest.raises(UploadRefused) as refused:
        await receiver.begin(FORM, name="a.pdf", kind="other", size=99 * MEGABYTE, now=MONDAY_9AM)
    assert refused.value.text == Fault.TOO_BIG
    assert refused.value.values == {"name": "a.pdf", "megabytes": 99, "limit": 25}


@pytest.mark.parametrize("fault", Fault)
def test_a_stored_refusal_is_the_same_error_again(fault: Fault) -> None:
    values: dict[str, str | int] = {
        name: f"1 %(x)s ({name})"
        for name in ("name", "megabytes", "limit", "found", "pixels", "signature")
        if f"%({name})s" in fault
    }
    again = stored_refusal(UploadRefused(fault, **values).refusal)
    assert (again.text, again.values) == (fault, values)


def test_a_sentence_that_was_stored_without_a_code_stays_as_it_is() -> None:
    refusal = Refusal(code="", values={"sentence": "Only 50 % of it came."})
    assert str(stored_refusal(refusal)) == "Only 50 % of it came."


async def test_the_same_bytes_twice_in_one_form_are_kept_once(receiver: Receiver, store: Store) -> None:
    first = await upload(receiver, samples.a_pdf(), "note.pdf")
    assert await upload(receiver, samples.a_pdf(), "note again.pdf") == first
    listed = await store.read(lambda tx: tx.files.list_for_draft("form-1"))
    assert [file.id for file in listed if file.state is FileState.READY] == [first.id]
    assert (
        await upload(receiver, samples.a_pdf(), "note.pdf", place=replace(FORM, draft_id="form-2")) != first
    )


async def test_the_same_bytes_by_mail_twice_are_kept_once_in_the_case(
    receiver: Receiver, store: Store
) -> None:
    await store.run(transactions.add_cases, a_case())
    loose = replace(CASE, case_id=None, meant_for="D-1001")
    took = [
        await receiver.receive_whole(
            samples.a_pdf(), target=place, name="a.pdf", kind="other", now=MONDAY_9AM
        )
        for place in (CASE, CASE, loose)
    ]
    assert took[0] == took[1] == took[2]


async def test_finishing_twice_answers_the_same(receiver: Receiver) -> None:
    file = await upload(receiver, samples.a_pdf(), "note.pdf")
    assert await receiver.finish(file.id, now=MONDAY_9AM) == file


async def test_an_attachment_without_an_ending_gets_one(receiver: Receiver) -> None:
    file = await receiver.receive_whole(
        samples.a_png(), target=FORM, name="image001", kind="other", now=MONDAY_9AM
    )
    assert (file.name, file.state) == ("image001.png", FileState.READY)


async def test_a_removed_file_is_gone_and_takes_no_more(receiver: Receiver, blobs: Blobs) -> None:
    file = await receiver.begin(FORM, name="a.txt", kind="other", size=10, now=MONDAY_9AM)
    await receiver.append(file.id, 0, pieces_of(b"12345"))
    await receiver.remove(file.id)
    with pytest.raises(NoSuchUpload):
        await receiver.append(file.id, 5, pieces_of(b"67890"))
    with pytest.raises(NoSuchUpload):
        await receiver.finish(file.id, now=MONDAY_9AM)
    assert await uploads(blobs) == []


async def test_what_is_in_a_case_can_not_be_removed(receiver: Receiver, store: Store) -> None:
    await store.run(transactions.add_cases, a_case())
    file = await receiver.receive_whole(b"words", target=CASE, name="1.txt", kind="other", now=MONDAY_9AM)
    await receiver.remove(file.id)
    assert await find(store, file.id) == file


def _send_form(tx: Transaction) -> str:
    tx.links.find_or_add(
        an_invoice(), a_customer(), link_id="link-1", now=MONDAY_9AM, expires_at=MONDAY_9AM.replace(year=2027)
    )
    draft = tx.drafts.save("link-1", {}, MONDAY_9AM)
    tx.drafts.mark_sent(draft.id, "D-1001")
    return draft.id


async def test_a_file_still_under_way_when_the_form_was_sent_joins_its_case(
    receiver: Receiver, store: Store
) -> None:
    await store.run(transactions.add_cases, a_case())
    place = replace(FORM, draft_id=await store.run(_send_form))
    file = await upload(receiver, samples.a_pdf(), "late.pdf", place=place, kind="delivery_note")
    case = await store.read(transactions.get, "D-1001")
    assert file.case_id == "D-1001"
    assert [(piece.kind, piece.file_id) for piece in case.evidence] == [("delivery_note", file.id)]
    assert (await store.read(transactions.event_kinds, "D-1001"))[-1] == "EvidenceAdded"


async def test_a_full_disk_is_told_as_something_that_passes(
    receiver: Receiver, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await receiver.begin(FORM, name="a.pdf", kind="other", size=len(samples.a_pdf()), now=MONDAY_9AM)
    await receiver.append(file.id, 0, pieces_of(samples.a_pdf()))

    async def full(*_: object) -> None:
        raise EvidenceUnavailable("There is no room.")

    with monkeypatch.context() as patched:
        patched.setattr(receiving, "inspect_file", full)
        with pytest.raises(EvidenceUnavailable):
            await receiver.finish(file.id, now=MONDAY_9AM)
    assert (await receiver.finish(file.id, now=MONDAY_9AM)).state is FileState.READY


@pytest.mark.parametrize("is_after", [False, True], ids=["before", "after"])
async def test_wherever_the_process_dies_no_row_promises_bytes_that_are_not_there(
    store: Store, blobs: Blobs, *, is_after: bool
) -> None:
    """Dies at each step in turn; then another process goes on as the browser would."""
    calls: list[str] = [""]
    crash_at = 0
    while len(calls) >= crash_at:
        crash_at, calls = crash_at + 1, []
        proxy = CrashingProxy(calls, crash_at, is_after=is_after)
        dying = Receiver(proxy.wrap(store), proxy.wrap(blobs))
        content, place = samples.a_pdf(f"{is_after} {crash_at}"), replace(FORM, draft_id=f"form-{crash_at}")
        try:
            await upload(dying, content, "a.pdf", place=place)
        except Crash:
            await _go_on(store, blobs, place, content)
    assert {"run", "put_part", "save", "save_preview", "discard", "has"} == set(calls)
    assert crash_at == len(calls) + 1


async def _go_on(store: Store, blobs: Blobs, place: UploadTarget, content: bytes) -> None:
    draft_id = place.draft_id or ""
    files = await store.read(lambda tx: tx.files.list_for_draft(draft_id))
    for file in files:
        if file.state in (FileState.READY, FileState.HELD):
            assert await stored(blobs, file) == content
    receiver = Receiver(store, blobs)
    if not files:
        await upload(receiver, content, "a.pdf", place=place)
        return
    [file] = files
    if file.state is FileState.UPLOADING and file.received < file.size:
        await receiver.append(file.id, file.received, pieces_of(content[file.received :]))
    assert await stored(blobs, await receiver.finish(file.id, now=MONDAY_9AM)) == content


async def test_bytes_that_a_sweep_took_in_the_last_moment_are_stored_again(
    store: Store, blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver, real = Receiver(store, blobs), Blobs.has

    async def swept(self: Blobs, sha256: str) -> bool:
        await self.remove(sha256)
        return await real(self, sha256)

    monkeypatch.setattr(Blobs, "has", swept)
    file = await upload(receiver, samples.a_pdf(), "a.pdf")
    assert await stored(blobs, file) == samples.a_pdf()
