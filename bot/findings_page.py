"""How does an administrator read the findings in a terminal?"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from bot.findings import Finding, State, exit_status, in_a_sentence

_LOOKS = {
    State.OK: ("ok", "green"),
    State.OFF: ("off", "dim"),
    State.WARNING: ("look", "yellow"),
    State.FAILED: ("MEND", "bold red"),
}
_SUMS = {0: "green", 1: "bold red"}


def print_findings(findings: Sequence[Finding], console: Console) -> int:
    """Print them group by group and return the exit status. Readable without colours, too."""
    for group in dict.fromkeys(finding.group for finding in findings):
        console.print(Text(group, style="bold"))
        for finding in findings:
            if finding.group == group:
                _print(finding, console)
        console.print()
    status = exit_status(findings)
    console.print(Text(in_a_sentence(findings), style=_SUMS[status]))
    return status


def _print(finding: Finding, console: Console) -> None:
    """The mark, what is so, and below it the remedy."""
    mark, style = _LOOKS[finding.state]
    line = Text.assemble((f"{mark:<6}", style), finding.title)
    console.print(Padding(line, (0, 0, 0, 2), expand=False))
    if finding.remedy:
        console.print(Padding(Text(f"→ {finding.remedy}", style="dim"), (0, 0, 0, 8), expand=False))
