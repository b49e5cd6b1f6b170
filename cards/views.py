"""What is on a card, before any platform's JSON? Texts are plain: renderers escape them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cards.actions import Action, Field


@dataclass(frozen=True, slots=True)
class Mention:
    """A person, shown as the platform shows people where it knows them, else by name."""

    name: str
    slack_ref: str | None = None
    teams_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """A UTC instant, shown in the reader's own zone where the platform can."""

    at: datetime
    in_full: bool = False
    """Always as a date, never as “yesterday”: the sentence around it fits only a date."""


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
    """Shows anew what it stands on, where a platform would else open a dialog."""


@dataclass(frozen=True, slots=True)
class MenuItem:
    """An entry of a card's overflow menu; Slack takes at most five."""

    action: Action
    label: str


@dataclass(frozen=True, slots=True)
class ClockView:
    """One running clock: `Claim by`, `Resolve by`, `Evidence due by`."""

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
    """Complete or what is lacking, and the files that are here."""
    clock: ClockView | None
    second_clock: ClockView | None
    paused: Line
    """Why the SLA clock stands still, and since when; empty: it runs."""
    notices: tuple[Line, ...]
    """What else a person must know: chargeback, escalation, snooze, duplicate, moved elsewhere."""
    decision: tuple[Line, ...]
    buttons: tuple[Button, ...]
    menu: tuple[MenuItem, ...]
    case_url: str | None = None
    readers: tuple[str, ...] = ()
    """Who sees buttons of their own, by what Teams calls them (`29:…`), where a platform can show them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """One case in a list."""

    case_id: str
    headline: str
    details: Line
    """Whose it is: customer, invoice, priority."""
    state: Line
    """What it waits for, where the clock and the resolver don't say so."""
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
    """Everything about a case on one page: for its resolver, in private."""

    card: CaseView
    lines: tuple[Line, ...]
    """The invoice's lines, disputed ones marked."""
    history: ListView
    """The customer's other disputes."""
    timeline: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """A message in the case's thread, or to a person. `quotes` are people's own words."""

    lines: tuple[Line, ...]
    quotes: tuple[str, ...] = ()
    after: tuple[Line, ...] = ()
    """What stands under the quotes: files, and what is asked about them."""
    mentions: tuple[Mention, ...] = ()
    """Who must be pinged."""
    is_loud: bool = False
    """Also shown in the channel, not only in the thread."""
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestView:
    greeting: str
    lists: tuple[ListView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresView:
    """How the team is doing: label and number, at most ten, and what they are made of."""

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
    """When things stood so, where the page stays as it was drawn."""


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
    """`on_choose`: the form is shown anew when the choice changes. `as_radio` for a few options."""

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
    """Whom it can be, by our id and name, for platforms that have no picker of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentInput:
    id: Field
    label: str
    initial: datetime | None = None
    hint: str | None = None


Input = TextInput | ChoiceInput | PersonInput | MomentInput


@dataclass(frozen=True, slots=True)
class Preview:
    """A mail as it will leave, to be read before it does: whose it is, and its very words."""

    to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormView:
    """A dialog. `submits` is what sending it does; `hidden` comes back with it unseen."""

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
"""What can be posted as a message; forms and homes have surfaces of their own."""
