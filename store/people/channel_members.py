"""Who is in which channel, by the platform's ids, and who of them is somebody we know?"""

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


def list_refs(link: Connection, channel_ref: str) -> list[str]:
    """Whoever is in the channel, known to us or not."""
    return sorted(ref for (ref,) in link.rows(_LIST, channel_ref=channel_ref))


def list_known(link: Connection, slack_channel: str | None, teams_channel: str | None) -> list[Person]:
    """Who of either channel is known and active there, in the order of our ids."""
    rows = link.rows(_KNOWN, slack_channel=slack_channel or "", teams_channel=teams_channel or "")
    return [person for row in rows if (person := to_person(row)) is not None]


def is_inside(link: Connection, person_ref: str, channel_ref: str) -> bool:
    """Whether they are in the channel. Whoever has left the platform is not, whatever its lists say."""
    return link.row(_FIND, **_place(channel_ref, person_ref)) is not None


def add(link: Connection, channel_ref: str, person_ref: str) -> None:
    link.change(_ADD, **_place(channel_ref, person_ref))


def remove(link: Connection, channel_ref: str, person_ref: str) -> None:
    link.change(_REMOVE, **_place(channel_ref, person_ref))


def replace_all(link: Connection, channel_ref: str, person_refs: Iterable[str]) -> None:
    """These and nobody else are in the channel; only differences are written."""
    platform = platform_of(channel_ref)
    known, wanted = set(list_refs(link, channel_ref)), {folded_ref(platform, ref) for ref in person_refs}
    for statement, refs in ((_ADD, wanted - known), (_REMOVE, known - wanted)):
        changes = [{"channel_ref": channel_ref, "person_ref": ref} for ref in sorted(refs)]
        link.change_each(statement, changes)


def _place(channel_ref: str, person_ref: str) -> dict[str, str]:
    """Their row, whichever way the platform wrote their id."""
    return {"channel_ref": channel_ref, "person_ref": folded_ref(platform_of(channel_ref), person_ref)}
