"""Verification of a case's timeline: recomputes the chain of hashes from the first entry on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from core.case import Case
from core.deadlines import next_deadline
from core.ids import case_id_of
from core.policy import Policy
from store.cases.columns import columns_of_case
from store.db.documents import decode_case, decode_event, digest_of
from store.db.instants import to_micros
from store.errors import BrokenTimeline
from store.recording import NO_HEAD, entry_hash


class StoredCase(NamedTuple):
    seq: int
    head_hash: str
    body: str
    columns: Mapping[str, Any]
    """All columns, by name."""


class StoredEntry(NamedTuple):
    seq: int
    at: int
    kind: str
    body: str
    case_hash: str
    hash: str


def problems_of(
    number: int, case: StoredCase | None, entries: Sequence[StoredEntry], policy: Policy | None
) -> list[str]:
    """A sentence for each problem; an empty list proves that nothing was altered.

    `policy` is the one that the deadlines of open cases were last computed with; None when that is not the
    present one. It is only used to find open cases without a next deadline: when exactly a case is due
    depends on the policy, its holidays and the rules of that day, so a difference there proves nothing.

    An attacker who can write to the database and knows this code could forge a whole chain. They can't alter
    the past unnoticed by a person who has a later hash, such as the last one of an export.
    """
    case_id = case_id_of(number)
    if case is None:
        return [f"{case_id} has a timeline but no case."] if entries else [f"There is no case {case_id}."]
    problems = list(_chain_problems(case_id, number, entries))
    last = entries[-1] if entries else None
    if (case.seq, case.head_hash) != ((last.seq, last.hash) if last else NO_HEAD):
        problems.append(f"{case_id}: the case says that its timeline ends elsewhere than it does.")
    if last is not None and digest_of(case.body) != last.case_hash:
        problems.append(f"{case_id}: the case is not as its last entry left it.")
    problems += _column_problems(case_id, case, policy)
    return problems


def _chain_problems(case_id: str, number: int, entries: Sequence[StoredEntry]) -> Iterator[str]:
    seq, head = NO_HEAD
    for entry in entries:
        if entry.seq != seq + 1:
            yield f"{case_id}: entry {seq + 1} is missing."
        elif entry.hash != entry_hash(
            head, number, entry.seq, kind=entry.kind, body=entry.body, case_hash=entry.case_hash
        ):
            yield f"{case_id}: entry {entry.seq} ({entry.kind}) was altered or moved."
        elif not _is_readable(entry):
            yield f"{case_id}: entry {entry.seq} ({entry.kind}) can't be read or has another date."
        seq, head = entry.seq, entry.hash


def _is_readable(entry: StoredEntry) -> bool:
    try:
        return to_micros(decode_event(entry.kind, entry.body).at) == entry.at
    except BrokenTimeline:
        return False


def _column_problems(case_id: str, stored: StoredCase, policy: Policy | None) -> Iterator[str]:
    """Sentences about columns that differ from the document; lists and look-ups read the columns."""
    try:
        case = decode_case(stored.body)
    except msgspec.MsgspecError:
        yield f"{case_id}: the case can't be read."
        return
    expected = columns_of_case(case).items()
    wrong = [name for name, value in expected if stored.columns[name] != value]
    if case.id != case_id:
        wrong.insert(0, "number")
    if wrong:
        yield f"{case_id}: the lists show something else than the case says ({', '.join(wrong)})."
    if policy is not None and stored.columns["next_deadline_at"] is None and _is_awaited(case, policy):
        yield f"{case_id}: its time will come, but nothing will wake it (next_deadline_at)."


def _is_awaited(case: Case, policy: Policy) -> bool:
    return not case.is_closed and next_deadline(case, policy) is not None
