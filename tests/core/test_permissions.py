"""The whole table of permissions, and the refusals."""

from __future__ import annotations

import pytest

from core.errors import NotAllowed, NotFound
from core.permissions import Permission, Role, demand_permission, is_overseer, is_permitted, role_in
from tests.builders import a_case, a_person, a_policy, a_queue

STANDINGS = {
    "manager": Role(is_manager=True, is_resolver=False),
    "its_resolver": Role(is_manager=False, is_resolver=True, has_case=True),
    "resolver": Role(is_manager=False, is_resolver=True),
    "left_channel": Role(is_manager=False, is_resolver=False, has_case=True),
    "overseer": Role(is_manager=False, is_resolver=False),
    "stranger": Role(is_manager=False, is_resolver=False),
}
# yes: may. no: refused, naming who may. hidden: as if there were no such case.
TABLE = """
           manager  its_resolver  resolver  left_channel  overseer  stranger
see        yes      yes           yes       yes           yes       hidden
claim      yes      yes           yes       yes           no        hidden
release    yes      yes           no        yes           no        hidden
reassign   yes      yes           yes       yes           yes       hidden
decide     yes      yes           no        yes           no        hidden
note       yes      yes           yes       yes           yes       hidden
rest       yes      yes           no        yes           no        hidden
change     yes      yes           yes       yes           no        hidden
close      yes      yes           no        yes           no        hidden
reopen     yes      yes           yes       yes           no        hidden
write      yes      yes           no        yes           no        hidden
accept_sender  yes  yes           no        yes           no        hidden
"""
NAMES = TABLE.splitlines()[1].split()
ROWS = {row[0]: row[1:] for row in (line.split() for line in TABLE.splitlines()[2:])}
CELLS = [
    pytest.param(Permission(deed), name, answers[column], id=f"{name}-{deed}-{answers[column]}")
    for deed, answers in ROWS.items()
    for column, name in enumerate(NAMES)
]


def test_the_table_knows_every_deed_and_every_standing() -> None:
    assert set(ROWS) == set(Permission)
    assert list(STANDINGS) == NAMES


@pytest.mark.parametrize(("deed", "name", "answer"), CELLS)
def test_everybody_may_do_what_the_table_says(deed: Permission, name: str, answer: str) -> None:
    standing, oversees = STANDINGS[name], name == "overseer"
    assert is_permitted(deed, standing, is_overseer=oversees) == (answer == "yes")
    if answer == "yes":
        demand_permission(deed, standing, a_case(), a_queue(), is_overseer=oversees)
    else:
        with pytest.raises(NotAllowed if answer == "no" else NotFound):
            demand_permission(deed, standing, a_case(), a_queue(), is_overseer=oversees)


@pytest.mark.parametrize(
    ("deed", "name", "sentence"),
    [
        (
            Permission.DECIDE,
            "resolver",
            "Only the resolver of D-1001 or a manager of Billing disputes may do that.",
        ),
        (Permission.CLAIM, "overseer", "Only the resolvers and managers of Billing disputes may do that."),
        (
            Permission.CLOSE,
            "overseer",
            "Only the resolver of D-1001 or a manager of Billing disputes may do that.",
        ),
    ],
)
def test_a_refusal_says_who_may(deed: Permission, name: str, sentence: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        demand_permission(deed, STANDINGS[name], a_case(), a_queue(), is_overseer=name == "overseer")
    assert str(refused.value) == sentence


def test_a_stranger_can_not_tell_a_hidden_case_from_one_that_is_not_there() -> None:
    with pytest.raises(NotFound) as refused:
        demand_permission(Permission.SEE, STANDINGS["stranger"], a_case(), a_queue())
    assert str(refused.value) == str(NotFound("D-1001"))


def test_who_is_in_the_channel_resolves_where_the_policy_says_so() -> None:
    ana = a_person("Ana")
    assert role_in(ana, a_queue(), is_member=True).is_resolver
    assert not role_in(ana, a_queue(), is_member=False).is_resolver


def test_where_resolvers_are_named_being_in_the_channel_is_not_enough() -> None:
    queue = a_queue(resolvers=("ana@example.com",))
    assert role_in(a_person("Ana"), queue, is_member=False).is_resolver
    assert not role_in(a_person("Ben"), queue, is_member=True).is_resolver


def test_a_manager_of_one_queue_is_nobody_in_another() -> None:
    dana = a_person("Dana")
    assert role_in(dana, a_queue(), is_member=False).is_manager
    assert not role_in(dana, a_queue("logistics", managers=("omar@example.com",)), is_member=False).is_manager


def test_whoever_was_deactivated_stands_nowhere() -> None:
    gone = a_person("Dana", is_active=False)
    assert role_in(gone, a_queue(), is_member=True) == STANDINGS["stranger"]
    assert not is_overseer(a_person("Head", is_active=False), a_policy())


def test_overseers_are_those_the_ladder_names() -> None:
    assert is_overseer(a_person("Head"), a_policy())
    assert not is_overseer(a_person("Ana"), a_policy())
    assert not is_overseer(a_person("Manager"), a_policy())
