"""What may a customer's page or mail about a case hold? Words ready to be read; nothing else gets out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

YOU, US = "you", "us"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """A file the customer sent. `id` is None while it can't be opened."""

    name: str
    id: str | None = None
    size: str = ""
    ending: str = ""
    """Such as `PDF`, to stand in for a picture."""
    has_preview: bool = False
    note: str = ""
    """Why it can't be opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that was said or done. `title` is ours, `text` is somebody's own words."""

    who: str
    """`you` or `us`."""
    title: str
    verdict: str = ""
    """Of a decision: what we decided and how much it grants, so that no two look alike. Ours too."""
    text: str = ""
    when: str
    at: datetime
    files: tuple[FileView, ...] = ()
    is_small: bool = False
    """A step on the way, with nothing said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One of the stations from received to decided; `state` is `done`, `now` or `to_come`."""

    label: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionView:
    verdict: str
    reason: str
    """Why, in the words that were written for the customer."""
    granted: str | None
    """The amount; None: nothing was granted."""
    credit: str
    """What becomes of it, in a sentence; empty when nothing was granted."""
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerCaseView:
    case_id: str
    stage: str
    """A name of `core.customer_stage.Stage`."""
    tone: str
    """How the headline looks: `calm`, `act` (they owe us something), `good`, `bad`, `over`."""
    headline: str
    next_step: str
    by_when: str
    """A sentence with a date, or empty."""
    question: str
    """What we asked and wait for, in the resolver's words; empty when nothing is asked."""
    asked_for: str
    """What we need, in a few words, as the mail with the question said it; empty when nothing is asked."""
    missing: tuple[tuple[str, str], ...]
    """Evidence that is still needed: its id and its name."""
    steps: tuple[Step, ...]
    reason: str
    disputed: str
    lines: tuple[str, ...]
    statement: str
    wish: str
    raised_on: str
    entries: tuple[Entry, ...]
    """The conversation, oldest first."""
    files: tuple[FileView, ...]
    """Everything the customer sent for this case."""
    decision: DecisionView | None
    is_over: bool
    may_withdraw: bool
    disagree_by: str | None
    """Until when the customer may say that they don't agree; None: they may not."""
