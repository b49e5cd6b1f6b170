"""Account linking: an account in Slack and one in Teams become one person, or two persons again.

Two accounts are linked when both platforms report the same e-mail address, both accounts are active, and no
other account has the address. They are then one person under one of our ids, with the ids of both platforms.
The address of a deactivated account or a guest proves nothing: it may have been given to a successor.

A click may arrive before the profile does, so that one human has two rows for a while. When they are linked,
the row with open cases takes the other's platform id, and the emptied row keeps its name for the timelines
that mention it. While both rows have open cases they are not linked, until one has none left: no case changes
its resolver without an entry in its timeline.

An address may be given to another person. So when a platform reports an address other than the one that
linked the two accounts, they are unlinked, each account under an id of its own platform: the one whose id the
person had keeps the cases. A person who really has a new address is linked again as soon as the other
platform reports it too. Until Teams reports an address, the unlinked account in Teams has none. Of two
accounts on one platform, the one reported last has the address.
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
    """What a platform reports of one of its accounts; None: unknown. `ref` is the result of `folded_ref`."""

    platform: str
    ref: str
    name: str | None
    email: str | None
    zone: str | None
    is_active: bool
    mri: str | None


def link_account(connection: Connection, account: AccountInfo, save: Callable[[PersonRow], None]) -> Person:
    """The person of the account, updated; `save` is called with each row that changed."""
    row = connection.row(BY_REF_FOR_UPDATE[account.platform], ref=account.ref)
    known = to_person_row(row) if row else None
    if known is not None and _has_other_address(known, account):
        known = _unlinked(known, account.platform, save)
    others = _of_the_same_address(connection, account, known)
    for one in others:
        if _is_only_on(one, account.platform):
            save(replace(one, person=replace(one.person, email=None)))
    match = _row_to_link(others, account, known)
    before = known
    if match is not None and known is None:
        before = match
    elif match is not None and known is not None:
        before = _linked(connection, known, match, save)
    after = _updated(before or _new_row(account), account)
    if after != before:
        save(after)
    return after.person


def _of_the_same_address(
    connection: Connection, account: AccountInfo, known: PersonRow | None
) -> list[PersonRow]:
    """The rows of other active people with the same address."""
    if not account.is_active or not account.email:
        return []
    rows = connection.rows(
        _SAME_ADDRESS, email=account.email.casefold(), but=known.person.id if known else ""
    )
    return [to_person_row(row) for row in rows]


def _is_only_on(row: PersonRow, platform: str) -> bool:
    """Whether their address comes from this platform alone, which now reports it for another account."""
    other = _OTHER[platform]
    return ref_of(row.person, platform) is not None and (
        ref_of(row.person, other) is None or row.has_left(other)
    )


def _row_to_link(others: list[PersonRow], account: AccountInfo, known: PersonRow | None) -> PersonRow | None:
    """The one of them that has no account on this platform yet; None unless there is exactly one."""
    if known is not None and ref_of(known.person, _OTHER[account.platform]) is not None:
        return None
    found = [row for row in others if ref_of(row.person, account.platform) is None]
    return found[0] if len(found) == 1 else None


def _linked(
    connection: Connection, known: PersonRow, match: PersonRow, save: Callable[[PersonRow], None]
) -> PersonRow:
    """One of the two rows, with the ids of both; `known` unchanged when both have open cases."""
    # Each has one of the two ids: the match none on the reporting platform, the known row only that one.
    target, source = match, known
    if _has_open_case(connection, known):
        if _has_open_case(connection, match):
            return known
        target, source = known, match
    save(_without_accounts(source))
    one, other = target.person, source.person
    on_slack, on_teams = (one, other) if one.slack_ref else (other, one)
    linked = PersonRow(
        Person(
            id=one.id,
            name=on_slack.name if on_slack.name != on_slack.slack_ref else on_teams.name,
            email=on_slack.email or on_teams.email,
            slack_ref=on_slack.slack_ref,
            teams_ref=on_teams.teams_ref,
            teams_mri=on_teams.teams_mri,
            chats_on=one.chats_on or other.chats_on,
            zone=on_slack.zone or on_teams.zone,
        ),
        dm_ref=target.dm_ref or source.dm_ref,
    )
    save(linked)
    return linked


def _has_other_address(row: PersonRow, account: AccountInfo) -> bool:
    """Whether a linked account is reported with an address other than the one it was linked by.

    For a person who has left Slack, Teams' address counts, until Slack reports them again.
    """
    person = row.person
    if not (person.slack_ref and person.teams_ref and person.email and account.email and account.is_active):
        return False
    is_left_alone = account.platform == TEAMS and row.has_left_slack
    return not is_left_alone and person.email.casefold() != account.email.casefold()


def _unlinked(row: PersonRow, platform: str, save: Callable[[PersonRow], None]) -> PersonRow:
    """Split the row into two persons. Returns the one on `platform`; Slack's keeps the address."""
    person = row.person
    on_slack = PersonRow(
        replace(
            person,
            id=person.id if person.id != f"{TEAMS}:{person.teams_ref}" else f"{SLACK}:{person.slack_ref}",
            teams_ref=None,
            teams_mri=None,
            chats_on=person.chats_on and SLACK,
            is_active=not row.has_left_slack,
        ),
        has_left_slack=row.has_left_slack,
        dm_ref=row.dm_ref,
    )
    on_teams = PersonRow(
        replace(
            person,
            id=f"{TEAMS}:{person.teams_ref}",
            email=None,
            slack_ref=None,
            chats_on=person.chats_on and TEAMS,
            is_active=not row.has_left_teams,
        ),
        has_left_teams=row.has_left_teams,
    )
    # The one that keeps the row is saved first: a platform's id is unique among the rows.
    for one in sorted((on_slack, on_teams), key=lambda one: one.person.id != person.id):
        save(one)
    return on_slack if platform == SLACK else on_teams


def _has_open_case(connection: Connection, row: PersonRow) -> bool:
    return connection.row(_OPEN_CASE, of_id=row.person.id) is not None


def _without_accounts(row: PersonRow) -> PersonRow:
    """The row without accounts; its name is still shown in the timelines of what it did."""
    person = row.person
    return PersonRow(Person(id=person.id, name=person.name, is_active=False))


def _new_row(account: AccountInfo) -> PersonRow:
    return PersonRow(Person(id=f"{account.platform}:{account.ref}", name=account.name or account.ref))


def _updated(row: PersonRow, account: AccountInfo) -> PersonRow:
    """The row with what the platform reports. While a person is on Slack, Slack's name, address and zone win,
    so that two platforms that differ don't overwrite each other in turn."""
    person, is_slack = row.person, account.platform == SLACK
    left_slack = not account.is_active if is_slack else row.has_left_slack
    left_teams = row.has_left_teams if is_slack else not account.is_active
    slack_ref = account.ref if is_slack else person.slack_ref
    teams_ref = person.teams_ref if is_slack else account.ref
    is_on = {SLACK: slack_ref and not left_slack, TEAMS: teams_ref and not left_teams}
    leads = not is_on[TEAMS if is_slack else SLACK] or (is_slack and account.is_active)
    chats_on = person.chats_on
    if chats_on is not None and not is_on[chats_on] and is_on[_OTHER[chats_on]]:
        chats_on = _OTHER[chats_on]
    return replace(
        row,
        person=replace(
            person,
            slack_ref=slack_ref,
            teams_ref=teams_ref,
            teams_mri=account.mri or person.teams_mri,
            name=account.name if leads and account.name else person.name,
            email=_address(person, account) if leads else person.email,
            zone=(account.zone if leads else None) or person.zone or account.zone,
            chats_on=chats_on,
            is_active=bool(is_on[SLACK] or is_on[TEAMS]),
        ),
        has_left_slack=left_slack,
        has_left_teams=left_teams,
    )


def _address(person: Person, account: AccountInfo) -> str | None:
    """The address to save. Guests of Teams have none, whatever was known of them before."""
    if account.is_active:
        return account.email or person.email
    return account.email if account.platform == SLACK else None
