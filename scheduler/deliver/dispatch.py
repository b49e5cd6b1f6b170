"""Dispatch of outbox rows: the function that delivers each effect."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from core.effects import ALARM_EFFECTS, Effect
from scheduler.deliver import (
    cards,
    confirmation_mail,
    customer_mail,
    escalations,
    lists,
    overdue_lists,
    parked,
    thread,
    troubles,
)
from scheduler.deliver.platforms import is_on_abandoned_platform, require_connected
from scheduler.services import Services
from store.outbox.repository import OutboxRow

DELIVER_BY_EFFECT: Mapping[Effect, Callable[[Services, OutboxRow], Awaitable[None]]] = {
    Effect.POST_CARD: cards.post_or_update_card,
    Effect.REFRESH_CARDS: cards.post_or_update_card,
    Effect.TELL_STORY: thread.post_story,
    Effect.BRIEF_RESOLVER: cards.send_brief,
    Effect.REMIND_RESOLVER: thread.remind_resolver,
    Effect.TELL_FORMER_RESOLVER: thread.tell_former_resolver,
    Effect.ALERT_MANAGERS: escalations.send_escalation,
    Effect.SETTLE_ALERTS: escalations.retire_alerts,
    Effect.ALERT_PARKED: parked.alert_parked,
    Effect.SEND_DIGEST: lists.send_digest,
    Effect.TELL_CUSTOMER: customer_mail.mail_customer,
    Effect.SEND_LINK: customer_mail.mail_link,
    Effect.CONFIRM_ADDRESS: confirmation_mail.mail_confirmation,
    Effect.ALERT_STRAY: thread.alert_stray,
    Effect.ALERT_TROUBLE: troubles.alert_trouble,
}
"""A test demands a row for every effect."""
UPDATE_ONLY_EFFECTS = (Effect.REFRESH_CARDS, Effect.SETTLE_ALERTS)
"""Effects that only update existing messages. On a platform that the company has left, they do nothing."""


async def deliver(services: Services, row: OutboxRow) -> None:
    """Deliver one outbox row to its address. A repeat is harmless.

    Raises:
        TryAgain: try later; `is_unknown` when it may have arrived.
        GiveUp: it fails until a person acts.
    """
    if row.address.startswith("mail:") or row.effect in ALARM_EFFECTS:
        await DELIVER_BY_EFFECT[Effect(row.effect)](services, row)
        return
    if not (row.effect in UPDATE_ONLY_EFFECTS and is_on_abandoned_platform(services, row.address)):
        require_connected(services, row.address)
    if overdue_lists.is_overdue_list(row):
        await overdue_lists.post_overdue_list(services, row)
    elif lists.is_case_list(row):
        await lists.post_case_list(services, row)
    elif row.effect == Effect.REFRESH_CARDS and row.address.startswith("person:"):
        await cards.update_brief(services, row)
    else:
        await DELIVER_BY_EFFECT[Effect(row.effect)](services, row)
