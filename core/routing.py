"""Routing: queue, priority and SLA targets of a dispute."""

from __future__ import annotations

from dataclasses import dataclass

from core.policy import Policy, Sla

HIGHEST_PRIORITY = 1
LOWEST_PRIORITY = 4


@dataclass(frozen=True, slots=True)
class Route:
    queue_id: str
    priority: int
    targets: Sla


def route(reason_id: str, tier_id: str, policy: Policy) -> Route:
    """The reason gives the queue, the tier the priority, both together the targets.

    Raises:
        UnknownName: the policy has no such reason or tier.
    """
    reason = policy.reason(reason_id)
    return Route(reason.queue_id, policy.tier(tier_id).priority, policy.sla_for(tier_id, reason_id))


def targets_for(priority: int, tier_id: str, reason_id: str, policy: Policy) -> Sla:
    """SLA targets of a priority: of the tier that has it, else of the customer's own tier."""
    own = policy.tier(tier_id)
    if own.priority == priority:
        return policy.sla_for(tier_id, reason_id)
    peers = [tier for tier in policy.tiers.values() if tier.priority == priority]
    return policy.sla_for(peers[0].id if peers else tier_id, reason_id)
