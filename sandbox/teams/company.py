"""The demo's company in Teams: people, team, channels, personal chats."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from sandbox import company

BOT_NAME = "Ombud"
TEAM_NAME = "Finance"
TEAM_GROUP = "6f1d2c1e-52f0-4b0e-9a35-0c4a51f0b001"
"""The Entra group of the team."""
GENERAL = "19:finance0brightwater@thread.tacv2"
"""A team has the id of its first channel."""
DELIVERY = "19:delivery0brightwater@thread.tacv2"
CONTRACTS = "19:contracts0brightwater@thread.tacv2"


@dataclass(frozen=True, slots=True)
class TeamsPerson:
    """`id` is the Entra object id; `zone` and `country` are what the person's client reports."""

    id: str
    name: str
    role: str
    email: str
    zone: str
    country: str
    slack_id: str | None = None
    is_guest: bool = False

    @property
    def mri(self) -> str:
        """The person's Teams id, which differs for each bot."""
        return "29:1" + sha256(f"ombud {self.id}".encode()).hexdigest()[:44]

    @property
    def login(self) -> str:
        """The user principal name; a guest's contains the domain of the inviting company."""
        if not self.is_guest:
            return self.email
        return f"{self.email.replace('@', '_')}#EXT#@brightwater.example"


def _from_slack(number: int, country: str, one: company.Person) -> TeamsPerson:
    entra = f"0b7e41d0-3c1a-4f52-9d6e-00000000000{number}"
    return TeamsPerson(entra, one.name, one.role, one.email, one.zone, country, one.id)


PEOPLE = (
    *(
        _from_slack(number, country, one)
        for number, (country, one) in enumerate(
            zip(("ES", "GB", "DE", "DE", "FI"), company.PEOPLE, strict=True), 1
        )
    ),
    TeamsPerson(
        "0b7e41d0-3c1a-4f52-9d6e-000000000006",
        "Elif Demir",
        "Resolver, contracts",
        "elif.demir@brightwater.example",
        "Europe/Istanbul",
        "TR",
    ),
    TeamsPerson(
        "0b7e41d0-3c1a-4f52-9d6e-000000000007",
        "Gwen Marsh",
        "Auditor, a guest",
        "gwen.marsh@ledgerlight.example",
        "Europe/London",
        "GB",
        is_guest=True,
    ),
)
ANA, BEN, CLEO, DANA, FINN, ELIF, GWEN = (one.id for one in PEOPLE)

CHANNELS: tuple[tuple[str, str, str], ...] = (
    (GENERAL, "General", "Everyone in finance"),
    (DELIVERY, "Delivery disputes", "Not delivered, or delivered damaged"),
    (CONTRACTS, "Contract disputes", "Agreed prices and cancelled subscriptions"),
)
"""Standard channels: every member of the team is in them."""


def find_person(ref: str) -> TeamsPerson | None:
    """By Entra id, by `29:…`, or by login."""
    return next((one for one in PEOPLE if ref in (one.id, one.mri, one.login)), None)


def chat_id(entra: str) -> str:
    """The id of a person's chat with the bot."""
    return "a:1" + sha256(f"chat {entra}".encode()).hexdigest()[:56]
