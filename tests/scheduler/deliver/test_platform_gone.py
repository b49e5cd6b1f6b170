"""Tests of messages on a platform that the company has left."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.effects import Effect
from core.policy import Policy
from scheduler.outbox.drain import OutboxDrain
from scheduler.sweeps.deadlines import DeadlineSweep
from store.engine import Store
from tests.scheduler.harness import Harness, store_at
from tests.scheduler.teams_harness import (
    ANA_ON_BOTH,
    BILLING,
    DANA_ON_BOTH,
    GRETA_HERSELF,
    TeamsHarness,
    a_company_on_both,
    text_of,
)

IN_SLACK = "slack:#billing-disputes"


@pytest.fixture
def company() -> Policy:
    return a_company_on_both()


@pytest.fixture
async def reopened(harness: Harness, tmp_path: Path) -> AsyncIterator[Store]:
    """The same database under a policy that names channels of Teams alone."""
    policy = a_company_on_both()
    queues = {one.id: replace(one, slack_channel=None) for one in policy.queues.values() if one.teams_channel}
    reasons = {one.id: one for one in policy.reasons.values() if one.queue_id in queues}
    store = store_at(tmp_path / "ombud.db", replace(policy, queues=queues, reasons=reasons))
    yield store
    await store.close()


async def a_late_case(harness: Harness, teams: TeamsHarness) -> str:
    """Called for in the channels of both platforms."""
    await teams.knows(GRETA_HERSELF, DANA_ON_BOTH, ANA_ON_BOTH)
    case_id = await harness.raise_one()
    await harness.deliver_all()
    harness.time.add(timedelta(minutes=61))
    await DeadlineSweep().sweep_deadlines(harness.store, harness.time.now())
    await harness.deliver_all()
    assert {IN_SLACK, f"teams:{BILLING}"} <= set(
        (await harness.store.read(lambda tx: tx.cases.get(case_id))).called_at
    )
    return case_id


def move_to_teams(harness: Harness, store: Store) -> None:
    harness.store = store
    harness.services = replace(harness.services, store=store, posts=None, people=None)
    harness.drain = OutboxDrain(harness.services, holder="moved")


async def test_a_company_that_moved_to_teams_is_alarmed_about_nothing_in_slack(
    harness: Harness, teams: TeamsHarness, reopened: Store
) -> None:
    case_id = await a_late_case(harness, teams)
    await harness.store.run(
        lambda tx: tx.outbox.add(
            key="old",
            address=IN_SLACK,
            effect=Effect.REFRESH_CARDS,
            case_id=case_id,
            due_at=harness.time.now(),
        )
    )
    move_to_teams(harness, reopened)
    await harness.claim(case_id)
    await harness.deliver_all()
    assert await harness.parked() == []
    assert "Ana Ruiz" in text_of(teams.roots(BILLING)[0])
    assert await harness.store.read(lambda tx: tx.alerts.list(case_id, IN_SLACK, before=1000)) == []


async def test_a_platform_that_the_policy_still_names_is_missed(
    harness: Harness, teams: TeamsHarness
) -> None:
    case_id = await a_late_case(harness, teams)
    teams.without_slack()
    await harness.claim(case_id)
    await harness.deliver_all()
    assert Effect.SETTLE_ALERTS in [row.effect for row in await harness.parked() if row.address == IN_SLACK]


async def test_where_nothing_is_connected_no_platform_is_named_as_if_it_were_meant(
    harness: Harness, teams: TeamsHarness
) -> None:
    await teams.knows(ANA_ON_BOTH)
    harness.services = replace(harness.services, posts=None, people=None, teams=None)
    harness.drain = OutboxDrain(harness.services, holder="alone")
    await harness.claim(await harness.raise_one())
    await harness.deliver_all()
    (brief,) = [row for row in await harness.parked() if row.effect == Effect.BRIEF_RESOLVER]
    assert brief.error == "Neither Slack nor Teams is connected."
