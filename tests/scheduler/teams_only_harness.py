"""Harness of a company that has only Teams, with a strict fake Teams on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from connectors.teams.api import TeamsApi
from connectors.teams.people import TeamsPeople
from connectors.teams.posts import TeamsPosts
from core.person import Person
from core.policy import MEMBERS_OF_THE_CHANNEL, Policy
from scheduler.services import TeamsServices
from store.people.channels import Channel
from store.people.teams_conversations import Conversation
from store.transaction import Transaction
from tests.builders import a_policy, a_queue
from tests.connectors.fake_teams import BILLING, FakeTeams, a_fake_teams, a_member
from tests.connectors.sandbox_slack import Slack
from tests.scheduler.fake_clocks import FakeTime
from tests.scheduler.harness import Harness, store_at

OTHER_TEAM = "19:finance0brightwater@thread.tacv2"
ANA, DANA = "ana.ruiz@brightwater.example", "dana.whitfield@brightwater.example"


class TeamsOnlyHarness:
    """A harness with Teams only; `with_slack` are the services of both platforms."""

    def __init__(self, harness: Harness, fake_teams: FakeTeams, api: TeamsApi) -> None:
        self.harness, self.store, self.fake_teams = harness, harness.store, fake_teams
        self.with_slack = replace(
            harness.services, teams=TeamsServices(posts=TeamsPosts(api), people=TeamsPeople(api))
        )
        self.services = harness.services = replace(self.with_slack, posts=None, people=None)

    async def person(self, ref: str) -> Person | None:
        return await self.store.read(lambda tx: tx.people.find_by_ref("teams", ref))

    async def named(self, handle: str) -> Person | None:
        return await self.store.read(lambda tx: tx.people.find_by_handle(handle))

    async def members(self) -> list[str]:
        return await self.store.read(lambda tx: tx.people.list_members(BILLING))

    async def channel(self) -> Channel | None:
        return await self.store.read(lambda tx: tx.channels.find(BILLING))

    async def know(self, *conversations: Conversation) -> None:
        await self.store.run(_know, conversations)


def billing_in_teams() -> Policy:
    """The policy of a company whose billing queue is in Teams only."""
    queue = a_queue(
        slack_channel=None, teams_channel=BILLING, managers=(DANA,), resolvers=(MEMBERS_OF_THE_CHANNEL,)
    )
    policy = a_policy(queues={queue.id: queue})
    ladder = tuple(replace(rung, tell=("manager",)) for rung in policy.ladder)
    return replace(policy, ladder=ladder, digests=())


@asynccontextmanager
async def a_teams_only_harness(file: Path, slack: Slack, time: FakeTime) -> AsyncIterator[TeamsOnlyHarness]:
    """With Ana and Dana in its channel."""
    store, slack_api = store_at(file, billing_in_teams()), slack.api()
    async with a_fake_teams() as fake_teams:
        fake_teams.rosters[BILLING] = [a_member("e-ana"), a_member("e-dana", "Dana Whitfield")]
        api = fake_teams.api()
        yield TeamsOnlyHarness(Harness(store, slack, time, slack_api), fake_teams, api)
        await api.close()
        assert fake_teams.complaints == []
    await slack_api.close()
    await store.close()


def a_channel(ref: str = f"{OTHER_TEAM}-sub", team_ref: str = OTHER_TEAM) -> Conversation:
    return Conversation(ref=ref, kind="channel", team_ref=team_ref, **_REFERENCE)


def a_chat(person_ref: str) -> Conversation:
    return Conversation(ref=f"a:{person_ref}", kind="personal", person_ref=person_ref, **_REFERENCE)


_REFERENCE: dict[str, Any] = {"service_url": "https://teams.test/", "reference": {}}


def _know(tx: Transaction, conversations: tuple[Conversation, ...]) -> None:
    for one in conversations:
        tx.conversations.save(one)
