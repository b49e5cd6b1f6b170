"""Outcome of a rule: the case as it is now, and the events that led there."""

from __future__ import annotations

from dataclasses import dataclass

from core.case import Case
from core.events import Event


@dataclass(frozen=True, slots=True)
class Outcome:
    """Without events nothing changed, and recording it writes nothing."""

    case: Case
    events: tuple[Event, ...] = ()

    def then(self, next_outcome: Outcome) -> Outcome:
        """Both outcomes as one; `next_outcome` was made from this one's case."""
        return Outcome(next_outcome.case, self.events + next_outcome.events)
