"""How is what happened told: in the thread under the card, and to persons in their own chat?"""

from __future__ import annotations

from cards.alerts import former_resolver_view, reminder_view, stray_view
from cards.files import CaseFiles
from cards.thread import story_view
from cards.views import StoryView
from connectors.errors import MessageGone
from connectors.posts import Sent
from scheduler.deliver.cards import belongs, card_at, find_lost_card, post_card
from scheduler.deliver.context import Scene, load_scene
from scheduler.deliver.posting import say
from scheduler.deliver.send_once import send_once
from scheduler.services import Tools
from store.outbox.repository import OutboxRow


async def tell_story(tools: Tools, row: OutboxRow) -> None:
    scene = await tools.store.read(load_scene, row)
    files = CaseFiles(scene.files, tools.file_url)
    view = story_view(scene.told, scene.case, tools.policy, scene.people, tools.now(), files=files)
    await say_in_thread(tools, row, scene, view)


async def remind_resolver(tools: Tools, row: OutboxRow) -> None:
    """Tell the resolver of their case, if it is still theirs."""
    scene = await tools.store.read(load_scene, row)
    if scene.is_resolver_at(row.address):
        files = CaseFiles(scene.files, tools.file_url)
        view = reminder_view(scene.told, scene.case, tools.policy, scene.people, tools.now(), files=files)
        await say(tools, row, view)


async def tell_former_resolver(tools: Tools, row: OutboxRow) -> None:
    """Tell who had the case that they no longer do, unless it came back to them meanwhile."""
    scene = await tools.store.read(load_scene, row)
    if not scene.is_resolver_at(row.address):
        view = former_resolver_view(scene.told, scene.case, tools.policy, scene.people)
        await say(tools, row, view)


async def alert_stray(tools: Tools, row: OutboxRow) -> None:
    """Tell a channel of a mail that fits no case."""
    await say(tools, row, stray_view(str(row.payload["sender"]), str(row.payload["subject"])))


async def say_in_thread(tools: Tools, row: OutboxRow, scene: Scene, view: StoryView) -> Sent | None:
    """Under the card, which is posted first where it is missing or was deleted; where the case has left
    the channel and no card of it stands there, nobody is waiting for its story: None."""
    is_ours = belongs(tools, scene, row.address)
    card = card_at(scene)
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
