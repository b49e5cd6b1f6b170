"""How does a case's card get into its channel, and stay true there and in its resolver's chat?"""

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


async def post_or_update_card(tools: Services, row: OutboxRow) -> None:
    """Make a channel hold a true card of the case: post it where it belongs and is missing, else redraw it.

    In a channel that the case has left, a card that stands there says so; none is posted any more. Nobody
    looks at a card that was posted while evidence was gathered: that its case is ready is said aloud.
    """
    scene = await tools.store.read(load_context, row)
    sent = posted_card(scene)
    if sent is not None:
        try:
            await update_message(tools, row, sent, _card(tools, scene, row.address))
            if isinstance(scene.event, QueueTold):
                await _notify_queue(tools, row, scene, scene.event, sent)
            return
        except MessageGone:
            pass
    if is_current_channel(tools, scene, row.address):
        await post_card(tools, row, scene)
    elif sent is None:
        await find_lost_card(tools, row, scene)


async def _notify_queue(
    tools: Services, row: OutboxRow, scene: DeliveryContext, event: QueueTold, sent: MessageRef
) -> None:
    ready = thread_message(replace(event, said=()), scene.case, tools.policy, scene.people, tools.now())
    await send_once(tools, row, ready, channel=sent.channel_ref, thread_ref=sent.message_ref, is_loud=True)


async def post_card(tools: Services, row: OutboxRow, scene: DeliveryContext) -> MessageRef:
    """Post the case's card and remember where it stands.

    Its key names the case and the place, not the row, so that whichever row posts it finds it again.
    """
    channel = await find_channel(tools, row.address)
    card = _card(tools, scene, row.address)
    sent = await send_once(tools, row, card, channel=channel, key=_key(scene, row))
    await tools.store.run(save_posted, row, CARD, sent)
    return sent


async def find_lost_card(tools: Services, row: OutboxRow, scene: DeliveryContext) -> MessageRef | None:
    """The card that an earlier attempt of the row posted without coming to remember it, drawn anew.

    Only such a card can stand in a channel that the case has left meanwhile. In Teams it isn't found.
    """
    if row.attempted_at_before is None:
        return None
    channel = await find_channel(tools, row.address)
    found = await find_sent(tools, row, channel, key=_key(scene, row))
    if found is None:
        return None
    await tools.store.run(save_posted, row, CARD, found)
    await update_message(tools, row, found, _card(tools, scene, row.address))
    return found


async def send_brief(tools: Services, row: OutboxRow) -> None:
    """Give the resolver the case with its invoice and the customer's history, if it is still theirs."""
    scene = await tools.store.read(load_context, row, has_other_cases=True)
    if not scene.is_resolver_address(row.address):
        return
    sent = await post_to_address(tools, row, _brief(tools, scene, str(scene.case.resolver_id)))
    await tools.store.run(save_posted, row, BRIEF, sent)


async def update_brief(tools: Services, row: OutboxRow) -> None:
    """Keep a person's copy true, on the platform where it stands; without one there is nothing to redraw."""
    scene = await tools.store.read(load_context, row, has_other_cases=True)
    if scene.posted is None or scene.posted.kind != BRIEF:
        return
    reader = await tools.store.read(known_person, row.address.partition(":")[2])
    if reader is None:
        return
    sent = MessageRef(scene.posted.channel_ref, scene.posted.message_ref)
    try:
        await update_message(tools, row, sent, _brief(tools, scene, reader.id))
    except MessageGone:
        return


def _key(scene: DeliveryContext, row: OutboxRow) -> str:
    return f"card:{scene.case.id}:{row.address}"


def posted_card(scene: DeliveryContext) -> MessageRef | None:
    """The card at the row's address, unless there is none or the case was only told in a list."""
    posted = scene.posted
    if posted is None or posted.kind != CARD:
        return None
    return MessageRef(posted.channel_ref, posted.message_ref)


def is_current_channel(tools: Services, scene: DeliveryContext, address: str) -> bool:
    """Whether the address is a channel of the queue that has the case now."""
    queue = tools.policy.queues.get(scene.case.queue_id)
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


def _card(tools: Services, scene: DeliveryContext, address: str) -> CaseView:
    view = case_view(
        scene.case,
        policy=tools.policy,
        people=scene.people,
        now=tools.now(),
        case_url=tools.case_url(scene.case.id),
        for_queue_id=queue_at(address, scene.case, tools.policy),
        files=CaseFiles(scene.files, tools.file_url),
    )
    return replace(view, readers=scene.readers)


def _brief(tools: Services, scene: DeliveryContext, reader_id: str) -> FullCaseView:
    return brief_view(
        scene.case,
        policy=tools.policy,
        people=scene.people,
        now=tools.now(),
        history=scene.other_cases,
        elsewhere=scene.other_queues_count,
        reader_id=reader_id,
        case_url=tools.case_url(scene.case.id),
        files=CaseFiles(scene.files, tools.file_url),
    )
