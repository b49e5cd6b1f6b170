"""Whom do we know, and which channels are they in?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache

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
    BY_REF_SHARED_LOCK,
    COLUMNS,
    PersonRow,
    by_handles,
    folded_ref,
    to_person,
    to_person_row,
    to_values,
)
from store.tables import people

_KEEP = insert_or_update(people, *COLUMNS, by=["id"])
_SAVE = insert_or_update(people, *COLUMNS, by=["id"], unchanged=["dm_ref"])
_MEET = insert_if_absent(people, *COLUMNS, by=["id"])
_IS_THIS = people.c.id == bindparam("of_id")
_TOUCH = Statement(
    update(people).where(_IS_THIS).values(name=bindparam("name"), chats_on=bindparam("chats_on"))
)
_HEAR = Statement(update(people).where(_IS_THIS).values(name=bindparam("name"), teams_mri=bindparam("mri")))
_DM_REF = Statement(select(people.c.dm_ref).where(people.c.id == bindparam("id")))
_SET_DM_REF = Statement(update(people).where(_IS_THIS).values(dm_ref=bindparam("dm_ref")))


@cache
def _by_ids(count: int) -> Statement:
    return Statement(ALL.where(people.c.id.in_([bindparam(f"id_{n}") for n in range(count)])))


class UnknownPerson(Refused):
    def __init__(self, person_id: str) -> None:
        super().__init__(f"Nobody here is known as {person_id}.")
        self.person_id = person_id


class People:
    __slots__ = ("_link",)

    def __init__(self, link: Connection) -> None:
        self._link = link

    def get(self, person_id: str) -> Person:
        """Raises UnknownPerson."""
        person = self.find(person_id)
        if person is None:
            raise UnknownPerson(person_id)
        return person

    def find(self, person_id: str) -> Person | None:
        return to_person(self._link.row(BY_ID, id=person_id))

    def find_many(self, person_ids: Iterable[str]) -> dict[str, Person]:
        """Whoever of these is known, by id, in one look-up for any number of ids."""
        wanted = sorted(set(person_ids))
        if not wanted:
            return {}
        rows = self._link.rows(
            _by_ids(len(wanted)), **{f"id_{place}": one for place, one in enumerate(wanted)}
        )
        return {person.id: person for row in rows if (person := to_person(row)) is not None}

    def find_by_ref(self, platform: str, ref: str) -> Person | None:
        """Whoever has this id on the platform, as they stand there: a guest of it isn't active."""
        kept = self._find_kept(platform, ref)
        return None if kept is None else kept.as_on(platform)

    def find_by_handle(self, handle: str) -> Person | None:
        """Whom the policy means by an e-mail address, a Slack or Entra id, or an address by our id; active
        people first."""
        wanted = handle.casefold()
        return to_person(self._link.row(BY_HANDLE, handle=wanted)) if wanted else None

    def find_by_handles(self, handles: Sequence[str]) -> dict[str, Person]:
        """Whom each handle means, as by `find_by_handle`, in one look-up; unknown ones are left out."""
        if not handles:
            return {}
        folded = [handle.casefold() for handle in handles]
        wanted = {f"handle_{place}": handle for place, handle in enumerate(folded)}
        meant: dict[str, Person] = {}
        for row in self._link.rows(by_handles(len(folded)), **wanted):
            person = to_person_row(row).person
            for name in filter(None, (person.id, person.email, person.slack_ref, person.teams_ref)):
                meant.setdefault(name.casefold(), person)
        return {handle: meant[name] for handle, name in zip(handles, folded, strict=True) if name in meant}

    def find_or_add(self, platform: str, ref: str, name: str | None = None) -> Person:
        """The person with this id on the platform, who does something there now; strangers are made known.

        One look-up for a known person, who is written to on that platform from now on. Until a name is heard,
        the id stands for it. Nobody is joined with them before the transaction ends, lest a case be claimed
        under an id that was given up meanwhile.
        """
        kept = self._find_kept(platform, ref, BY_REF_SHARED_LOCK)
        if kept is None:
            # Nobody yet, or joined at this moment with somebody else: a second look sees that.
            self._link.change(_MEET, **to_values(_met(platform, folded_ref(platform, ref), name)))
            kept = self._find_kept(platform, ref, BY_REF_SHARED_LOCK)
        if kept is None:  # it came between once more
            raise TryUnitAgain(f"{ref} on {platform} is becoming somebody else's account.")
        met = kept.as_on(platform)
        now = replace(
            met,
            name=name if name and met.name == ref else met.name,
            chats_on=platform if met.is_active else met.chats_on,
        )
        if now != met:
            self._link.change(_TOUCH, of_id=now.id, name=now.name, chats_on=now.chats_on)
        return now

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
        """The person behind an account, brought up to date with what its platform tells of it.

        Whoever has the same e-mail address on the other platform is the same person
        (`store/people/account_linking.py`).
        What is None isn't known to the platform now and stays as it was, but for the address of somebody who
        isn't active: guests have none, and join with nobody. Repeats change nothing and write nothing.
        """
        ref = folded_ref(platform, ref)
        told = AccountInfo(
            platform=platform, ref=ref, name=name, email=email, zone=zone, is_active=is_active, mri=mri
        )
        return link_account(self._link, told, self._keep)

    def update_profile(
        self, platform: str, ref: str, *, name: str | None = None, mri: str | None = None
    ) -> None:
        """Keep up with the name and MRI that stand in what a known person does. Strangers stay strangers."""
        kept = self._find_kept(platform, ref)
        if kept is not None and self.is_profile_change(kept.person, platform, name=name, mri=mri):
            heard = _heard(kept.person, platform, name, mri)
            self._link.change(_HEAR, of_id=heard.id, name=heard.name, mri=heard.teams_mri)

    def is_profile_change(self, person: Person, platform: str, *, name: str | None, mri: str | None) -> bool:
        """Whether `update_profile` would write that."""
        return _heard(person, platform, name, mri) != person

    def save(self, person: Person) -> None:
        """Make known or replace what is known, on every platform alike; Slack's private chat stays."""
        has_left = not person.is_active
        kept = PersonRow(person, has_left_slack=has_left, has_left_teams=has_left)
        self._link.change(_SAVE, **to_values(kept))

    def find_dm_ref(self, person_id: str) -> str | None:
        """Slack's id of our private chat with the person, once we have one."""
        row = self._link.row(_DM_REF, id=person_id)
        return None if row is None else row[0]

    def set_dm_ref(self, person_id: str, ref: str | None) -> None:
        self._link.change(_SET_DM_REF, of_id=person_id, dm_ref=ref)

    def list_members(self, channel_ref: str) -> list[str]:
        """The platform's ids of whoever is in the channel."""
        return members.list_refs(self._link, channel_ref)

    def list_known_members(self, slack_channel: str | None, teams_channel: str | None) -> list[Person]:
        """Who of either channel is known and active there, in the order of our ids."""
        return members.list_known(self._link, slack_channel, teams_channel)

    def is_member(self, person_ref: str, channel_ref: str) -> bool:
        """Whoever is deactivated on the platform is in none of its channels, whatever its lists say."""
        return members.is_inside(self._link, person_ref, channel_ref)

    def add_member(self, channel_ref: str, person_ref: str) -> None:
        members.add(self._link, channel_ref, person_ref)

    def remove_member(self, channel_ref: str, person_ref: str) -> None:
        members.remove(self._link, channel_ref, person_ref)

    def set_members(self, channel_ref: str, person_refs: Iterable[str]) -> None:
        """These and nobody else are in the channel; only differences are written."""
        members.replace_all(self._link, channel_ref, person_refs)

    def _find_kept(self, platform: str, ref: str, by: Mapping[str, Statement] = BY_REF) -> PersonRow | None:
        row = self._link.row(by[platform], ref=folded_ref(platform, ref))
        return None if row is None else to_person_row(row)

    def _keep(self, kept: PersonRow) -> None:
        self._link.change(_KEEP, **to_values(kept))


def _met(platform: str, ref: str, name: str | None) -> PersonRow:
    is_slack = platform == SLACK
    person = Person(
        id=f"{platform}:{ref}",
        name=name or ref,
        slack_ref=ref if is_slack else None,
        teams_ref=None if is_slack else ref,
        chats_on=platform,
    )
    return PersonRow(person)


def _heard(person: Person, platform: str, name: str | None, mri: str | None) -> Person:
    """Slack's name of somebody who is on both stays."""
    leads = platform == SLACK or person.slack_ref is None
    return replace(person, name=name if name and leads else person.name, teams_mri=mri or person.teams_mri)
