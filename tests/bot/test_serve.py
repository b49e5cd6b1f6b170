"""Tests of a restart with a changed policy: open cases are handled as they should be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.policy.in_use import PolicyLacksNames
from bot.settings import Settings
from bot.wiring.application import Application, build_application
from core.case import Case
from core.events import CaseEscalated
from core.policy import Policy, Rung
from core.sla import nearest_end
from handlers.raise_dispute import create_case
from store.cases.lists import CaseRow
from store.installation import DEADLINES_POLICY
from tests.builders import OFFICE_HOURS, a_dispute, a_policy, a_queue, a_reason, an_sla

ONE_RUNG = (Rung(tell=("manager",), after_minutes=0),)
A_WEEK = timedelta(days=7)
PATIENCE_SECONDS = 10


class Company:
    """Starts the bot with one policy after the other, on one database and one clock."""

    def __init__(self, folder: Path) -> None:
        self._clock_file = folder / "clock"
        self._settings = Settings(
            _env_file=None, database_url=f"sqlite:///{folder}/ombud.db", clock_file=self._clock_file
        )

    @asynccontextmanager
    async def open(self, policy: Policy) -> AsyncIterator[Application]:
        application = await build_application(self._settings, policy)
        try:
            await application.start()
            yield application
        finally:
            await application.stop()
            await application.close()

    def wait(self, span: timedelta) -> None:
        self._clock_file.write_text(str(span.total_seconds()), encoding="utf-8")


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


async def raise_one(application: Application) -> Case:
    store, now = application.context.store, application.context.clock.now()
    raised = await store.run(create_case, a_dispute(), source="api:crm", key="1", digest="", now=now)
    return raised.case


async def case_of(application: Application) -> Case:
    return await application.context.store.read(lambda tx: tx.cases.get("D-1001"))


async def row_of(application: Application) -> CaseRow:
    return await application.context.store.read(lambda tx: tx.cases.list_all(None, 1).rows[0])


async def rungs_told(application: Application) -> list[int]:
    entries = await application.context.store.read(lambda tx: tx.timeline.list("D-1001"))
    return [entry.event.rung for entry in entries if isinstance(entry.event, CaseEscalated)]


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await is_so():
            await asyncio.sleep(0.02)


async def is_reckoned(application: Application) -> bool:
    store = application.context.store
    return await store.read(lambda tx: tx.installation.find(DEADLINES_POLICY)) == store.policy.digest


@pytest.mark.parametrize(
    ("lost", "meaning"),
    [
        ({"queues": {"logistics": a_queue("logistics")}}, "queue “billing”, which open case D-1001 needs"),
        ({"reasons": {"chargeback": a_reason("chargeback")}}, "reason “wrong_amount”"),
        ({"tiers": {"gold": a_policy().tiers["gold"]}}, "tier “standard”"),
    ],
)
async def test_a_policy_that_lacks_what_an_open_case_needs_is_refused(
    company: Company, lost: dict[str, object], meaning: str
) -> None:
    async with company.open(a_policy()) as application:
        await raise_one(application)
    with pytest.raises(PolicyLacksNames, match=meaning):
        async with company.open(a_policy(digest="poorer", **lost)):
            pass


async def test_an_open_case_keeps_the_targets_that_people_were_told(company: Company) -> None:
    async with company.open(a_policy()) as application:
        before = await raise_one(application)
        due_at = (await row_of(application)).due_at
    strict = replace(a_policy().tiers["standard"], sla=an_sla(claim_minutes=1, resolution_minutes=2))
    changed = a_policy(tiers={**a_policy().tiers, "standard": strict}, digest="strict")
    async with company.open(changed) as application:
        await until(lambda: is_reckoned(application))
        assert (await case_of(application)).clock == before.clock
        assert (await row_of(application)).due_at == due_at


async def test_a_new_rung_reaches_a_case_that_stands_on_the_last(company: Company) -> None:
    async with company.open(a_policy(ladder=ONE_RUNG)) as application:
        await raise_one(application)
    company.wait(A_WEEK)
    async with company.open(a_policy(ladder=ONE_RUNG)) as application:
        await until(lambda: _are_told(application, {0}))
    higher = (*ONE_RUNG, Rung(tell=("head@example.com",), after_minutes=480))
    company.wait(2 * A_WEEK)
    async with company.open(a_policy(ladder=higher, digest="higher")) as application:
        await until(lambda: is_reckoned(application))
        await application.jobs.run_once("sweep_deadlines")
        assert set(await rungs_told(application)) == {0, 1}


async def _are_told(application: Application, rungs: set[int]) -> bool:
    return set(await rungs_told(application)) == rungs


async def test_a_holiday_entered_late_moves_the_case_in_the_lists_too(company: Company) -> None:
    async with company.open(a_policy()) as application:
        case = await raise_one(application)
        before = await row_of(application)
    raised_on = case.raised_at.date()
    off = frozenset(raised_on + timedelta(days=day) for day in range(10))
    calendar = replace(OFFICE_HOURS, holidays=off)
    queues = {**a_policy().queues, "billing": a_queue(calendar=calendar)}
    async with company.open(a_policy(queues=queues, digest="holiday")) as application:
        await until(lambda: is_reckoned(application))
        row, end = await row_of(application), nearest_end(case, calendar)
        assert end is not None
        assert (row.due_at, row.due_at != before.due_at) == (end.at, True)
