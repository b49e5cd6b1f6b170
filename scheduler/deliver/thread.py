"""How is what happened told: in the thread under the card, and to persons in their own chat?"""

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


async def post_story(tools: Services, row: OutboxRow) -> None:
    scene = await tools.store.read(load_context, row)
    files = CaseFiles(scene.files, tools.file_url)
    view = thread_message(scene.row_event, scene.case, tools.policy, scene.people, tools.now(), files=files)
    await post_in_thread(tools, row, scene, view)


async def remind_resolver(tools: Services, row: OutboxRow) -> None:
    """Tell the resolver of their case, if it is still theirs."""
    scene = await tools.store.read(load_context, row)
    if scene.is_resolver_address(row.address):
        files = CaseFiles(scene.files, tools.file_url)
        view = reminder_view(
            scene.row_event, scene.case, tools.policy, scene.people, tools.now(), files=files
        )
        await post_to_address(tools, row, view)


async def tell_former_resolver(tools: Services, row: OutboxRow) -> None:
    """Tell who had the case that they no longer do, unless it came back to them meanwhile."""
    scene = await tools.store.read(load_context, row)
    if not scene.is_resolver_address(row.address):
        view = former_resolver_view(scene.row_event, scene.case, tools.policy, scene.people)
        await post_to_address(tools, row, view)


async def alert_stray(tools: Services, row: OutboxRow) -> None:
    """Tell a channel of a mail that fits no case."""
    await post_to_address(
        tools, row, unmatched_mail_view(str(row.payload["sender"]), str(row.payload["subject"]))
    )


async def post_in_thread(
    tools: Services, row: OutboxRow, scene: DeliveryContext, view: MessageView
) -> MessageRef | None:
    """Under the card, which is posted first where it is missing or was deleted; where the case has left
    the channel and no card of it stands there, nobody is waiting for its story: None."""
    is_ours = is_current_channel(tools, scene, row.address)
    card = posted_card(scene)
    if card is None:
        finding = post_card if is_ours else find_lost_card
        card = await finding(tools, row, scene)
    if card is None:
        return None
    channel, is_loud = card.channel_ref, view.is_loud
    try:
        return await send_once(
            tools, row, view, channel=channel, thread_ref=card.message_ref, is_loud=is_loud
        )
    except MessageGone:
        if not is_ours:
            return None
        card = await post_card(tools, row, scene)
        return await send_once(
            tools, row, view, channel=card.channel_ref, thread_ref=card.message_ref, is_loud=is_loud
        )
