"""How are managers called about a case, and how do these calls end?"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from cards.alerts import alert_view
from cards.closed_alerts import closed_alert_view, late_alert_view
from cards.mentions import People
from cards.views import MessageView
from connectors.errors import MessageGone
from connectors.posts import MessageRef
from core.events import CaseEscalated, Event
from scheduler.deliver.addresses import find_channel
from scheduler.deliver.context import DeliveryContext, load_context, load_people
from scheduler.deliver.posting import post_to_address
from scheduler.deliver.send_once import is_searchable, update_message
from scheduler.deliver.thread import post_in_thread
from scheduler.services import Services
from store.outbox.open_alerts import OpenAlert
from store.outbox.repository import OutboxRow
from store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class _AlertToRetire:
    """An alert that calls somebody, with what it told and everybody named in that."""

    alert: OpenAlert
    event: CaseEscalated
    people: People


async def send_escalation(tools: Services, row: OutboxRow) -> None:
    """Call the rung that is told: in the thread and the channel, and each of them in person.

    Whoever has the case is reminded instead. When nobody is needed any more, the thread tells what was
    missed, and nobody is called. But where an earlier attempt may have called somebody, it must be found, if
    it can be.
    """
    scene = await tools.store.read(load_context, row, has_story=True)
    is_needed = scene.case.escalation is not None and not scene.matches_resolver(row.address)
    if is_needed or await _may_have_been_posted(tools, row):
        sent = await _post_alert(tools, row, scene)
        if sent is not None:
            await tools.store.run(_save_alert, row, sent)
    elif not _is_personal(row):
        await post_in_thread(tools, row, scene, late_alert_view(_as_escalation(scene.row_event), scene.story))


async def retire_alerts(tools: Services, row: OutboxRow) -> None:
    """Give every alert that stands there from before the row's event a quiet face, and forget it.

    One that was deleted has its peace already. Each is forgotten by itself: a repeat goes on with the rest.
    """
    standing = await tools.store.read(_load_alerts_to_retire, row)
    if not standing:
        return
    scene = await tools.store.read(load_context, row)
    for one in standing:
        people = {**one.people, **scene.people}
        view = closed_alert_view(one.event, scene.row_event, scene.case, tools.policy, people)
        with suppress(MessageGone):
            await update_message(tools, row, MessageRef(one.alert.channel_ref, one.alert.message_ref), view)
        await tools.store.run(_remove_alert, one.alert)


async def _may_have_been_posted(tools: Services, row: OutboxRow) -> bool:
    if row.attempted_at_before is None:
        return False
    return is_searchable(await find_channel(tools, row.address))


async def _post_alert(tools: Services, row: OutboxRow, scene: DeliveryContext) -> MessageRef | None:
    event = _as_escalation(scene.row_event)
    earlier = scene.story[:-1]
    view: MessageView = alert_view(event, scene.case, tools.policy, scene.people, events=earlier)
    if _is_personal(row):
        return await post_to_address(tools, row, view)
    return await post_in_thread(tools, row, scene, view)


def _is_personal(row: OutboxRow) -> bool:
    return row.address.startswith("person:")


def _as_escalation(event: Event) -> CaseEscalated:
    if not isinstance(event, CaseEscalated):
        raise TypeError(f"A {type(event).__name__} calls no managers.")
    return event


def _load_alerts_to_retire(tx: Transaction, row: OutboxRow) -> list[_AlertToRetire]:
    case_id, before = str(row.case_id), row.seq or 0
    standing = []
    for alert in tx.alerts.list(case_id, row.address, before=before):
        event = _as_escalation(tx.timeline.get_event(case_id, alert.seq))
        standing.append(_AlertToRetire(alert, event, load_people(tx, (), handles=event.tell)))
    return standing


def _save_alert(tx: Transaction, row: OutboxRow, sent: MessageRef) -> None:
    tx.alerts.save(
        OpenAlert(
            case_id=str(row.case_id),
            address=row.address,
            seq=row.seq or 0,
            channel_ref=sent.channel_ref,
            message_ref=sent.message_ref,
        )
    )


def _remove_alert(tx: Transaction, alert: OpenAlert) -> None:
    tx.alerts.remove(alert)
