"""How is something said where an address leads, also when a person's chat there is closed by now?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

import structlog

from cards.views import Card
from connectors.errors import ConversationGone, GiveUp
from connectors.posts import MessageRef
from core.platforms import TEAMS
from scheduler.deliver.addresses import find_channel, find_personal_chat
from scheduler.deliver.platforms import known_person
from scheduler.deliver.send_once import find_sent, is_closed_chat, is_personal, is_searchable, send_once
from scheduler.services import Services
from store.outbox.repository import OutboxRow
from store.transaction import Transaction

log = structlog.get_logger()

FindConversation = Callable[[], Awaitable[str]]
"""Which conversation to say it in; asked again once the first one has turned out to be closed."""


async def post_to_address(tools: Services, row: OutboxRow, card: Card) -> MessageRef:
    """Post it once, where the row's address leads. Raises TryAgain or GiveUp."""
    return await post_with_fallback(tools, row, card, partial(find_channel, tools, row.address))


async def post_with_fallback(
    tools: Services, row: OutboxRow, card: Card, find: FindConversation
) -> MessageRef:
    """Post it once. Who has removed the app from Teams is written to where else they are.

    Only after a clear refusal, and only when no earlier attempt may have arrived. Raises TryAgain or GiveUp.
    """
    channel = await find()
    found = await _find_in_slack(tools, row, channel)
    if found is not None:
        return found
    try:
        return await _send_or_close(tools, row, card, channel)
    except GiveUp as refusal:
        if row.attempted_at_before is not None or not is_closed_chat(row, channel, refusal):
            raise
        other = await find()
        if other == channel:
            await tools.store.run(_mark_closed, channel)
            raise
        log.info("chat is closed", case_id=row.case_id, key=row.key, why=refusal.message)
    return await _send_or_close(tools, row, card, other)


async def _send_or_close(tools: Services, row: OutboxRow, card: Card, channel: str) -> MessageRef:
    """Remember of a chat that takes nothing that it is closed."""
    try:
        return await _send_or_reopen(tools, row, card, channel)
    except GiveUp as refusal:
        if is_closed_chat(row, channel, refusal):
            await tools.store.run(_mark_closed, channel)
        raise


async def _send_or_reopen(tools: Services, row: OutboxRow, card: Card, channel: str) -> MessageRef:
    """A person's chat that isn't there, because it was cleared, is opened again, mostly under the same id."""
    try:
        return await send_once(tools, row, card, channel=channel)
    except ConversationGone as refusal:
        if not is_closed_chat(row, channel, refusal):
            raise
        log.info("chat is opened again", case_id=row.case_id, key=row.key, why=refusal.message)
        await tools.store.run(_mark_closed, channel)
        again = await find_personal_chat(tools, _handle(row), TEAMS)
    return await send_once(tools, row, card, channel=again)


async def _find_in_slack(tools: Services, row: OutboxRow, channel: str) -> MessageRef | None:
    """What an earlier attempt posted before the person moved on to Teams, where nothing can be looked for."""
    if row.attempted_at_before is None or not is_personal(row) or is_searchable(channel):
        return None
    dm = await tools.store.read(_known_dm, _handle(row))
    if dm is None:
        return None
    with suppress(GiveUp):
        return await find_sent(tools, row, dm, key=row.key)
    return None


def _handle(row: OutboxRow) -> str:
    return row.address.partition(":")[2]


def _known_dm(tx: Transaction, handle: str) -> str | None:
    person = known_person(tx, handle)
    return None if person is None else tx.people.find_dm_ref(person.id)


def _mark_closed(tx: Transaction, channel: str) -> None:
    """Until they install the app again, or write."""
    tx.conversations.remove(channel)
