"""Delivery of escalation alerts to managers, and their replacement once the case has moved on."""

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
from scheduler.deliver.send_once import is_personal, is_searchable, update_message
from scheduler.deliver.thread import post_in_thread
from scheduler.services import Services
from store.outbox.open_alerts import OpenAlert
from store.outbox.repository import OutboxRow
from store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class _AlertToRetire:
    """An open alert, with the event that it told and the people named in it."""

    alert: OpenAlert
    event: CaseEscalated
    people: People


async def send_escalation(services: Services, row: OutboxRow) -> None:
    """Alert the people of the escalation's rung: in the thread and the channel, and each of them in person.

    The case's resolver isn't alerted: they are reminded instead. When the escalation is over by now, the
    thread gets a note of what was missed, without an alert. An alert that an earlier attempt may have posted
    is found first, where the platform lets us search.
    """
    context = await services.store.read(load_context, row, has_story=True)
    is_needed = context.case.escalation is not None and not context.matches_resolver(row.address)
    if is_needed or await _may_have_been_posted(services, row):
        sent = await _post_alert(services, row, context)
        if sent is not None:
            await services.store.run(_save_alert, row, sent)
    elif not is_personal(row):
        await post_in_thread(
            services, row, context, late_alert_view(_as_escalation(context.row_event), context.story)
        )


async def retire_alerts(services: Services, row: OutboxRow) -> None:
    """Replace every alert older than the row's event with a calm text, and remove it from the open alerts.

    A deleted message needs no replacement. Each alert is removed in its own unit: a repeat continues with the
    rest.
    """
    open_alerts = await services.store.read(_load_alerts_to_retire, row)
    if not open_alerts:
        return
    context = await services.store.read(load_context, row)
    for one in open_alerts:
        people = {**one.people, **context.people}
        view = closed_alert_view(one.event, context.row_event, context.case, services.policy, people)
        with suppress(MessageGone):
            await update_message(
                services, row, MessageRef(one.alert.channel_ref, one.alert.message_ref), view
            )
        await services.store.run(_remove_alert, one.alert)


async def _may_have_been_posted(services: Services, row: OutboxRow) -> bool:
    if row.attempted_at_before is None:
        return False
    return is_searchable(await find_channel(services, row.address))


async def _post_alert(services: Services, row: OutboxRow, context: DeliveryContext) -> MessageRef | None:
    event = _as_escalation(context.row_event)
    earlier = context.story[:-1]
    view: MessageView = alert_view(event, context.case, services.policy, context.people, events=earlier)
    if is_personal(row):
        return await post_to_address(services, row, view)
    return await post_in_thread(services, row, context, view)


def _as_escalation(event: Event) -> CaseEscalated:
    if not isinstance(event, CaseEscalated):
        raise TypeError(f"A {type(event).__name__} calls no managers.")
    return event


def _load_alerts_to_retire(tx: Transaction, row: OutboxRow) -> list[_AlertToRetire]:
    case_id, before = str(row.case_id), row.seq or 0
    open_alerts = []
    for alert in tx.alerts.list(case_id, row.address, before=before):
        event = _as_escalation(tx.timeline.get_event(case_id, alert.seq))
        open_alerts.append(_AlertToRetire(alert, event, load_people(tx, (), handles=event.tell)))
    return open_alerts


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
