"""Check of the files that Ombud keeps: whether others on this machine may read them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.check.report import CheckGroup, CheckResult
from bot.file_modes import list_open_files
from bot.settings import Settings

_GROUP = CheckGroup("Files")


def check_files(settings: Settings, env_file: Path | None) -> Iterator[CheckResult]:
    """A warning for each: where a group is meant to read them, the administrator knows."""
    found = list(list_open_files(settings, env_file))
    for one in found:
        yield _GROUP.warning(f"Others on this machine may open {one.path} (mode {one.mode:03o}).", one.remedy)
    if not found:
        yield _GROUP.ok("Settings, database and evidence are open to their owner alone.")
