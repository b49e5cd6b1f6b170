"""Has the policy changed since open cases were reckoned? Then each is, so that the new one reaches them.

When a case is due next stands in columns, worked out when something last happened on it. A rung, a nudge
time or a holiday that came since would come late without this, or never (docs/decisions/0007).
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
"""Cases in one unit, during which nobody else writes to SQLite: some 10 ms."""


async def recompute_deadlines(tools: Services) -> int:
    """Reckon every open case by the present policy, unless that was done. Returns how many were.

    The policy's digest is kept after the last of them, so whoever is killed half-way begins anew at the
    next start. Two processes at once do the same work twice, which changes nothing.
    """
    digest = tools.policy.digest
    if await tools.store.read(_last_policy_digest) == digest:
        return 0
    count, after = 0, None
    while case_ids := await tools.store.read(_next_open, after):
        await _recompute_batch(tools, case_ids)
        count, after = count + len(case_ids), case_ids[-1]
    await tools.store.run(_save_policy_digest, digest)
    log.info("open cases reckoned by the changed policy", cases=count, policy=digest)
    return count


async def _recompute_batch(tools: Services, case_ids: Sequence[str]) -> None:
    """When one of them can't be, each is by itself, so one bad case cannot hold up the rest."""
    try:
        await tools.store.run(_recompute, case_ids)
    except StoreUnavailable:
        raise
    except Exception:
        log.warning("reckoning case by case", exc_info=True)
        for case_id in case_ids:
            await _recompute_one(tools, case_id)


async def _recompute_one(tools: Services, case_id: str) -> None:
    try:
        await tools.store.run(_recompute, [case_id])
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
