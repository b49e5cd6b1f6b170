"""Results: figure, floor, ratio and target, as a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Result:
    """`figure` and `floor` in words; `ratio` is what the target is about; `is_met` None: no target."""

    what: str
    figure: str
    floor: str
    ratio: str
    target: str
    is_met: bool | None


def at_least(what: str, figure: float, floor: float, target: float, unit: str = "/s") -> Result:
    ratio = figure / floor
    return Result(
        what,
        f"{figure:,.0f}{unit}",
        f"{floor:,.0f}{unit}",
        f"{ratio:.2f} ×",
        f"≥ {target} ×",
        ratio >= target,
    )


def at_most(what: str, figure: float, floor: float, target: float, unit: str = " ms") -> Result:
    ratio = figure / floor
    return Result(
        what,
        f"{figure:,.3g}{unit}",
        f"{floor:,.3g}{unit}",
        f"{ratio:.2f} ×",
        f"≤ {target:.3g} ×",
        ratio <= target,
    )


def under(what: str, figure: float, limit: float, unit: str) -> Result:
    return Result(what, f"{figure:,.3g}{unit}", "", "", f"≤ {limit:g}{unit}", figure <= limit)


def median_seconds(work: Callable[[], object], *, runs: int, warm_up: int = 3) -> float:
    """Seconds that `work` takes: the median of `runs` after a warm-up."""
    for _ in range(warm_up):
        work()
    spans = []
    for _ in range(runs):
        began = perf_counter()
        work()
        spans.append(perf_counter() - began)
    return median(spans)


def show(results: list[Result], console: Console) -> None:
    table = Table("what", "figure", "floor", "ratio", "target", "")
    for one in results:
        verdict = "" if one.is_met is None else ("[green]met" if one.is_met else "[red]missed")
        table.add_row(one.what, one.figure, one.floor, one.ratio, one.target, verdict)
    console.print(table)


def markdown(results: list[Result]) -> str:
    rows = ["| what | figure | floor | ratio | target | |", "|---|---|---|---|---|---|"]
    for one in results:
        verdict = "" if one.is_met is None else ("met" if one.is_met else "**missed**")
        rows.append(f"| {one.what} | {one.figure} | {one.floor} | {one.ratio} | {one.target} | {verdict} |")
    return "\n".join(rows) + "\n"
