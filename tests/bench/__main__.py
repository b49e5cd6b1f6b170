"""The whole bench: prints the table of costs on this machine; `--write` puts it into docs/performance.md."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from rich.console import Console

from bot.policy.reader import read_policy
from core.policy import Policy
from tests.bench import card_and_start as small
from tests.bench import clicks, databases, floors, intake, teams_clicks, teams_posts
from tests.bench import open_cases as waiting
from tests.bench.servers import ROOT, slack
from tests.bench.table import Result, markdown, show

DOCUMENT = ROOT / "docs" / "performance.md"
TABLE = re.compile(r"(<!-- table -->\n).*(<!-- end -->)", re.DOTALL)


def main(arguments: list[str]) -> None:
    console = Console(width=170)
    policy = read_policy(Path(ROOT / "policy.yaml"))
    results: list[Result] = [small.measure_card(policy), *teams_posts.measure(policy)]
    with slack() as slack_url:
        for database in (databases.sqlite, databases.postgresql):
            with database() as url:
                name = url.partition(":")[0]
                console.print(f"{name}: starting, raising, claiming …")
                results += _over_http(url, slack_url, policy)
    for database in (databases.sqlite, databases.postgresql):
        console.print("filling 1,000,000 cases …")
        results += waiting.measure(database, policy)
    show(results, console)
    if "--write" in arguments:
        DOCUMENT.write_text(TABLE.sub(rf"\g<1>{markdown(results)}\g<2>", DOCUMENT.read_text()))


def _over_http(url: str, slack_url: str, policy: Policy) -> list[Result]:
    results = small.measure_start(url, slack_url) if url.startswith("sqlite") else []
    commit = floors.commit_ms(url)
    results.append(intake.measure(url, slack_url, policy))
    in_slack = clicks.MANY + clicks.SINGLE
    cases = databases.raise_cases(url, policy, in_slack + teams_clicks.MANY + teams_clicks.SINGLE)
    results += clicks.measure(url, slack_url, cases[:in_slack], policy, commit)
    return [*results, *teams_clicks.measure(url, slack_url, cases[in_slack:], policy)]


if __name__ == "__main__":
    main(sys.argv[1:])
