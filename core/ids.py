"""Case ids: `D-1042`, counted from 1001."""

import re

FIRST_NUMBER = 1001
_CASE_ID = re.compile(r"\s*(?:d-?)?(\d{4,15})\s*", re.IGNORECASE)


def case_id_of(number: int) -> str:
    return f"D-{number}"


def number_of(case_id: str) -> int:
    """The number of `D-1042`. Raises ValueError for anything else."""
    if not case_id.startswith("D-") or not (case_id.isascii() and case_id[2:].isdecimal()):
        raise ValueError(f"“{case_id}” is not a case id")
    return int(case_id[2:])


def find_case_id(text: str) -> str | None:
    """The case id that a person means by `D-1042`, `d1042` or `1042`."""
    match = _CASE_ID.fullmatch(text)
    return case_id_of(int(match.group(1))) if match else None
