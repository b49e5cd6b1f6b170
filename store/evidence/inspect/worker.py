"""Worker process in which strangers' files are opened, so that a crash, hang or memory use stays in it.

`python -m store.evidence.inspect.worker SOURCE NAME CLEANED PREVIEW` reports in lines of JSON on standard
output: the type as soon as the file is checked and cleaned, then whether there is a preview; or a fault.
"""

from __future__ import annotations

import contextlib
import json
import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from store.evidence.limits import DISK_FULL, MEGABYTE
from store.evidence.refusals import FileRejected

if TYPE_CHECKING:
    from store.evidence.inspect.file_types import FileType

_LIMITS = (
    (resource.RLIMIT_AS, 768 * MEGABYTE),
    (resource.RLIMIT_CPU, 30),
    (resource.RLIMIT_FSIZE, 128 * MEGABYTE),
    (resource.RLIMIT_NOFILE, 64),
    (resource.RLIMIT_CORE, 0),
)


def main(source: Path, name: str, cleaned: Path, preview: Path) -> None:
    _set_limits()
    try:
        _inspect(source, name, cleaned, preview)
    except FileRejected as rejected:
        _report(fault=rejected.fault.name, values=rejected.values)
    except OSError as error:
        if error.errno not in DISK_FULL:
            raise
        _report(has_room=False)


def _inspect(source: Path, name: str, cleaned: Path, preview: Path) -> None:
    """The libraries that open files are loaded here, under the limits, and only if needed."""
    from store.evidence.inspect.active.rule import demand_passive  # noqa: PLC0415
    from store.evidence.inspect.cleaning import clean  # noqa: PLC0415
    from store.evidence.inspect.file_types import detect_type  # noqa: PLC0415

    detected = detect_type(source, name)
    demand_passive(detected, source)
    kind = clean(detected, source, cleaned)
    _report(kind=kind.label, is_copy=detected.is_picture)
    _report(has_preview=_make_preview(kind, cleaned if detected.is_picture else source, preview))


def _make_preview(kind: FileType, source: Path, preview: Path) -> bool:
    """A failing preview only means that there is none, unless it shows that the file can't be opened."""
    from store.evidence.inspect.previews import make_preview  # noqa: PLC0415

    try:
        return make_preview(kind, source, preview)
    except FileRejected:
        raise
    except Exception:  # noqa: BLE001 - three large libraries, each with errors of its own
        return False


def _set_limits() -> None:
    """A limit that this system doesn't know, or has set lower, isn't changed."""
    for what, most in _LIMITS:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def _report(**report: object) -> None:
    sys.stdout.write(json.dumps(report) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
