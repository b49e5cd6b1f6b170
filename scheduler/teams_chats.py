"""Which chat in Teams is somebody's own with the bot?"""

from __future__ import annotations

from dataclasses import replace

from connectors.errors import GiveUp
from core.platforms import TEAMS
from scheduler.deliver.platforms import known_person, not_connected_error
from scheduler.services import Services
from store.people.teams_conversations import PERSONAL, Conversation
from store.transaction import Transaction


async def find_teams_chat(tools: Services, handle: str) -> str:
    """The one that they began or that was opened before, else a new one.

    Teams finds nobody by an address: only who has written to the bot or is in a team that has it is known.
    Raises TryAgain or GiveUp.
    """
    if tools.teams is None:
        raise not_connected_error(TEAMS)
    ref = await tools.store.read(_ref_of, handle)
    if ref is None:
        raise GiveUp(
            f"Nobody in Teams is known as {handle}.",
            "Add them to a team that has the Ombud app, or correct the name in policy.yaml.",
            is_whole_lane=True,
        )
    known = await tools.store.read(_known_chat, ref)
    if known is not None:
        return known
    await tools.rate_limiter.wait_for_new_chat()
    opened = await tools.teams.people.open_chat(ref)
    await tools.store.run(_save_chat, opened, ref)
    return opened


def _ref_of(tx: Transaction, handle: str) -> str | None:
    person = known_person(tx, handle)
    return None if person is None else person.teams_ref


def _known_chat(tx: Transaction, ref: str) -> str | None:
    chat = tx.conversations.find_personal(ref)
    return None if chat is None else chat.ref


def _save_chat(tx: Transaction, chat_ref: str, person_ref: str) -> None:
    """Until they write there themselves; then what Teams says of it takes its place.

    A chat that could be opened is there, whatever was known of it.
    """
    known = tx.conversations.find(chat_ref)
    if known is None:
        service_url = tx.conversations.find_service_url(chat_ref) or ""
        known = Conversation(
            ref=chat_ref, kind=PERSONAL, service_url=service_url, reference={}, person_ref=person_ref
        )
    tx.conversations.save(replace(known, person_ref=person_ref, is_removed=False))
