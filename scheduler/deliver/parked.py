"""Delivery of alerts about parked rows to a manager, also when the manager's own chat is what fails.

The alert goes to a platform other than the failing one if there is one, then to the failing one, then by
mail.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from hashlib import sha256

import structlog

from cards.alerts import parked_alert_view
from cards.email.envelope import Headers, message_of
from cards.email.staff import DeliveryProblem, Resumes, delivery_problem_mail
from cards.words import name
from connectors.errors import GiveUp, TryAgain
from core.effects import channels_of
from core.email_address import NotAnAddress, address_of
from core.person import Person
from core.platforms import SLACK
from core.policy import Policy
from scheduler.deliver.addresses import find_personal_chat
from scheduler.deliver.platforms import PLATFORM_NAMES, connected_platforms, known_person, platforms_of
from scheduler.deliver.posting import post_with_fallback
from scheduler.deliver.send_once import check_lease
from scheduler.services import MailServices, Services
from store.outbox.repository import OutboxRow
from store.transaction import Transaction

log = structlog.get_logger()

LONGEST_PLATFORM_OUTAGE = timedelta(minutes=15)
"""How long an alert waits for a platform that is down; then the next one is tried."""


@dataclass(frozen=True, slots=True)
class _ParkedRows:
    """What can't be delivered, and the manager to tell."""

    problem: DeliveryProblem
    handle: str
    manager: Person | None
    addressee: Person | None
    """The person whose chat fails; None when a channel does."""


async def alert_parked(services: Services, row: OutboxRow) -> None:
    """Tell a manager what can't be delivered, with a retry button; nothing if it was delivered by now."""
    parked = await services.store.read(_load, row)
    if parked.problem.count == 0:
        return
    troubles: list[TryAgain | GiveUp] = []
    for platform in _platforms_to_try(services, str(row.payload["address"]), parked):
        try:
            await _post(services, row, parked, platform)
        except (TryAgain, GiveUp) as trouble:
            if not _should_try_next(services, row, trouble):
                raise
            log.warning("alert goes another way", key=row.key, platform=platform, why=trouble.message)
            troubles.append(trouble)
        else:
            return
    await _mail(services, row, parked, troubles or [_unknown_person(parked.handle)])


def has_fallback(services: Services) -> bool:
    """Whether a person whose chat fails may be reached some other way."""
    return services.mail is not None or len(connected_platforms(services)) > 1


async def _post(services: Services, row: OutboxRow, parked: _ParkedRows, platform: str) -> None:
    problem = parked.problem
    view = parked_alert_view(
        str(row.payload["address"]), problem.error, problem.remedy, problem.count, where=problem.where
    )
    await post_with_fallback(
        services, row, view, partial(find_personal_chat, services, parked.handle, platform)
    )


async def _mail(
    services: Services, row: OutboxRow, parked: _ParkedRows, troubles: list[TryAgain | GiveUp]
) -> None:
    """When mail fails too, raises a TryAgain among `troubles` if there is one, else the last refusal."""
    email = parked.manager.email if parked.manager is not None else None
    to = email or (parked.handle if "@" in parked.handle else None)
    if services.mail is not None and to is not None:
        try:
            await _send_alert_mail(services, services.mail, row, parked.problem, to=to)
        except (TryAgain, GiveUp) as trouble:
            troubles.append(trouble)
        else:
            return
    raise next((one for one in troubles if isinstance(one, TryAgain)), troubles[-1])


async def _send_alert_mail(
    services: Services, mail: MailServices, row: OutboxRow, problem: DeliveryProblem, *, to: str
) -> None:
    """Its Message-ID follows from the row, so mailboxes show a repeat once. Raises TryAgain or GiveUp."""
    headers = Headers(
        company=services.policy.company,
        sender=mail.sender,
        to=to,
        message_id=f"<{sha256(row.key.encode()).hexdigest()[:40]}@{mail.domain}>",
        at=services.now(),
    )
    try:
        message, address = message_of(delivery_problem_mail(problem), headers), address_of(to)
    except NotAnAddress:
        raise GiveUp(f"No mail can go to {to}.", "Correct the address in policy.yaml.") from None
    await services.rate_limiter.wait_for_mail()
    check_lease(services, row)
    await mail.smtp.send(message, sender=mail.sender, to=address)


def _unknown_person(handle: str) -> GiveUp:
    return GiveUp(
        f"No platform knows {handle}.", "Correct it in policy.yaml, or connect mail.", is_whole_lane=True
    )


def _should_try_next(services: Services, row: OutboxRow, trouble: TryAgain | GiveUp) -> bool:
    """An outage is waited for a while; an error that a person must fix isn't."""
    is_passing = isinstance(trouble, TryAgain) and trouble.remedy is None
    return not is_passing or services.now() - row.created_at >= LONGEST_PLATFORM_OUTAGE


def _platforms_to_try(services: Services, address: str, parked: _ParkedRows) -> list[str]:
    """The platforms to try, the failing one last. Slack finds people by e-mail address, Teams doesn't."""
    platforms = connected_platforms(services)
    known = platforms_of(parked.manager, platforms) if parked.manager is not None else ()
    ways = dict.fromkeys([*known, *(one for one in platforms if one == SLACK)])
    failing = address.partition(":")[0]
    if failing not in PLATFORM_NAMES:
        failing = next(iter(platforms_of(parked.addressee, platforms)), "") if parked.addressee else ""
    return sorted(ways, key=lambda platform: platform == failing)


def _load(tx: Transaction, row: OutboxRow) -> _ParkedRows:
    address, handle = str(row.payload["address"]), row.address.partition(":")[2]
    kind, _, target = address.partition(":")
    addressee = known_person(tx, target) if kind == "person" else None
    problem = DeliveryProblem(
        where=addressee.name if addressee else _channel_name(address, tx.policy),
        error=str(row.payload["error"]),
        remedy=str(row.payload["remedy"]),
        count=tx.outbox.count_parked(address),
        case_id=row.case_id,
        resumes=_resumes(tx, kind, target, addressee),
    )
    return _ParkedRows(problem, handle, known_person(tx, handle), addressee)


def _resumes(tx: Transaction, kind: str, target: str, addressee: Person | None) -> Resumes:
    """What unparks the rows: the next sync of the channel, a new chat in Teams, or only the retry button."""
    channel = tx.channels.find(target) if kind in PLATFORM_NAMES else None
    if channel is not None and channel.problem is not None:
        return Resumes.CHANNEL
    teams_ref = addressee.teams_ref if addressee is not None else None
    if teams_ref is not None and tx.conversations.find_personal(teams_ref) is None:
        return Resumes.APP
    return Resumes.BUTTON


def _channel_name(address: str, policy: Policy) -> str:
    """Slack's channels have names that people know; those of Teams are named by their queue."""
    kind, _, target = address.partition(":")
    queue = next((one for one in policy.queues.values() if address in channels_of(one)), None)
    if kind == "teams" and queue is not None:
        return f"the Teams channel of {name(queue.name)}"
    return "customers by mail" if kind == "mail" else target or address
