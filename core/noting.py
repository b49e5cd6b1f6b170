"""What may people write down about a case? Notes, which never leave the company."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from core.case import Case
from core.events import NoteAdded
from core.outcome import Outcome


def add_note(case: Case, *, text: str, actor_id: str, now: datetime) -> Outcome:
    """Keep `text` in the story. A note on an open case is movement; a closed case stays as it is."""
    moved = case if case.is_closed else replace(case, moved_at=now)
    return Outcome(moved, (NoteAdded(at=now, actor_id=actor_id, text=text),))
