"""Every verb on every status, in one table."""

from __future__ import annotations

import copy
from datetime import timedelta

import pytest

from core.case import MOVES, CaseClosed, IllegalMove, Status
from core.claiming import AlreadyClaimed
from core.disagreeing import TooLateToDisagree
from core.errors import Stale
from tests.builders import MONDAY_NOON
from tests.core.case_invariants import check_outcome, check_state
from tests.core.lifecycle import POLICY, VERBS, a_case_that_is

REFUSALS: dict[str, type[Stale]] = {
    "no": IllegalMove,
    "taken": AlreadyClaimed,
    "shut": CaseClosed,
    "late": TooLateToDisagree,
}

# Columns as in STATUSES. A status: it succeeds and leads there. `same`: nothing happens.
STATUSES = tuple(Status)
TABLE = """
                  gathering  open          under_review  waiting_on_customer  awaiting_approval  settling  closed
claim             no         under_review  taken         taken                taken              taken     shut
claim_again       no         under_review  same          same                 same               same      shut
release           no         no            open          open                 no                 no        shut
reassign          no         under_review  under_review  waiting_on_customer  no                 no        shut
accept            no         no            settling      settling             settling           no        shut
part_accept       no         no            settling      settling             settling           no        shut
reject            no         no            settling      settling             settling           no        shut
finish            no         no            no            no                   no                 closed    shut
withdraw          closed     closed        closed        closed               closed             no        shut
mark_duplicate    closed     closed        closed        closed               closed             no        shut
reopen            no         no            no            no                   no                 no        under_review
snooze            no         no            under_review  waiting_on_customer  awaiting_approval  settling  shut
wake              same       same          same          same                 same               same      shut
await_customer    no         no            waiting_on_customer  same          no                 no        shut
hear_customer     no         no            no            under_review         no                 no        shut
ask               no         no            waiting_on_customer  waiting_on_customer  no         no        shut
tell              no         open          under_review  waiting_on_customer  awaiting_approval  settling  closed
hear              gathering  open          under_review  under_review         awaiting_approval  settling  closed
hear_the_last     open       open          under_review  under_review         awaiting_approval  settling  closed
hear_stranger     gathering  open          under_review  waiting_on_customer  awaiting_approval  settling  closed
accept_sender     gathering  open          under_review  waiting_on_customer  awaiting_approval  settling  closed
accept_letter     open       open          under_review  under_review         awaiting_approval  settling  closed
disagree          late       late          late          late                 late               late      late
hear_of_failure   gathering  open          under_review  waiting_on_customer  awaiting_approval  settling  closed
refuse_file       gathering  open          under_review  waiting_on_customer  awaiting_approval  settling  closed
change_queue      no         open          open          open                 no                 no        shut
change_reason     no         open          under_review  waiting_on_customer  no                 no        shut
change_priority   no         open          under_review  waiting_on_customer  no                 no        shut
add_evidence      gathering  open          under_review  waiting_on_customer  awaiting_approval  settling  shut
hand_in_the_last  open       open          under_review  waiting_on_customer  awaiting_approval  settling  shut
end_gathering     open       no            no            no                   no                 no        shut
note              gathering  open          under_review  waiting_on_customer  awaiting_approval  settling  closed
hear_chargeback   gathering  open          under_review  waiting_on_customer  awaiting_approval  settling  closed
"""  # noqa: E501
ROWS = [line.split() for line in TABLE.splitlines()[2:]]
CELLS = [
    pytest.param(row[0], status, row[1 + column], id=f"{row[0]}-when-{status}-is-{row[1 + column]}")
    for row in ROWS
    for column, status in enumerate(STATUSES)
]


def test_the_table_knows_every_verb_and_every_status() -> None:
    assert {row[0] for row in ROWS} == set(VERBS) - {"tick"}
    assert tuple(TABLE.splitlines()[1].split()) == STATUSES
    assert all(len(row) == 1 + len(STATUSES) for row in ROWS)


@pytest.mark.parametrize(("verb", "status", "expected"), CELLS)
def test_every_verb_on_every_status_is_done_or_refused_as_the_table_says(
    verb: str, status: Status, expected: str
) -> None:
    case = a_case_that_is(status)
    kept = copy.deepcopy(case)
    if expected in REFUSALS:
        with pytest.raises(REFUSALS[expected], match=case.id) as refused:
            VERBS[verb](case, MONDAY_NOON)
        assert type(refused.value) is REFUSALS[expected]
    else:
        outcome = VERBS[verb](case, MONDAY_NOON)
        assert outcome.case.status == (status if expected == "same" else expected)
        assert bool(outcome.events) == (expected != "same")
        check_outcome(case, outcome, POLICY)
    assert case == kept, "the old case was changed in place"


@pytest.mark.parametrize("status", STATUSES)
def test_a_year_of_silence_moves_only_a_case_that_still_gathers(status: Status) -> None:
    outcome = VERBS["tick"](a_case_that_is(status), MONDAY_NOON + timedelta(days=365))
    assert outcome.case.status is (Status.OPEN if status is Status.GATHERING else status)


@pytest.mark.parametrize("status", STATUSES)
def test_a_case_of_each_status_is_possible(status: Status) -> None:
    case = a_case_that_is(status)
    assert case.status is status
    if status is not Status.AWAITING_APPROVAL:
        check_state(case)


def test_no_status_is_a_dead_end_or_beyond_reach() -> None:
    assert set(MOVES) == set(Status)
    assert all(MOVES[status] for status in Status)
    reachable = {to for moves in MOVES.values() for to in moves}
    assert reachable == set(Status) - {Status.GATHERING}


def test_a_refused_move_says_what_the_case_is_and_what_it_can_not_be() -> None:
    with pytest.raises(IllegalMove, match=r"^D-1001 is waiting on customer: it can't be finished now\.$"):
        VERBS["finish"](a_case_that_is(Status.WAITING_ON_CUSTOMER), MONDAY_NOON)


def test_a_closed_case_says_how_to_go_on() -> None:
    with pytest.raises(CaseClosed, match=r"^D-1001 is closed\. Reopen it first"):
        VERBS["withdraw"](a_case_that_is(Status.CLOSED), MONDAY_NOON)
