"""Alerts about parked rows: to the queue's managers, at most one an hour per lane."""

from __future__ import annotations

from datetime import datetime

from connectors.errors import GiveUp
from core.effects import ALARM_EFFECTS, Effect, alarm_address, channels_of, person_address
from core.policy import Policy, Queue
from store.outbox.repository import OutboxRow
from store.transaction import Transaction


def queue_parked_alerts(
    tx: Transaction, row: OutboxRow, refusal: GiveUp, now: datetime, *, has_fallback: bool = False
) -> int:
    """Add alerts with a retry button to the outbox, in the transaction that parks the row. Returns how many.

    An alert that can't be delivered causes no other alert: the same one goes to the other managers. A manager
    whose own chat fails is alerted about that only when `has_fallback`.
    """
    if row.effect in ALARM_EFFECTS:
        return _pass_on(tx, row, now)
    hour = now.strftime("%Y-%m-%dT%H")
    return sum(
        tx.outbox.add(
            key=f"parked:{row.address}:{hour}:{handle}",
            address=alarm_address(handle),
            effect=Effect.ALERT_PARKED,
            case_id=row.case_id,
            payload={"address": row.address, "error": refusal.message, "remedy": refusal.remedy},
            due_at=now,
        )
        for handle in managers_for(tx, row) or all_managers(tx)
        if has_fallback or person_address(handle) != row.address
    )


def _pass_on(tx: Transaction, row: OutboxRow, now: datetime) -> int:
    """Send an alarm that doesn't reach its person to the managers who haven't got the same one."""
    own = row.address.partition(":")[2]
    about = row.key.removesuffix(f":{own}")
    return sum(
        tx.outbox.add(
            key=f"{about}:{handle}",
            address=alarm_address(handle),
            effect=row.effect,
            case_id=row.case_id,
            payload=row.payload,
            due_at=now,
        )
        for handle in all_managers(tx)
    )


def all_managers(tx: Transaction) -> tuple[str, ...]:
    """Every manager of the policy, for what no queue's managers can be found for."""
    queues = tx.policy.queues.values()
    return tuple(dict.fromkeys(handle for queue in queues for handle in queue.managers))


def managers_for(tx: Transaction, row: OutboxRow) -> tuple[str, ...]:
    """The managers of the case's queue; without a case, of the queues of the row's channel or digest."""
    case = tx.cases.find(row.case_id) if row.case_id else None
    queues: list[Queue]
    if case is not None and case.queue_id in tx.policy.queues:
        queues = [tx.policy.queues[case.queue_id]]
    else:
        queues = _queues_at(row.address, tx.policy) or _queues_of_digest(row, tx.policy)
    return tuple(dict.fromkeys(handle for queue in queues for handle in queue.managers))


def _queues_at(address: str, policy: Policy) -> list[Queue]:
    return [queue for queue in policy.queues.values() if address in channels_of(queue)]


def _queues_of_digest(row: OutboxRow, policy: Policy) -> list[Queue]:
    wanted = row.payload.get("digest_id")
    found = (digest for digest in policy.digests if digest.id == wanted)
    return [policy.queue(queue_id) for digest in found for queue_id in digest.queue_ids]
