"""A case in full, and cards for shared links to cases."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import islice

from cards.actions import Action
from cards.files import CaseFiles, no_url
from cards.full_case import full_case_view
from cards.present import case_view
from cards.views import CaseView, FullCaseView
from core.case import Case
from core.errors import NotFound
from core.events import CaseReassigned
from core.ids import case_id_of
from core.permissions import Permission
from core.person import Person
from core.uploaded_file import File, FileState
from handlers.access import get_for, role_of, visible_queues
from handlers.types import Click, Reply
from store.evidence.uploads import UNVERIFIED
from store.queue_members import slack_channel_of
from store.transaction import Transaction

HISTORY_LIMIT = 5
MOST_LINKS = 10
"""Most cards under one message."""
_CASE_LINK = re.compile(r"/cases/D-(\d{4,15})(?:[?#].*)?$")


def open_case(tx: Transaction, click: Click, actor: Person) -> Reply:
    """Everything about the case, for the person's eyes only."""
    return Reply(card=full_case(tx, actor, click.case_id, click.at, file_url=click.file_url))


def full_case(
    tx: Transaction,
    actor: Person,
    case_id: str | None,
    now: datetime,
    *,
    file_url: Callable[[str], str | None] = no_url,
) -> FullCaseView:
    """The case with its invoice, timeline, and its customer's history in the queues that the person may see.

    Raises:
        NotFound: there is no such case, or the person may not see it.
    """
    case = get_for(tx, actor, Permission.SEE, case_id)
    entries = tx.timeline.list(case.id)
    queue_ids = tuple(queue.id for queue in visible_queues(tx, actor))
    ref = case.customer.ref
    history = tx.cases.list_for_customer(ref, but=case.id, queue_ids=queue_ids, limit=HISTORY_LIMIT)
    named = {entry.event.actor_id for entry in entries} | {row.resolver_id for row in history}
    named |= {entry.event.resolver_id for entry in entries if isinstance(entry.event, CaseReassigned)}
    named.add(case.resolver_id)
    return full_case_view(
        case,
        policy=tx.policy,
        people=tx.people.find_many(person_id for person_id in named if person_id),
        now=now,
        events=[entry.event for entry in entries],
        history=history,
        elsewhere=tx.cases.count_for_customer(ref, but=case.id, outside_of=queue_ids),
        role=role_of(tx, actor, case),
        files=CaseFiles(tuple(tx.files.list_for_case(case.id)), file_url),
        earlier=CaseFiles(_earlier_files(tx, actor, case), file_url),
    )


def _earlier_files(tx: Transaction, actor: Person, case: Case) -> tuple[File, ...]:
    """Files of other cases about the same invoice that the person may see."""
    others = tx.cases.list_for_invoice(case.invoice.ref, case.customer.ref)
    seen = {one.id for one in others if one.id != case.id and _find_visible(tx, actor, one.id)}
    return tuple(
        file
        for file in tx.files.list_for_invoice(case.invoice.ref, case.customer.ref)
        if file.case_id in seen and file.state is FileState.READY and file.kind != UNVERIFIED
    )


def unfurl_links(tx: Transaction, click: Click, actor: Person) -> Reply:
    """Cards for links to our cases, only in the channel of the case's queue and if the person may see it."""
    cards = {}
    links = (url for url in click.value.split() if _is_ours(url, click.mail_preview.base_url))
    for url in islice(links, MOST_LINKS):
        match = _CASE_LINK.search(url)
        case = _find_visible(tx, actor, case_id_of(int(match.group(1)))) if match else None
        if case is not None and _belongs_in(tx, case, click.channel):
            cards[url] = link_preview_card(tx, case, click.at)
    return Reply(unfurl=cards)


def _is_ours(url: str, base_url: str | None) -> bool:
    """Whether the URL is of our host, if that is known; by the app's manifest, platforms send no other."""
    return base_url is None or _host_of(url) == _host_of(base_url)


def _host_of(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].casefold()


def link_preview_card(tx: Transaction, case: Case, now: datetime) -> CaseView:
    """The card as it is now. It is never refreshed, so its only button opens the case."""
    people = tx.people.find_many([case.resolver_id] if case.resolver_id else [])
    card = case_view(case, policy=tx.policy, people=people, now=now)
    lasting = tuple(button for button in card.buttons if button.action is Action.OPEN_CASE)
    return replace(card, buttons=lasting, menu=())


def _find_visible(tx: Transaction, actor: Person, case_id: str) -> Case | None:
    try:
        return get_for(tx, actor, Permission.SEE, case_id)
    except NotFound:
        return None


def _belongs_in(tx: Transaction, case: Case, channel: str | None) -> bool:
    queue = tx.policy.queues.get(case.queue_id)
    if queue is None or not channel:
        return False
    return channel in (slack_channel_of(tx, queue), queue.teams_channel)
