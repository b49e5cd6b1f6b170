"""Views: what a card shows, independent of the platform. Texts are plain; renderers escape them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cards.actions import Action, Field


@dataclass(frozen=True, slots=True)
class Mention:
    """A person, shown as a mention on a platform that knows them, else by name."""

    name: str
    slack_ref: str | None = None
    teams_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """A UTC instant, shown in the reader's own zone if the platform can."""

    at: datetime
    in_full: bool = False
    """Always shown as a date, never as “yesterday”, because the sentence around it needs a date."""


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Strong:
    text: str


Part = str | Mention | Moment | Link | Strong
Line = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Confirm:
    title: str
    text: str
    yes: str
    no: str = "Cancel"


@dataclass(frozen=True, slots=True)
class Button:
    action: Action
    label: str
    value: str
    style: str | None = None
    """`primary`, `danger` or None."""
    confirm: Confirm | None = None
    is_refresh: bool = False
    """Redraws the page that it is on; the same action elsewhere opens a dialog."""


@dataclass(frozen=True, slots=True)
class MenuItem:
    """An entry of a card's overflow menu; Slack takes at most five."""

    action: Action
    label: str


@dataclass(frozen=True, slots=True)
class ClockView:
    """One deadline: `Claim by`, `Resolve by`, `Evidence due by`."""

    label: str
    at: datetime
    is_late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """One case, as the channel sees it."""

    case_id: str
    reason: str
    amount: str
    of_total: str | None
    """The invoice's total when only a part is disputed."""
    tier: str
    priority: str
    customer: str
    invoice: Line
    queue: str
    status: str
    tone: str
    """`waiting`, `working`, `paused`, `late`, `done`: which accent the card wears."""
    resolver: Mention | None
    statement: str
    evidence: Line
    """Whether the required evidence is complete, what is missing, and the files."""
    clock: ClockView | None
    second_clock: ClockView | None
    paused: Line
    """Why the SLA clock is paused, and since when; empty: it runs."""
    notices: tuple[Line, ...]
    """Chargeback, escalation, snooze, duplicate, moved to another queue."""
    decision: tuple[Line, ...]
    buttons: tuple[Button, ...]
    menu: tuple[MenuItem, ...]
    case_url: str | None = None
    readers: tuple[str, ...] = ()
    """Teams ids (`29:…`) of readers who see buttons of their own; Slack can't show such."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """One case in a list."""

    case_id: str
    headline: str
    details: Line
    """Customer, invoice, priority."""
    state: Line
    """What the case waits for, if the deadline and the resolver don't show it."""
    clock: ClockView | None
    resolver: Mention | None
    button: Button | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListView:
    title: str
    rows: tuple[RowView, ...]
    empty: str
    """The sentence shown when there is nothing."""
    pages: tuple[Button, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FullCaseView:
    """Everything about a case on one page, in private."""

    card: CaseView
    lines: tuple[Line, ...]
    """The invoice's lines, disputed ones marked."""
    history: ListView
    """The customer's other disputes."""
    timeline: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """A message in a case's thread, or to a person. `quotes` are people's own words."""

    lines: tuple[Line, ...]
    quotes: tuple[str, ...] = ()
    after: tuple[Line, ...] = ()
    """Lines below the quotes: files, and a question about them."""
    mentions: tuple[Mention, ...] = ()
    """People to ping."""
    is_loud: bool = False
    """Also shown in the channel, not only in the thread."""
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestView:
    greeting: str
    lists: tuple[ListView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresView:
    """The team's figures: label and number, at most ten, and lines that break them down."""

    title: str
    figures: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView:
    greeting: str
    figures: tuple[tuple[str, str], ...]
    """Label and number, at most five."""
    lists: tuple[ListView, ...]
    buttons: tuple[Button, ...]
    at: datetime | None = None
    """When the page was drawn, if it isn't redrawn by itself."""


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextInput:
    id: Field
    label: str
    hint: str | None = None
    placeholder: str | None = None
    initial: str | None = None
    is_long: bool = False
    is_optional: bool = False
    longest: int = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceInput:
    """`on_choose`: the form is redrawn when the choice changes. `as_radio` for a few options."""

    id: Field
    label: str
    choices: tuple[Choice, ...]
    initial: str | None = None
    hint: str | None = None
    is_optional: bool = False
    as_radio: bool = False
    on_choose: Action | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonInput:
    id: Field
    label: str
    initial: Mention | None = None
    hint: str | None = None
    choices: tuple[Choice, ...] = ()
    """The people to choose from, by our id and name, for platforms without a people picker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentInput:
    id: Field
    label: str
    initial: datetime | None = None
    hint: str | None = None


Input = TextInput | ChoiceInput | PersonInput | MomentInput


@dataclass(frozen=True, slots=True)
class Preview:
    """A mail as it will be sent, for reading beforehand."""

    to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormView:
    """A dialog. `submits` is the action of submitting it; `hidden` values come back with it."""

    submits: Action
    title: str
    """At most 24 characters (Slack's limit for a modal's title)."""
    submit: str
    intro: tuple[Line, ...]
    inputs: tuple[Input, ...]
    preview: Preview | None = None
    """Shown above the inputs."""
    hidden: tuple[tuple[str, str], ...] = ()
    """Such as (`case_id`, `D-1042`)."""


Card = CaseView | FullCaseView | ListView | MessageView | DigestView | FiguresView
"""Views that can be posted as a message; a form is a dialog, a home is a page of its own."""
