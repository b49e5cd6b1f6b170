"""Views for customers: everything that a customer's page about a case can show, as finished texts."""

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
    """Such as `PDF`, shown if there is no preview."""
    has_preview: bool = False
    note: str = ""
    """Why it can't be opened; empty if it can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of the conversation. `title` is our text, `text` is what a person wrote."""

    who: str
    """`you` or `us`."""
    title: str
    verdict: str = ""
    """Of a decision: the verdict and the amount, so that two decisions can be told apart. Our text too."""
    text: str = ""
    when: str
    at: datetime
    files: tuple[FileView, ...] = ()
    is_small: bool = False
    """It has neither text nor files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of the progress from received to decided; `state` is `done`, `now` or `to_come`."""

    label: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionView:
    verdict: str
    reason: str
    """The decision's text for the customer."""
    granted: str | None
    """The amount; None: nothing was granted."""
    credit: str
    """How it is paid, in a sentence; empty when nothing was granted."""
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerCaseView:
    case_id: str
    stage: str
    """A name of `core.customer_stage.Stage`."""
    tone: str
    """Style of the headline: `calm`, `act` (we wait for the customer), `good`, `bad`, `over`."""
    headline: str
    next_step: str
    by_when: str
    """A sentence with a date, or empty."""
    question: str
    """The open question in the resolver's words; empty when nothing is asked."""
    asked_for: str
    """What we need, in a few words, as in the mail with the question; empty when nothing is asked."""
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
    """Until when the customer may disagree with the decision; None: they may not."""
