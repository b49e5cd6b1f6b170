"""How are managers called about a case, and how do these calls end?"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from cards.alerts import alert_view
from cards.closed_alerts import late_view, settled_view
from cards.mentions import People
from cards.views import StoryView
from connectors.errors import MessageGone
from connectors.posts import Sent
from core.events import CaseEscalated, Event
from scheduler.deliver.addresses import find_channel
from scheduler.deliver.context import Scene, load_people, load_scene
from scheduler.deliver.posting import say
from scheduler.deliver.send_once import change, is_searchable
from scheduler.deliver.thread import say_in_thread
from scheduler.services import Tools
from store.outbox.open_alerts import Alert
from store.outbox.repository import OutboxRow
from store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class _Standing:
    """An alert that calls somebody, with what it told and everybody named in that."""

    alert: Alert
    event: CaseEscalated
    people: People


async def alert_managers(tools: Tools, row: OutboxRow) -> None:
    """Call the rung that is told: in the thread and the channel, and each of them in person.

    Whoever has the case is reminded instead. When nobody is needed any more, the thread tells what was
    missed, and nobody is called. But where an earlier attempt may have called somebody, it must be found, if
    it can be.
    """
    scene = await tools.store.read(load_scene, row, has_story=True)
    is_needed = scene.case.escalation is not None and not scene.has_resolver_called(row.address)
    if is_needed or await _may_find_call(tools, row):
        sent = await _call(tools, row, scene)
        if sent is not None:
            await tools.store.run(_keep, row, sent)
    elif not _is_personal(row):
        await say_in_thread(tools, row, scene, late_view(_call_of(scene.told), scene.story))


async def settle_alerts(tools: Tools, row: OutboxRow) -> None:
    """Give every alert that stands there from before the row's event a quiet face, and forget it.

    One that was deleted has its peace already. Each is forgotten by itself: a repeat goes on with the rest.
    """
    standing = await tools.store.read(_load_standing, row)
    if not standing:
        return
    scene = await tools.store.read(load_scene, row)
    for one in standing:
        people = {**one.people, **scene.people}
        view = settled_view(one.event, scene.told, scene.case, tools.policy, people)
        with suppress(MessageGone):
            await change(tools, row, Sent(one.alert.channel_ref, one.alert.message_ref), view)
        await tools.store.run(_forget, one.alert)


async def _may_find_call(tools: Tools, row: OutboxRow) -> bool:
    if row.attempted_at_before is None:
        return False
    return is_searchable(await find_channel(tools, row.address))


async def _call(tools: Tools, row: OutboxRow, scene: Scene) -> Sent | None:
    event = _call_of(scene.told)
    earlier = scene.story[:-1]
    view: StoryView = alert_view(event, scene.case, tools.policy, scene.people, events=earlier)
    if _is_personal(row):
        return await say(tools, row, view)
    return await say_in_thread(tools, row, scene, view)


def _is_personal(row: OutboxRow) -> bool:
    return row.address.startswith("person:")


def _call_of(event: Event) -> CaseEscalated:
    if not isinstance(event, CaseEscalated):
        raise TypeError(f"A {type(event).__name__} calls no managers.")
    return event


def _load_standing(tx: Transaction, row: OutboxRow) -> list[_Standing]:
    case_id, before = str(row.case_id), row.seq or 0
    standing = []
    for alert in tx.alerts.list(case_id, row.address, before=before):
        event = _call_of(tx.timeline.event(case_id, alert.seq))
        standing.append(_Standing(alert, event, load_people(tx, (), handles=event.tell)))
    return standing


def _keep(tx: Transaction, row: OutboxRow, sent: Sent) -> None:
    tx.alerts.save(
        Alert(
            case_id=str(row.case_id),
            address=row.address,
            seq=row.seq or 0,
            channel_ref=sent.channel_ref,
            message_ref=sent.message_ref,
        )
    )


def _forget(tx: Transaction, alert: Alert) -> None:
    tx.alerts.forget(alert)
