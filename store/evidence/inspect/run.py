"""Inspection of a file by a worker process, which may crash or hang without harm to this one."""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from store.evidence.inspect.file_types import FILE_TYPES, FileType
from store.evidence.refusals import Fault, FileRejected
from store.evidence.streams import full_disk_errors, no_room

log = structlog.get_logger()

_ROOT = Path(__file__).parents[3]
TIMEOUT = 60.0
"""Seconds of real time; the worker's own limit is on processor time."""
_STDERR_END = 1_000
_KINDS = {kind.label: kind for kind in FILE_TYPES}


@dataclass(frozen=True, slots=True)
class InspectedFile:
    """`path` is the file to store: a clean copy of a picture, any other file as it came."""

    file_type: FileType
    path: Path
    preview: Path | None


async def inspect_file(source: Path, name: str, *, max_seconds: float = TIMEOUT) -> InspectedFile:
    """Detect the type, remove metadata and make a preview; the results are written beside the file.

    If the worker dies making the preview, the file has none; if it dies before, the file is rejected.

    Raises:
        FileRejected: it can't be accepted.
        EvidenceUnavailable: the disk is full.
    """
    cleaned, preview = source.with_suffix(".clean"), source.with_suffix(".preview")
    reported = await _run_worker(max_seconds, source, name, cleaned, preview)
    if "fault" in reported:
        raise FileRejected(Fault[reported["fault"]], **reported["values"])
    if not reported.get("has_room", True):
        raise no_room()
    if "kind" not in reported:
        raise FileRejected(Fault.UNSAFE)
    to_store = cleaned if reported["is_copy"] else source
    return InspectedFile(_KINDS[reported["kind"]], to_store, preview if reported.get("has_preview") else None)


async def _run_worker(
    max_seconds: float, source: Path, name: str, cleaned: Path, preview: Path
) -> dict[str, Any]:
    """Everything the worker reported, however it ended. It inherits no settings, so it knows no secrets."""
    reported, errors = source.with_suffix(".reported"), source.with_suffix(".errors")
    with full_disk_errors(), reported.open("wb") as out, errors.open("wb") as err:
        worker = await asyncio.create_subprocess_exec(
            *(sys.executable, "-s", "-P", "-m", "store.evidence.inspect.worker"),
            *(str(source), name, str(cleaned), str(preview)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            env={"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1"},
        )
    try:
        async with asyncio.timeout(max_seconds):
            await worker.wait()
    except TimeoutError:
        log.warning("a file took too long to be looked into")
    finally:
        with suppress(ProcessLookupError):
            worker.kill()
        await worker.wait()
    if worker.returncode:
        stderr_end = errors.read_text(errors="replace")[-_STDERR_END:]
        log.warning("a file could not be looked into", ended=worker.returncode, last_words=stderr_end)
    report: dict[str, Any] = {}
    for line in reported.read_text().splitlines():
        report.update(json.loads(line))
    return report
