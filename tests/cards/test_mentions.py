"""Tests of mentions: each platform can show them, and nobody is shown by a raw id."""

from __future__ import annotations

from dataclasses import replace

from cards.mentions import by_name, mention, mention_of_handle
from cards.slack.text import mrkdwn
from cards.views import Mention
from tests.cards.examples import ANA, PEOPLE
from tests.cards.teams.samples import ANAS_ID, DANAS_ID

ON_BOTH = {ANA.id: replace(ANA, teams_ref=ANAS_ID)}
ON_TEAMS_ONLY = {"teams:x": replace(ANA, id="teams:x", slack_ref=None, teams_ref=ANAS_ID)}


def test_somebody_on_both_platforms_can_be_called_on_both() -> None:
    assert mention(ANA.id, ON_BOTH) == Mention("Ana", "U0ANA", ANAS_ID)
    assert mention_of_handle("ana@example.com", ON_BOTH) == Mention("Ana", "U0ANA", ANAS_ID)


def test_somebody_on_teams_only_is_a_name_in_slack() -> None:
    who = mention("teams:x", ON_TEAMS_ONLY)
    assert who == Mention("Ana", None, ANAS_ID)
    assert mrkdwn((who,)) == "Ana"


def test_somebody_we_do_not_know_yet_is_a_colleague_and_never_an_id() -> None:
    assert mention(f"teams:{DANAS_ID}", PEOPLE) == Mention("a colleague", None, DANAS_ID)
    assert mention("teams:29:abc", PEOPLE) == Mention("a colleague")
    assert mention_of_handle(DANAS_ID, PEOPLE) == Mention("a colleague", None, DANAS_ID)
    assert by_name(f"teams:{DANAS_ID}", PEOPLE) == "a colleague"


def test_only_an_entra_id_calls_somebody_on_teams() -> None:
    odd = {ANA.id: replace(ANA, teams_ref="29:1abc")}
    assert mention(ANA.id, odd) == Mention("Ana", "U0ANA")
