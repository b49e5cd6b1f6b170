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
from scheduler.deliver.platforms import is_on_abandoned_platform, require_connected
from scheduler.outbox.next_delivery import is_case_list
from scheduler.services import Services
from store.outbox.repository import OutboxRow

DELIVER_BY_EFFECT: Mapping[Effect, Callable[[Services, OutboxRow], Awaitable[None]]] = {
    Effect.POST_CARD: deliver_cards.post_or_update_card,
    Effect.REFRESH_CARDS: deliver_cards.post_or_update_card,
    Effect.TELL_STORY: deliver_stories.post_story,
    Effect.BRIEF_RESOLVER: deliver_cards.send_brief,
    Effect.REMIND_RESOLVER: deliver_stories.remind_resolver,
    Effect.TELL_FORMER_RESOLVER: deliver_stories.tell_former_resolver,
    Effect.ALERT_MANAGERS: deliver_alerts.send_escalation,
    Effect.SETTLE_ALERTS: deliver_alerts.retire_alerts,
    Effect.ALERT_PARKED: deliver_parked.alert_parked,
    Effect.SEND_DIGEST: deliver_lists.send_digest,
    Effect.TELL_CUSTOMER: deliver_mail.mail_customer,
    Effect.SEND_LINK: deliver_mail.mail_link,
    Effect.ALERT_STRAY: deliver_stories.alert_stray,
}
"""A test demands a row for every effect."""
UPDATE_ONLY_EFFECTS = (Effect.REFRESH_CARDS, Effect.SETTLE_ALERTS)
"""What only keeps true what stands there: where a company has given a platform up, nobody looks at it."""


async def deliver(tools: Services, row: OutboxRow) -> None:
    """Say what the row promises, to whom it promises it. Repeating it is harmless.

    Raises:
        TryAgain: not now; `is_unknown` when it may have arrived.
        GiveUp: not until a person acts.
    """
    if row.address.startswith("mail:") or row.effect == Effect.ALERT_PARKED:
        await DELIVER_BY_EFFECT[Effect(row.effect)](tools, row)
        return
    if not (row.effect in UPDATE_ONLY_EFFECTS and is_on_abandoned_platform(tools, row.address)):
        require_connected(tools, row.address)
    if is_case_list(row):
        await deliver_lists.post_case_list(tools, row)
    elif row.effect == Effect.REFRESH_CARDS and row.address.startswith("person:"):
        await deliver_cards.update_brief(tools, row)
    else:
        await DELIVER_BY_EFFECT[Effect(row.effect)](tools, row)
