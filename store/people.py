"""Whom do we know, and which channels are they in?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import bindparam, delete, or_, select, update

from core.errors import Refused
from core.person import Person
from store.statements import Link, Row, Statement, insert_or_update, insert_unless_there
from store.tables import members, people

_PERSON = [people.c[name] for name in "id name email slack_ref zone is_active".split()]
_COLUMNS = "id name email slack_ref zone is_active id_folded email_folded slack_folded".split()

_BY_ID = Statement(select(*_PERSON).where(people.c.id == bindparam("id")))
_BY_SLACK_REF = Statement(select(*_PERSON).where(people.c.slack_ref == bindparam("ref")))
_BY_HANDLE = Statement(
    select(*_PERSON)
    .where(
        or_(
            people.c.id_folded == bindparam("handle"),
            people.c.email_folded == bindparam("handle"),
            people.c.slack_folded == bindparam("handle"),
        )
    )
    .order_by(people.c.is_active.desc(), people.c.id)
    .limit(1)
)
_SAVE = insert_or_update(people, *_COLUMNS, by=["id"])
_MEET = insert_unless_there(people, *_COLUMNS, by=["id"])
_DM_REF = Statement(select(people.c.dm_ref).where(people.c.id == bindparam("id")))
_SET_DM_REF = Statement(
    update(people).where(people.c.id == bindparam("of_id")).values(dm_ref=bindparam("dm_ref"))
)
_MEMBERS = Statement(select(members.c.person_ref).where(members.c.channel_ref == bindparam("channel_ref")))
_IS_MEMBER = Statement(
    select(members.c.person_ref).where(
        members.c.channel_ref == bindparam("channel_ref"), members.c.person_ref == bindparam("person_ref")
    )
)
_ADD_MEMBER = insert_unless_there(members, "channel_ref", "person_ref", by=["channel_ref", "person_ref"])
_REMOVE_MEMBER = Statement(
    delete(members).where(
        members.c.channel_ref == bindparam("channel_ref"), members.c.person_ref == bindparam("person_ref")
    )
)


@cache
def _by_ids(count: int) -> Statement:
    return Statement(select(*_PERSON).where(people.c.id.in_([bindparam(f"id_{n}") for n in range(count)])))


class UnknownPerson(Refused):
    def __init__(self, person_id: str) -> None:
        super().__init__(f"Nobody here is known as {person_id}.")
        self.person_id = person_id


class People:
    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    def get(self, person_id: str) -> Person:
        """Raises UnknownPerson."""
        person = self.find(person_id)
        if person is None:
            raise UnknownPerson(person_id)
        return person

    def find(self, person_id: str) -> Person | None:
        return _to_person(self._link.row(_BY_ID, id=person_id))

    def find_many(self, person_ids: Iterable[str]) -> dict[str, Person]:
        """Whoever of these is known, by id, in one look-up for any number of ids."""
        wanted = sorted(set(person_ids))
        if not wanted:
            return {}
        rows = self._link.rows(
            _by_ids(len(wanted)), **{f"id_{place}": one for place, one in enumerate(wanted)}
        )
        return {person.id: person for row in rows if (person := _to_person(row)) is not None}

    def find_by_ref(self, platform: str, ref: str) -> Person | None:
        """Whoever has this id on the platform."""
        if platform == "slack":
            return _to_person(self._link.row(_BY_SLACK_REF, ref=ref))
        return self.find(f"{platform}:{ref}")

    def find_by_handle(self, handle: str) -> Person | None:
        """Whom the policy means by an e-mail address, a Slack id or our id; active people first."""
        wanted = handle.casefold()
        return _to_person(self._link.row(_BY_HANDLE, handle=wanted)) if wanted else None

    def meet(self, platform: str, ref: str, name: str | None = None) -> Person:
        """The person with this id on the platform, who is made known to us if they were not.

        One look-up for a known person. Until a name is heard, the id stands for it.
        """
        person = self.find_by_ref(platform, ref)
        if person is None:
            person = Person(
                id=f"{platform}:{ref}", name=name or ref, slack_ref=ref if platform == "slack" else None
            )
            self._link.change(_MEET, **_to_values(person))
            return self.get(person.id)
        if person.name == ref and name:
            person = replace(person, name=name)
            self.save(person)
        return person

    def save(self, person: Person) -> None:
        """Make known or bring up to date; the private chat's id stays."""
        self._link.change(_SAVE, **_to_values(person))

    def dm_ref(self, person_id: str) -> str | None:
        """The platform's id of our private chat with the person, once we have one."""
        row = self._link.row(_DM_REF, id=person_id)
        return None if row is None else row[0]

    def set_dm_ref(self, person_id: str, ref: str | None) -> None:
        self._link.change(_SET_DM_REF, of_id=person_id, dm_ref=ref)

    def list_members(self, channel_ref: str) -> list[str]:
        """The platform's ids of whoever is in the channel."""
        return sorted(ref for (ref,) in self._link.rows(_MEMBERS, channel_ref=channel_ref))

    def is_member(self, person_ref: str, channel_ref: str) -> bool:
        return self._link.row(_IS_MEMBER, channel_ref=channel_ref, person_ref=person_ref) is not None

    def add_member(self, channel_ref: str, person_ref: str) -> None:
        self._link.change(_ADD_MEMBER, channel_ref=channel_ref, person_ref=person_ref)

    def remove_member(self, channel_ref: str, person_ref: str) -> None:
        self._link.change(_REMOVE_MEMBER, channel_ref=channel_ref, person_ref=person_ref)

    def set_members(self, channel_ref: str, person_refs: Iterable[str]) -> None:
        """These and nobody else are in the channel; only differences are written."""
        known, wanted = set(self.list_members(channel_ref)), set(person_refs)
        for statement, refs in ((_ADD_MEMBER, wanted - known), (_REMOVE_MEMBER, known - wanted)):
            changes = [{"channel_ref": channel_ref, "person_ref": ref} for ref in sorted(refs)]
            self._link.change_each(statement, changes)


def _to_person(row: Row | None) -> Person | None:
    if row is None:
        return None
    person_id, name, email, slack_ref, zone, is_active = row
    return Person(
        id=person_id, name=name, email=email, slack_ref=slack_ref, zone=zone, is_active=bool(is_active)
    )


def _to_values(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "email": person.email,
        "slack_ref": person.slack_ref,
        "zone": person.zone,
        "is_active": person.is_active,
        "id_folded": person.id.casefold(),
        "email_folded": person.email and person.email.casefold(),
        "slack_folded": person.slack_ref and person.slack_ref.casefold(),
    }
