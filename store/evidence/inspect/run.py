"""Is this file what it says, and what may be kept of it? Asks a worker process, and survives its end."""

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
from store.evidence.pieces import full_disk_errors, no_room
from store.evidence.refusals import Fault, FileRejected

log = structlog.get_logger()

_ROOT = Path(__file__).parents[3]
PATIENCE = 60.0
"""Seconds of real time; the worker's own limit is on computing time."""
_LAST_WORDS = 1_000
_KINDS = {kind.label: kind for kind in FILE_TYPES}


@dataclass(frozen=True, slots=True)
class InspectedFile:
    """`path` is what is to be kept: a clean copy of a picture, anything else as it came."""

    kind: FileType
    path: Path
    preview: Path | None


async def inspect_file(source: Path, name: str, *, patience: float = PATIENCE) -> InspectedFile:
    """Judge, clean and picture the file; what is made of it lies beside it.

    A worker that dies over the preview leaves the file without one; one that dies before leaves nothing.

    Raises:
        Found: it can't be taken.
        EvidenceStoreAway: there is no room to look into it.
    """
    cleaned, preview = source.with_suffix(".clean"), source.with_suffix(".preview")
    said = await _ask(patience, source, name, cleaned, preview)
    if "fault" in said:
        raise FileRejected(Fault[said["fault"]], **said["values"])
    if not said.get("has_room", True):
        raise no_room()
    if "kind" not in said:
        raise FileRejected(Fault.UNSAFE)
    kept = cleaned if said["is_copy"] else source
    return InspectedFile(_KINDS[said["kind"]], kept, preview if said.get("has_preview") else None)


async def _ask(patience: float, source: Path, name: str, cleaned: Path, preview: Path) -> dict[str, Any]:
    """Everything the worker said, however it ended. It inherits no setting: it knows no secret to lose."""
    said, cries = source.with_suffix(".said"), source.with_suffix(".cries")
    with full_disk_errors(), said.open("wb") as out, cries.open("wb") as err:
        worker = await asyncio.create_subprocess_exec(
            *(sys.executable, "-s", "-P", "-m", "store.evidence.inspect.worker"),
            *(str(source), name, str(cleaned), str(preview)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            env={"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1"},
        )
    try:
        async with asyncio.timeout(patience):
            await worker.wait()
    except TimeoutError:
        log.warning("a file took too long to be looked into")
    finally:
        with suppress(ProcessLookupError):
            worker.kill()
        await worker.wait()
    if worker.returncode:
        last_words = cries.read_text(errors="replace")[-_LAST_WORDS:]
        log.warning("a file could not be looked into", ended=worker.returncode, last_words=last_words)
    words: dict[str, Any] = {}
    for line in said.read_text().splitlines():
        words.update(json.loads(line))
    return words
