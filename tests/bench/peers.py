"""Ombud's intake against django-helpdesk's; `--write` puts it into docs/performance.md.

Each is one process that 16 clients post to over HTTP, and commits durably before it responds. They take turns
on one machine, each time in fresh databases; the median of three rounds counts.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from statistics import median

from rich.console import Console

from tests.bench import databases, intake, peer_intake
from tests.bench.load import run_load
from tests.bench.servers import ROOT, bot, slack
from tests.bench.table import Result, at_least, markdown, show

DOCUMENT = ROOT / "docs" / "performance.md"
TABLE = re.compile(r"(<!-- peers -->\n).*(<!-- end of peers -->)", re.DOTALL)
ROUNDS = 3
TARGET = 20

Database = Callable[[], AbstractContextManager[str]]

DATABASES: dict[str, Database] = {
    "SQLite (both WAL, synchronous=FULL)": databases.sqlite,
    "PostgreSQL (both on one server, synchronous_commit=on)": databases.postgresql,
}


def main(arguments: list[str]) -> None:
    console = Console(width=170)
    with slack() as slack_url:
        results = [_measure(name, database, slack_url, console) for name, database in DATABASES.items()]
    show(results, console)
    if "--write" in arguments and DOCUMENT.exists():
        DOCUMENT.write_text(TABLE.sub(rf"\g<1>{markdown(results)}\g<2>", DOCUMENT.read_text()))


def _measure(name: str, database: Database, slack_url: str, console: Console) -> Result:
    ombud: list[float] = []
    helpdesk: list[float] = []
    for number in range(1, ROUNDS + 1):
        with database() as url:
            ombud.append(_ombuds_rate(url, slack_url))
            helpdesk.append(peer_intake.rate(url))
        console.print(f"{name}, round {number}: Ombud {ombud[-1]:,.0f}/s, helpdesk {helpdesk[-1]:,.0f}/s")
    what = f"disputes over the API, 16 clients, {name}; floor: tickets by django-helpdesk 2.6.1's form"
    return at_least(what, median(ombud), median(helpdesk), TARGET)


def _ombuds_rate(url: str, slack_url: str) -> float:
    with bot(url, slack_url) as (port, _):
        posts = [intake._post(number) for number in range(intake.COUNT)]
        return run_load(port, posts, clients=peer_intake.CLIENTS).demand_only(201).rate


if __name__ == "__main__":
    main(sys.argv[1:])
