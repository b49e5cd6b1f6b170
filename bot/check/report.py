"""Check results: what a check reports, their summary, exit status and printed form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot.terminal import safe_text


class State(StrEnum):
    OK = "ok"
    OFF = "off"
    """Not set up, which is the administrator's choice."""
    WARNING = "warning"
    """It works, but the administrator should look at it."""
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
    """`title` says what was found, `remedy` what to do about it. Neither holds a secret."""

    group: str
    state: State
    title: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class CheckGroup:
    """Creates results that are printed together: settings, policy, database, Slack …"""

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
    """1 when something must be fixed before Ombud can do its work."""
    return 1 if any(result.state is State.FAILED for result in results) else 0


def summary(results: Iterable[CheckResult]) -> str:
    """The last line of the report."""
    states = [result.state for result in results]
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
    for group in dict.fromkeys(result.group for result in results):
        console.print(Text(group, style="bold"))
        console.print(_rows([result for result in results if result.group == group]))
        console.print()
    status = exit_status(results)
    console.print(Text(summary(results), style=_SUMMARY_STYLES[status]))
    return status


def _rows(results: Sequence[CheckResult]) -> Padding:
    """A mark before each result, its remedy below. Long sentences wrap within their column."""
    rows = Table.grid(padding=(0, 1))
    rows.add_column(width=_MARK_WIDTH)
    rows.add_column()
    for result in results:
        mark, style = _MARKS[result.state]
        rows.add_row(Text(mark, style=style), Text(safe_text(result.title)))
        if result.remedy:
            rows.add_row("", Text(f"→ {safe_text(result.remedy)}", style="dim"))
    return Padding(rows, (0, 0, 0, 2), expand=False)


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
