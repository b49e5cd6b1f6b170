"""How does a case's card get into its channel, and stay true there and in its resolver's chat?"""

from __future__ import annotations

from dataclasses import replace

from cards.files import CaseFiles
from cards.full_case import brief_view
from cards.present import case_view
from cards.thread import story_view
from cards.views import CaseView, FullCaseView
from connectors.errors import MessageGone
from connectors.posts import Sent
from core.effects import channels_of, queue_at
from core.events import QueueTold
from scheduler.deliver.addresses import find_channel
from scheduler.deliver.context import Scene, load_scene
from scheduler.deliver.platforms import known_person
from scheduler.deliver.posting import say
from scheduler.deliver.send_once import change, find_sent, send_once
from scheduler.services import Tools
from store.outbox.posted_cards import Posted
from store.outbox.repository import OutboxRow
from store.transaction import Transaction

CARD, BRIEF = "card", "brief"


async def show_card(tools: Tools, row: OutboxRow) -> None:
    """Make a channel hold a true card of the case: post it where it belongs and is missing, else redraw it.

    In a channel that the case has left, a card that stands there says so; none is posted any more. Nobody
    looks at a card that was posted while evidence was gathered: that its case is ready is said aloud.
    """
    scene = await tools.store.read(load_scene, row)
    sent = card_at(scene)
    if sent is not None:
        try:
            await change(tools, row, sent, _card(tools, scene, row.address))
            if isinstance(scene.event, QueueTold):
                await _call_queue(tools, row, scene, scene.event, sent)
            return
        except MessageGone:
            pass
    if belongs(tools, scene, row.address):
        await post_card(tools, row, scene)
    elif sent is None:
        await find_lost_card(tools, row, scene)


async def _call_queue(tools: Tools, row: OutboxRow, scene: Scene, event: QueueTold, sent: Sent) -> None:
    ready = story_view(replace(event, said=()), scene.case, tools.policy, scene.people, tools.now())
    await send_once(tools, row, ready, channel=sent.channel_ref, thread_ref=sent.message_ref, is_loud=True)


async def post_card(tools: Tools, row: OutboxRow, scene: Scene) -> Sent:
    """Post the case's card and remember where it stands.

    Its key names the case and the place, not the row, so that whichever row posts it finds it again.
    """
    channel = await find_channel(tools, row.address)
    card = _card(tools, scene, row.address)
    sent = await send_once(tools, row, card, channel=channel, key=_key(scene, row))
    await tools.store.run(keep_posted, row, CARD, sent)
    return sent


async def find_lost_card(tools: Tools, row: OutboxRow, scene: Scene) -> Sent | None:
    """The card that an earlier attempt of the row posted without coming to remember it, drawn anew.

    Only such a card can stand in a channel that the case has left meanwhile. In Teams it isn't found.
    """
    if row.attempted_at_before is None:
        return None
    channel = await find_channel(tools, row.address)
    found = await find_sent(tools, row, channel, key=_key(scene, row))
    if found is None:
        return None
    await tools.store.run(keep_posted, row, CARD, found)
    await change(tools, row, found, _card(tools, scene, row.address))
    return found


async def send_brief(tools: Tools, row: OutboxRow) -> None:
    """Give the resolver the case with its invoice and the customer's history, if it is still theirs."""
    scene = await tools.store.read(load_scene, row, has_others=True)
    if not scene.is_resolver_at(row.address):
        return
    sent = await say(tools, row, _brief(tools, scene, str(scene.case.resolver_id)))
    await tools.store.run(keep_posted, row, BRIEF, sent)


async def redraw_brief(tools: Tools, row: OutboxRow) -> None:
    """Keep a person's copy true, on the platform where it stands; without one there is nothing to redraw."""
    scene = await tools.store.read(load_scene, row, has_others=True)
    if scene.posted is None or scene.posted.kind != BRIEF:
        return
    reader = await tools.store.read(known_person, row.address.partition(":")[2])
    if reader is None:
        return
    sent = Sent(scene.posted.channel_ref, scene.posted.message_ref)
    try:
        await change(tools, row, sent, _brief(tools, scene, reader.id))
    except MessageGone:
        return


def _key(scene: Scene, row: OutboxRow) -> str:
    return f"card:{scene.case.id}:{row.address}"


def card_at(scene: Scene) -> Sent | None:
    """The card at the row's address, unless there is none or the case was only told in a list."""
    posted = scene.posted
    if posted is None or posted.kind != CARD:
        return None
    return Sent(posted.channel_ref, posted.message_ref)


def belongs(tools: Tools, scene: Scene, address: str) -> bool:
    """Whether the address is a channel of the queue that has the case now."""
    queue = tools.policy.queues.get(scene.case.queue_id)
    return queue is not None and address in channels_of(queue)


def keep_posted(tx: Transaction, row: OutboxRow, kind: str, sent: Sent) -> None:
    tx.posted.save(
        Posted(
            case_id=str(row.case_id),
            address=row.address,
            kind=kind,
            channel_ref=sent.channel_ref,
            message_ref=sent.message_ref,
        )
    )


def _card(tools: Tools, scene: Scene, address: str) -> CaseView:
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


def _brief(tools: Tools, scene: Scene, reader_id: str) -> FullCaseView:
    return brief_view(
        scene.case,
        policy=tools.policy,
        people=scene.people,
        now=tools.now(),
        history=scene.others,
        elsewhere=scene.elsewhere,
        reader_id=reader_id,
        case_url=tools.case_url(scene.case.id),
        files=CaseFiles(scene.files, tools.file_url),
    )
