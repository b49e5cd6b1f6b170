"""Evidence that a system adds to a case through the API."""

from __future__ import annotations

from datetime import datetime

from core.case import Case, Evidence
from core.intake import submit_evidence
from handlers.raise_dispute import demand_same_content
from store.transaction import Transaction


def add_evidence(
    tx: Transaction,
    case_id: str,
    pieces: tuple[Evidence, ...],
    *,
    source: str,
    key: str,
    digest: str,
    now: datetime,
) -> Case:
    """Add the pieces to the case, once for each `key` of a `source`.

    With the last missing one the case goes to its queue.

    Raises:
        KeyReused: the key is known with another content.
        NotFound: there is no such case.
        CaseClosed: a closed case takes no evidence.
    """
    if tx.inbox.find_response(source, key) is not None:
        demand_same_content(tx, source=source, key=key, digest=digest)
        return tx.cases.get(case_id)
    outcome = submit_evidence(tx.cases.lock(case_id), pieces, tx.policy, actor_id=source, now=now)
    tx.inbox.save_response(source, key, case_id, digest, at=now)
    tx.record(outcome)
    return outcome.case
