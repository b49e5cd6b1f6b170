"""Slack guests: people let into single channels, or of another company's workspace.

In a channel shared by Slack Connect are people whose own administrators may give them any e-mail address, so
that their addresses prove nothing. In Enterprise Grid the workspaces of one company are all ours. The fields:
docs.slack.dev/reference/objects/user-object and docs.slack.dev/apis/slack-connect.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Workspace:
    """The workspace where the app is installed: `T…`, and `E…` in Enterprise Grid."""

    team_ref: str | None
    enterprise_ref: str | None = None

    def includes(self, member: Mapping[str, Any]) -> bool:
        """Whether Slack's user object says that they are of this company."""
        grid = member.get("enterprise_user") or {}
        theirs = {member.get("team_id"), grid.get("enterprise_id"), *(grid.get("teams") or ())}
        return not theirs.isdisjoint({self.team_ref, self.enterprise_ref} - {None, ""})


def is_guest(member: Mapping[str, Any], ours: Workspace) -> bool:
    """Any sign is enough: a guest must never be taken for a colleague by their e-mail address."""
    signs = ("is_restricted", "is_ultra_restricted", "is_stranger")
    return any(member.get(sign) for sign in signs) or not ours.includes(member)
