"""Recomputation of open cases' deadlines after a change of policy.

A case's next deadline is stored in columns, computed when the case last changed. Without this job a rung, a
nudge time or a holiday that was added since would apply late or never (docs/decisions/0007).
"""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from scheduler.services import Services
from store.errors import StoreUnavailable
from store.installation import DEADLINES_POLICY
from store.transaction import Transaction

log = structlog.get_logger()

BATCH = 200
"""Cases in one transaction, which blocks other writers on SQLite for some 10 ms."""


async def recompute_deadlines(services: Services) -> int:
    """Recompute every open case by the present policy, unless that was done. Returns how many were.

    The policy's digest is saved after the last case, so a process that is killed half-way begins again at its
    next start. Two processes at once do the same work twice, which is harmless.
    """
    digest = services.policy.digest
    if await services.store.read(_last_policy_digest) == digest:
        return 0
    count, after = 0, None
    while case_ids := await services.store.read(_next_open, after):
        await _recompute_batch(services, case_ids)
        count, after = count + len(case_ids), case_ids[-1]
    await services.store.run(_save_policy_digest, digest)
    log.info("open cases reckoned by the changed policy", cases=count, policy=digest)
    return count


async def _recompute_batch(services: Services, case_ids: Sequence[str]) -> None:
    """When a case fails, each case is recomputed by itself, so one bad case can't hold up the rest."""
    try:
        await services.store.run(_recompute, case_ids)
    except StoreUnavailable:
        raise
    except Exception:
        log.warning("reckoning case by case", exc_info=True)
        for case_id in case_ids:
            await _recompute_one(services, case_id)


async def _recompute_one(services: Services, case_id: str) -> None:
    try:
        await services.store.run(_recompute, [case_id])
    except StoreUnavailable:
        raise
    except Exception:
        log.exception("reckoning failed", case_id=case_id)


def _last_policy_digest(tx: Transaction) -> str | None:
    return tx.installation.find(DEADLINES_POLICY)


def _save_policy_digest(tx: Transaction, digest: str) -> None:
    tx.installation.save(DEADLINES_POLICY, digest)


def _next_open(tx: Transaction, after: str | None) -> Sequence[str]:
    return tx.cases.list_open_ids(after, BATCH)


def _recompute(tx: Transaction, case_ids: Sequence[str]) -> None:
    for case_id in case_ids:
        tx.cases.recompute_deadlines(case_id)
