"""Our installation of the Slack app, for edges that have no Slack to ask or to answer."""

from __future__ import annotations

from bot.slack.origin import OriginCheck
from core.slack_guests import Workspace
from core.slack_installation import Installation

OURS = Installation(Workspace("T0OURS"), "A0OURS")
PLACE = {"api_app_id": OURS.app_ref, "team": {"id": OURS.workspace.team_ref}}
"""The fields of an interaction that say which installation it is for."""


def own_origin(ours: Installation = OURS, colleagues: frozenset[str] = frozenset()) -> OriginCheck:
    """`colleagues` are the people whom Slack would call ours when asked."""

    async def get_installation() -> Installation:
        return ours

    async def is_colleague(ref: str) -> bool:
        return ref in colleagues

    return OriginCheck(get_installation, is_colleague)


async def post_nowhere(_response_url: str, _body: object) -> int:
    """For an edge whose answers are looked at elsewhere."""
    return 200
