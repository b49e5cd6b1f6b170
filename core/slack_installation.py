"""Our own installation of the Slack app: which workspace, which organisation, which app.

An app that may be distributed can be installed by others, too; Slack signs what their workspaces send with
the same secret. The fields: docs.slack.dev/apis/events-api and docs.slack.dev/enterprise.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.slack_guests import Workspace


@dataclass(frozen=True, slots=True)
class Installation:
    """As Slack itself tells it of our bot token: never what a payload says."""

    workspace: Workspace
    app_ref: str
    """`A…`"""

    def is_own(self, team_ref: str | None, enterprise_ref: str | None) -> bool:
        """Whether what happened there is sent to this installation.

        In Enterprise Grid all workspaces of the organisation are ours; installed for the whole organisation,
        the app may be told no workspace at all.
        """
        ours = self.workspace.enterprise_ref
        if ours and enterprise_ref:
            return ours == enterprise_ref
        return self.has_ref(team_ref)

    def has_ref(self, ref: str | None) -> bool:
        """Whether it is the id of our workspace, or of our organisation, which Slack gives in its place."""
        return bool(ref) and ref in (self.workspace.team_ref, self.workspace.enterprise_ref)
