"""Slack's events about people: joined or left a channel, renamed, deactivated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.platforms import SLACK
from core.slack_guests import Workspace, is_guest
from store.transaction import Transaction


def follow_member(tx: Transaction, channel: str, person_ref: str, joined: bool) -> bool:
    """Add or remove a channel's member; repeats are harmless. Returns whether a sync with Slack is needed.

    People of another company that shares the channel may join, too, and may have pressed a button before. So
    a person whose e-mail address we don't know counts as a member only after a sync.
    """
    if not joined:
        tx.people.remove_member(channel, person_ref)
        return False
    known = tx.people.find_by_ref(SLACK, person_ref)
    is_ours = known is not None and known.is_active and known.email is not None
    if is_ours:
        tx.people.add_member(channel, person_ref)
    return not is_ours


def follow_person(tx: Transaction, member: Mapping[str, Any], ours: Workspace) -> None:
    """Update a person we know; others are recorded when they first act.

    Guests, and people of another company's workspace, have no role.
    """
    known = tx.people.find_by_ref(SLACK, member["id"])
    if known is None:
        return
    profile = member.get("profile") or {}
    has_no_role = is_guest(member, ours)
    tx.people.link_account(
        SLACK,
        member["id"],
        name=profile.get("real_name") or member.get("real_name"),
        email=None if has_no_role else profile.get("email") or known.email,
        zone=member.get("tz"),
        is_active=not (has_no_role or member.get("deleted", False)),
    )
