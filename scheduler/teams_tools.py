"""What is needed to speak to Teams by ourselves?"""

from __future__ import annotations

from dataclasses import dataclass

from connectors.teams_people import TeamsPeople
from connectors.teams_posts import TeamsPosts


@dataclass(frozen=True, slots=True)
class TeamsTools:
    posts: TeamsPosts
    people: TeamsPeople
