"""The bot killed while it works: every message of the outbox arrives, in order, once.

Only Teams may show a message twice, when a kill or a lost answer left open whether it had arrived.

`make test` kills a handful of times, `make chaos` OMBUD_CHAOS_KILLS times in each test. OMBUD_CHAOS_SEED
repeats the decisions of a run that failed, though not its timing.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.journeys.processes import API_KEY, START_SECONDS, Bot, Deployment, run_deployment
from tests.journeys.records import Records, knows_everybody, read_records
from tests.journeys.simulated_users import SimulatedUsers
from tests.journeys.slack_checks import problems_of
from tests.journeys.slack_users import SlackUsers
from tests.journeys.teams_screen import a_screen
from tests.journeys.teams_users import TeamsUsers

pytestmark = pytest.mark.kill

KILLS = int(os.environ.get("OMBUD_CHAOS_KILLS", "2"))
PATIENCE = 180.0 + KILLS * 5
"""Real seconds until everything must be delivered; it takes about five after a handful of kills."""

NewDatabase = Callable[[], str]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """On PostgreSQL the tables exist; on SQLite the bot creates them when it starts."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("new_postgresql")())
    return f"sqlite:///{tmp_path}/ombud.db"


async def test_killed_at_random_moments_it_loses_and_doubles_nothing(tmp_path: Path, url: str) -> None:
    async with run_busy_deployment(tmp_path, url) as (deployment, users, chance):
        for _ in range(KILLS):
            await _kill_and_start(deployment, deployment.bots[0], chance)
            if chance.random() < 0.5:
                await deployment.move_clock(chance.uniform(0.5, 3))
        await _expect_everything(deployment, users, kills=KILLS)
        verdict = deployment.run_ombud("verify")
        assert verdict.returncode == 0, verdict.stdout


@pytest.mark.postgres
async def test_two_processes_killed_in_turn_lose_and_double_nothing(
    tmp_path: Path, new_postgresql: NewDatabase
) -> None:
    """The live process takes over the leases of the killed one. The clock jumps only while no other process
    can mistake a jump for the death of a process in the middle of a send."""
    async with run_busy_deployment(tmp_path, new_postgresql(), bots=2, pace=15) as (
        deployment,
        users,
        chance,
    ):
        for turn in range(KILLS):
            victim = deployment.bots[turn % 2]
            await _kill_and_start(deployment, victim, chance, hours=chance.choice((0, 0.1, 1, 3)))
        await _expect_everything(deployment, users, kills=KILLS)


async def test_asked_to_stop_under_load_it_ends_well_and_loses_nothing(tmp_path: Path, url: str) -> None:
    async with run_busy_deployment(tmp_path, url) as (deployment, users, chance):
        for _ in range(max(1, KILLS // 4)):
            await asyncio.sleep(chance.uniform(0.5, 2))
            await _stop(deployment.bots[0])
            deployment.bots[0].child.start()
            await deployment.wait_ready()
        await _expect_everything(deployment, users, kills=0)


async def test_killed_while_it_makes_its_tables_it_makes_them_at_the_next_start(tmp_path: Path) -> None:
    async with run_deployment(tmp_path, f"sqlite:///{tmp_path}/ombud.db") as deployment:
        child, file, chance = deployment.bots[0].child, tmp_path / "ombud.db", random.Random(_seed())
        for _ in range(max(2, KILLS // 5)):
            child.start()
            while not file.exists():
                await asyncio.sleep(0.001)
            await asyncio.sleep(chance.uniform(0, 0.1))
            await child.kill()
        child.start()
        await deployment.wait_ready()


@asynccontextmanager
async def run_busy_deployment(
    folder: Path, url: str, *, bots: int = 1, pace: float = 120.0
) -> AsyncIterator[tuple[Deployment, SimulatedUsers, random.Random]]:
    seed = _seed()
    print(f"OMBUD_CHAOS_SEED={seed}; the logs are in {folder}")
    async with run_deployment(folder, url, bots=bots) as deployment:
        for bot in deployment.bots:
            bot.child.start()
        await deployment.wait_ready()
        async with a_screen(deployment.slack_url) as screen:
            users = SimulatedUsers(deployment, seed, pause=0.25 * bots)
            await _until_everybody_is_known(deployment)
            in_slack = SlackUsers(users)
            users.start([*in_slack.works(), *TeamsUsers(users, screen, in_slack).works()], pace=pace)
            try:
                await _until_busy(users, 1)
                yield deployment, users, random.Random(seed)
            finally:
                await users.cancel()


async def _until_busy(users: SimulatedUsers, actions: int) -> None:
    """Wait until people have done `actions` things; on a slow machine that takes a while."""
    deadline = time.monotonic() + PATIENCE
    while min(users.actions_in_teams, len(users.acknowledged)) < actions and time.monotonic() < deadline:
        await asyncio.sleep(0.1)


async def _until_everybody_is_known(deployment: Deployment) -> None:
    """Cards drawn earlier name people by their platform ids, until they are drawn again."""
    deadline = time.monotonic() + START_SECONDS
    while not await asyncio.to_thread(knows_everybody, deployment.database_url):
        assert time.monotonic() < deadline, deployment.bots[0].child.tail()
        await asyncio.sleep(0.2)


async def _kill_and_start(
    deployment: Deployment, bot: Bot, chance: random.Random, *, hours: float = 0.0
) -> None:
    """Kill it some time after its start, which may be before it is ready; or in the middle of a send."""
    if chance.random() < 0.8:
        await deployment.wait_ready(bot)
    await asyncio.sleep(chance.uniform(0, 1))
    if chance.random() < 0.6:
        await deployment.wait_for_message(2)
        await asyncio.sleep(chance.choice((0, 0, 0.002, 0.005)))
    await bot.child.kill()
    if hours:
        await deployment.move_clock(hours)
        await asyncio.sleep(2)
    bot.child.start()


async def _expect_everything(deployment: Deployment, users: SimulatedUsers, *, kills: int) -> None:
    await deployment.wait_ready()
    await _until_busy(users, KILLS + 1)
    await users.finish()
    for bot in deployment.bots[1:]:
        await _stop(bot)
    records, listing = await _let_all_be_delivered(deployment)
    slack, teams = await deployment.messages(), await deployment.teams_messages()
    problems = problems_of(records, slack, teams, listing, users, kills=kills)
    problems += [f"The log has an error: {line}" for bot in deployment.bots for line in _errors(bot)]
    assert not problems, "\n".join(problems)
    assert len(users.acknowledged) > KILLS, "There was hardly any load, so this has shown nothing."
    assert users.actions_in_teams > kills, "Hardly anything was done in Teams, so this has shown little."


async def _let_all_be_delivered(deployment: Deployment) -> tuple[Records, list[Any]]:
    """Move the clock on until no row is pending, and stop the bot then, so that no row is added."""
    bot, deadline = deployment.bots[0], time.monotonic() + PATIENCE
    while True:
        while await _count_pending(deployment, bot):
            assert time.monotonic() < deadline, "There is always something left to deliver."
            await deployment.pass_time(300)
        listing = await _list_disputes(deployment)
        await _stop(bot)
        records = await asyncio.to_thread(read_records, deployment.database_url)
        if not records.pending_count:
            return records, listing
        bot.child.start()
        await deployment.wait_ready(bot)


async def _stop(bot: Bot) -> None:
    assert await bot.child.stop(signal.SIGTERM) == 0, bot.child.tail()


async def _count_pending(deployment: Deployment, bot: Bot) -> int:
    async with deployment.http.get(f"{bot.url}/metrics") as answer:
        text = await answer.text()
    return int(float(re.findall(r"^ombud_outbox_pending (\S+)$", text, re.MULTILINE)[0]))


async def _list_disputes(deployment: Deployment) -> list[Any]:
    """All pages of the API's list of disputes."""
    found: list[Any] = []
    after: str | None = ""
    while after is not None:
        parameters = {"limit": "100"} | ({"after": after} if after else {})
        headers = {"Authorization": f"Bearer {API_KEY}"}
        address = f"{deployment.bots[0].url}/api/disputes"
        async with deployment.http.get(address, params=parameters, headers=headers) as answer:
            page = orjson.loads(await answer.read())
        found += page["disputes"]
        after = page["next"]
    return found


def _errors(bot: Bot) -> list[str]:
    """Log lines about errors of our own: failures of Slack are warnings."""
    lines = bot.child.log.read_text(errors="replace").splitlines()
    return [
        line[:2000] for line in lines if '"level":"error"' in line.replace(" ", "") or "Traceback" in line
    ][:3]


def _seed() -> int:
    return int(os.environ.get("OMBUD_CHAOS_SEED") or random.SystemRandom().randrange(10**6))
