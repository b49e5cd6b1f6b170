"""Overviews: a person's own page, the team's figures, the help."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Protocol

from cards import words
from cards.actions import Action
from cards.mentions import People, mention
from cards.present import queue_label, reason_label
from cards.views import Button, FiguresView, HomeView, Line, ListView, MessageView, Strong
from core.person import Person
from core.policy import Policy

COMMANDS: tuple[tuple[str, str], ...] = (
    ("/disputes mine", "your cases, the nearest deadline first"),
    ("/disputes queue", "what waits to be claimed"),
    ("/disputes overdue [queue]", "what is late"),
    ("/disputes show D-1042", "everything about one case"),
    ("/disputes search nordlicht", "by number, customer or invoice"),
    ("/disputes new", "raise a dispute for a customer"),
    ("/disputes stats", "figures of the last 30 days"),
    ("/disputes help", "this list"),
)


class Figures(Protocol):
    """The store's figures of some queues for a period."""

    @property
    def open(self) -> int: ...
    @property
    def unclaimed(self) -> int: ...
    @property
    def overdue(self) -> int: ...
    @property
    def raised(self) -> int: ...
    @property
    def closed(self) -> int: ...
    @property
    def median_hours(self) -> float | None: ...
    @property
    def by_resolution(self) -> Mapping[str, int]: ...
    @property
    def by_reason(self) -> Mapping[str, int]: ...
    @property
    def by_queue(self) -> Mapping[str, int]: ...
    @property
    def by_resolver(self) -> Mapping[str, int]: ...


def home_view(
    person: Person,
    *,
    figures: Iterable[tuple[str, int]] = (),
    lists: Iterable[ListView] = (),
    at: datetime | None = None,
) -> HomeView:
    """The person's own page as it is `at` that moment: figures, then lists (their cases, their queues, what
    is late)."""
    return HomeView(
        greeting=f"Good to see you, {words.name(person.name, 60)}" if person.is_named else "Good to see you",
        figures=tuple((words.name(label), f"{number:,}") for label, number in figures)[:5],
        lists=tuple(lists),
        buttons=(
            Button(Action.ASK_NEW, "Raise a dispute", "new"),
            Button(Action.OPEN_HOME, "Refresh", "home", is_refresh=True),
        ),
        at=at,
    )


def figures_view(figures: Figures, *, title: str, policy: Policy, people: People) -> FiguresView:
    """`/disputes stats`."""
    median = "–" if figures.median_hours is None else f"{figures.median_hours:,.1f} h"
    numbers = (
        ("Open", f"{figures.open:,}"),
        ("Unclaimed", f"{figures.unclaimed:,}"),
        ("Overdue", f"{figures.overdue:,}"),
        ("Raised", f"{figures.raised:,}"),
        ("Closed", f"{figures.closed:,}"),
        ("Median time to resolution", median),
    )
    lines = (
        _breakdown("How they ended", figures.by_resolution, words.resolution),
        _breakdown("Raised, by reason", figures.by_reason, lambda key: reason_label(key, policy)),
        _breakdown("Open, by queue", figures.by_queue, lambda key: queue_label(key, policy)),
        _breakdown("Open, by resolver", figures.by_resolver, lambda key: mention(key, people).name),
    )
    return FiguresView(title=title, figures=numbers, lines=tuple(line for line in lines if line))


def help_view(*, unknown: str | None = None) -> MessageView:
    """The commands; `unknown` is one that was typed and doesn't exist."""
    lines: list[Line] = []
    if unknown:
        lines.append((f"I don't know “{words.name(unknown, 60)}”. This is what I understand:",))
    lines += [(Strong(command), f" – {meaning}") for command, meaning in COMMANDS]
    lines.append(("From any message: More actions → Raise a dispute.",))
    lines.append(("From a message in a case's thread: More actions → Send to customer.",))
    return MessageView(lines=tuple(lines))


def _breakdown(title: str, numbers: Mapping[str, int], label: Callable[[str], str]) -> Line:
    """`By reason: Not delivered 12, Wrong price 4`, the largest first."""
    if not numbers:
        return ()
    ranked = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    shown = ", ".join(f"{label(key)} {number:,}" for key, number in ranked[:8])
    more = f" and {len(ranked) - 8} more" if len(ranked) > 8 else ""
    return (Strong(title), f": {shown}{more}")
