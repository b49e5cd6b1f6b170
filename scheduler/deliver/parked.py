"""How does a manager hear of what can't be delivered, also when their chat is what is broken?

On a platform that isn't the failing one, else where nothing else may arrive, at last by mail.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog

from cards.alerts import parked_alert_view
from cards.email.staff import Ending, Trouble
from cards.words import name
from connectors.errors import GiveUp, TryAgain
from core.effects import channels_of
from core.person import Person
from core.platforms import SLACK
from core.policy import Policy
from scheduler.deliver.addresses import find_personal
from scheduler.deliver.platforms import NAMES, connected, known_person, places_of
from scheduler.deliver.posting import say_at
from scheduler.mail_staff import mail_trouble
from scheduler.services import Tools
from store.outbox.repository import OutboxRow
from store.transaction import Transaction

log = structlog.get_logger()

PATIENCE = timedelta(minutes=15)
"""So long an alert waits for a platform that has trouble of its own; then it goes the next way."""


@dataclass(frozen=True, slots=True)
class _Stuck:
    """What can't be delivered, and to whom that is told."""

    trouble: Trouble
    handle: str
    manager: Person | None
    addressee: Person | None
    """Whose chat is closed to us; None: it is a channel."""


async def alert_parked(tools: Tools, row: OutboxRow) -> None:
    """Tell a manager what can't be delivered, with a button to try again; not when it was by then."""
    stuck = await tools.store.read(_load, row)
    if stuck.trouble.count == 0:
        return
    troubles: list[TryAgain | GiveUp] = []
    for platform in _ways(tools, str(row.payload["address"]), stuck):
        try:
            await _say(tools, row, stuck, platform)
        except (TryAgain, GiveUp) as trouble:
            if not _is_worth_another_way(tools, row, trouble):
                raise
            log.warning("alert goes another way", key=row.key, platform=platform, why=trouble.message)
            troubles.append(trouble)
        else:
            return
    await _mail(tools, row, stuck, troubles or [_stranger(stuck.handle)])


def has_other_ways(tools: Tools) -> bool:
    """Whether a person whose chat is closed to us may be reached by something else."""
    return tools.mail is not None or len(connected(tools)) > 1


async def _say(tools: Tools, row: OutboxRow, stuck: _Stuck, platform: str) -> None:
    trouble = stuck.trouble
    view = parked_alert_view(
        str(row.payload["address"]), trouble.error, trouble.remedy, trouble.count, where=trouble.where
    )
    await say_at(tools, row, view, partial(find_personal, tools, stuck.handle, platform))


async def _mail(tools: Tools, row: OutboxRow, stuck: _Stuck, troubles: list[TryAgain | GiveUp]) -> None:
    """Raises what may pass, else the last refusal, when there is no mail to them either."""
    email = stuck.manager.email if stuck.manager is not None else None
    to = email or (stuck.handle if "@" in stuck.handle else None)
    if tools.mail is not None and to is not None:
        try:
            await mail_trouble(tools, tools.mail, row, stuck.trouble, to=to)
        except (TryAgain, GiveUp) as trouble:
            troubles.append(trouble)
        else:
            return
    raise next((one for one in troubles if isinstance(one, TryAgain)), troubles[-1])


def _stranger(handle: str) -> GiveUp:
    return GiveUp(
        f"No platform knows {handle}.", "Correct it in policy.yaml, or connect mail.", is_whole_lane=True
    )


def _is_worth_another_way(tools: Tools, row: OutboxRow, trouble: TryAgain | GiveUp) -> bool:
    """What passes by itself is waited for a while; what a person must mend isn't."""
    is_passing = isinstance(trouble, TryAgain) and trouble.remedy is None
    return not is_passing or tools.now() - row.created_at >= PATIENCE


def _ways(tools: Tools, address: str, stuck: _Stuck) -> list[str]:
    """The platforms to try, the failing one last. Slack finds people by their address, Teams doesn't."""
    there = connected(tools)
    known = places_of(stuck.manager, there) if stuck.manager is not None else ()
    ways = dict.fromkeys([*known, *(one for one in there if one == SLACK)])
    failing = address.partition(":")[0]
    if failing not in NAMES:
        failing = next(iter(places_of(stuck.addressee, there)), "") if stuck.addressee else ""
    return sorted(ways, key=lambda platform: platform == failing)


def _load(tx: Transaction, row: OutboxRow) -> _Stuck:
    address, handle = str(row.payload["address"]), row.address.partition(":")[2]
    kind, _, target = address.partition(":")
    addressee = known_person(tx, target) if kind == "person" else None
    trouble = Trouble(
        where=addressee.name if addressee else _channel_name(address, tx.policy),
        error=str(row.payload["error"]),
        remedy=str(row.payload["remedy"]),
        count=tx.outbox.count_parked(address),
        case_id=row.case_id,
        ends_with=_ending(tx, kind, target, addressee),
    )
    return _Stuck(trouble, handle, known_person(tx, handle), addressee)


def _ending(tx: Transaction, kind: str, target: str, addressee: Person | None) -> Ending:
    """What sends by itself what is parked: the sync of a channel with a problem, or a new chat in Teams."""
    channel = tx.channels.find(target) if kind in NAMES else None
    if channel is not None and channel.problem is not None:
        return Ending.CHANNEL
    teams_ref = addressee.teams_ref if addressee is not None else None
    if teams_ref is not None and tx.conversations.find_personal(teams_ref) is None:
        return Ending.APP
    return Ending.BUTTON


def _channel_name(address: str, policy: Policy) -> str:
    """Slack's channels have names that people know; those of Teams are told by whose they are."""
    kind, _, target = address.partition(":")
    queue = next((one for one in policy.queues.values() if address in channels_of(one)), None)
    if kind == "teams" and queue is not None:
        return f"the Teams channel of {name(queue.name)}"
    return "customers by mail" if kind == "mail" else target or address
