"""Teams edge over the real handlers and store; what it posts is recorded."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.teams.edge import TeamsEdge
from cards.present import case_view
from cards.teams import message
from core.case import Case
from core.events import Event
from core.person import Person
from handlers.raise_dispute import create_case
from store.engine import Store
from store.outbox.posted_cards import PostedCard
from store.transaction import Transaction
from tests.bot.api_client import FrozenClock
from tests.bot.teams.activities import ANA, BEN, BILLING, DANA, ZOE, Activity, TeamsClient, TeamsUser
from tests.builders import MONDAY_9AM, a_dispute, a_policy, a_queue

Json = dict[str, Any]
PATIENCE_SECONDS = 60
"""A busy machine is no reason for another answer."""


@dataclass(frozen=True, slots=True)
class Post:
    channel: str
    message: Json
    key: str
    thread_ref: str | None


@dataclass(slots=True)
class RecordedPosts:
    """Replaces the connector; `trouble` is the exception that the next posts raise."""

    posts: list[Post] = field(default_factory=list)
    trouble: Exception | None = None

    async def post(self, channel: str, message: Json, *, key: str, thread_ref: str | None = None) -> object:
        if self.trouble is not None:
            raise self.trouble
        self.posts.append(Post(channel, message, key, thread_ref))
        return None


@dataclass(slots=True)
class TeamsHarness:
    """`card` posts a case's card as the outbox does, for its buttons to be pressed."""

    store: Store
    recorded: RecordedPosts
    raised: int = 0
    sync_requests: int = 0
    """How often the channels and their members were to be read anew."""
    edge: TeamsEdge = field(init=False)

    def count_sync_request(self) -> None:
        self.sync_requests += 1

    async def send(self, activity: Activity) -> Json | None:
        """What Teams gets back, once what follows in the background has been sent too."""
        answer = await self.edge.on_activity(activity)
        await self.edge.close()
        return answer

    async def raise_one(self, **changes: Any) -> str:
        self.raised += 1
        raised = await self.store.run(
            create_case,
            a_dispute(**changes),
            source="api:crm",
            key=f"k{self.raised}",
            digest="",
            now=MONDAY_9AM,
        )
        return raised.case.id

    async def card(self, case_id: str, channel: str = BILLING) -> tuple[str, Json]:
        """The id and the content of the case's card, as posted in the channel."""
        message_ref = f"17000000{case_id[2:]}"
        posted = PostedCard(
            case_id=case_id,
            address=f"teams:{channel}",
            kind="card",
            channel_ref=channel,
            message_ref=message_ref,
        )
        drawn = await self.store.run(_post_card, posted)
        return message_ref, drawn

    async def claimed(self, by: TeamsUser = ANA, **changes: Any) -> str:
        case_id = await self.raise_one(**changes)
        card, _ = await self.card(case_id)
        await self.send(TeamsClient(by).execute({"action": "claim", "value": case_id}, card))
        assert (await self.case(case_id)).resolver_id == f"teams:{by.ref}"
        return case_id

    async def open(self, action: str, by: TeamsUser, case_id: str = "") -> Json:
        """The dialog that a button of the card opens."""
        return card_shown(await self.send(TeamsClient(by).fetch({"action": action, "value": case_id})))

    async def case(self, case_id: str) -> Case:
        return await self.store.read(_case, case_id)

    async def story(self, case_id: str) -> list[Event]:
        return await self.store.read(_story, case_id)


@asynccontextmanager
async def a_teams_harness(url: str) -> AsyncIterator[TeamsHarness]:
    """Ana and Ben resolve billing's cases, Dana is its manager, Zoe works elsewhere."""
    billing = a_queue(managers=("dana@example.com",), teams_channel=BILLING, slack_channel=None)
    policy = a_policy(queues={**a_policy().queues, "billing": billing})
    store = Store.open(url, policy)
    await store.run(_add_people)
    office = TeamsHarness(store, RecordedPosts())
    office.edge = TeamsEdge(
        store,
        FrozenClock(),
        posts=office.recorded,
        request_sync=office.count_sync_request,
        answered_after=PATIENCE_SECONDS,
    )
    try:
        yield office
    finally:
        await office.edge.close()
        await store.close()


def card_shown(answer: Json | None) -> Json:
    """The Adaptive Card that an answer holds: of a dialog, or in the place of the pressed one."""
    assert answer is not None
    if "task" in answer:
        assert answer["task"]["type"] == "continue"
        card: Json = answer["task"]["value"]["card"]["content"]
        return card
    assert (answer["statusCode"], answer["type"]) == (200, "application/vnd.microsoft.card.adaptive")
    replaced: Json = answer["value"]
    return replaced


def sentence_shown(answer: Json | None) -> str:
    """The sentence under a card."""
    assert answer is not None
    assert (answer["statusCode"], answer["type"]) == (200, "application/vnd.microsoft.activity.message")
    return str(answer["value"])


def data_of(card: Json, action: str) -> Json:
    """What the button of this action sends."""
    return next(data for data in _datas(card) if data["action"] == action)


def actions_of(card: Json) -> list[str]:
    return [data["action"] for data in _datas(card)]


def filled_in(card: Json, **values: str) -> Json:
    """The form's submit with its inputs as they stand, and these typed."""
    standing = {one["id"]: one["value"] for one in _inputs(card) if one.get("value")}
    return {**card["actions"][0]["data"], **standing, **values}


def fields_of(card: Json) -> list[str]:
    return [one["id"] for one in _inputs(card)]


def visible_text(thing: Any) -> str:
    """Everything that can be read on it."""
    return "\n".join(one["text"] for one in _dicts(thing) if isinstance(one.get("text"), str))


def _datas(card: Json) -> Iterator[Json]:
    found = (one.get("data") for one in _dicts(card))
    return (data for data in found if isinstance(data, dict) and "action" in data)


def _inputs(card: Json) -> Iterator[Json]:
    return (one for one in _dicts(card) if str(one.get("type")).startswith("Input."))


def _dicts(thing: Any) -> Iterator[Json]:
    if isinstance(thing, dict):
        yield thing
        thing = list(thing.values())
    if isinstance(thing, list):
        for one in thing:
            yield from _dicts(one)


def copy_database(template: Path, folder: Path) -> str:
    """A database of one's own on SQLite."""
    file = folder / "ombud.db"
    file.write_bytes(template.read_bytes())
    return f"sqlite:///{file}"


def _add_people(tx: Transaction) -> None:
    for one in (ANA, BEN, DANA, ZOE):
        email = f"{one.name.lower()}@example.com"
        tx.people.save(Person(id=f"teams:{one.ref}", name=one.name, email=email, teams_ref=one.ref))
    for one in (ANA, BEN):
        tx.people.add_member(BILLING, one.ref)


def _post_card(tx: Transaction, posted: PostedCard) -> Json:
    tx.posted_cards.save(posted)
    case = tx.cases.get(posted.case_id)
    drawn: Json = message(case_view(case, policy=tx.policy, people={}, now=MONDAY_9AM))
    content: Json = drawn["attachments"][0]["content"]
    return content


def _case(tx: Transaction, case_id: str) -> Case:
    return tx.cases.get(case_id)


def _story(tx: Transaction, case_id: str) -> list[Event]:
    return [entry.event for entry in tx.timeline.list(case_id)]
