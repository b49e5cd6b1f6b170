"""Rate of cards that our connector posts to Teams: `python -m tests.bench.teams_posts`.

It measures the call alone, without the outbox and the rate limits, against the same REST call by aiohttp
alone, to the same bare connector in its own process. The two take turns, and the median of their rounds
counts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from urllib.parse import quote

import aiohttp
from rich.console import Console

from bot.policy.reader import read_policy
from cards.present import case_view
from cards.teams import message
from connectors.teams.api import TeamsApi
from connectors.teams.posts import TeamsPosts
from core.policy import Policy
from tests.bench.servers import ROOT, free_port, process
from tests.bench.table import Result, at_least, show
from tests.builders import MONDAY_9AM, a_case, a_person

CHANNEL = "19:billing0brightwater@thread.tacv2"
TOKEN = "a-bearer-as-long-as-microsofts-" + "x" * 1_200
COUNT, CLIENTS, ROUNDS = 2_000, 16, 5
TARGET = 0.5
Post = Callable[[], Awaitable[object]]


def measure(policy: Policy) -> list[Result]:
    person = a_person()
    view = case_view(a_case(resolver_id=person.id), policy=policy, people={person.id: person}, now=MONDAY_9AM)
    port = free_port()
    ready = f"http://127.0.0.1:{port}/ready"
    with process("-m", "tests.bench.bare_connector", str(port), ready=ready):
        ours, plain = asyncio.run(_rates(f"http://127.0.0.1:{port}/", message(view)))
    what = f"cards sent by the connector of Teams, {CLIENTS} at once, without outbox and rates"
    what += "; floor: the same REST call by aiohttp alone"
    return [at_least(what, ours, plain, TARGET)]


async def _rates(address: str, card: dict[str, Any]) -> tuple[float, float]:
    async def token() -> str:
        return TOKEN

    async def service_url(_: str) -> str:
        return address

    api = TeamsApi(token, service_url, app_id="bench", tenant_id="bench")
    posts = TeamsPosts(api)
    url = f"{address}v3/conversations/{quote(CHANNEL, safe='')}/activities"
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=32)) as session:

        async def by_aiohttp() -> None:
            async with session.post(url, json=card, headers=headers) as response:
                await response.json()

        async def by_us() -> None:
            await posts.post(CHANNEL, card, key="card")

        rounds = [(await _rate(by_us), await _rate(by_aiohttp)) for _ in range(ROUNDS)]
    await api.close()
    return median(one for one, _ in rounds), median(one for _, one in rounds)


async def _rate(post: Post) -> float:
    """Posts a second."""

    async def work() -> None:
        for _ in range(COUNT // CLIENTS):
            await post()

    began = perf_counter()
    await asyncio.gather(*(work() for _ in range(CLIENTS)))
    return COUNT / (perf_counter() - began)


if __name__ == "__main__":
    show(measure(read_policy(Path(ROOT / "policy.yaml"))), Console(width=170))
