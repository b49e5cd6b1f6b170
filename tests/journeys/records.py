"""Records: what the database contains, read without the bot, and what each card should look like."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import orjson
from sqlalchemy import select

from bot.policy.reader import parse_policy
from cards import slack, teams
from cards.mentions import People
from cards.present import case_view
from core.case import Case
from core.effects import channels_of, queue_at
from core.events import Event
from core.platforms import TEAMS
from core.policy import Policy
from core.sla import running_clocks
from sandbox.teams.company import PEOPLE
from scheduler.deliver.cards import CARD
from scheduler.deliver.context import load_people
from store.db.statements import Statement
from store.engine import Store
from store.outbox.posted_cards import PostedCard
from store.tables import outbox
from store.transaction import Transaction
from tests.journeys.processes import POLICY

T = TypeVar("T")
_COLUMNS = "id key address effect number seq payload state attempts error".split()
_OUTBOX = Statement(select(*(outbox.c[name] for name in _COLUMNS)).order_by(outbox.c.id))


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A row of the outbox."""

    id: int
    key: str
    address: str
    effect: str
    case_id: str | None
    seq: int
    payload: Mapping[str, Any]
    state: str
    attempts: int
    error: str | None


@dataclass(frozen=True, slots=True)
class Records:
    """Everything that the database has."""

    policy: Policy
    outbox_rows: Sequence[OutboxRow]
    cases: Mapping[str, Case]
    timelines: Mapping[str, Sequence[Event]]
    posted: Mapping[str, Sequence[PostedCard]]
    people: People
    """All people who acted on a case or are its resolver."""
    altered: Sequence[str]
    cards: Mapping[tuple[str, str], Sequence[Any]]
    """The possible cards of a case at an address: they depend on which clocks had run out when it was drawn.
    Empty where the case has left the channel: that card stays as it was when it left."""

    @property
    def pending_count(self) -> int:
        return sum(row.state == "pending" for row in self.outbox_rows)


def read_records(database_url: str) -> Records:
    """Read the database directly, without the bot."""
    return _read(database_url, _read_records)


def knows_everybody(database_url: str) -> bool:
    """Whether all colleagues are known on every platform that they use."""
    return _read(database_url, _knows_everybody)


def _read(database_url: str, reading: Callable[[Transaction], T]) -> T:
    store = Store.open(database_url, parse_policy(POLICY.read_text("utf-8"), "policy.yaml"), threads=1)
    try:
        return store.read_blocking(reading)
    finally:
        store.close_blocking()


def _knows_everybody(tx: Transaction) -> bool:
    known = [(one, tx.people.find_by_ref(TEAMS, one.id)) for one in PEOPLE]
    return all(person is not None and person.slack_ref == one.slack_id for one, person in known)


def _read_records(tx: Transaction) -> Records:
    cases: dict[str, Case] = {}
    timelines: dict[str, Sequence[Event]] = {}
    posted: dict[str, Sequence[PostedCard]] = {}
    altered: list[str] = []
    after = None
    while case_ids := tx.timeline.list_case_ids(after):
        after = case_ids[-1]
        for case_id in case_ids:
            cases[case_id] = tx.cases.get(case_id)
            timelines[case_id] = [entry.event for entry in tx.timeline.list(case_id)]
            posted[case_id] = list(tx.posted_cards.list(case_id))
            altered += tx.timeline.verify(case_id)
    outbox_rows = [_to_outbox_row(*row) for row in tx.timeline._connection.rows(_OUTBOX)]
    cards = {
        (case_id, one.address): _possible_cards(tx, cases[case_id], one.address)
        for case_id, several in posted.items()
        for one in several
        if one.kind == CARD
    }
    people = load_people(tx, _ids_in(cases, timelines))
    return Records(tx.policy, outbox_rows, cases, timelines, posted, people, altered, cards)


def _ids_in(cases: Mapping[str, Case], timelines: Mapping[str, Sequence[Event]]) -> Iterator[str]:
    yield from (case.resolver_id for case in cases.values() if case.resolver_id)
    for timeline in timelines.values():
        for event in timeline:
            found = [getattr(event, name, None) for name in ("actor_id", "resolver_id", "former_resolver_id")]
            yield from (one for one in found if isinstance(one, str))


def _to_outbox_row(  # noqa: PLR0917
    row_id: int,
    key: str,
    address: str,
    effect: str,
    number: int | None,
    seq: int | None,
    payload: str,
    state: str,
    attempts: int,
    error: str | None,
) -> OutboxRow:
    case_id = None if number is None else f"D-{number}"
    return OutboxRow(
        row_id, key, address, effect, case_id, seq or 0, orjson.loads(payload), state, attempts, error
    )


def _possible_cards(tx: Transaction, case: Case, address: str) -> list[Any]:
    """The card before and after each of its clocks ran out."""
    if address not in channels_of(tx.policy.queue(case.queue_id)):
        return []
    ends = sorted(due.at for due in running_clocks(case, tx.policy.queue(case.queue_id).calendar))
    moments = [ends[0] - timedelta(seconds=1), *ends] if ends else [case.raised_at]
    people = load_people(tx, [one for one in (case.resolver_id, case.decision and case.decision.by) if one])
    views = [
        case_view(
            case,
            policy=tx.policy,
            people=people,
            now=now,
            for_queue_id=queue_at(address, case, tx.policy),
        )
        for now in moments
    ]
    if address.startswith(f"{TEAMS}:"):
        return [without_refresh(teams.content(view)) for view in views]
    return [without_block_ids(slack.message(view)["blocks"]) for view in views]


def without_refresh(card: Mapping[str, Any]) -> Any:
    """A Teams card without `refresh`, which names the people who get their own version."""
    kept = {name: value for name, value in card.items() if name != "refresh"}
    return orjson.loads(orjson.dumps(kept))


def without_block_ids(blocks: Any) -> Any:
    """Without the ids that Slack gave to the blocks."""
    kept = [{name: value for name, value in block.items() if name != "block_id"} for block in blocks or ()]
    return orjson.loads(orjson.dumps(kept))
