"""Where are strangers' files opened? In this process of its own, which may crash, hang or swell alone.

`python -m store.evidence.inspect.worker SOURCE NAME CLEANED PREVIEW` answers in lines of JSON on standard
output: the kind as soon as the file is judged and cleaned, then whether there is a preview, or a fault.
"""

from __future__ import annotations

import contextlib
import json
import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from store.evidence.limits import MEGABYTE
from store.evidence.pieces import NO_ROOM
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
    _bind()
    try:
        _examine(source, name, cleaned, preview)
    except FileRejected as found:
        _say(fault=found.fault.name, values=found.values)
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        _say(has_room=False)


def _examine(source: Path, name: str, cleaned: Path, preview: Path) -> None:
    """What opens files is loaded here, under the limits, and only what is needed."""
    from store.evidence.inspect.cleaning import clean  # noqa: PLC0415
    from store.evidence.inspect.file_types import PDF, detect_type  # noqa: PLC0415
    from store.evidence.pdf import demand_one_pdf  # noqa: PLC0415

    judged = detect_type(source, name)
    if judged is PDF:
        demand_one_pdf(source)
    kind = clean(judged, source, cleaned)
    _say(kind=kind.label, is_copy=judged.is_picture)
    _say(has_preview=_is_pictured(kind, cleaned if judged.is_picture else source, preview))


def _is_pictured(kind: FileType, source: Path, preview: Path) -> bool:
    """What goes wrong with a preview costs the preview, unless it shows that nobody could open the file."""
    from store.evidence.inspect.previews import make_preview  # noqa: PLC0415

    try:
        return make_preview(kind, source, preview)
    except FileRejected:
        raise
    except Exception:  # noqa: BLE001 - three large libraries, each with errors of its own
        return False


def _bind() -> None:
    """A limit that this system doesn't know, or has set lower, stays as it is."""
    for what, most in _LIMITS:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def _say(**words: object) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
