"""Tests of the blob store: bytes come back whole, under their hash."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.errors import EvidenceUnavailable
from store.evidence.blobs import Blob, BlobMissing, Blobs, IncompleteUpload
from store.evidence.streams import MOST_IN_A_PART
from tests.fixtures.effort import tries
from tests.store.evidence.sample_bytes import (
    LONG_AGO,
    MB,
    MUCH_LATER,
    UPLOAD,
    noise,
    pieces_of,
    read_all,
    stored_hashes,
    upload,
    uploads,
)

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("size", [0, 1, MB, MB + 1, MOST_IN_A_PART, MOST_IN_A_PART + 1, 12 * MB + 7])
async def test_an_upload_comes_out_as_it_went_in_under_its_hash(blobs: Blobs, size: int) -> None:
    content = noise(size)
    await upload(blobs, content)
    blob = await blobs.assemble(UPLOAD, size)
    assert blob == Blob(sha256(content).hexdigest(), size)
    stored = await blobs.fetch(blob.sha256)
    assert stored.size == size
    assert await read_all(stored.pieces) == content
    assert await read_all(blobs.read(blob.sha256)) == content
    assert await stored_hashes(blobs) == [blob.sha256]


async def test_a_stream_and_a_file_are_kept_the_same_way_and_once(blobs: Blobs, tmp_path: Path) -> None:
    content = noise(7 * MB + 5)
    (tmp_path / "photo.jpg").write_bytes(content)
    blob = await blobs.save(pieces_of(content))
    assert await blobs.save(tmp_path / "photo.jpg") == blob
    assert await blobs.save(pieces_of(content, 9 * MB)) == blob
    assert await stored_hashes(blobs) == [blob.sha256]
    assert await uploads(blobs) == []
    assert await read_all(blobs.read(blob.sha256)) == content


async def test_parts_stay_until_they_are_discarded_so_assembling_may_be_repeated(blobs: Blobs) -> None:
    content = noise(3 * MB)
    await upload(blobs, content)
    blob = await blobs.assemble(UPLOAD, len(content))
    await blobs.remove(blob.sha256)
    assert not await blobs.has(blob.sha256)
    assert await blobs.assemble(UPLOAD, len(content)) == blob
    assert await blobs.has(blob.sha256)
    await blobs.discard(UPLOAD)
    await blobs.discard(UPLOAD)
    with pytest.raises(IncompleteUpload):
        await blobs.assemble(UPLOAD, len(content))


async def test_an_upload_with_a_gap_goes_on_from_there(blobs: Blobs) -> None:
    content = noise(3 * MB)
    await blobs.put_part(UPLOAD, 0, content[:MB])
    await blobs.put_part(UPLOAD, 2 * MB, content[2 * MB :])
    with pytest.raises(IncompleteUpload) as caught:
        await blobs.assemble(UPLOAD, len(content))
    assert caught.value.received == MB
    assert await stored_hashes(blobs) == []
    await blobs.put_part(UPLOAD, MB, content[MB : 2 * MB])
    assert await read_all(blobs.read((await blobs.assemble(UPLOAD, len(content))).sha256)) == content


@settings(max_examples=tries(60))
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 25)), max_size=12), st.integers(1, 40))
def test_however_parts_overlap_the_upload_is_what_was_sent_or_is_told_where_to_go_on(
    parts: list[tuple[int, int]], size: int
) -> None:
    content = noise(80)

    async def attempt() -> None:
        blobs = Blobs.open("memory:///")
        have: dict[int, int] = {}
        for offset, length in parts:
            await blobs.put_part(UPLOAD, offset, content[offset : offset + length])
            have[offset] = length
        covered = {place for offset, length in have.items() for place in range(offset, offset + length)}
        received = next(place for place in range(81) if place not in covered or place == size)
        if received == size:
            assert await read_all(blobs.read_upload(UPLOAD, size)) == content[:size]
        else:
            with pytest.raises(IncompleteUpload) as caught:
                await read_all(blobs.read_upload(UPLOAD, size))
            assert caught.value.received == received

    asyncio.run(attempt())


async def test_what_changes_while_it_is_stored_is_not_kept_under_a_wrong_name(
    blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    await upload(blobs, noise(6 * MB))
    read_upload, rounds = Blobs.read_upload, []

    async def meddled(self: Blobs, upload_id: str, size: int) -> AsyncIterator[bytes]:
        rounds.append(1)
        if len(rounds) == 2:  # a second connection writes between the two times it is read
            await self.put_part(upload_id, 5 * MB, noise(MB, seed=2))
        async for piece in read_upload(self, upload_id, size):
            yield piece

    monkeypatch.setattr(Blobs, "read_upload", meddled)
    with pytest.raises(EvidenceUnavailable, match="changed while it was being stored"):
        await blobs.assemble(UPLOAD, 6 * MB)
    assert await stored_hashes(blobs) == []


async def test_a_source_that_breaks_off_leaves_nothing_and_its_error_is_its_own(blobs: Blobs) -> None:
    async def breaks() -> AsyncIterator[bytes]:
        yield noise(9 * MB)
        raise ConnectionResetError("the customer is in a tunnel")

    with pytest.raises(ConnectionResetError, match="tunnel"):
        await blobs.save(breaks())
    assert await stored_hashes(blobs) == []
    assert await uploads(blobs) == []


async def test_what_is_missing_is_said_before_the_first_byte(blobs: Blobs) -> None:
    nothing = sha256(b"nothing").hexdigest()
    with pytest.raises(BlobMissing):
        await blobs.fetch(nothing)
    with pytest.raises(BlobMissing):
        await blobs.fetch_preview(nothing)
    assert not await blobs.has(nothing)
    assert await blobs.remove(nothing)


async def test_a_preview_lies_beside_and_goes_with_its_file(blobs: Blobs) -> None:
    blob = await blobs.save(pieces_of(b"a photo"))
    await blobs.save_preview(blob.sha256, b"small")
    await blobs.save_preview(blob.sha256, b"smaller")
    assert await read_all((await blobs.fetch_preview(blob.sha256)).pieces) == b"smaller"
    assert await stored_hashes(blobs) == [blob.sha256]
    await blobs.remove(blob.sha256)
    with pytest.raises(BlobMissing):
        await blobs.fetch_preview(blob.sha256)


async def test_abandoned_uploads_are_found_by_their_last_part(blobs: Blobs) -> None:
    await upload(blobs, b"half")
    assert await uploads(blobs, LONG_AGO) == []
    assert await uploads(blobs) == [UPLOAD]
    await blobs.discard(UPLOAD)
    assert await uploads(blobs) == []


async def test_a_sweep_leaves_alone_what_was_stored_again_a_moment_ago(blobs: Blobs) -> None:
    blob = await blobs.save(pieces_of(b"a photo"))
    assert await stored_hashes(blobs, LONG_AGO) == []
    assert not await blobs.remove(blob.sha256, unless_since=LONG_AGO)
    assert await blobs.has(blob.sha256)
    assert await blobs.remove(blob.sha256, unless_since=MUCH_LATER)
    assert not await blobs.has(blob.sha256)


async def test_storing_again_makes_it_new(tmp_path: Path) -> None:
    blobs = Blobs.open(tmp_path.as_uri())
    blob = await blobs.save(pieces_of(b"a photo"))
    file = tmp_path / "sha256" / blob.sha256[:2] / blob.sha256
    os.utime(file, (0, 0))
    assert await stored_hashes(blobs, LONG_AGO) == [blob.sha256]
    await blobs.save(pieces_of(b"a photo"))
    assert await stored_hashes(blobs, LONG_AGO) == []


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "a/b/c/d/e/f", "short", "x" * 129, "ab\0cdefghij"])
async def test_no_name_leads_out_of_its_place(blobs: Blobs, name: str) -> None:
    for deed in (blobs.put_part(name, 0, b"x"), blobs.discard(name), blobs.fetch(name), blobs.remove(name)):
        with pytest.raises(ValueError, match="is no"):
            await deed


@pytest.mark.parametrize("size", [0, MOST_IN_A_PART + 1])
async def test_a_part_is_neither_empty_nor_large(blobs: Blobs, size: int) -> None:
    with pytest.raises(ValueError, match="a part has"):
        await blobs.put_part(UPLOAD, 0, bytes(size))


async def test_the_check_says_that_all_is_well_and_leaves_nothing(blobs: Blobs) -> None:
    await blobs.check()
    assert await stored_hashes(blobs) == []
    assert await uploads(blobs) == []


async def test_two_that_store_the_same_at_once_both_succeed(blobs: Blobs) -> None:
    content = noise(6 * MB)
    await upload(blobs, content)
    both = await asyncio.gather(
        *(blobs.assemble(UPLOAD, len(content)) for _ in range(3)), blobs.save(pieces_of(content))
    )
    assert {blob.sha256 for blob in both} == {sha256(content).hexdigest()}
    assert await read_all(blobs.read(both[0].sha256)) == content
