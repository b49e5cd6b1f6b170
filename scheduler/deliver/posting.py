"""Posting to an outbox address; falls back to the person's other platform."""

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
"""Finds the conversation to post to; called again when the first one turns out to be closed."""


async def post_to_address(services: Services, row: OutboxRow, card: Card) -> MessageRef:
    """Post once to the row's address. Raises TryAgain or GiveUp."""
    return await post_with_fallback(services, row, card, partial(find_channel, services, row.address))


async def post_with_fallback(
    services: Services, row: OutboxRow, card: Card, find: FindConversation
) -> MessageRef:
    """Post once; a person who has removed the app from Teams gets it on their other platform.

    Falls back only after a clear refusal, and only when no earlier attempt may have arrived. Raises TryAgain
    or GiveUp.
    """
    channel = await find()
    found = await _find_in_slack(services, row, channel)
    if found is not None:
        return found
    try:
        return await _send_or_close(services, row, card, channel)
    except GiveUp as refusal:
        if row.attempted_at_before is not None or not is_closed_chat(row, channel, refusal):
            raise
        other = await find()
        if other == channel:
            await services.store.run(_mark_closed, channel)
            raise
        log.info("chat is closed", case_id=row.case_id, key=row.key, why=refusal.message)
    return await _send_or_close(services, row, card, other)


async def _send_or_close(services: Services, row: OutboxRow, card: Card, channel: str) -> MessageRef:
    """Mark a chat as closed when it refuses the message."""
    try:
        return await _send_or_reopen(services, row, card, channel)
    except GiveUp as refusal:
        if is_closed_chat(row, channel, refusal):
            await services.store.run(_mark_closed, channel)
        raise


async def _send_or_reopen(services: Services, row: OutboxRow, card: Card, channel: str) -> MessageRef:
    """Open a person's chat again when it is gone because they cleared it; mostly its id stays the same."""
    try:
        return await send_once(services, row, card, channel=channel)
    except ConversationGone as refusal:
        if not is_closed_chat(row, channel, refusal):
            raise
        log.info("chat is opened again", case_id=row.case_id, key=row.key, why=refusal.message)
        await services.store.run(_mark_closed, channel)
        again = await find_personal_chat(services, _handle(row), TEAMS)
    return await send_once(services, row, card, channel=again)


async def _find_in_slack(services: Services, row: OutboxRow, channel: str) -> MessageRef | None:
    """Find what an earlier attempt posted in Slack before the person moved to Teams."""
    if row.attempted_at_before is None or not is_personal(row) or is_searchable(channel):
        return None
    dm = await services.store.read(_known_dm, _handle(row))
    if dm is None:
        return None
    with suppress(GiveUp):
        return await find_sent(services, row, dm, key=row.key)
    return None


def _handle(row: OutboxRow) -> str:
    return row.address.partition(":")[2]


def _known_dm(tx: Transaction, handle: str) -> str | None:
    person = known_person(tx, handle)
    return None if person is None else tx.people.find_dm_ref(person.id)


def _mark_closed(tx: Transaction, channel: str) -> None:
    """The chat is closed until the person installs the app again or writes."""
    tx.conversations.remove(channel)
