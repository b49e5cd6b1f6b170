"""The rule for active content, for every type of file: what would do something by itself is refused.

A link stays, since it waits for a click. Libraries are loaded for the type at hand only.
"""

from __future__ import annotations

from pathlib import Path

from store.evidence.inspect.file_types import CSV, DOCX, EML, PDF, XLSX, FileType
from store.evidence.inspect.office import demand_one_pdf
from store.evidence.refusals import Fault, FileRejected

_MOST_NESTED_MAILS = 2


def demand_passive(kind: FileType, path: Path, *, nested: int = 0) -> None:
    """Raises FileRejected, saying what the file would do. Pictures are not for it: they are cleaned."""
    if kind is PDF:
        from store.evidence.inspect.active.pdf import demand_passive_pdf  # noqa: PLC0415

        demand_one_pdf(path)
        demand_passive_pdf(path)
    elif kind in (DOCX, XLSX):
        from store.evidence.inspect.active.office import demand_passive_office  # noqa: PLC0415

        demand_passive_office(path)
    elif kind is CSV:
        from store.evidence.inspect.active.texts import demand_passive_csv  # noqa: PLC0415

        demand_passive_csv(path)
    elif kind is EML:
        _demand_passive_mail(path, nested)


def _demand_passive_mail(path: Path, nested: int) -> None:
    from store.evidence.inspect.active.mails import demand_passive_mail  # noqa: PLC0415

    if nested > _MOST_NESTED_MAILS:
        raise FileRejected(Fault.TOO_MANY_PARTS)
    demand_passive_mail(path, lambda kind, inner: demand_passive(kind, inner, nested=nested + 1))
