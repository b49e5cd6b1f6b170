"""People whom the policy names."""

from __future__ import annotations

from core.policy import CHANNEL, MANAGER, MANAGERS, MEMBERS_OF_THE_CHANNEL, Policy


def people_named_in(policy: Policy) -> set[str]:
    """E-mail addresses, Slack and Entra ids, as the policy writes them."""
    named = {handle for queue in policy.queues.values() for handle in (*queue.managers, *queue.resolvers)}
    named |= {handle for rung in policy.ladder for handle in rung.tell}
    named |= {handle for digest in policy.digests for handle in digest.to}
    return named - {MEMBERS_OF_THE_CHANNEL, MANAGER, MANAGERS, CHANNEL}
