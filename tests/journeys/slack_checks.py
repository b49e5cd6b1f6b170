"""Checks after a run: every message of the outbox is in Slack once, in order and true."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from core.effects import Effect, channels_of
from core.events import CaseDecided, NoteAdded, SlaBreached, SlaWarned
from core.person import CLOCK
from core.platforms import SLACK, platform_of
from scheduler.deliver.cards import BRIEF, CARD
from store.outbox.posted_cards import LISTED
from tests.journeys.expected_messages import must_be_posted
from tests.journeys.records import Records, without_block_ids
from tests.journeys.simulated_users import Remark, SimulatedUsers
from tests.journeys.teams_checks import is_posted_in_chat, problems_in_teams

Message = Mapping[str, Any]


def problems_of(
    records: Records,
    channels: Mapping[str, Sequence[Message]],
    teams: Mapping[str, Sequence[Message]],
    listing: Sequence[Any],
    users: SimulatedUsers,
    *,
    kills: int,
) -> list[str]:
    """All problems after everything was delivered, at most five of a kind."""
    keyed = [one for messages in channels.values() for one in messages if _key_of(one)]
    kinds = (
        users.unexpected_answers,
        records.altered,
        _wrong_disputes(listing, users),
        _wrong_remarks(records, users),
        _unkept(records),
        _doubled(keyed),
        _unsaid(records, {_key_of(one) for one in keyed}, teams),
        _unlisted(records, {_key_of(one) for one in keyed}),
        _doubled_cards(records, channels),
        _disordered(channels),
        _untrue_cards(records, channels),
        _unsettled(records, keyed),
        _repeated_alarms(records),
        *problems_in_teams(records, teams, users, kills),
    )
    return [problem for kind in kinds for problem in list(kind)[:5]]


def _wrong_disputes(listing: Sequence[Any], users: SimulatedUsers) -> Iterator[str]:
    numbers: dict[str, list[str]] = defaultdict(list)
    for dispute in listing:
        numbers[dispute["invoice_number"]].append(dispute["number"])
    for invoice, number in users.acknowledged.items():
        if numbers[invoice] != [number]:
            yield f"{invoice} was acknowledged as {number} and is there as {numbers[invoice]}."
    for invoice, found in numbers.items():
        if invoice not in users.attempted or len(found) > 1:
            yield f"{invoice} is there as {found}; attempted: {invoice in users.attempted}."


def _wrong_remarks(records: Records, users: SimulatedUsers) -> Iterator[str]:
    events = [(case_id, event) for case_id, timeline in records.timelines.items() for event in timeline]
    notes = [(case_id, event.text) for case_id, event in events if isinstance(event, NoteAdded)]
    answers = [(case_id, event.customer_text) for case_id, event in events if isinstance(event, CaseDecided)]
    yield from _miscounted(users.remarks, Counter(notes))
    yield from _miscounted(users.decisions, Counter(answers))


def _miscounted(said: Mapping[str, Remark], kept: Counter[tuple[str, str]]) -> Iterator[str]:
    for words, remark in said.items():
        times = kept.pop((remark.case_id, words), 0)
        if times > 1 or (remark.is_accepted and times == 0):
            yield f"“{words}” (accepted: {remark.is_accepted}) is in {remark.case_id} {times} times."
    for case_id, words in kept:
        yield f"Nobody said “{words}” of {case_id}."


def _unkept(records: Records) -> Iterator[str]:
    for row in records.outbox_rows:
        if row.state != "delivered":
            yield f"{row.key} is {row.state} after {row.attempts} attempts: {row.error}"


def _doubled(messages: Sequence[Message]) -> Iterator[str]:
    for key, times in Counter(_key_of(one) for one in messages).items():
        if times > 1:
            yield f"{key} was posted {times} times."


def _unsaid(records: Records, said: set[str], teams: Mapping[str, Sequence[Message]]) -> Iterator[str]:
    """A message to a person must be in one of their chats, in Slack or in Teams."""
    for row in records.outbox_rows:
        if row.key in said or row.address.startswith("teams:"):
            continue
        if must_be_posted(row, records) and not is_posted_in_chat(row, teams):
            yield f"{row.key} counts as delivered and was never posted."
    for key in said:
        if not key.startswith("card:") and key not in {row.key for row in records.outbox_rows}:
            yield f"{key} was posted and never promised."


def _unlisted(records: Records, said: set[str]) -> Iterator[str]:
    """Every case with an outbox row for a card has one, or is named in a list that was posted."""
    listed = {
        (case_id, row.address)
        for row in records.outbox_rows
        if row.key.startswith("list:") and row.key in said
        for case_id in row.payload["case_ids"]
    }
    for row in records.outbox_rows:
        case_id = row.case_id
        if row.effect != Effect.POST_CARD or case_id is None or not row.address.startswith("slack:"):
            continue
        place = (case_id, row.address)
        kinds = [one.kind for one in records.posted[case_id] if one.address == row.address]
        has_left = row.address not in channels_of(records.policy.queue(records.cases[case_id].queue_id))
        if kinds == [LISTED] and place not in listed:
            yield f"{row.key}: no list names the case."
        if not kinds and not has_left:
            yield f"{row.key}: the case has no card there."


def _doubled_cards(records: Records, channels: Mapping[str, Sequence[Message]]) -> Iterator[str]:
    """At most one card for each case and channel, whatever its key: found by the headline."""
    for channel, messages in channels.items():
        heads = Counter(_key_of(one) for one in messages if _key_of(one).startswith("card:"))
        standing = {
            f"card:{one.case_id}:{one.address}"
            for several in records.posted.values()
            for one in several
            if one.kind == CARD and one.channel_ref == channel
        }
        if set(heads) != standing:
            yield f"In {channel} stand cards that nobody remembers, or the other way round: " + ", ".join(
                sorted(set(heads) ^ standing)[:5]
            )
    for several in records.posted.values():
        for one in several:
            place = [
                message for message in channels.get(one.channel_ref, ()) if message["ts"] == one.message_ref
            ]
            is_in_slack = platform_of(one.channel_ref) == SLACK
            if is_in_slack and one.kind in (CARD, BRIEF) and len(place) != 1:
                yield f"{one.case_id}: its {one.kind} for {one.address} isn't where it should be."


def _disordered(channels: Mapping[str, Sequence[Message]]) -> Iterator[str]:
    """Messages of a thread, and of a direct chat, are in the order of their events."""
    for channel, messages in channels.items():
        told: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        for one in sorted(messages, key=lambda one: float(one["ts"])):
            case_id, _, rest = _key_of(one).partition(":")
            seq, _, rest = rest.partition(":")
            if seq.isdecimal() and case_id.startswith("D-"):
                address = rest.partition(":")[2]
                told[case_id, one.get("thread_ts", ""), address].append(int(seq))
        for (case_id, _, address), seqs in told.items():
            if seqs != sorted(seqs):
                yield f"{case_id} is told out of order at {address} in {channel}: {seqs}"


def _untrue_cards(records: Records, channels: Mapping[str, Sequence[Message]]) -> Iterator[str]:
    """A card shows the current case; in a channel that the case has left, it has no buttons."""
    for (case_id, address), faces in records.cards.items():
        if not address.startswith("slack:"):
            continue
        place = next(one for one in records.posted[case_id] if one.address == address)
        shown = [one for one in channels[place.channel_ref] if one["ts"] == place.message_ref]
        for card in shown:
            if not faces and any(block["type"] == "actions" for block in card["blocks"]):
                yield f"{case_id} has left {address}, where its card still offers buttons: {card['text']}"
            if faces and without_block_ids(card["blocks"]) not in faces:
                state = records.cases[case_id].status
                blocks = [block for block in without_block_ids(card["blocks"]) if block not in faces[-1]]
                yield f"{case_id} is {state}, and its card at {address} is not: {blocks}"


def _unsettled(records: Records, messages: Sequence[Message]) -> Iterator[str]:
    """No alert about a case that is no longer late is left open."""
    for one in messages:
        key = _key_of(one)
        case_id, _, rest = key.partition(":")
        if f":{Effect.ALERT_MANAGERS}:" not in rest or records.cases[case_id].escalation is not None:
            continue
        if any(block["type"] == "actions" for block in one["blocks"]):
            yield f"{key} still calls, though nothing is late any more: {one['text']}"


def _repeated_alarms(records: Records) -> Iterator[str]:
    """Two processes that check the same deadline warn once."""
    for case_id, timeline in records.timelines.items():
        heard: set[tuple[str, str]] = set()
        for event in timeline:
            if event.actor_id != CLOCK:
                heard.clear()
            elif isinstance(event, SlaWarned | SlaBreached):
                alarm = (type(event).__name__, event.target)
                if alarm in heard:
                    yield f"{case_id}: {alarm} was sounded twice."
                heard.add(alarm)


def _key_of(one: Message) -> str:
    return str(((one.get("metadata") or {}).get("event_payload") or {}).get("key") or "")
