"""Tests of licences: what ships is under none that forbids it, libraries in wheels included."""

from __future__ import annotations

import platform
import sys

import pytest

from tools import notices

IS_THE_FILES_PLATFORM = sys.platform == "linux" and platform.machine() == "x86_64"


def test_every_runtime_distribution_may_be_shipped() -> None:
    wrong = {
        one.name: notices.licence_of(one)
        for one in notices.runtime_distributions()
        if notices.licences_not_taken(notices.licence_of(one))
    }
    assert wrong == {}


def test_every_library_in_a_wheel_may_be_shipped() -> None:
    """One that nobody has judged raises Unjudged, which names it."""
    wrong = {
        (one.name, library): notices.licence_of_library(library)
        for one in notices.runtime_distributions()
        for library in notices.libraries_in(one)
        if notices.licences_not_taken(notices.licence_of_library(library))
    }
    assert wrong == {}


@pytest.mark.parametrize("licence", ["GPL-2.0-only", "AGPL-3.0-or-later", "MIT OR GPL-3.0-only", "SSPL-1.0"])
def test_a_licence_that_binds_the_whole_is_not_taken(licence: str) -> None:
    assert notices.licences_not_taken(licence)


@pytest.mark.parametrize("library", ["x265", "readline", "gmp"])
def test_an_unknown_library_stops_the_build(library: str) -> None:
    with pytest.raises(notices.Unjudged, match=library):
        notices.licence_of_library(library)


def test_the_closure_has_what_runs_and_not_what_tests() -> None:
    names = {one.name.lower() for one in notices.runtime_distributions()}
    assert names >= {"aiohttp", "psycopg-binary", "cryptography", "lxml"}
    assert not names & {"pytest", "pillow-heif", "tnefparse", "moto"}


def test_libraries_of_a_wheel_are_seen() -> None:
    pictures = next(one for one in notices.runtime_distributions() if one.name.lower().startswith("pi"))
    assert notices.libraries_in(pictures)


@pytest.mark.skipif(not IS_THE_FILES_PLATFORM, reason="the file is for Linux on x86-64")
def test_the_notices_are_fresh() -> None:
    assert notices.TARGET.read_text(encoding="utf-8") == notices.notices(), "run `make notices`"
