"""What came with words about a closed case counts once the case is open again."""

from __future__ import annotations

from datetime import datetime

from core.case import Evidence
from core.evidence import add_evidence
from core.outcome import Outcome
from core.person import CUSTOMER
from core.uploaded_file import FileState
from store.evidence.uploads import UNVERIFIED
from store.transaction import Transaction


def add_late_files(tx: Transaction, reopened: Outcome, now: datetime) -> Outcome:
    """The same outcome with the files that were handed in while the case was closed as evidence."""
    case = reopened.case
    pinned = {piece.file_id for piece in case.evidence}
    late = tuple(
        Evidence(kind=file.kind, name=file.name, file_id=file.id)
        for file in tx.files.list_for_case(case.id)
        if file.state is FileState.READY and file.kind != UNVERIFIED and file.id not in pinned
    )
    return reopened.then(add_evidence(case, late, actor_id=CUSTOMER, now=now, came_with_words=True))
