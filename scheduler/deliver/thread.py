"""Delivery of case news: to the thread under the card, and to people in their personal chat."""

from __future__ import annotations

from cards.alerts import former_resolver_view, reminder_view, unmatched_mail_view
from cards.files import CaseFiles
from cards.thread import thread_message
from cards.views import MessageView
from connectors.errors import MessageGone
from connectors.posts import MessageRef
from scheduler.deliver.cards import find_lost_card, is_current_channel, post_card, posted_card
from scheduler.deliver.context import DeliveryContext, load_context
from scheduler.deliver.posting import post_to_address
from scheduler.deliver.send_once import send_once
from scheduler.services import Services
from store.outbox.repository import OutboxRow


async def post_story(services: Services, row: OutboxRow) -> None:
    context = await services.store.read(load_context, row)
    files = CaseFiles(context.files, services.file_url)
    view = thread_message(
        context.row_event, context.case, services.policy, context.people, services.now(), files=files
    )
    await post_in_thread(services, row, context, view)


async def remind_resolver(services: Services, row: OutboxRow) -> None:
    """Remind the resolver of their case, if it is still theirs."""
    context = await services.store.read(load_context, row)
    if context.is_resolver_address(row.address):
        files = CaseFiles(context.files, services.file_url)
        view = reminder_view(
            context.row_event, context.case, services.policy, context.people, services.now(), files=files
        )
        await post_to_address(services, row, view)


async def tell_former_resolver(services: Services, row: OutboxRow) -> None:
    """Tell the former resolver that the case is no longer theirs, unless it came back to them meanwhile."""
    context = await services.store.read(load_context, row)
    if not context.is_resolver_address(row.address):
        view = former_resolver_view(context.row_event, context.case, services.policy, context.people)
        await post_to_address(services, row, view)


async def alert_stray(services: Services, row: OutboxRow) -> None:
    """Tell a channel about a mail that matches no case."""
    await post_to_address(
        services, row, unmatched_mail_view(str(row.payload["sender"]), str(row.payload["subject"]))
    )


async def post_in_thread(
    services: Services, row: OutboxRow, context: DeliveryContext, view: MessageView
) -> MessageRef | None:
    """Post under the card, which is posted first when it is missing or was deleted.

    None when the case has left the channel and has no card there: then nothing is posted.
    """
    is_ours = is_current_channel(services, context, row.address)
    card = posted_card(context)
    if card is None:
        finding = post_card if is_ours else find_lost_card
        card = await finding(services, row, context)
    if card is None:
        return None
    channel, is_loud = card.channel_ref, view.is_loud
    try:
        return await send_once(
            services, row, view, channel=channel, thread_ref=card.message_ref, is_loud=is_loud
        )
    except MessageGone:
        if not is_ours:
            return None
        card = await post_card(services, row, context)
        return await send_once(
            services, row, view, channel=card.channel_ref, thread_ref=card.message_ref, is_loud=is_loud
        )
