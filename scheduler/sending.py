"""How is one message sent once, even when an earlier attempt has an unknown end?"""

from __future__ import annotations

import structlog

from cards.slack import message
from cards.views import Card
from connectors.errors import TryAgain
from connectors.posts import Sent
from scheduler.destinations import slack_of
from scheduler.errands import LONGEST_ATTEMPT
from scheduler.tools import Tools
from store.outbox import OutboxRow

log = structlog.get_logger()


async def send_once(
    tools: Tools,
    row: OutboxRow,
    card: Card,
    *,
    channel: str,
    key: str | None = None,
    thread_ref: str | None = None,
    is_loud: bool = False,
) -> Sent:
    """Post, unless an earlier attempt of the row already did: then say where that stands.

    `key` is the row's own when left out. No attempt was earlier than the row itself; when the last one was
    says nothing of those before it. Raises TryAgain or GiveUp.
    """
    posts, _ = slack_of(tools, row.address)
    key = key or row.key
    if row.attempted_at_before is not None:
        await tools.gate.look_up("history")
        found = await posts.find_sent(channel, key=key, oldest=row.created_at, thread_ref=thread_ref)
        if found is not None:
            tools.tally.found_sent += 1
            log.info("had arrived", case_id=row.case_id, key=row.key, address=row.address)
            return found
    await tools.gate.post(channel)
    demand_time(tools, row)
    return await posts.post(channel, message(card), key=key, thread_ref=thread_ref, is_loud=is_loud)


async def change(tools: Tools, row: OutboxRow, sent: Sent, card: Card) -> None:
    """Put a new face on a message. Raises MessageGone, TryAgain or GiveUp."""
    posts, _ = slack_of(tools, row.address)
    await tools.gate.update()
    demand_time(tools, row)
    try:
        await posts.update(sent, message(card))
    except TryAgain as trouble:
        if trouble.after is not None:
            tools.gate.close_updates(tools.now() + trouble.after)
        raise


def demand_time(tools: Tools, row: OutboxRow) -> None:
    """A process that was frozen wakes with its lease run out: meanwhile another one may have sent the row."""
    if row.taken_at is not None and tools.now() - row.taken_at > LONGEST_ATTEMPT:
        raise TryAgain("The attempt took so long that another may be under way.", is_unknown=True)
