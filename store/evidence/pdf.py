"""Is this a PDF and nothing else?"""

from __future__ import annotations

import mmap
from pathlib import Path

from store.evidence.inspect.office import demand_no_archive
from store.evidence.inspect.trailers import demand_plain_trailer

_END_MARK = b"%%EOF"


def demand_one_pdf(path: Path) -> None:
    """Raises Found when it is an archive too, or when another file follows its end."""
    demand_no_archive(path)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        end = data.rfind(_END_MARK)
        if end >= 0:
            demand_plain_trailer(data, end)
