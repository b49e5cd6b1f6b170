"""Somebody hands in what a dispute lacked; with the last piece, its queue is told."""

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
    """Pin the pieces to the case, once for each `key` of a `source`; what is there already isn't added again.

    Raises:
        KeyReused: the key is known with another content.
        NotFound: there is no such case.
        CaseClosed: a closed case takes nothing more.
    """
    if tx.inbox.find_response(source, key) is not None:
        demand_same_content(tx, source=source, key=key, digest=digest)
        return tx.cases.get(case_id)
    outcome = submit_evidence(tx.cases.lock(case_id), pieces, tx.policy, actor_id=source, now=now)
    tx.inbox.save_response(source, key, case_id, digest, at=now)
    tx.record(outcome)
    return outcome.case
