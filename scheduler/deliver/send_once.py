"""How is one message sent once, even when an earlier attempt has an unknown end?"""

from __future__ import annotations

import structlog

from cards.views import Card
from connectors.errors import GiveUp, MessageGone, TryAgain
from connectors.posts import MessageRef
from core.effects import person_address
from core.platforms import SLACK, TEAMS, platform_of
from scheduler.deliver.platforms import chat_client_for, connected_platforms
from scheduler.outbox.next_delivery import LONGEST_ATTEMPT
from scheduler.services import Services
from store.outbox.repository import OutboxRow

log = structlog.get_logger()


async def send_once(
    tools: Services,
    row: OutboxRow,
    card: Card,
    *,
    channel: str,
    key: str | None = None,
    thread_ref: str | None = None,
    is_loud: bool = False,
) -> MessageRef:
    """Post, unless an earlier attempt of the row already did: then say where that stands.

    `key` is the row's own when left out. No attempt was earlier than the row itself; when the last one was
    says nothing of those before it. Raises TryAgain or GiveUp.
    """
    chat = chat_client_for(tools, channel)
    key = key or row.key
    found = await find_sent(tools, row, channel, key=key, thread_ref=thread_ref)
    if found is not None:
        tools.counters.found_sent += 1
        log.info("had arrived", case_id=row.case_id, key=row.key, address=row.address)
        return found
    if row.attempted_at_before is not None and not is_searchable(channel):
        log.warning("may be sent twice", case_id=row.case_id, key=row.key, address=row.address)
    await tools.rate_limiter.wait_for_post(channel)
    check_lease(tools, row)
    try:
        return await chat.posts.post(
            channel, chat.render(card), key=key, thread_ref=thread_ref, is_loud=is_loud
        )
    except TryAgain as trouble:
        if trouble.after is not None:
            tools.rate_limiter.pause_posts(channel, tools.now() + trouble.after)
        raise


async def find_sent(
    tools: Services, row: OutboxRow, channel: str, *, key: str, thread_ref: str | None = None
) -> MessageRef | None:
    """What an earlier attempt of the row posted, if one had an unknown end. Raises TryAgain or GiveUp.

    Where nothing can be looked for it counts as not sent: it is sent again, and may stand there twice; the
    later one is then the one that is kept true.
    """
    if row.attempted_at_before is None or tools.posts is None or not is_searchable(channel):
        return None
    await tools.rate_limiter.wait_for_lookup("history")
    return await tools.posts.find_sent(channel, key=key, oldest=row.created_at, thread_ref=thread_ref)


def is_searchable(channel: str) -> bool:
    """Whether we can look for what we posted there. Teams lets no bot read it."""
    return platform_of(channel) == SLACK


async def update_message(tools: Services, row: OutboxRow, sent: MessageRef, card: Card) -> None:
    """Put a new face on a message. Raises MessageGone, TryAgain or GiveUp.

    What stands on a platform that isn't connected any more, or in a chat that is closed to us, is as good as
    gone.
    """
    if platform_of(sent.channel_ref) not in connected_platforms(tools):
        raise MessageGone
    chat = chat_client_for(tools, sent.channel_ref)
    await tools.rate_limiter.wait_for_update(sent.channel_ref)
    check_lease(tools, row)
    try:
        await chat.posts.update(sent, chat.render(card))
    except TryAgain as trouble:
        if trouble.after is not None:
            tools.rate_limiter.pause_updates(tools.now() + trouble.after, sent.channel_ref)
        raise
    except GiveUp as refusal:
        if is_closed_chat(row, sent.channel_ref, refusal):
            raise MessageGone from refusal
        raise


def is_closed_chat(row: OutboxRow, channel: str, refusal: GiveUp) -> bool:
    """Whether it was somebody's own chat in Teams that took nothing: it was cleared, or the app removed."""
    return is_personal(row) and refusal.is_whole_lane and platform_of(channel) == TEAMS


def is_personal(row: OutboxRow) -> bool:
    return row.address.startswith(person_address(""))


def check_lease(tools: Services, row: OutboxRow) -> None:
    """A process that was frozen wakes with its lease run out: meanwhile another one may have sent the row."""
    if row.taken_at is not None and tools.now() - row.taken_at > LONGEST_ATTEMPT:
        raise TryAgain("The attempt took so long that another may be under way.", is_unknown=True)
