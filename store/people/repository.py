"""People repository: persons by any of their ids, and members of channels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from sqlalchemy import bindparam, select, update

from core.errors import Refused
from core.person import Person
from core.platforms import SLACK
from store.db.statements import Connection, Statement, insert_if_absent, insert_or_update
from store.errors import TryUnitAgain
from store.people import channel_members as members
from store.people.account_linking import AccountInfo, link_account
from store.people.rows import (
    ALL,
    BY_HANDLE,
    BY_ID,
    BY_REF,
    BY_REF_WITH_ANSWER,
    COLUMNS,
    PersonRow,
    by_handles,
    folded_ref,
    to_person,
    to_person_row,
    to_values,
)
from store.tables import people

_SAVE_ROW = insert_or_update(people, *COLUMNS, by=["id"])
_SAVE = insert_or_update(people, *COLUMNS, by=["id"], unchanged=["dm_ref"])
_ADD = insert_if_absent(people, *COLUMNS, by=["id"])
_IS_THIS = people.c.id == bindparam("of_id")
_TOUCH = Statement(
    update(people).where(_IS_THIS).values(name=bindparam("name"), chats_on=bindparam("chats_on"))
)
_UPDATE_PROFILE = Statement(
    update(people).where(_IS_THIS).values(name=bindparam("name"), teams_mri=bindparam("mri"))
)
_DM_REF = Statement(select(people.c.dm_ref).where(people.c.id == bindparam("id")))
_SET_DM_REF = Statement(update(people).where(_IS_THIS).values(dm_ref=bindparam("dm_ref")))


@cache
def _by_ids(count: int) -> Statement:
    return Statement(ALL.where(people.c.id.in_([bindparam(f"id_{n}") for n in range(count)])))


class UnknownPerson(Refused):
    def __init__(self, person_id: str) -> None:
        super().__init__(f"Nobody here is known as {person_id}.")
        self.person_id = person_id


class ActingPerson(NamedTuple):
    person: Person
    has_response: bool
    """Whether the inbox has a response to what they do: it is a repeat."""


class People:
    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, person_id: str) -> Person:
        """Raises UnknownPerson."""
        person = self.find(person_id)
        if person is None:
            raise UnknownPerson(person_id)
        return person

    def find(self, person_id: str) -> Person | None:
        return to_person(self._connection.row(BY_ID, id=person_id))

    def find_many(self, person_ids: Iterable[str]) -> dict[str, Person]:
        """The known ones of these people by id, in one query for any number of ids."""
        wanted = sorted(set(person_ids))
        if not wanted:
            return {}
        rows = self._connection.rows(
            _by_ids(len(wanted)), **{f"id_{place}": one for place, one in enumerate(wanted)}
        )
        return {person.id: person for row in rows if (person := to_person(row)) is not None}

    def find_by_ref(self, platform: str, ref: str) -> Person | None:
        """The person with this id on the platform, as seen there: a guest of the platform isn't active."""
        row = self._find_row(platform, ref)
        return None if row is None else row.as_on(platform)

    def find_by_handle(self, handle: str) -> Person | None:
        """The person that a handle means: an e-mail address, a Slack or Entra id, or our id; active people
        first."""
        wanted = handle.casefold()
        return to_person(self._connection.row(BY_HANDLE, handle=wanted)) if wanted else None

    def find_by_handles(self, handles: Sequence[str]) -> dict[str, Person]:
        """The person each handle means, as by `find_by_handle`, in one query, without unknown handles."""
        if not handles:
            return {}
        folded = [handle.casefold() for handle in handles]
        wanted = {f"handle_{place}": handle for place, handle in enumerate(folded)}
        meant: dict[str, Person] = {}
        for row in self._connection.rows(by_handles(len(folded)), **wanted):
            person = to_person_row(row).person
            for name in filter(None, (person.id, person.email, person.slack_ref, person.teams_ref)):
                meant.setdefault(name.casefold(), person)
        return {handle: meant[name] for handle, name in zip(handles, folded, strict=True) if name in meant}

    def find_acting(
        self, platform: str, ref: str, name: str | None = None, *, key: str | None = None
    ) -> ActingPerson:
        """The person with this id on the platform, who is acting there now; an unknown person is added.

        One query for a known person, who gets messages on that platform from now on; the same query finds the
        response to `key`, which identifies what they do. Until a name is known, the platform's id serves as
        the name. The row is locked against account linking until the transaction ends, so that no case is
        claimed under an id that linking gives up meanwhile.
        """
        values = {"ref": folded_ref(platform, ref), "source": platform, "message_id": key}
        found = self._connection.row(BY_REF_WITH_ANSWER[platform], **values)
        if found is None:
            # Unknown so far, or being linked to another person at this moment: the second query sees that.
            self._connection.change(_ADD, **to_values(_new_row(platform, folded_ref(platform, ref), name)))
            found = self._connection.row(BY_REF_WITH_ANSWER[platform], **values)
        if found is None:  # linked once more in between
            raise TryUnitAgain(f"{ref} on {platform} is becoming somebody else's account.")
        *row, answer = found
        before = to_person_row(tuple(row)).as_on(platform)
        now = replace(
            before,
            name=name if name and before.name == ref else before.name,
            chats_on=platform if before.is_active else before.chats_on,
        )
        if now != before:
            self._connection.change(_TOUCH, of_id=now.id, name=now.name, chats_on=now.chats_on)
        return ActingPerson(now, answer is not None)

    def link_account(
        self,
        platform: str,
        ref: str,
        *,
        name: str | None = None,
        email: str | None = None,
        zone: str | None = None,
        is_active: bool = True,
        mri: str | None = None,
    ) -> Person:
        """The person of an account, updated with what the platform reports of it.

        An account with the same e-mail address on the other platform belongs to the same person
        (`store/people/account_linking.py`). A value of None isn't known to the platform and leaves ours as it
        is, except for the address of an inactive account: guests have none and are not linked. Repeats write
        nothing.
        """
        ref = folded_ref(platform, ref)
        account = AccountInfo(
            platform=platform, ref=ref, name=name, email=email, zone=zone, is_active=is_active, mri=mri
        )
        return link_account(self._connection, account, self._save_row)

    def update_profile(
        self, platform: str, ref: str, *, name: str | None = None, mri: str | None = None
    ) -> None:
        """Save a known person's name and MRI as their activity has them. An unknown person isn't added."""
        row = self._find_row(platform, ref)
        if row is not None and self.is_profile_change(row.person, platform, name=name, mri=mri):
            updated = _with_profile(row.person, platform, name, mri)
            self._connection.change(
                _UPDATE_PROFILE, of_id=updated.id, name=updated.name, mri=updated.teams_mri
            )

    def is_profile_change(self, person: Person, platform: str, *, name: str | None, mri: str | None) -> bool:
        """Whether `update_profile` would write anything."""
        return _with_profile(person, platform, name, mri) != person

    def save(self, person: Person) -> None:
        """Insert or replace the person; an inactive one has left both platforms. `dm_ref` isn't changed."""
        has_left = not person.is_active
        row = PersonRow(person, has_left_slack=has_left, has_left_teams=has_left)
        self._connection.change(_SAVE, **to_values(row))

    def find_dm_ref(self, person_id: str) -> str | None:
        """Slack's id of our private chat with the person; None: there is none yet."""
        row = self._connection.row(_DM_REF, id=person_id)
        return None if row is None else row[0]

    def set_dm_ref(self, person_id: str, ref: str | None) -> None:
        self._connection.change(_SET_DM_REF, of_id=person_id, dm_ref=ref)

    def list_members(self, channel_ref: str) -> list[str]:
        """The platform's ids of the channel's members."""
        return members.list_refs(self._connection, channel_ref)

    def list_known_members(self, slack_channel: str | None, teams_channel: str | None) -> list[Person]:
        """The known members of either channel who are active there, in the order of our ids."""
        return members.list_known(self._connection, slack_channel, teams_channel)

    def is_member(self, person_ref: str, channel_ref: str) -> bool:
        """False for a person who is deactivated on the platform, whatever the channel's list says."""
        return members.is_inside(self._connection, person_ref, channel_ref)

    def add_member(self, channel_ref: str, person_ref: str) -> None:
        members.add(self._connection, channel_ref, person_ref)

    def remove_member(self, channel_ref: str, person_ref: str) -> None:
        members.remove(self._connection, channel_ref, person_ref)

    def set_members(self, channel_ref: str, person_refs: Iterable[str]) -> None:
        """Make these the only members of the channel; only differences are written."""
        members.replace_all(self._connection, channel_ref, person_refs)

    def _find_row(self, platform: str, ref: str, by: Mapping[str, Statement] = BY_REF) -> PersonRow | None:
        row = self._connection.row(by[platform], ref=folded_ref(platform, ref))
        return None if row is None else to_person_row(row)

    def _save_row(self, row: PersonRow) -> None:
        self._connection.change(_SAVE_ROW, **to_values(row))


def _new_row(platform: str, ref: str, name: str | None) -> PersonRow:
    is_slack = platform == SLACK
    person = Person(
        id=f"{platform}:{ref}",
        name=name or ref,
        slack_ref=ref if is_slack else None,
        teams_ref=None if is_slack else ref,
        chats_on=platform,
    )
    return PersonRow(person)


def _with_profile(person: Person, platform: str, name: str | None, mri: str | None) -> Person:
    """A person who is on both platforms keeps the name that Slack has."""
    leads = platform == SLACK or person.slack_ref is None
    return replace(person, name=name if name and leads else person.name, teams_mri=mri or person.teams_mri)
