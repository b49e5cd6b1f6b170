"""Active content of CSV: cells that a spreadsheet takes for a formula which starts or fetches something."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from store.evidence.refusals import Fault, FileRejected

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BEGINS_FORMULA = re.compile(r"""(?:^|[,;\t"\ufeff])\s{0,20}[=+@-]""")
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
            if _is_in_formula(_DDE, line):
                raise FileRejected(Fault.STARTS)
            if _is_in_formula(_FETCHES, line):
                raise FileRejected(Fault.LOADS)


def _is_in_formula(part: re.Pattern[str], line: str) -> bool:
    """However far behind its beginning: Excel takes formulas of 8,192 characters."""
    begins = _BEGINS_FORMULA.search(line)
    return begins is not None and part.search(line, begins.end()) is not None
