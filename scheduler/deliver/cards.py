"""Delivery of a case's card to its channel, and of the brief to its resolver's chat."""

from __future__ import annotations

from dataclasses import replace

from cards.files import CaseFiles
from cards.full_case import brief_view
from cards.present import case_view
from cards.thread import thread_message
from cards.views import CaseView, FullCaseView
from connectors.errors import MessageGone
from connectors.posts import MessageRef
from core.effects import channels_of, queue_at
from core.events import QueueTold
from scheduler.deliver.addresses import find_channel
from scheduler.deliver.context import DeliveryContext, load_context
from scheduler.deliver.platforms import known_person
from scheduler.deliver.posting import post_to_address
from scheduler.deliver.send_once import find_sent, send_once, update_message
from scheduler.services import Services
from store.outbox.posted_cards import PostedCard
from store.outbox.repository import OutboxRow
from store.transaction import Transaction

CARD, BRIEF = "card", "brief"


async def post_or_update_card(services: Services, row: OutboxRow) -> None:
    """Post the case's card to the channel when it is missing there, else update it.

    In a channel that the case has left, an existing card is updated to say so; no new one is posted. People
    overlook a card that was posted while evidence was gathered, so a message in its thread, shown in the
    channel as well, says that the case is ready.
    """
    context = await services.store.read(load_context, row)
    sent = posted_card(context)
    if sent is not None:
        try:
            await update_message(services, row, sent, _card(services, context, row.address))
            if isinstance(context.event, QueueTold):
                await _notify_queue(services, row, context, context.event, sent)
            return
        except MessageGone:
            pass
    if is_current_channel(services, context, row.address):
        await post_card(services, row, context)
    elif sent is None:
        await find_lost_card(services, row, context)


async def _notify_queue(
    services: Services, row: OutboxRow, context: DeliveryContext, event: QueueTold, sent: MessageRef
) -> None:
    ready = thread_message(
        replace(event, said=()), context.case, services.policy, context.people, services.now()
    )
    await send_once(services, row, ready, channel=sent.channel_ref, thread_ref=sent.message_ref, is_loud=True)


async def post_card(services: Services, row: OutboxRow, context: DeliveryContext) -> MessageRef:
    """Post the case's card and save where it was posted.

    Its key names the case and the address, not the row, so that every row that posts the card finds it again.
    """
    channel = await find_channel(services, row.address)
    card = _card(services, context, row.address)
    sent = await send_once(services, row, card, channel=channel, key=_key(context, row))
    await services.store.run(save_posted, row, CARD, sent)
    return sent


async def find_lost_card(services: Services, row: OutboxRow, context: DeliveryContext) -> MessageRef | None:
    """Find the card that an earlier attempt of the row posted without saving its place, and update it.

    In a channel that the case has left meanwhile, no other card can be. None in Teams, where bots can't read
    history.
    """
    if row.attempted_at_before is None:
        return None
    channel = await find_channel(services, row.address)
    found = await find_sent(services, row, channel, key=_key(context, row))
    if found is None:
        return None
    await services.store.run(save_posted, row, CARD, found)
    await update_message(services, row, found, _card(services, context, row.address))
    return found


async def send_brief(services: Services, row: OutboxRow) -> None:
    """Send the resolver the case with its invoice and the customer's history, if it is still theirs."""
    context = await services.store.read(load_context, row, has_other_cases=True)
    if not context.is_resolver_address(row.address):
        return
    sent = await post_to_address(services, row, _brief(services, context, str(context.case.resolver_id)))
    await services.store.run(save_posted, row, BRIEF, sent)


async def update_brief(services: Services, row: OutboxRow) -> None:
    """Update a person's brief on the platform where it was posted; does nothing when there is none."""
    context = await services.store.read(load_context, row, has_other_cases=True)
    if context.posted is None or context.posted.kind != BRIEF:
        return
    reader = await services.store.read(known_person, row.address.partition(":")[2])
    if reader is None:
        return
    sent = MessageRef(context.posted.channel_ref, context.posted.message_ref)
    try:
        await update_message(services, row, sent, _brief(services, context, reader.id))
    except MessageGone:
        return


def _key(context: DeliveryContext, row: OutboxRow) -> str:
    return f"card:{context.case.id}:{row.address}"


def posted_card(context: DeliveryContext) -> MessageRef | None:
    """The card at the row's address; None when there is none or the case was only shown in a list."""
    posted = context.posted
    if posted is None or posted.kind != CARD:
        return None
    return MessageRef(posted.channel_ref, posted.message_ref)


def is_current_channel(services: Services, context: DeliveryContext, address: str) -> bool:
    """Whether the address is a channel of the queue that the case is in now."""
    queue = services.policy.queues.get(context.case.queue_id)
    return queue is not None and address in channels_of(queue)


def save_posted(tx: Transaction, row: OutboxRow, kind: str, sent: MessageRef) -> None:
    tx.posted_cards.save(
        PostedCard(
            case_id=str(row.case_id),
            address=row.address,
            kind=kind,
            channel_ref=sent.channel_ref,
            message_ref=sent.message_ref,
        )
    )


def _card(services: Services, context: DeliveryContext, address: str) -> CaseView:
    view = case_view(
        context.case,
        policy=services.policy,
        people=context.people,
        now=services.now(),
        case_url=services.case_url(context.case.id),
        for_queue_id=queue_at(address, context.case, services.policy),
        files=CaseFiles(context.files, services.file_url),
    )
    return replace(view, readers=context.readers)


def _brief(services: Services, context: DeliveryContext, reader_id: str) -> FullCaseView:
    return brief_view(
        context.case,
        policy=services.policy,
        people=context.people,
        now=services.now(),
        history=context.other_cases,
        elsewhere=context.other_queues_count,
        reader_id=reader_id,
        case_url=services.case_url(context.case.id),
        files=CaseFiles(context.files, services.file_url),
    )
