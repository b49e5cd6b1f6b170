"""Checks of the policy against Teams: the bot can post in its channels, and its people are known there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from bot.check.report import CheckGroup, CheckResult
from core.policy import MEMBERS_OF_THE_CHANNEL, Policy, Queue
from scheduler.sync.policy_people import people_named_in
from store.engine import Store, sqlite_file
from store.errors import NewerDatabase, StoreUnavailable
from store.migrate import current, head
from store.transaction import Transaction

_CHANNELS = CheckGroup("Teams channels")
_PEOPLE = CheckGroup("People in Teams")
_ADD = "Add the app to its team (Apps → Ombud → Add to a team)"
_MAX_NAMED = 5
Answer = TypeVar("Answer")


def check_teams_policy(url: str, policy: Policy) -> list[CheckResult]:
    """Checks what the running bot has stored. A database that can't be read is reported by `check_store`."""
    return _read_store(url, policy, lambda tx: [*_check_channels(tx), *_check_people(tx)])


def known_in_teams(url: str, policy: Policy) -> frozenset[str]:
    """The policy's handles of people who are in Teams: they needn't be in Slack."""
    return frozenset(_read_store(url, policy, _list_teams_handles))


def _read_store(url: str, policy: Policy, query: Callable[[Transaction], list[Answer]]) -> list[Answer]:
    try:
        file = sqlite_file(url)
        if (file is not None and not file.exists()) or current(url) != head():
            return []
    except (StoreUnavailable, NewerDatabase):
        return []
    store = Store.open(url, policy, threads=1)
    try:
        return store.read_blocking(query)
    finally:
        store.close_blocking()


def _list_teams_handles(tx: Transaction) -> list[str]:
    found = ((handle, tx.people.find_by_handle(handle)) for handle in sorted(people_named_in(tx.policy)))
    return [handle for handle, person in found if person and person.teams_ref and person.is_active]


def _check_channels(tx: Transaction) -> Iterator[CheckResult]:
    for queue in tx.policy.queues.values():
        if queue.teams_channel:
            yield _channel_problem(tx, queue, queue.teams_channel) or _CHANNELS.ok(
                f"The channel of {queue.name} is there."
            )


def _channel_problem(tx: Transaction, queue: Queue, channel_ref: str) -> CheckResult | None:
    """Why cases of the queue can't be posted in the channel or claimed there; None: they can."""
    found, conversation = tx.channels.find(channel_ref), tx.conversations.find(channel_ref)
    if found is not None and found.problem:
        return _CHANNELS.failed(f"The bot can't speak in the channel of {queue.name}.", found.problem)
    if conversation is not None and conversation.is_removed:
        return _CHANNELS.failed(f"The bot was taken out of the channel of {queue.name}.", f"{_ADD} again.")
    if found is None and conversation is None:
        return _CHANNELS.warning(
            f"The bot hasn't seen the channel of {queue.name} yet.",
            f"{_ADD}, and let `ombud serve` run for some minutes. If it did, correct the id in policy.yaml.",
        )
    if queue.resolvers == (MEMBERS_OF_THE_CHANNEL,) and not tx.people.list_members(channel_ref):
        return _CHANNELS.warning(
            f"Nobody is known in the channel of {queue.name}, so nobody can claim its cases.",
            "Let `ombud serve` run for some minutes. If it did, add its resolvers to the team.",
        )
    return None


def _check_people(tx: Transaction) -> Iterator[CheckResult]:
    handles = list(dict.fromkeys(_handles_of_teams_queues(tx.policy)))
    unknown = [handle for handle in handles if not _can_act(tx, handle)]
    if unknown:
        more = f" and {len(unknown) - _MAX_NAMED} more" if len(unknown) > _MAX_NAMED else ""
        yield _PEOPLE.warning(
            f"Not seen in Teams yet: {', '.join(unknown[:_MAX_NAMED])}{more}.",
            "Let them be in a team that has the app, or have it for themselves; else correct policy.yaml. "
            "Guests have no role.",
        )
    elif handles:
        yield _PEOPLE.ok(f"All {len(handles)} people of queues in Teams are known there.")


def _handles_of_teams_queues(policy: Policy) -> Iterator[str]:
    for queue in policy.queues.values():
        if queue.teams_channel:
            yield from (one for one in (*queue.managers, *queue.resolvers) if one != MEMBERS_OF_THE_CHANNEL)


def _can_act(tx: Transaction, handle: str) -> bool:
    """Whether the person can act on the cases of all their queues. Where those are in Slack too, an account
    in Slack is enough."""
    person = tx.people.find_by_handle(handle)
    if person is None or not person.is_active:
        return False
    if person.teams_ref:
        return True
    queues = (
        queue
        for queue in tx.policy.queues.values()
        if queue.teams_channel and handle in (*queue.managers, *queue.resolvers)
    )
    return person.slack_ref is not None and all(queue.slack_channel for queue in queues)
