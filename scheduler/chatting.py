"""How is something said where an address leads, also when a person's chat there is closed by now?"""

from __future__ import annotations

import structlog

from cards.views import Card
from connectors.errors import GiveUp
from connectors.posts import Sent
from core.effects import person_address
from core.platforms import TEAMS, platform_of
from scheduler.destinations import find_channel
from scheduler.sending import send_once
from scheduler.tools import Tools
from store.outbox import OutboxRow
from store.transaction import Transaction

log = structlog.get_logger()


async def say(tools: Tools, row: OutboxRow, card: Card) -> Sent:
    """Post it once. Who has removed the app from Teams is written to where else they are.

    Only after a clear refusal, and only when no earlier attempt may have arrived. Raises TryAgain or GiveUp.
    """
    channel = await find_channel(tools, row.address)
    try:
        return await send_once(tools, row, card, channel=channel)
    except GiveUp as refusal:
        if not _is_closed_chat(row, channel, refusal):
            raise
        await tools.store.run(_close, channel)
        other = await find_channel(tools, row.address) if row.attempted_at_before is None else channel
        if other == channel:
            raise
        log.info("chat is closed", case_id=row.case_id, key=row.key, why=refusal.message)
    return await send_once(tools, row, card, channel=other)


def _is_closed_chat(row: OutboxRow, channel: str, refusal: GiveUp) -> bool:
    is_personal = row.address.startswith(person_address(""))
    return is_personal and refusal.is_whole_lane and platform_of(channel) == TEAMS


def _close(tx: Transaction, channel: str) -> None:
    """Until they install the app again, or write."""
    tx.conversations.remove(channel)
