"""Sending one message once, also when an earlier attempt has an unknown end."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import structlog

from cards.views import Card
from connectors.errors import GiveUp, MessageGone, TryAgain
from connectors.posts import MessageRef
from core.effects import is_alarm_address, person_address
from core.platforms import SLACK, TEAMS, platform_of
from scheduler.deliver.platforms import chat_client_for, connected_platforms
from scheduler.lease import LONGEST_ATTEMPT
from scheduler.services import Services
from store.outbox.repository import OutboxRow

log = structlog.get_logger()

LONGEST_LATENESS = timedelta(seconds=20)
"""How long after an attempt without an answer, which has waited 10 s, Slack may still carry it out."""


async def send_once(
    services: Services,
    row: OutboxRow,
    card: Card,
    *,
    channel: str,
    key: str | None = None,
    thread_ref: str | None = None,
    is_loud: bool = False,
) -> MessageRef:
    """Post, unless an earlier attempt of the row already did: then return where that was posted.

    `key` defaults to the row's own. The search begins when the row was created, because the time of the last
    attempt says nothing of those before it. Raises TryAgain or GiveUp.
    """
    chat = chat_client_for(services, channel)
    key = key or row.key
    found = await find_sent(services, row, channel, key=key, thread_ref=thread_ref)
    if found is not None:
        services.counters.found_sent += 1
        log.info("had arrived", case_id=row.case_id, key=row.key, address=row.address)
        return found
    if row.attempted_at_before is not None and not is_searchable(channel):
        log.warning("may be sent twice", case_id=row.case_id, key=row.key, address=row.address)
    await services.rate_limiter.wait_for_post(channel)
    check_lease(services, row)
    try:
        return await chat.posts.post(
            channel, chat.render(card), key=key, thread_ref=thread_ref, is_loud=is_loud
        )
    except TryAgain as trouble:
        if trouble.after is not None:
            services.rate_limiter.pause_posts(channel, services.now() + trouble.after)
        raise


async def find_sent(
    services: Services, row: OutboxRow, channel: str, *, key: str, thread_ref: str | None = None
) -> MessageRef | None:
    """Find what an earlier attempt of the row posted, if one had an unknown end. Raises TryAgain or GiveUp.

    The search begins at once, since mostly it has arrived. None only when the platform has had time to finish
    it late as well.

    On a platform that can't be searched it counts as not sent: it is sent again and may appear twice; then
    only the later copy is updated.
    """
    if row.attempted_at_before is None or services.posts is None or not is_searchable(channel):
        return None
    with services.rate_limiter.shared_rest("history"):
        found = await services.posts.find_sent(
            channel,
            key=key,
            oldest=row.created_at,
            now=services.now(),
            thread_ref=thread_ref,
            before_each=partial(services.rate_limiter.wait_for_lookup, "history"),
        )
    if found is None:
        _leave_time_to_arrive(row)
    return found


def _leave_time_to_arrive(row: OutboxRow) -> None:
    """Raises TryAgain while what an earlier attempt sent may still arrive: Slack finishes some calls late.

    Both instants are those of leases, so this process's own clock doesn't matter.
    """
    if row.attempted_at_before is None or row.taken_at is None:
        return
    waited = row.taken_at - row.attempted_at_before
    if timedelta() <= waited < LONGEST_LATENESS:
        raise TryAgain("It may still arrive.", after=LONGEST_LATENESS - waited)


def is_searchable(channel: str) -> bool:
    """Whether we can search for what we posted there. Teams lets no bot read messages."""
    return platform_of(channel) == SLACK


async def update_message(services: Services, row: OutboxRow, sent: MessageRef, card: Card) -> None:
    """Replace a message. Raises MessageGone, TryAgain or GiveUp.

    A message on a platform that isn't connected any more, or in a closed chat, counts as gone.
    """
    if platform_of(sent.channel_ref) not in connected_platforms(services):
        raise MessageGone
    chat = chat_client_for(services, sent.channel_ref)
    await services.rate_limiter.wait_for_update(sent.channel_ref)
    check_lease(services, row)
    try:
        await chat.posts.update(sent, chat.render(card))
    except TryAgain as trouble:
        if trouble.after is not None:
            services.rate_limiter.pause_updates(services.now() + trouble.after, sent.channel_ref)
        raise
    except GiveUp as refusal:
        if is_closed_chat(row, sent.channel_ref, refusal):
            raise MessageGone from refusal
        raise


def is_closed_chat(row: OutboxRow, channel: str, refusal: GiveUp) -> bool:
    """Whether a personal chat in Teams refused it because it was cleared or the app was removed."""
    return is_personal(row) and refusal.is_whole_lane and platform_of(channel) == TEAMS


def is_personal(row: OutboxRow) -> bool:
    return row.address.startswith(person_address("")) or is_alarm_address(row.address)


def check_lease(services: Services, row: OutboxRow) -> None:
    """Raises TryAgain when the lease has run out, as in a process that was frozen: another may be sending."""
    is_late = row.taken_at is not None and services.now() - row.taken_at > LONGEST_ATTEMPT
    if is_late or not services.is_alive():
        raise TryAgain("The attempt took so long that another may be under way.", is_unknown=True)
