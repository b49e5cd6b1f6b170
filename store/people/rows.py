"""Rows of the people table, and the statements that look them up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, or_, select

from core.person import Person
from core.platforms import SLACK, TEAMS
from store.db.statements import Row, Statement
from store.tables import inbox, people

COLUMNS = (
    "id name email slack_ref zone is_active dm_ref id_folded email_folded slack_folded "
    "teams_ref teams_folded teams_mri chats_on has_left_slack has_left_teams"
).split()

_READ = (
    "id name email slack_ref teams_ref teams_mri chats_on zone is_active has_left_slack has_left_teams dm_ref"
)
ALL: Select[Any] = select(*[people.c[name] for name in _READ.split()])

BY_ID = Statement(ALL.where(people.c.id == bindparam("id")))
_BY_REF = {
    SLACK: ALL.where(people.c.slack_ref == bindparam("ref")),
    TEAMS: ALL.where(people.c.teams_folded == bindparam("ref")),
}
BY_REF = {platform: Statement(clause) for platform, clause in _BY_REF.items()}
_ANSWER = (
    select(inbox.c.answer)
    .where(inbox.c.source == bindparam("source"), inbox.c.id == bindparam("message_id"))
    .scalar_subquery()
    .label("answer")
)
BY_REF_WITH_ANSWER = {
    platform: Statement(clause.add_columns(_ANSWER).with_for_update(read=True, key_share=True, of=people))
    for platform, clause in _BY_REF.items()
}
"""With the inbox's response to what they do, in the same round trip. A shared lock: until the transaction
ends no account is linked to or unlinked from the person, so that their id stays theirs."""
BY_REF_FOR_UPDATE = {platform: Statement(clause.with_for_update()) for platform, clause in _BY_REF.items()}
BY_HANDLE = Statement(
    ALL.where(
        or_(
            people.c.id_folded == bindparam("handle"),
            people.c.email_folded == bindparam("handle"),
            people.c.slack_folded == bindparam("handle"),
            people.c.teams_folded == bindparam("handle"),
        )
    )
    .order_by(people.c.is_active.desc(), people.c.id)
    .limit(1)
)


@cache
def by_handles(count: int) -> Statement:
    """Every person whom one of these handles may mean, active people first."""
    handles: list[Any] = [bindparam(f"handle_{place}") for place in range(count)]
    return Statement(
        ALL.where(
            or_(
                people.c.id_folded.in_(handles),
                people.c.email_folded.in_(handles),
                people.c.slack_folded.in_(handles),
                people.c.teams_folded.in_(handles),
            )
        ).order_by(people.c.is_active.desc(), people.c.id)
    )


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person with columns that only the store needs.

    `has_left_…`: deactivated on the platform, or a guest. `dm_ref` is Slack's id of our private chat.
    """

    person: Person
    has_left_slack: bool = False
    has_left_teams: bool = False
    dm_ref: str | None = None

    def has_left(self, platform: str) -> bool:
        return self.has_left_slack if platform == SLACK else self.has_left_teams

    def as_on(self, platform: str) -> Person:
        """The person as seen on a platform: a guest of the platform isn't active there."""
        return replace(self.person, is_active=False) if self.has_left(platform) else self.person


def folded_ref(platform: str, ref: str) -> str:
    """The id as it is looked up. Slack's ids are upper-case; Entra ids are case-insensitive."""
    return ref if platform == SLACK else ref.casefold()


def ref_of(person: Person, platform: str) -> str | None:
    return person.slack_ref if platform == SLACK else person.teams_ref


def to_person_row(row: Row) -> PersonRow:
    person_id, name, email, slack, teams, mri, chats_on, zone, is_active, left_slack, left_teams, dm = row
    person = Person(
        id=person_id,
        name=name,
        email=email,
        slack_ref=slack,
        teams_ref=teams,
        teams_mri=mri,
        chats_on=chats_on,
        zone=zone,
        is_active=bool(is_active),
    )
    return PersonRow(person, bool(left_slack), bool(left_teams), dm)


def to_person(row: Row | None) -> Person | None:
    return None if row is None else to_person_row(row).person


def to_values(row: PersonRow) -> dict[str, Any]:
    """Values of `COLUMNS`."""
    person = row.person
    return {
        "id": person.id,
        "name": person.name,
        "email": person.email,
        "slack_ref": person.slack_ref,
        "zone": person.zone,
        "is_active": person.is_active,
        "dm_ref": row.dm_ref,
        "id_folded": person.id.casefold(),
        "email_folded": person.email and person.email.casefold(),
        "slack_folded": person.slack_ref and person.slack_ref.casefold(),
        "teams_ref": person.teams_ref,
        "teams_folded": person.teams_ref and person.teams_ref.casefold(),
        "teams_mri": person.teams_mri,
        "chats_on": person.chats_on,
        "has_left_slack": row.has_left_slack,
        "has_left_teams": row.has_left_teams,
    }
