"""Teams conversations repository: where the bot can post in Teams, and at which service URL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, func, literal_column, select, update

from store.db.documents import decode_payload, encode
from store.db.instants import from_micros, to_micros, to_micros_or_none
from store.db.statements import Connection, Row, Statement, insert_or_update
from store.tables import conversations

PERSONAL, CHANNEL, GROUP = "personal", "channel", "group"

_NAMES = "ref kind service_url reference team_ref person_ref is_removed changed_at".split()
_ALL = select(*[conversations.c[name] for name in _NAMES])
_IS_THERE = ~conversations.c.is_removed
_NEWEST_FIRST = (conversations.c.changed_at.desc(), conversations.c.ref)
_FIND = Statement(_ALL.where(conversations.c.ref == bindparam("ref")))
_PERSONAL = _ALL.where(
    conversations.c.person_ref == bindparam("person_ref"),
    conversations.c.kind == literal_column(f"'{PERSONAL}'"),
)
_FIND_PERSONAL = Statement(_PERSONAL.where(_IS_THERE).order_by(*_NEWEST_FIRST).limit(1))
_FIND_CLOSED = Statement(_PERSONAL.where(~_IS_THERE).limit(1))
_LIST = Statement(_ALL.where(_IS_THERE).order_by(conversations.c.ref))
_NEWEST = Statement(
    select(conversations.c.service_url)
    .where(conversations.c.service_url != literal_column("''"))
    .order_by(*_NEWEST_FIRST)
    .limit(1)
)
_SAVE = insert_or_update(conversations, *_NAMES, by=["ref"])
_SINCE: Any = func.coalesce(bindparam("at"), conversations.c.changed_at)
_GONE = (
    update(conversations)
    .where(conversations.c.changed_at <= _SINCE)
    .values(is_removed=True, changed_at=_SINCE)
)
_REMOVE = Statement(_GONE.where(conversations.c.ref == bindparam("of_ref")))
_REMOVE_TEAM = Statement(_GONE.where(conversations.c.team_ref == bindparam("of_team"), _IS_THERE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """`ref` is Teams' id without a thread's `;messageid=…`, `reference` Teams' own JSON as it came.

    `person_ref` is the Entra id of the person in a personal chat, `team_ref` the team of a channel.
    `is_removed`: the bot was removed, or the channel deleted.
    """

    ref: str
    kind: str
    """`personal`, `channel` or `group`."""
    service_url: str
    """Empty: no activity came from there yet."""
    reference: Mapping[str, Any]
    team_ref: str | None = None
    person_ref: str | None = None
    is_removed: bool = False
    changed_at: datetime = field(default=datetime(1970, 1, 1, tzinfo=UTC), compare=False)


class Conversations:
    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save(self, conversation: Conversation) -> None:
        """Add it or replace what was known of it."""
        self._connection.change(
            _SAVE,
            ref=conversation.ref,
            kind=conversation.kind,
            service_url=conversation.service_url,
            reference=encode(dict(conversation.reference)),
            team_ref=conversation.team_ref,
            person_ref=conversation.person_ref and conversation.person_ref.casefold(),
            is_removed=conversation.is_removed,
            changed_at=to_micros(conversation.changed_at),
        )

    def find(self, ref: str) -> Conversation | None:
        """The conversation, even if the bot was removed from it."""
        return _to_conversation(self._connection.row(_FIND, ref=ref))

    def find_personal(self, person_ref: str) -> Conversation | None:
        """The personal chat with the person of this Entra id, unless they removed the bot."""
        return _to_conversation(self._connection.row(_FIND_PERSONAL, person_ref=person_ref.casefold()))

    def has_closed(self, person_ref: str) -> bool:
        """Whether the person of this Entra id removed the bot from their chat and has no other."""
        if self.find_personal(person_ref) is not None:
            return False
        return self._connection.row(_FIND_CLOSED, person_ref=person_ref.casefold()) is not None

    def list(self, kind: str | None = None) -> Sequence[Conversation]:
        """The conversations that the bot is in now."""
        found = (_to_conversation(row) for row in self._connection.rows(_LIST))
        return [one for one in found if one is not None and kind in (None, one.kind)]

    def find_service_url(self, ref: str) -> str | None:
        """The service URL of this conversation, or else the newest of the tenant's other ones."""
        known = self.find(ref)
        if known is not None and known.service_url:
            return known.service_url
        row = self._connection.row(_NEWEST)
        return None if row is None else row[0]

    def remove(self, ref: str, at: datetime | None = None) -> None:
        """Mark the bot as removed since `at`, unless an activity that came later says otherwise."""
        self._connection.change(_REMOVE, of_ref=ref, at=to_micros_or_none(at))

    def remove_team(self, team_ref: str, at: datetime | None = None) -> None:
        """Mark the bot as removed from all of the team's channels."""
        self._connection.change(_REMOVE_TEAM, of_team=team_ref, at=to_micros_or_none(at))


def _to_conversation(row: Row | None) -> Conversation | None:
    if row is None:
        return None
    ref, kind, service_url, reference, team_ref, person_ref, is_removed, changed_at = row
    return Conversation(
        ref=ref,
        kind=kind,
        service_url=service_url,
        reference=decode_payload(reference),
        team_ref=team_ref,
        person_ref=person_ref,
        is_removed=bool(is_removed),
        changed_at=from_micros(changed_at),
    )
