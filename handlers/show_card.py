"""A channel's card as one of its readers sees it, for platforms that show each reader their own."""

from __future__ import annotations

from dataclasses import replace

from cards.files import CaseFiles
from cards.present import case_view
from cards.views import CaseView
from core.case import Case
from core.effects import queue_at
from core.errors import NotFound
from core.ids import find_case_id
from core.permissions import Permission, Role, is_overseer, is_permitted
from core.person import Person
from core.platforms import TEAMS
from handlers.access import role_of
from handlers.types import Click, Reply
from store.queue_members import readers_of
from store.transaction import Transaction

_CARD = "card"
"""Kind of a posted message that is one case's card (`store/outbox/posted_cards.py`)."""


def show_card(tx: Transaction, click: Click, actor: Person) -> Reply:
    """The card in the channel, with the buttons and menu items that this reader may use.

    A reader of the channel without a role gets the card with nothing but the button to open the case.

    Raises:
        NotFound: there is no such card there, and they may not see the case.
    """
    case_id = find_case_id(click.value or click.case_id or "")
    case = tx.cases.find(case_id) if case_id else None
    if case is None:
        raise NotFound((case_id or click.value)[:40])
    role = role_of(tx, actor, case)
    overseer = is_overseer(actor, tx.policy)
    if not is_permitted(Permission.SEE, role, is_overseer=overseer) and not _is_posted_in(
        tx, click.channel, case
    ):
        raise NotFound(case.id)
    return Reply(card=_card(tx, click, case, role))


def _card(tx: Transaction, click: Click, case: Case, role: Role) -> CaseView:
    named = {case.resolver_id, case.decision.by if case.decision else None}
    queue = tx.policy.queues.get(case.queue_id)
    view = case_view(
        case,
        policy=tx.policy,
        people=tx.people.find_many(person_id for person_id in named if person_id),
        now=click.at,
        role=role,
        for_queue_id=queue_at(f"{TEAMS}:{click.channel}", case, tx.policy),
        files=CaseFiles(tuple(tx.files.list_for_case(case.id)), click.file_url),
    )
    return replace(view, readers=readers_of(tx, queue) if queue else ())


def _is_posted_in(tx: Transaction, channel: str | None, case: Case) -> bool:
    return any(one.kind == _CARD and one.channel_ref == channel for one in tx.posted_cards.list(case.id))
