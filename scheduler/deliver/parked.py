"""How does a manager hear of what can't be delivered, also when their chat is what is broken?

On a platform that isn't the failing one, else where nothing else may arrive, at last by mail.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog

from cards.alerts import parked_alert_view
from cards.email.staff import DeliveryProblem, Resumes
from cards.words import name
from connectors.errors import GiveUp, TryAgain
from core.effects import channels_of
from core.person import Person
from core.platforms import SLACK
from core.policy import Policy
from scheduler.deliver.addresses import find_personal_chat
from scheduler.deliver.platforms import PLATFORM_NAMES, connected_platforms, known_person, platforms_of
from scheduler.deliver.posting import post_with_fallback
from scheduler.mail_staff import mail_parked_alert
from scheduler.services import Services
from store.outbox.repository import OutboxRow
from store.transaction import Transaction

log = structlog.get_logger()

LONGEST_PLATFORM_OUTAGE = timedelta(minutes=15)
"""So long an alert waits for a platform that has trouble of its own; then it goes the next way."""


@dataclass(frozen=True, slots=True)
class _ParkedRows:
    """What can't be delivered, and to whom that is told."""

    trouble: DeliveryProblem
    handle: str
    manager: Person | None
    addressee: Person | None
    """Whose chat is closed to us; None: it is a channel."""


async def alert_parked(tools: Services, row: OutboxRow) -> None:
    """Tell a manager what can't be delivered, with a button to try again; not when it was by then."""
    stuck = await tools.store.read(_load, row)
    if stuck.trouble.count == 0:
        return
    troubles: list[TryAgain | GiveUp] = []
    for platform in _platforms_to_try(tools, str(row.payload["address"]), stuck):
        try:
            await _post(tools, row, stuck, platform)
        except (TryAgain, GiveUp) as trouble:
            if not _should_try_next(tools, row, trouble):
                raise
            log.warning("alert goes another way", key=row.key, platform=platform, why=trouble.message)
            troubles.append(trouble)
        else:
            return
    await _mail(tools, row, stuck, troubles or [_unknown_person(stuck.handle)])


def has_fallback(tools: Services) -> bool:
    """Whether a person whose chat is closed to us may be reached by something else."""
    return tools.mail is not None or len(connected_platforms(tools)) > 1


async def _post(tools: Services, row: OutboxRow, stuck: _ParkedRows, platform: str) -> None:
    trouble = stuck.trouble
    view = parked_alert_view(
        str(row.payload["address"]), trouble.error, trouble.remedy, trouble.count, where=trouble.where
    )
    await post_with_fallback(tools, row, view, partial(find_personal_chat, tools, stuck.handle, platform))


async def _mail(
    tools: Services, row: OutboxRow, stuck: _ParkedRows, troubles: list[TryAgain | GiveUp]
) -> None:
    """Raises what may pass, else the last refusal, when there is no mail to them either."""
    email = stuck.manager.email if stuck.manager is not None else None
    to = email or (stuck.handle if "@" in stuck.handle else None)
    if tools.mail is not None and to is not None:
        try:
            await mail_parked_alert(tools, tools.mail, row, stuck.trouble, to=to)
        except (TryAgain, GiveUp) as trouble:
            troubles.append(trouble)
        else:
            return
    raise next((one for one in troubles if isinstance(one, TryAgain)), troubles[-1])


def _unknown_person(handle: str) -> GiveUp:
    return GiveUp(
        f"No platform knows {handle}.", "Correct it in policy.yaml, or connect mail.", is_whole_lane=True
    )


def _should_try_next(tools: Services, row: OutboxRow, trouble: TryAgain | GiveUp) -> bool:
    """What passes by itself is waited for a while; what a person must mend isn't."""
    is_passing = isinstance(trouble, TryAgain) and trouble.remedy is None
    return not is_passing or tools.now() - row.created_at >= LONGEST_PLATFORM_OUTAGE


def _platforms_to_try(tools: Services, address: str, stuck: _ParkedRows) -> list[str]:
    """The platforms to try, the failing one last. Slack finds people by their address, Teams doesn't."""
    there = connected_platforms(tools)
    known = platforms_of(stuck.manager, there) if stuck.manager is not None else ()
    ways = dict.fromkeys([*known, *(one for one in there if one == SLACK)])
    failing = address.partition(":")[0]
    if failing not in PLATFORM_NAMES:
        failing = next(iter(platforms_of(stuck.addressee, there)), "") if stuck.addressee else ""
    return sorted(ways, key=lambda platform: platform == failing)


def _load(tx: Transaction, row: OutboxRow) -> _ParkedRows:
    address, handle = str(row.payload["address"]), row.address.partition(":")[2]
    kind, _, target = address.partition(":")
    addressee = known_person(tx, target) if kind == "person" else None
    trouble = DeliveryProblem(
        where=addressee.name if addressee else _channel_name(address, tx.policy),
        error=str(row.payload["error"]),
        remedy=str(row.payload["remedy"]),
        count=tx.outbox.count_parked(address),
        case_id=row.case_id,
        resumes=_ending(tx, kind, target, addressee),
    )
    return _ParkedRows(trouble, handle, known_person(tx, handle), addressee)


def _ending(tx: Transaction, kind: str, target: str, addressee: Person | None) -> Resumes:
    """What sends by itself what is parked: the sync of a channel with a problem, or a new chat in Teams."""
    channel = tx.channels.find(target) if kind in PLATFORM_NAMES else None
    if channel is not None and channel.problem is not None:
        return Resumes.CHANNEL
    teams_ref = addressee.teams_ref if addressee is not None else None
    if teams_ref is not None and tx.conversations.find_personal(teams_ref) is None:
        return Resumes.APP
    return Resumes.BUTTON


def _channel_name(address: str, policy: Policy) -> str:
    """Slack's channels have names that people know; those of Teams are told by whose they are."""
    kind, _, target = address.partition(":")
    queue = next((one for one in policy.queues.values() if address in channels_of(one)), None)
    if kind == "teams" and queue is not None:
        return f"the Teams channel of {name(queue.name)}"
    return "customers by mail" if kind == "mail" else target or address
