"""Modes of the files that hold settings, cases and evidence: nobody else on the machine may read them.

What Ombud makes itself is private (`keep_new_files_private`). What was made before, or copied, may not be.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from urllib.parse import unquote, urlsplit

import structlog

from bot.settings import Settings
from store.engine import sqlite_file
from store.errors import StoreUnavailable

log = structlog.get_logger()
_PRIVATE_UMASK = 0o077
_OF_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_SQLITE_SUFFIXES = ("", "-wal", "-shm", "-journal", ".lock")


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file or folder that others on this machine may open."""

    path: Path
    mode: int

    @property
    def remedy(self) -> str:
        command = f"chmod {'700' if self.path.is_dir() else '600'} {quote(str(self.path))}"
        return f"Let only its owner in: {command}"


def keep_new_files_private() -> None:
    """For this process and its children: database, journals, spool and evidence are its user's alone."""
    os.umask(_PRIVATE_UMASK)


def list_open_files(settings: Settings, env_file: Path | None) -> Iterator[OpenFile]:
    """Those of our files that others may open. None on systems without such modes."""
    if os.name == "nt":
        return
    for path in _our_files(settings, env_file):
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
        except (OSError, ValueError):
            continue
        if mode & _OF_OTHERS:
            yield OpenFile(path, mode)


def warn_of_open_files(settings: Settings, env_file: Path | None) -> None:
    """For the log of a server, which changes no modes: an administrator may have meant them."""
    for one in list_open_files(settings, env_file):
        log.warning("file_open_to_others", path=str(one.path), mode=f"{one.mode:03o}", remedy=one.remedy)


def _our_files(settings: Settings, env_file: Path | None) -> Iterator[Path]:
    """Of the evidence its folder alone: a closed folder closes all that is in it."""
    if env_file is not None:
        yield env_file
    try:
        database = sqlite_file(settings.database_url)
    except StoreUnavailable:
        database = None
    if database is not None:
        yield from (database.with_name(database.name + suffix) for suffix in _SQLITE_SUFFIXES)
    try:
        evidence = urlsplit(settings.evidence_location)
    except ValueError:
        return
    if evidence.scheme == "file":
        yield Path(unquote(evidence.path))
