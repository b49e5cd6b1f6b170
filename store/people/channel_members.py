"""Members of channels by the platform's ids, and those of them that are known people."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Select, and_, bindparam, delete, exists, or_, select

from core.person import Person
from core.platforms import platform_of
from store.db.statements import Connection, Statement, insert_if_absent
from store.people.rows import ALL, folded_ref, to_person
from store.tables import members, people

_LIST = Statement(select(members.c.person_ref).where(members.c.channel_ref == bindparam("channel_ref")))
_IS_THIS = and_(
    members.c.channel_ref == bindparam("channel_ref"), members.c.person_ref == bindparam("person_ref")
)
_HAS_LEFT = or_(
    exists().where(people.c.slack_ref == members.c.person_ref, people.c.has_left_slack),
    exists().where(people.c.teams_folded == members.c.person_ref, people.c.has_left_teams),
)
_FIND = Statement(select(members.c.person_ref).where(_IS_THIS, ~_HAS_LEFT))
_ADD = insert_if_absent(members, "channel_ref", "person_ref", by=["channel_ref", "person_ref"])
_REMOVE = Statement(delete(members).where(_IS_THIS))


def _inside(channel: str) -> Select[tuple[str]]:
    return select(members.c.person_ref).where(members.c.channel_ref == bindparam(channel))


_KNOWN = Statement(
    ALL.where(
        people.c.is_active,
        or_(
            and_(people.c.slack_ref.in_(_inside("slack_channel")), ~people.c.has_left_slack),
            and_(people.c.teams_folded.in_(_inside("teams_channel")), ~people.c.has_left_teams),
        ),
    ).order_by(people.c.id)
)


def list_refs(connection: Connection, channel_ref: str) -> list[str]:
    """The channel's members, known people or not."""
    return sorted(ref for (ref,) in connection.rows(_LIST, channel_ref=channel_ref))


def list_known(connection: Connection, slack_channel: str | None, teams_channel: str | None) -> list[Person]:
    """The known members of either channel who are active there, in the order of our ids."""
    rows = connection.rows(_KNOWN, slack_channel=slack_channel or "", teams_channel=teams_channel or "")
    return [person for row in rows if (person := to_person(row)) is not None]


def is_inside(connection: Connection, person_ref: str, channel_ref: str) -> bool:
    """Whether they are in the channel; False when they have left the platform, whatever its list says."""
    return connection.row(_FIND, **_values(channel_ref, person_ref)) is not None


def add(connection: Connection, channel_ref: str, person_ref: str) -> None:
    connection.change(_ADD, **_values(channel_ref, person_ref))


def remove(connection: Connection, channel_ref: str, person_ref: str) -> None:
    connection.change(_REMOVE, **_values(channel_ref, person_ref))


def replace_all(connection: Connection, channel_ref: str, person_refs: Iterable[str]) -> None:
    """Make these the only members of the channel; only differences are written."""
    platform = platform_of(channel_ref)
    known, wanted = (
        set(list_refs(connection, channel_ref)),
        {folded_ref(platform, ref) for ref in person_refs},
    )
    for statement, refs in ((_ADD, wanted - known), (_REMOVE, known - wanted)):
        changes = [{"channel_ref": channel_ref, "person_ref": ref} for ref in sorted(refs)]
        connection.change_each(statement, changes)


def _values(channel_ref: str, person_ref: str) -> dict[str, str]:
    """Values of their row, with the id folded as it is looked up."""
    return {"channel_ref": channel_ref, "person_ref": folded_ref(platform_of(channel_ref), person_ref)}
