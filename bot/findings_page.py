"""How does an administrator read the findings in a terminal?"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot.check.report import CheckResult, State, exit_status, summary

_MARKS = {
    State.OK: ("ok", "green"),
    State.OFF: ("off", "dim"),
    State.WARNING: ("look", "yellow"),
    State.FAILED: ("MEND", "bold red"),
}
_MARK_WIDTH = 5
_SUMMARY_STYLES = {0: "green", 1: "bold red"}


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
