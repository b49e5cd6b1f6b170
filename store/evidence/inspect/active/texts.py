"""Active content of CSV: cells that a spreadsheet takes for a formula which starts or fetches something."""

from __future__ import annotations

import codecs
import csv
import re
from pathlib import Path

from store.evidence.refusals import Fault, FileRejected

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_DELIMITERS = ",;\t"
"""Which of them parts cells is the choice of the reader's computer, so the file is judged by each."""
_LONGEST_CELL = 1024 * 1024
_BEGINS_FORMULA = re.compile(r"\s{0,20}[=+@-]")
_BEGINS_IN_LINE = re.compile(r"""(?:^|[,;\t"\ufeff])\s{0,20}[=+@-]""")
"""Whatever quotes say: what starts a program is refused in any reading."""
_IS_NUMBER = re.compile(r"\s{0,20}[+-]\s?[\d.,' ]{1,40}(?:[,;\t]|$)")
"""A number with its sign, alone or before a delimiter of another computer."""
_DDE = re.compile(r"""[A-Za-z]\w{0,100}\s?\|(?:'[^'\r\n]{0,500}'|[^\s'!|]{1,500})!\s?\w""")
"""`=cmd|'/c calc'!A1`: program, bar, topic, exclamation mark, item. It may follow a sum, as in `-1+cmd|…`."""
_FETCHES = re.compile(
    r"\b(?:WEBSERVICE|RTD|CALL|REGISTER(?:\.ID)?|IMPORT(?:DATA|XML|HTML|FEED|RANGE))\s?\(", re.IGNORECASE
)


def demand_passive_csv(path: Path) -> None:
    """Raises FileRejected. Other formulas, numbers with a sign and telephone numbers are let through."""
    with path.open("rb") as file:
        encoding = "utf-16" if file.read(2) in _UTF_16 else "utf-8-sig"
    with path.open(encoding=encoding, errors="replace") as lines:
        for line in lines:
            begins = _BEGINS_IN_LINE.search(line)
            if begins is not None and _DDE.search(line, begins.end()):
                raise FileRejected(Fault.STARTS)
    csv.field_size_limit(_LONGEST_CELL)
    for delimiter in _DELIMITERS:
        with path.open(encoding=encoding, errors="replace", newline="") as text:
            try:
                for row in csv.reader(text, delimiter=delimiter):
                    for cell in row:
                        _demand_passive(cell)
            except csv.Error:
                raise FileRejected(Fault.DAMAGED) from None


def _demand_passive(cell: str) -> None:
    if not _BEGINS_FORMULA.match(cell):
        return
    if _DDE.search(cell):
        raise FileRejected(Fault.STARTS)
    if _FETCHES.search(cell) and not _IS_NUMBER.match(cell):
        raise FileRejected(Fault.LOADS)
