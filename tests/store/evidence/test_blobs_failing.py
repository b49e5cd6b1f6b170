"""Tests of a full disk, an unavailable store and a killed process: a clear error, never half a file."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from store.errors import EvidenceUnavailable, StoreUnavailable
from store.evidence.blobs import Blobs
from tests.store.evidence.s3_bucket import Bucket, s3_server
from tests.store.evidence.sample_bytes import (
    MB,
    UPLOAD,
    noise,
    pieces_of,
    read_all,
    stored_hashes,
    upload,
    uploads,
)

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "url", ["", "evidence", "file://elsewhere/x", "s3:///", "gs://bucket", "https://x/y"]
)
def test_an_address_that_is_none_is_told_how_to_write_it(url: str) -> None:
    with pytest.raises(EvidenceUnavailable, match="Write it like file:///"):
        Blobs.open(url)


def test_a_store_that_is_away_is_a_store_that_is_away() -> None:
    assert issubclass(EvidenceUnavailable, StoreUnavailable)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EvidenceUnavailable, match="Not a directory"):
        Blobs.open((tmp_path / "file" / "evidence").as_uri())


def test_a_folder_is_made_for_nobody_elses_eyes(tmp_path: Path) -> None:
    Blobs.open((tmp_path / "a folder" / "evidence").as_uri())
    assert (tmp_path / "a folder" / "evidence").stat().st_mode & 0o077 == 0


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """The nearest thing to a full disk that needs no rights: larger files can't be written."""
    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, former[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, former)


async def test_a_disk_that_takes_no_more_leaves_no_half_file(tmp_path: Path) -> None:
    blobs = Blobs.open(tmp_path.as_uri())
    content = noise(10 * MB)
    await upload(blobs, content)
    with files_of_at_most(2 * MB), pytest.raises(EvidenceUnavailable, match="File too large"):
        await blobs.assemble(UPLOAD, len(content))
    assert await stored_hashes(blobs) == []
    with files_of_at_most(MB // 2), pytest.raises(EvidenceUnavailable):
        await blobs.put_part(UPLOAD, 10 * MB, noise(MB))
    assert await read_all(blobs.read((await blobs.assemble(UPLOAD, len(content))).sha256)) == content


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Of 3 MB."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "none", str(tmp_path)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("A small disk can't be mounted here: it takes root's rights.")
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


async def test_a_full_disk_says_so(small_disk: Path) -> None:
    blobs = Blobs.open(small_disk.as_uri())
    with pytest.raises(EvidenceUnavailable, match=r"disk is full\. Make room and try again"):
        await blobs.save(pieces_of(noise(4 * MB)))
    assert await stored_hashes(blobs) == []
    assert (await blobs.save(pieces_of(noise(MB)))).size == MB


async def test_a_folder_closed_to_us_says_so(tmp_path: Path) -> None:
    blobs = Blobs.open(tmp_path.as_uri())
    blob = await blobs.save(pieces_of(b"a photo"))
    (tmp_path / "incoming").rmdir()
    (tmp_path / "incoming").touch()  # root may write anywhere, but not below a file
    for deed in (blobs.put_part(UPLOAD, 0, b"x"), blobs.save(pieces_of(b"another")), blobs.check()):
        with pytest.raises(EvidenceUnavailable):
            await deed
    assert await read_all(blobs.read(blob.sha256)) == b"a photo"


async def test_a_store_where_nobody_answers_says_so(bucket: Bucket) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        blobs = replace(bucket, endpoint=url).open()
        for deed in (blobs.put_part(UPLOAD, 0, b"x"), blobs.has("0" * 64), blobs.fetch("0" * 64)):
            with pytest.raises(EvidenceUnavailable):
                await deed


async def test_a_bucket_that_is_not_there_says_so(bucket: Bucket) -> None:
    blobs = replace(bucket, name="no-such-bucket").open()
    with pytest.raises(EvidenceUnavailable, match="stored"):
        await blobs.check()


_KILLED = """
import asyncio, sys
from store.evidence.blobs import Blobs

async def main():
    blobs = Blobs.open(sys.argv[1])
    async def endless(self, upload_id, size):
        for place in range(20):
            yield bytes([place]) * 1024 * 1024
        if rounds:
            print("half", flush=True)
            await asyncio.sleep(3600)
        rounds.append(1)
    rounds = []
    Blobs.read_upload = endless
    await blobs.assemble("upload-1234567890", 20 * 1024 * 1024)

asyncio.run(main())
"""


@pytest.fixture
def after_a_kill(tmp_path: Path) -> Path:
    """A folder that somebody was storing 20 MB in when they were killed."""
    command = [sys.executable, "-c", _KILLED, tmp_path.as_uri()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half\n"
        process.kill()
    return tmp_path


def files_in(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


@pytest.mark.kill
async def test_a_process_killed_while_storing_leaves_nothing_under_a_hash_and_its_rest_is_swept(
    after_a_kill: Path,
) -> None:
    assert files_in(after_a_kill) != []
    blobs = Blobs.open(after_a_kill.as_uri())
    assert await stored_hashes(blobs) == []
    for upload_id in await uploads(blobs):
        await blobs.discard(upload_id)
    assert files_in(after_a_kill) == []


_MEASURED = """
import ast, asyncio, os, resource, sys
from store.evidence.blobs import Blobs

async def stream():
    for place in range(200):
        yield place.to_bytes(1) * 1024 * 1024

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

async def main():
    blobs = Blobs.open(sys.argv[1], **ast.literal_eval(sys.argv[2]))
    await blobs.check()
    before = peak()
    blob = await blobs.save(stream())
    assert blob.size == 200 * 1024 * 1024
    pieces = 0
    async for piece in blobs.read(blob.sha256):
        pieces += 1
        if pieces == int(sys.argv[3]):
            break
    print(peak() - before, flush=True)

asyncio.run(main())
# The library has threads of its own, which abort a Python that is unloaded under a read that was left.
os._exit(0)
"""


def growth_while_200_mb_stream_in(url: str, options: str, pieces_out: int) -> float:
    """MB by which a fresh process grows while they do, and so many pieces come out."""
    command = [sys.executable, "-c", _MEASURED, url, options, str(pieces_out)]
    running = subprocess.run(command, capture_output=True, text=True, check=False)
    assert running.returncode == 0, running.stderr
    return int(running.stdout) / MB


def test_200_mb_stream_into_a_folder_through_a_small_process(tmp_path: Path) -> None:
    assert growth_while_200_mb_stream_in(tmp_path.as_uri(), "{}", pieces_out=200) < 60


def test_200_mb_stream_into_s3_through_a_small_process() -> None:
    with s3_server() as endpoint:
        bucket = Bucket(endpoint, "large")
        bucket.create()
        # The server takes the whole object into its hands for each piece: a few say enough.
        assert growth_while_200_mb_stream_in(bucket.url, repr(bucket.options()), pieces_out=5) < 60


async def test_settings_that_are_not_given_come_from_the_usual_environment(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = {
        "AWS_ENDPOINT_URL": bucket.endpoint,
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
    }
    for name, value in usual.items():
        monkeypatch.setenv(name, value)
    await Blobs.open(bucket.url).check()
