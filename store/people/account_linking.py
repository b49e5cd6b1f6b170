"""When are two ids on two platforms one person?

When both platforms give them the same e-mail address, both accounts are active, and nobody else has it.
They are then one person under one of our ids, which has both of the platforms' ids. An address proves
nothing of an account that is deactivated or a guest's: it may have been given to a successor.

A click may come before the profile does, so that one human stands here twice for a while. Then the row
that has open cases takes the other's id, and the emptied one keeps its name for the stories that tell of
it. While both have open cases they stay apart, until one has none left: no case changes hands without a
word in its timeline.

An address may change hands. So when a platform tells another one than that by which the two were joined, they
come apart, each account under an id of its own platform: the one whose id the person had keeps the cases. Who
really has a new address is joined again as soon as the other platform tells it too. Until it tells any,
the account in Teams has none. And of two accounts on one platform, whoever was told of last has the address.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import bindparam, select

from core.person import Person
from core.platforms import SLACK, TEAMS
from store.db.statements import Connection, Statement
from store.people.rows import ALL, BY_REF_FOR_UPDATE, PersonRow, ref_of, to_person_row
from store.tables import cases, people

_OTHER = {SLACK: TEAMS, TEAMS: SLACK}
_SAME_ADDRESS = Statement(
    ALL.where(
        people.c.email_folded == bindparam("email"), people.c.id != bindparam("but"), people.c.is_active
    )
    .order_by(people.c.id)
    .with_for_update()
)
_OPEN_CASE = Statement(
    select(cases.c.number)
    .where(cases.c.resolver_id == bindparam("of_id"), cases.c.closed_at.is_(None))
    .limit(1)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountInfo:
    """What a platform tells of one of its accounts; None: it doesn't say. `ref` is as `folded_ref` has it."""

    platform: str
    ref: str
    name: str | None
    email: str | None
    zone: str | None
    is_active: bool
    mri: str | None


def link_account(link: Connection, told: AccountInfo, keep: Callable[[PersonRow], None]) -> Person:
    """The person behind the account, brought up to date; `keep` is called with each row that differs now."""
    row = link.row(BY_REF_FOR_UPDATE[told.platform], ref=told.ref)
    known = to_person_row(row) if row else None
    if known is not None and _differs(known, told):
        known = _parted(known, told.platform, keep)
    others = _of_the_same_address(link, told, known)
    for one in others:
        if _is_only_on(one, told.platform):
            keep(replace(one, person=replace(one.person, email=None)))
    twin = _twin(others, told, known)
    before = known
    if twin is not None and known is None:
        before = twin
    elif twin is not None and known is not None:
        before = _joined(link, known, twin, keep)
    after = _up_to_date(before or _unmet(told), told)
    if after != before:
        keep(after)
    return after.person


def _of_the_same_address(link: Connection, told: AccountInfo, known: PersonRow | None) -> list[PersonRow]:
    """Whoever else is active and has it."""
    if not told.is_active or not told.email:
        return []
    rows = link.rows(_SAME_ADDRESS, email=told.email.casefold(), but=known.person.id if known else "")
    return [to_person_row(row) for row in rows]


def _is_only_on(kept: PersonRow, platform: str) -> bool:
    """Whether nothing but this platform, which now tells the address of another account, gave it to them."""
    other = _OTHER[platform]
    return ref_of(kept.person, platform) is not None and (
        ref_of(kept.person, other) is None or kept.has_left(other)
    )


def _twin(others: list[PersonRow], told: AccountInfo, known: PersonRow | None) -> PersonRow | None:
    """The one of them whom this platform has not told of yet."""
    if known is not None and ref_of(known.person, _OTHER[told.platform]) is not None:
        return None
    found = [kept for kept in others if ref_of(kept.person, told.platform) is None]
    return found[0] if len(found) == 1 else None


def _joined(
    link: Connection, known: PersonRow, twin: PersonRow, keep: Callable[[PersonRow], None]
) -> PersonRow:
    """One of the two with the ids of both; `known` as it was when neither may give way."""
    # Each has one of the two ids: the twin none on the platform that tells, the known one no other.
    stays, goes = twin, known
    if _has_open_case(link, known):
        if _has_open_case(link, twin):
            return known
        stays, goes = known, twin
    keep(_emptied(goes))
    one, other = stays.person, goes.person
    leads, follows = (one, other) if one.slack_ref else (other, one)
    joined = PersonRow(
        Person(
            id=one.id,
            name=leads.name if leads.name != leads.slack_ref else follows.name,
            email=leads.email or follows.email,
            slack_ref=leads.slack_ref,
            teams_ref=follows.teams_ref,
            teams_mri=follows.teams_mri,
            chats_on=one.chats_on or other.chats_on,
            zone=leads.zone or follows.zone,
        ),
        dm_ref=stays.dm_ref or goes.dm_ref,
    )
    keep(joined)
    return joined


def _differs(kept: PersonRow, told: AccountInfo) -> bool:
    """Whether this isn't the address any more by which somebody of both platforms is one person.

    Whoever has left Slack is as Teams tells, until Slack tells of them again.
    """
    person = kept.person
    if not (person.slack_ref and person.teams_ref and person.email and told.email and told.is_active):
        return False
    is_left_alone = told.platform == TEAMS and kept.has_left_slack
    return not is_left_alone and person.email.casefold() != told.email.casefold()


def _parted(kept: PersonRow, platform: str, keep: Callable[[PersonRow], None]) -> PersonRow:
    """As two persons again. Returns the one on the platform; the address is Slack's."""
    person = kept.person
    on_slack = PersonRow(
        replace(
            person,
            id=person.id if person.id != f"{TEAMS}:{person.teams_ref}" else f"{SLACK}:{person.slack_ref}",
            teams_ref=None,
            teams_mri=None,
            chats_on=person.chats_on and SLACK,
            is_active=not kept.has_left_slack,
        ),
        has_left_slack=kept.has_left_slack,
        dm_ref=kept.dm_ref,
    )
    on_teams = PersonRow(
        replace(
            person,
            id=f"{TEAMS}:{person.teams_ref}",
            email=None,
            slack_ref=None,
            chats_on=person.chats_on and TEAMS,
            is_active=not kept.has_left_teams,
        ),
        has_left_teams=kept.has_left_teams,
    )
    # Whoever keeps the row comes first: an id on a platform is one person's at a time.
    for one in sorted((on_slack, on_teams), key=lambda one: one.person.id != person.id):
        keep(one)
    return on_slack if platform == SLACK else on_teams


def _has_open_case(link: Connection, kept: PersonRow) -> bool:
    return link.row(_OPEN_CASE, of_id=kept.person.id) is not None


def _emptied(kept: PersonRow) -> PersonRow:
    """Nobody's any more, but its name still stands for it in what it did."""
    person = kept.person
    return PersonRow(Person(id=person.id, name=person.name, is_active=False))


def _unmet(told: AccountInfo) -> PersonRow:
    return PersonRow(Person(id=f"{told.platform}:{told.ref}", name=told.name or told.ref))


def _up_to_date(kept: PersonRow, told: AccountInfo) -> PersonRow:
    """With what the platform tells. Slack leads in names, addresses and zones while somebody is on it, so
    that two platforms which differ don't take turns."""
    person, is_slack = kept.person, told.platform == SLACK
    left_slack = not told.is_active if is_slack else kept.has_left_slack
    left_teams = kept.has_left_teams if is_slack else not told.is_active
    slack_ref = told.ref if is_slack else person.slack_ref
    teams_ref = person.teams_ref if is_slack else told.ref
    is_on = {SLACK: slack_ref and not left_slack, TEAMS: teams_ref and not left_teams}
    leads = not is_on[TEAMS if is_slack else SLACK] or (is_slack and told.is_active)
    chats_on = person.chats_on
    if chats_on is not None and not is_on[chats_on] and is_on[_OTHER[chats_on]]:
        chats_on = _OTHER[chats_on]
    return replace(
        kept,
        person=replace(
            person,
            slack_ref=slack_ref,
            teams_ref=teams_ref,
            teams_mri=told.mri or person.teams_mri,
            name=told.name if leads and told.name else person.name,
            email=_address(person, told) if leads else person.email,
            zone=(told.zone if leads else None) or person.zone or told.zone,
            chats_on=chats_on,
            is_active=bool(is_on[SLACK] or is_on[TEAMS]),
        ),
        has_left_slack=left_slack,
        has_left_teams=left_teams,
    )


def _address(person: Person, told: AccountInfo) -> str | None:
    """Guests have none here, whatever was known of them before."""
    if told.is_active:
        return told.email or person.email
    return told.email if told.platform == SLACK else None
