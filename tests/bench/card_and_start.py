"""Cost of rendering a card, of a start and of an idle process."""

from __future__ import annotations

import subprocess
from pathlib import Path
from time import perf_counter

from cards.present import case_view
from cards.slack import message
from core.policy import Policy
from tests.bench.servers import bot
from tests.bench.table import Result, median_seconds, under
from tests.builders import MONDAY_9AM, a_case, a_person

CARDS = 200
STARTS = 3


def measure_card(policy: Policy) -> Result:
    """From case to JSON-ready dicts, for cases that differ."""
    person = a_person()
    cases = [
        a_case(
            id=f"D-{1000 + place}", resolver_id=person.id, statement=f"Line {place} is not what we agreed."
        )
        for place in range(CARDS)
    ]
    people = {person.id: person}

    def draw() -> None:
        for case in cases:
            message(case_view(case, policy=policy, people=people, now=MONDAY_9AM))

    return under("a card, from case to blocks", median_seconds(draw, runs=50) / CARDS * 1e6, 20, " µs")


def measure_start(database_url: str, slack_url: str) -> list[Result]:
    """Seconds until `/readyz` answers 200, and resident memory ten sweeps later."""
    spans, memory = [], 0.0
    for _ in range(STARTS):
        began = perf_counter()
        with bot(database_url, slack_url) as (_, child):
            spans.append(perf_counter() - began)
            memory = _resident_mb(child)
    return [
        under("`ombud serve` ready after", sorted(spans)[STARTS // 2], 2, " s"),
        under("`ombud serve` idle, resident", memory, 150, " MB"),
    ]


def _resident_mb(child: subprocess.Popen[bytes]) -> float:
    status = Path(f"/proc/{child.pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
