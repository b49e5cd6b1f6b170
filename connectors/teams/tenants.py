"""Tenants that a Teams activity names: its own, its conversation's, and that of a person who acts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def tenants_of(activity: Mapping[str, Any]) -> set[object]:
    """All of them, in small letters; None stands for one that is missing or isn't a text.

    Read from the payload, because the SDK's own field for it is always empty. A change of members may name
    the person of another company who made it; who they are is looked at there.
    """
    tenants = [_value_at(activity, "channelData", "tenant", "id")]
    tenants.append(_value_at(activity, "conversation", "tenantId") or tenants[0])
    if activity["type"] not in ("conversationUpdate", "installationUpdate"):
        tenants.append(_value_at(activity, "from", "tenantId") or tenants[0])
    return {tenant.lower() if isinstance(tenant, str) else None for tenant in tenants}


def _value_at(thing: object, *path: str) -> object:
    for name in path:
        thing = thing.get(name) if isinstance(thing, Mapping) else None
    return thing
