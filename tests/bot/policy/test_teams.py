"""Tests of people and channels of Teams in policy.yaml."""

from __future__ import annotations

import pytest

from bot.policy.reader import parse_policy
from bot.policy.values import person, teams_channel
from tests.bot.policy.small_policy import mistakes_in, small

ID = "19:d1f0c0ffee@thread.tacv2"
LINK = (
    "https://teams.microsoft.com/l/channel/19%3Ad1f0c0ffee%40thread.tacv2/Billing%20disputes"
    "?groupId=0f9c1f6e-5b1c-4a9e-8a83-1c2c3d4e5f60&tenantId=72f988bf-86f1-41af-91ab-2d7cd011db47"
)
ENTRA_ID = "8F14E45F-ceea-4d6a-9b1c-2f1d6c0a7e55"


@pytest.mark.parametrize(
    "written",
    [
        ID,
        LINK,
        LINK.replace("microsoft.com", "cloud.microsoft"),
        f"https://teams.microsoft.com/l/channel/{ID}/General",
        f"https://teams.microsoft.com/l/channel/{ID}",
    ],
)
def test_a_channel_is_named_by_its_id_or_by_the_link_that_teams_copies(written: str) -> None:
    policy = parse_policy(small('slack_channel: "#billing"', f"teams_channel: {written}"), "policy.yaml")
    assert policy.queues["billing"].teams_channel == ID


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (LINK.replace("/channel/", "/message/"), "the link of a message, not of a channel. In Teams, open"),
        (LINK.replace("/channel/", "/team/"), "the link of a team"),
        (LINK.replace("https://", "http://"), "or its id (19:…@thread.tacv2)"),
        ("https://teams.microsoft.com/l/channel/General/19", "is not a Teams channel"),
        ("19:d1f0c0ffee", "is not a Teams channel"),
        ("19:a b@thread.tacv2", "is not a Teams channel"),
        (f"{ID};messageid=17", "is not a Teams channel"),
        ("", "is not a Teams channel"),
    ],
)
def test_what_is_no_channel_is_told_with_what_to_write(written: str, says: str) -> None:
    with pytest.raises(ValueError, match=r"Get link to channel") as mistake:
        teams_channel(written)
    assert says in str(mistake.value)


def test_somebody_can_be_named_by_their_entra_id() -> None:
    assert person(ENTRA_ID) == ENTRA_ID
    policy = parse_policy(small("[dana@brightwater.example]", f"[{ENTRA_ID}]"), "policy.yaml")
    assert policy.queues["billing"].managers == (ENTRA_ID,)


@pytest.mark.parametrize("written", [ENTRA_ID[:-1], ENTRA_ID + "0", ENTRA_ID.replace("-", ""), "29:1abc"])
def test_what_only_looks_like_an_entra_id_is_nobody(written: str) -> None:
    found = mistakes_in(small("[dana@brightwater.example]", f"[{written}]"))
    assert "or an Entra object id such as" in found[0]
