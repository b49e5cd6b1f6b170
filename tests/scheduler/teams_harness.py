"""Harness that adds Teams to another one: the real connector, to a strict fake Teams on loopback."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Self

from connectors.teams.api import TeamsApi
from connectors.teams.people import TeamsPeople
from connectors.teams.posts import TeamsPosts
from core.person import Person
from core.platforms import TEAMS
from core.policy import CHANNEL, Digest, Policy
from scheduler.outbox.drain import OutboxDrain
from scheduler.services import TeamsServices
from store.people.teams_conversations import PERSONAL, Conversation
from store.transaction import Transaction
from tests.builders import a_queue
from tests.connectors.fake_teams import TEAM, FakeTeams, Posted, a_member
from tests.scheduler.harness import DANA, Harness, a_company

BILLING = "19:billing0brightwater@thread.tacv2"
CONTRACTS = "19:contracts0brightwater@thread.tacv2"
IN_TEAMS, CONTRACTS_ADDRESS = f"teams:{BILLING}", f"teams:{CONTRACTS}"
ANA_ENTRA = "aaaaaaaa-0000-4000-8000-00000000000a"
DANA_ENTRA = "dddddddd-0000-4000-8000-00000000000d"
GRETA_ENTRA = "eeeeeeee-0000-4000-8000-00000000000e"
GRETA = "greta.holm@brightwater.example"
"""Manages contracts; not in Slack."""
GRETA_HERSELF = Person(id=f"teams:{GRETA_ENTRA}", name="Greta Holm", email=GRETA, teams_ref=GRETA_ENTRA)


def a_company_on_both() -> Policy:
    """Billing has both platforms, contracts only Teams, logistics only Slack."""
    company = a_company()
    billing = replace(company.queues["billing"], teams_channel=BILLING)
    contracts = a_queue("contracts", slack_channel=None, teams_channel=CONTRACTS, managers=(GRETA,))
    digest = Digest("contracts", ("contracts",), company.digests[0].at, (CHANNEL,))
    reason = replace(company.reasons["damaged"], id="contract", queue_id="contracts")
    return replace(
        company,
        queues={**company.queues, "billing": billing, "contracts": contracts},
        reasons={**company.reasons, "contract": reason},
        digests=(*company.digests, digest),
    )


class TeamsHarness:
    """Teams, as the people of the company see it."""

    def __init__(self, harness: Harness, fake_teams: FakeTeams) -> None:
        self.harness, self.fake_teams = harness, fake_teams

    @classmethod
    async def attach(cls, harness: Harness, fake_teams: FakeTeams, api: TeamsApi) -> Self:
        everybody = [
            a_member(ANA_ENTRA, "Ana Ruiz"),
            a_member(DANA_ENTRA, "Dana Whitfield"),
            a_member(GRETA_ENTRA, "Greta Holm"),
        ]
        for channel in (BILLING, CONTRACTS, TEAM):
            fake_teams.rosters[channel] = list(everybody)
            fake_teams.messages.setdefault(channel, [])
        harness.services.systems.add(TEAMS, api.probe)
        api.on_answer = harness.services.systems.hear
        harness.services = replace(harness.services, teams=TeamsServices(TeamsPosts(api), TeamsPeople(api)))
        harness.drain = OutboxDrain(harness.services, holder="test")
        return cls(harness, fake_teams)

    def without_slack(self) -> None:
        self.harness.services = replace(self.harness.services, posts=None, people=None)
        self.harness.drain = OutboxDrain(self.harness.services, holder="test")

    async def knows(self, *persons: Person, last_on: str | None = None) -> None:
        """Save people as from a roster; an account on both platforms is one person by e-mail address."""
        await self.harness.store.run(_know, persons, last_on)

    async def wrote_to_the_bot(self, entra_id: str) -> str:
        """Save a personal chat that the person began. Returns its id."""
        ref = f"a:begun-by-{entra_id}"
        self.fake_teams.messages[ref], self.fake_teams.rosters[ref] = [], []
        chat = Conversation(
            ref=ref, kind=PERSONAL, service_url=self.fake_teams.url, reference={}, person_ref=entra_id
        )
        await self.harness.store.run(lambda tx: tx.conversations.save(chat))
        return ref

    def roots(self, channel: str) -> list[Posted]:
        return [one for one in self.fake_teams.messages[channel] if one.root is None]

    def thread(self, root: Posted, channel: str = BILLING) -> list[Posted]:
        return [one for one in self.fake_teams.messages[channel] if one.root == root.id]

    def chat(self, entra_id: str) -> list[Posted]:
        """The messages of the chat that we opened with a person."""
        return self.fake_teams.messages.get(f"a:chat-with-{entra_id}", [])


def text_of(posted: Posted) -> str:
    """The whole message as text, for searches."""
    return str(posted.body)


def actions_of(posted: Posted) -> list[str]:
    """The actions of all buttons, wherever on the card."""
    return list(_actions(posted.body))


def _actions(part: Any) -> list[str]:
    if isinstance(part, list):
        return [found for one in part for found in _actions(one)]
    if not isinstance(part, dict):
        return []
    data = part.get("data")
    own = [str(data["action"])] if isinstance(data, dict) and "action" in data else []
    return own + [found for name, one in part.items() if name != "fallback" for found in _actions(one)]


def _know(tx: Transaction, persons: tuple[Person, ...], last_on: str | None) -> None:
    for person in persons:
        if person.slack_ref:
            tx.people.link_account("slack", person.slack_ref, name=person.name, email=person.email)
        if person.teams_ref:
            ref, mri = person.teams_ref, f"29:{person.teams_ref}-before-this-bot"
            tx.people.link_account("teams", ref, name=person.name, email=person.email, mri=mri)
            if last_on is not None:
                tx.people.find_acting(last_on, ref if last_on == "teams" else str(person.slack_ref))


ANA_ON_BOTH = Person(
    id="slack:U0ANA",
    name="Ana Ruiz",
    email="ana.ruiz@brightwater.example",
    slack_ref="U0ANA",
    teams_ref=ANA_ENTRA,
)
DANA_ON_BOTH = Person(
    id="slack:U0DANA", name="Dana Whitfield", email=DANA, slack_ref="U0DANA", teams_ref=DANA_ENTRA
)
ANA_IN_TEAMS = Person(
    id=f"teams:{ANA_ENTRA}", name="Ana Ruiz", email="ana.ruiz@brightwater.example", teams_ref=ANA_ENTRA
)
