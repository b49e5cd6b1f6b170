"""What is needed to speak to Teams by ourselves?"""

from __future__ import annotations

from dataclasses import dataclass

from connectors.teams.people import TeamsPeople
from connectors.teams.posts import TeamsPosts


@dataclass(frozen=True, slots=True)
class TeamsServices:
    posts: TeamsPosts
    people: TeamsPeople
