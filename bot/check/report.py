"""What can a check find, and is it good enough to run with?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text


class State(StrEnum):
    OK = "ok"
    OFF = "off"
    """Switched off, which is somebody's choice."""
    WARNING = "warning"
    """It works, but a person should look at it."""
    FAILED = "failed"


_MARKS = {
    State.OK: ("ok", "green"),
    State.OFF: ("off", "dim"),
    State.WARNING: ("look", "yellow"),
    State.FAILED: ("MEND", "bold red"),
}
_MARK_WIDTH = 5
_SUMMARY_STYLES = {0: "green", 1: "bold red"}


@dataclass(frozen=True, slots=True)
class CheckResult:
    """`title` says what is so, `remedy` what to do about it. Neither holds a secret."""

    group: str
    state: State
    title: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class CheckGroup:
    """What belongs together on the page: settings, policy, database, Slack …"""

    name: str

    def ok(self, title: str) -> CheckResult:
        return CheckResult(self.name, State.OK, title)

    def off(self, title: str, remedy: str) -> CheckResult:
        """`remedy` is how to switch it on."""
        return CheckResult(self.name, State.OFF, title, remedy)

    def warning(self, title: str, remedy: str) -> CheckResult:
        return CheckResult(self.name, State.WARNING, title, remedy)

    def failed(self, title: str, remedy: str) -> CheckResult:
        return CheckResult(self.name, State.FAILED, title, remedy)


def exit_status(results: Iterable[CheckResult]) -> int:
    """1 when something must be mended before Ombud can do its work."""
    return 1 if any(finding.state is State.FAILED for finding in results) else 0


def summary(results: Iterable[CheckResult]) -> str:
    """What it comes down to."""
    states = [finding.state for finding in results]
    failed, warnings = states.count(State.FAILED), states.count(State.WARNING)
    look = f"{_count(warnings, 'thing')} should be looked at" if warnings else ""
    if failed:
        rest = f", and {look}" if look else ""
        return f"{_count(failed, 'thing')} must be mended before Ombud can do all its work{rest}."
    if look:
        return f"Ombud can work; {look}."
    return f"All is well: {_count(len(states), 'check')} made."


def print_results(results: Sequence[CheckResult], console: Console) -> int:
    """Print them group by group and return the exit status. Readable without colours, too."""
    for group in dict.fromkeys(finding.group for finding in results):
        console.print(Text(group, style="bold"))
        console.print(_rows([finding for finding in results if finding.group == group]))
        console.print()
    status = exit_status(results)
    console.print(Text(summary(results), style=_SUMMARY_STYLES[status]))
    return status


def _rows(results: Sequence[CheckResult]) -> Padding:
    """A mark before each, and below it the remedy; long sentences stay in their column."""
    rows = Table.grid(padding=(0, 1))
    rows.add_column(width=_MARK_WIDTH)
    rows.add_column()
    for finding in results:
        mark, style = _MARKS[finding.state]
        rows.add_row(Text(mark, style=style), Text(finding.title))
        if finding.remedy:
            rows.add_row("", Text(f"→ {finding.remedy}", style="dim"))
    return Padding(rows, (0, 0, 0, 2), expand=False)


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
