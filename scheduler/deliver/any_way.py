"""Delivery of an alarm to one person, any way there is: by chat, the failing platform last, or by mail."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from hashlib import sha256

import structlog

from cards.email.envelope import Headers, message_of
from cards.email.mail_view import Mail
from cards.views import MessageView
from connectors.errors import GiveUp, TryAgain
from core.email_address import NotAnAddress, address_of
from core.person import Person
from core.platforms import SLACK
from scheduler.deliver.addresses import find_personal_chat
from scheduler.deliver.platforms import connected_platforms, platforms_of
from scheduler.deliver.posting import post_with_fallback
from scheduler.deliver.send_once import check_lease
from scheduler.services import MailServices, Services
from store.outbox.repository import OutboxRow

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """What to tell, and whom."""

    handle: str
    person: Person | None
    """None: no platform knows them yet."""
    view: MessageView
    mail: Mail
    failing: Collection[str]
    """The platforms to try last."""
    patience: timedelta
    """How long to wait for a platform that is down before the next way is tried."""


async def tell_any_way(services: Services, row: OutboxRow, alarm: Alarm) -> None:
    """Raises TryAgain, or GiveUp when no way is open to the person."""
    troubles: list[TryAgain | GiveUp] = []
    for platform in _platforms_to_try(services, alarm):
        try:
            await post_with_fallback(
                services, row, alarm.view, partial(find_personal_chat, services, alarm.handle, platform)
            )
        except (TryAgain, GiveUp) as trouble:
            if not _should_try_next(services, row, trouble, alarm.patience):
                raise
            log.warning("alert goes another way", key=row.key, platform=platform, why=trouble.message)
            troubles.append(trouble)
        else:
            return
    await _mail(services, row, alarm, troubles or [_unknown_person(alarm.handle)])


async def _mail(services: Services, row: OutboxRow, alarm: Alarm, troubles: list[TryAgain | GiveUp]) -> None:
    """When mail fails too, raises what `gravest` says of all troubles."""
    email = alarm.person.email if alarm.person is not None else None
    to = email or (alarm.handle if "@" in alarm.handle else None)
    if services.mail is not None and to is not None:
        try:
            await _send_mail(services, services.mail, row, alarm.mail, to=to)
        except (TryAgain, GiveUp) as trouble:
            troubles.append(trouble)
        else:
            return
    raise gravest(troubles)


def gravest(troubles: Sequence[TryAgain | GiveUp]) -> TryAgain | GiveUp:
    """What stands for all of them: one whose end is unknown, so that the next attempt looks before it sends;
    else one that may pass; else the last refusal."""
    passing = [one for one in troubles if isinstance(one, TryAgain)]
    return next((one for one in passing if one.is_unknown), passing[0] if passing else troubles[-1])


async def _send_mail(
    services: Services, services_mail: MailServices, row: OutboxRow, mail: Mail, *, to: str
) -> None:
    """Its Message-ID follows from the row, so mailboxes show a repeat once. Raises TryAgain or GiveUp."""
    headers = Headers(
        company=services.policy.company,
        sender=services_mail.sender,
        to=to,
        message_id=f"<{sha256(row.key.encode()).hexdigest()[:40]}@{services_mail.domain}>",
        at=services.now(),
    )
    try:
        message, address = message_of(mail, headers), address_of(to)
    except NotAnAddress:
        raise GiveUp(f"No mail can go to {to}.", "Correct the address in policy.yaml.") from None
    await services.rate_limiter.wait_for_mail()
    check_lease(services, row)
    await services_mail.smtp.send(message, sender=services_mail.sender, to=address)


def _unknown_person(handle: str) -> GiveUp:
    return GiveUp(
        f"No platform knows {handle}.", "Correct it in policy.yaml, or connect mail.", is_whole_lane=True
    )


def _should_try_next(
    services: Services, row: OutboxRow, trouble: TryAgain | GiveUp, patience: timedelta
) -> bool:
    """An outage is waited for a while; an error that a person must fix isn't."""
    is_passing = isinstance(trouble, TryAgain) and trouble.remedy is None
    return not is_passing or services.now() - row.created_at >= patience


def _platforms_to_try(services: Services, alarm: Alarm) -> list[str]:
    """Slack finds people by e-mail address, Teams doesn't."""
    platforms = connected_platforms(services)
    known = platforms_of(alarm.person, platforms) if alarm.person is not None else ()
    ways = dict.fromkeys([*known, *(one for one in platforms if one == SLACK)])
    return sorted(ways, key=lambda platform: platform in alarm.failing)
