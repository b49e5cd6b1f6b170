"""Checks after a run: every message of the outbox is in Teams, in order and true, with few copies.

Teams can't be asked what arrived, so what a kill or a lost answer leaves unknown is sent again. A process
sends one message at a time to a channel, so each kill or lost answer leaves one copy at most.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.effects import Effect, channels_of
from core.events import CaseClaimed, CaseReassigned, CaseReleased, CaseReopened, ReasonChanged
from core.platforms import TEAMS, platform_of
from sandbox.teams.cards.controls import nodes
from sandbox.teams.company import PEOPLE, TeamsPerson, chat_id
from scheduler.deliver.cards import BRIEF, CARD
from store.outbox.posted_cards import LISTED
from tests.journeys.records import OutboxRow, Records, without_refresh
from tests.journeys.simulated_users import SimulatedUsers
from tests.journeys.teams_screen import case_of
from tests.journeys.teams_threads import ALERT, compare, expected_in_thread, text_of_message

Message = Mapping[str, Any]
Places = Mapping[str, Sequence[Message]]
_FREES = (CaseReleased, CaseReassigned, CaseReopened, ReasonChanged)
"""Events that allow another claim of the same case."""


@dataclass(frozen=True, slots=True)
class ChannelState:
    """The messages of a Teams channel, which one process at a time fills, one message after the other."""

    address: str
    cards: Mapping[str, Sequence[Message]]
    """By case, in the order of posting."""
    threads: Mapping[str, Sequence[str]]
    """Replies under the cards of each case, in the order of arrival."""
    others: int
    """Number of posts that belong to no single case."""


def problems_in_teams(
    records: Records, places: Places, users: SimulatedUsers, kills: int
) -> Iterator[Iterable[str]]:
    yield _claimed_twice(records)
    yield _unclaimed(records, users)
    yield _misplaced(records, places)
    yield _crowded_chats(records, places, kills)
    channels = {queue.teams_channel for queue in records.policy.queues.values() if queue.teams_channel}
    for channel in sorted(channels):
        state, most = _channel_state(channel, places[channel]), kills + users.lost_answers_in_teams[channel]
        yield _without_card(records, state)
        yield _untrue(records, state)
        yield _wrong_threads(records, state)
        yield _too_many(records, state, most)


def is_posted_in_chat(row: OutboxRow, places: Places) -> bool:
    """Whether the person's chat in Teams has a message about the case of the row's kind."""
    person = _owner_of(row.address)
    if person is None or row.case_id is None:
        return False
    heads = [str(one["summary"]) for one in places[chat_id(person.id)]]
    if row.effect == Effect.BRIEF_RESOLVER:
        return any(head.startswith(f"{row.case_id} · ") for head in heads)
    return any(ALERT.match(head) and _names(head, row.case_id) for head in heads)


def _channel_state(channel: str, messages: Sequence[Message]) -> ChannelState:
    cards: dict[str, list[Message]] = defaultdict(list)
    threads: dict[str, list[str]] = defaultdict(list)
    roots: dict[str, str] = {}
    others = 0
    for one in sorted(messages, key=lambda one: int(one["id"])):
        case_id = case_of(one)
        if one["root"] is not None:
            threads[roots[one["root"]]].append(text_of_message(one))
        elif case_id is None:
            others += 1
        else:
            roots[one["id"]] = case_id
            cards[case_id].append(one)
    return ChannelState(f"{TEAMS}:{channel}", cards, threads, others)


def _claimed_twice(records: Records) -> Iterator[str]:
    """Of two people who claim at once, on any platform, one gets the case."""
    for case_id, timeline in records.timelines.items():
        resolver = None
        for event in timeline:
            if isinstance(event, CaseClaimed):
                if resolver is not None:
                    yield f"{case_id} was claimed by {event.actor_id} while {resolver} had it."
                resolver = event.actor_id
            elif isinstance(event, _FREES):
                resolver = None


def _unclaimed(records: Records, users: SimulatedUsers) -> Iterator[str]:
    """A person who was shown a successful claim had got the case."""
    for case_id, entra in users.claims:
        had = {getattr(event, "resolver_id", None) for event in records.timelines[case_id]}
        had |= {event.actor_id for event in records.timelines[case_id] if isinstance(event, CaseClaimed)}
        if not any(person.teams_ref == entra and person.id in had for person in records.people.values()):
            yield f"{case_id} was given to {entra}, and its timeline doesn't say so."


def _misplaced(records: Records, places: Places) -> Iterator[str]:
    for case_id, several in records.posted.items():
        for one in several:
            if platform_of(one.channel_ref) != TEAMS or one.kind not in (CARD, BRIEF):
                continue
            if not any(message["id"] == one.message_ref for message in places[one.channel_ref]):
                yield f"{case_id}: its {one.kind} for {one.address} isn't where it should be."


def _without_card(records: Records, state: ChannelState) -> Iterator[str]:
    """Every case with an outbox row for a card has one, or is in a list; cases that left may have none."""
    expected = {
        row.case_id
        for row in records.outbox_rows
        if row.effect == Effect.POST_CARD and row.address == state.address and row.case_id
    }
    for case_id in sorted(expected):
        kinds = [one.kind for one in records.posted[case_id] if one.address == state.address]
        queue = records.policy.queue(records.cases[case_id].queue_id)
        if state.address in channels_of(queue) and not kinds:
            yield f"{case_id} has no card in {state.address}."
        if CARD in kinds and not state.cards.get(case_id):
            yield f"The card of {case_id} is remembered and not in {state.address}."
        if kinds == [LISTED] and not state.others:
            yield f"{case_id} is remembered as told in a list, and {state.address} has none."


def _untrue(records: Records, state: ChannelState) -> Iterator[str]:
    """The stored message is the last copy, and shows the current case."""
    for (case_id, address), faces in records.cards.items():
        if address != state.address or case_id not in state.cards:
            continue
        place = next(one for one in records.posted[case_id] if one.address == address)
        last = state.cards[case_id][-1]
        if last["id"] != place.message_ref:
            yield f"{case_id}: the card that is kept true in {address} isn't the last one."
        shown = without_refresh(last["cards"][0])
        if not faces and any(one["type"] == "ActionSet" for one in nodes(shown)):
            yield f"{case_id} has left {address}, where its card still offers buttons: {last['summary']}"
        if faces and shown not in faces:
            differs = [one for one in shown["body"] if one not in faces[-1]["body"]]
            yield f"{case_id} is {records.cases[case_id].status}, and its card in {address} isn't: {differs}"


def _wrong_threads(records: Records, state: ChannelState) -> Iterator[str]:
    for case_id in records.cases:
        expected = expected_in_thread(case_id, state.address, records)
        for wrong in compare(expected, state.threads.get(case_id, ()))[0]:
            yield f"In {state.address}, under {case_id}: {wrong}."


def _too_many(records: Records, state: ChannelState, most: int) -> Iterator[str]:
    cards = sum(len(several) - 1 for several in state.cards.values())
    said = sum(
        compare(expected_in_thread(case_id, state.address, records), told)[1]
        for case_id, told in state.threads.items()
    )
    lists = [one for one in records.outbox_rows if one.address == state.address and one.case_id is None]
    others = max(0, state.others - len(lists))
    if cards + said + others > most:
        yield (f"{state.address} has {cards} cards, {said} stories and {others} lists twice; {most} may be.")


def _crowded_chats(records: Records, places: Places, kills: int) -> Iterator[str]:
    """A person gets no more direct messages than outbox rows, plus the copies for each of their addresses."""
    expected: dict[str, list[str]] = defaultdict(list)
    for row in records.outbox_rows:
        owner = _owner_of(row.address)
        if owner is not None and row.case_id is not None and row.effect != Effect.REFRESH_CARDS:
            expected[owner.id].append(row.address)
    for person in PEOPLE:
        addresses = expected[person.id]
        received = [one for one in places[chat_id(person.id)] if _names(one["summary"])]
        if len(received) > len(addresses) + kills * len(set(addresses)):
            yield f"{person.name} was told {len(received)} things in Teams; {len(addresses)} were promised."


def _owner_of(address: str) -> TeamsPerson | None:
    """The person whose chat the address is, by one of our ids or by the policy's name."""
    kind, _, handle = address.partition(":")
    names = {one.id: (f"slack:{one.slack_id}", f"teams:{one.id}", one.email) for one in PEOPLE}
    return next((one for one in PEOPLE if kind == "person" and handle in names[one.id]), None)


def _names(head: str, case_id: str = r"D-\d+") -> bool:
    return re.search(rf"\b{case_id}\b", head) is not None
