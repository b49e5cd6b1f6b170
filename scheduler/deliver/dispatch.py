"""How is a promise of the outbox kept? One function for each effect."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from core.effects import Effect
from scheduler.deliver import cards as deliver_cards
from scheduler.deliver import customer_mail as deliver_mail
from scheduler.deliver import escalations as deliver_alerts
from scheduler.deliver import lists as deliver_lists
from scheduler.deliver import parked as deliver_parked
from scheduler.deliver import thread as deliver_stories
from scheduler.deliver.platforms import demand_connected, is_given_up
from scheduler.outbox.next_delivery import is_list
from scheduler.services import Tools
from store.outbox.repository import OutboxRow

WAYS: Mapping[Effect, Callable[[Tools, OutboxRow], Awaitable[None]]] = {
    Effect.POST_CARD: deliver_cards.show_card,
    Effect.REFRESH_CARDS: deliver_cards.show_card,
    Effect.TELL_STORY: deliver_stories.tell_story,
    Effect.BRIEF_RESOLVER: deliver_cards.send_brief,
    Effect.REMIND_RESOLVER: deliver_stories.remind_resolver,
    Effect.TELL_FORMER_RESOLVER: deliver_stories.tell_former_resolver,
    Effect.ALERT_MANAGERS: deliver_alerts.alert_managers,
    Effect.SETTLE_ALERTS: deliver_alerts.settle_alerts,
    Effect.ALERT_PARKED: deliver_parked.alert_parked,
    Effect.SEND_DIGEST: deliver_lists.send_digest,
    Effect.TELL_CUSTOMER: deliver_mail.tell_customer,
    Effect.SEND_LINK: deliver_mail.send_link,
    Effect.ALERT_STRAY: deliver_stories.alert_stray,
}
"""A test demands a row for every effect."""
TENDING = (Effect.REFRESH_CARDS, Effect.SETTLE_ALERTS)
"""What only keeps true what stands there: where a company has given a platform up, nobody looks at it."""


async def deliver(tools: Tools, row: OutboxRow) -> None:
    """Say what the row promises, to whom it promises it. Repeating it is harmless.

    Raises:
        TryAgain: not now; `is_unknown` when it may have arrived.
        GiveUp: not until a person acts.
    """
    if row.address.startswith("mail:") or row.effect == Effect.ALERT_PARKED:
        await WAYS[Effect(row.effect)](tools, row)
        return
    if not (row.effect in TENDING and is_given_up(tools, row.address)):
        demand_connected(tools, row.address)
    if is_list(row):
        await deliver_lists.tell_list(tools, row)
    elif row.effect == Effect.REFRESH_CARDS and row.address.startswith("person:"):
        await deliver_cards.redraw_brief(tools, row)
    else:
        await WAYS[Effect(row.effect)](tools, row)
