"""Can be stored whatever comes in the shape of an activity?"""

from __future__ import annotations

import pytest

from handlers.teams_activity import sender_of
from tests.handlers.harness import Harness
from tests.handlers.test_follow_teams import (
    ANA,
    GENERAL,
    an_activity,
    follow,
    in_chat,
    is_worth_writing,
    kept,
)


def test_what_no_database_can_hold_is_left_out_of_what_is_kept(any_harness: Harness) -> None:
    any_harness.store.run_blocking(lambda tx: tx.people.find_or_add("teams", "0a-na", "Ana"))
    named = {"id": "a:chat", "conversationType": "personal", "name": "A\0na", "x\0": [{"y": "\0"}]}
    said = in_chat(conversation=named) | {"from": {**ANA, "name": f" A\0na {'x' * 5000}"}}
    follow(any_harness, said)
    assert not is_worth_writing(any_harness, said)
    told = kept(any_harness, "a:chat").reference["conversation"]
    assert (told["name"], told["x"]) == ("Ana", [{"y": ""}])
    person = any_harness.store.read_blocking(lambda tx: tx.people.find_by_ref("teams", "0a-na"))
    assert person is not None
    assert person.name == f"Ana {'x' * 196}"


@pytest.mark.parametrize("garbage", ["x" * 10_000, "a b", "a\0b", "\u00e4", ""])
def test_what_can_be_no_id_names_nothing(any_harness: Harness, garbage: str) -> None:
    team = {"team": {"id": garbage}, "channel": {"id": garbage}, "eventType": "channelDeleted"}
    follow(
        any_harness,
        in_chat(conversation={"id": f"{garbage} "}),
        in_chat(serviceUrl=f"{garbage} "),
        in_chat() | {"from": {"id": f"29:{garbage}", "aadObjectId": f"{garbage} "}},
        an_activity("conversationUpdate", channelData=team, membersRemoved=[{"aadObjectId": f"{garbage} "}]),
    )
    found = any_harness.store.read_blocking(lambda tx: tx.conversations.list())
    assert [(one.ref, one.person_ref, one.team_ref) for one in found] == [
        (GENERAL, None, None),
        ("a:chat", None, None),
    ]


def test_a_bot_is_nobody(harness: Harness) -> None:
    for bot in ({**ANA, "id": "28:other"}, {**ANA, "role": "bot"}):
        assert sender_of(in_chat() | {"from": bot}) == ("", None, None)
