"""What does a rule return: the case as it is now, and what happened to it."""

from __future__ import annotations

from dataclasses import dataclass

from core.case import Case
from core.events import Event


@dataclass(frozen=True, slots=True)
class Outcome:
    """No events means that nothing changed; recording it is then free."""

    case: Case
    events: tuple[Event, ...] = ()

    def then(self, next_outcome: Outcome) -> Outcome:
        """Both outcomes as one; `next_outcome` was made from this one's case."""
        return Outcome(next_outcome.case, self.events + next_outcome.events)
