"""Who is in a Teams conversation, and which channels and chats are there?"""

from __future__ import annotations

from dataclasses import dataclass

from connectors.teams_api import TeamsApi


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamsPerson:
    """Somebody of a roster. Bots have no Entra id and are left out of rosters."""

    ref: str
    """The Entra object id."""
    mri: str
    """What Teams calls them before this bot (`29:…`)."""
    name: str
    email: str | None
    is_guest: bool


class TeamsPeople:
    """Each call raises TryAgain or GiveUp as `TeamsApi.call` says."""

    def __init__(self, api: TeamsApi) -> None:
        self._api = api
