"""Tests of ClamAV's client: its result reaches us, whatever fails meanwhile."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from connectors.clamd import Clamd
from connectors.errors import GiveUp, TryAgain
from tests.connectors.fake_clamav import EICAR, ClamAv, a_clamav


@pytest.fixture
async def clamav() -> AsyncIterator[ClamAv]:
    async with a_clamav() as clamav:
        yield clamav


async def pieces(*content: bytes) -> AsyncIterator[bytes]:
    for piece in content:
        yield piece


async def test_a_clean_file_is_clean(clamav: ClamAv) -> None:
    assert await Clamd(clamav.url).find_virus(pieces(b"words", b"", b"more words")) is None
    assert clamav.scanned == [15]


async def test_an_infected_file_has_its_signature_named(clamav: ClamAv) -> None:
    found = await Clamd(clamav.url).find_virus(pieces(EICAR[:30], EICAR[30:]))
    assert found == "Eicar-Test-Signature"


async def test_a_unix_socket_does_as_well(tmp_path: Path) -> None:
    async with a_clamav(tmp_path / "clamd.ctl") as clamav:
        assert await Clamd(clamav.url).find_virus(pieces(EICAR)) == "Eicar-Test-Signature"


async def test_a_large_file_is_streamed(clamav: ClamAv) -> None:
    piece = bytes(1024 * 1024)
    assert await Clamd(clamav.url).find_virus(pieces(*[piece] * 25)) is None
    assert (clamav.scanned, clamav.largest_chunk) == ([25 * len(piece)], len(piece))


async def test_what_is_too_long_for_clamav_needs_its_configuration_changed(clamav: ClamAv) -> None:
    clamav.most = 1024
    with pytest.raises(GiveUp, match="no file that large") as given_up:
        await Clamd(clamav.url).find_virus(pieces(*[bytes(100_000)] * 200))
    assert "StreamMaxLength" in given_up.value.remedy


@pytest.mark.parametrize("mood", ["mute", "odd", "reloading"])
async def test_a_scanner_in_a_bad_mood_is_asked_again(clamav: ClamAv, mood: str) -> None:
    clamav.mood = mood
    with pytest.raises(TryAgain):
        await Clamd(clamav.url).find_virus(pieces(EICAR))


async def test_nobody_there_is_asked_again_with_the_remedy(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    for url in (f"tcp://127.0.0.1:{port}", f"unix://{tmp_path}/nobody.ctl"):
        with pytest.raises(TryAgain) as again:
            await Clamd(url).find_virus(pieces(b"words"))
        assert "CLAMD_URL" in (again.value.remedy or "")


async def test_a_scanner_that_never_answers_is_given_up_on_for_now() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(TryAgain):
            await Clamd(url, timeout=0.2).find_virus(pieces(b"words"))


async def test_the_bytes_source_failing_is_no_fault_of_the_scanner(clamav: ClamAv) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"words"
        raise LookupError

    with pytest.raises(LookupError):
        await Clamd(clamav.url).find_virus(broken())


async def test_a_check_says_whether_it_is_clamav(clamav: ClamAv) -> None:
    await Clamd(clamav.url).check()
    clamav.mood = "odd"
    with pytest.raises(TryAgain, match="isn't ClamAV"):
        await Clamd(clamav.url).check()


@pytest.mark.parametrize("url", ["", "clamd", "http://localhost", "unix://", "tcp://:3310"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="no address of ClamAV"):
        Clamd(url)
