"""What a person sees who presses a button of a card in Teams."""

from __future__ import annotations

import threading

import pytest

from cards.teams.text import date
from core.case import Status
from core.events import CaseClaimed
from store.backends.units import Unit
from store.errors import StoreUnavailable
from store.transaction import Transaction
from tests.bot.teams.activities import ANA, BEN, DANA, ZOE, TeamsClient
from tests.bot.teams.harness import (
    PATIENCE_SECONDS,
    TeamsHarness,
    actions_of,
    card_shown,
    data_of,
    sentence_shown,
    visible_text,
)
from tests.builders import MONDAY_9AM


async def test_who_claims_sees_the_card_anew_in_its_place(harness: TeamsHarness) -> None:
    case_id = await harness.raise_one()
    message, card = await harness.card(case_id)
    answer = await harness.send(TeamsClient(ANA).execute(data_of(card, "claim"), message))
    assert "Under review" in visible_text(card_shown(answer))
    assert {"ask_decide", "release"} <= set(actions_of(card_shown(answer)))
    assert (await harness.case(case_id)).resolver_id == f"teams:{ANA.ref}"
    assert harness.recorded.posts == []


async def test_whoever_comes_second_keeps_the_card_and_is_told_by_name(harness: TeamsHarness) -> None:
    case_id = await harness.raise_one()
    message, card = await harness.card(case_id)
    await harness.send(TeamsClient(ANA).execute(data_of(card, "claim"), message))
    answer = await harness.send(TeamsClient(BEN).execute(data_of(card, "claim"), message))
    assert sentence_shown(answer) == f"{case_id} is already claimed by Ana."


async def test_a_press_that_teams_sends_twice_counts_once_and_is_answered_twice(
    harness: TeamsHarness,
) -> None:
    case_id = await harness.raise_one()
    message, card = await harness.card(case_id)
    press = TeamsClient(ANA).execute(data_of(card, "claim"), message)
    first, second = await harness.send(press), await harness.send(press)
    assert visible_text(card_shown(first)) == visible_text(card_shown(second))
    assert sum(isinstance(event, CaseClaimed) for event in await harness.story(case_id)) == 1


async def test_a_press_of_yesterday_that_comes_again_changes_nothing(harness: TeamsHarness) -> None:
    case_id = await harness.raise_one()
    message, card = await harness.card(case_id)
    press = TeamsClient(ANA).execute(data_of(card, "claim"), message)
    anew = card_shown(await harness.send(press))
    await harness.send(TeamsClient(ANA).execute(data_of(anew, "release"), message))
    await harness.send(press)
    assert (await harness.case(case_id)).status is Status.OPEN


async def test_who_may_not_do_it_is_refused_and_sees_no_more_than_before(harness: TeamsHarness) -> None:
    case_id = await harness.raise_one()
    message, card = await harness.card(case_id)
    answer = await harness.send(TeamsClient(ZOE).execute(data_of(card, "claim"), message))
    assert case_id in sentence_shown(answer)
    assert (await harness.case(case_id)).status is Status.OPEN


async def test_each_reader_is_shown_their_own_buttons(harness: TeamsHarness) -> None:
    case_id = await harness.claimed(ANA)
    message, _ = await harness.card(case_id)
    look = {"action": "show_card", "value": case_id}
    anas = card_shown(await harness.send(TeamsClient(ANA).execute(look, message, trigger="automatic")))
    bens = card_shown(await harness.send(TeamsClient(BEN).execute(look, message, trigger="automatic")))
    assert "ask_decide" in actions_of(anas)
    assert "ask_decide" not in actions_of(bens)


async def test_a_reader_to_whom_no_card_may_be_shown_is_not_bothered_by_a_sentence(
    harness: TeamsHarness,
) -> None:
    case_id = await harness.raise_one()
    look = {"action": "show_card", "value": case_id}
    answer = await harness.send(TeamsClient(ZOE).execute(look, "1799999999999", trigger="automatic"))
    assert answer is not None
    assert (answer["statusCode"], answer["type"]) == (403, "application/vnd.microsoft.error")


async def test_what_teams_draws_anew_by_itself_changes_nothing(harness: TeamsHarness) -> None:
    case_id = await harness.raise_one()
    before = await harness.story(case_id)
    message, card = await harness.card(case_id)
    drawn = TeamsClient(ANA).execute(data_of(card, "claim"), message, trigger="automatic")
    note = {"action": "note", "keep": {"case_id": case_id, "form": "1"}, "note": "By nobody."}
    for activity in (drawn, TeamsClient(ANA).execute(note, message, trigger="automatic")):
        answer = await harness.send(activity)
        assert answer is not None
        assert (answer["statusCode"], answer["type"]) == (403, "application/vnd.microsoft.error")
    assert await harness.story(case_id) == before


async def test_a_claim_from_a_list_in_the_channel_leaves_the_list_there(harness: TeamsHarness) -> None:
    case_id = await harness.raise_one()
    answer = await harness.send(
        TeamsClient(ANA).execute({"action": "claim", "value": case_id}, "1799999999999")
    )
    assert sentence_shown(answer) == f"{case_id}: done."


async def test_a_claim_in_ones_own_chat_opens_the_whole_case_there(harness: TeamsHarness) -> None:
    case_id = await harness.raise_one()
    press = TeamsClient(ANA, channel=None).execute({"action": "claim", "value": case_id}, "1799999999999")
    assert "Hosting, February" in visible_text(card_shown(await harness.send(press)))


async def test_a_claim_on_ones_own_page_shows_the_page_anew(harness: TeamsHarness) -> None:
    case_id = await harness.raise_one()
    await harness.send(TeamsClient(ANA, channel=None).message("home"))
    home = harness.recorded.posts[-1].message["attachments"][0]["content"]
    answer = await harness.send(TeamsClient(ANA, channel=None).execute(data_of(home, "claim"), "1"))
    anew = card_shown(answer)
    assert "Good to see you, Ana" in visible_text(anew)
    assert data_of(anew, "open_case")["value"] == case_id


async def test_ones_own_page_says_when_it_was_so_and_is_shown_anew_in_its_place(
    harness: TeamsHarness,
) -> None:
    await harness.send(TeamsClient(ANA, channel=None).message("home"))
    home = harness.recorded.posts[-1].message["attachments"][0]["content"]
    assert f"As it was {date(MONDAY_9AM)}" in visible_text(home)
    renew = data_of(home, "open_home")
    assert "msteams" not in renew
    case_id = await harness.raise_one()
    answer = await harness.send(TeamsClient(ANA, channel=None).execute(renew, "1"))
    assert data_of(card_shown(answer), "claim")["value"] == case_id


async def test_the_next_page_of_a_list_takes_its_place(harness: TeamsHarness) -> None:
    for _ in range(9):
        await harness.raise_one()
    await harness.send(TeamsClient(ANA, channel=None).message("queue"))
    first = harness.recorded.posts[-1].message["attachments"][0]["content"]
    second = card_shown(
        await harness.send(TeamsClient(ANA, channel=None).execute(data_of(first, "page"), "1"))
    )
    assert "D-1009" in visible_text(second)
    assert "D-1001" not in visible_text(second)


@pytest.mark.parametrize("action", ["teleport", "more", ""])
async def test_a_button_that_this_version_does_not_know_is_let_pass(
    harness: TeamsHarness, action: str
) -> None:
    answer = await harness.send(TeamsClient(ANA).execute({"action": action, "value": "D-1001"}, "1"))
    assert "another version of me" in sentence_shown(answer)


async def test_whoever_has_no_entra_id_is_refused_politely(harness: TeamsHarness) -> None:
    case_id = await harness.raise_one()
    message, card = await harness.card(case_id)
    press = TeamsClient(ANA).execute(data_of(card, "claim"), message)
    for account in ({"id": "29:guest", "name": "Guest"}, {"id": "28:bot", "aadObjectId": ANA.ref}):
        assert "people of your company" in sentence_shown(await harness.send({**press, "from": account}))
    assert (await harness.case(case_id)).status is Status.OPEN


async def test_an_invoke_of_another_kind_is_told_so(harness: TeamsHarness) -> None:
    answer = await harness.send(TeamsClient(ANA).invoke("signin/verifyState", {"state": "1"}))
    assert answer is not None
    assert answer["statusCode"] == 501


async def test_a_mistake_of_ours_gives_the_person_a_reference(
    harness: TeamsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    case_id = await harness.raise_one()
    message, card = await harness.card(case_id)
    monkeypatch.setattr("handlers.claim.claim", fail)
    answer = await harness.send(TeamsClient(ANA).execute(data_of(card, "claim"), message))
    assert "give your administrator this reference" in sentence_shown(answer)
    monkeypatch.setattr("bot.teams.responses.content", fail)
    answer = await harness.send(TeamsClient(ANA).execute({"action": "page", "value": "mine||"}, message))
    assert "give your administrator this reference" in sentence_shown(answer)


async def test_an_absent_database_is_admitted(harness: TeamsHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    async def be_away(*_: object, **__: object) -> None:
        raise StoreUnavailable("Nobody answers.")

    case_id = await harness.raise_one()
    message, card = await harness.card(case_id)
    monkeypatch.setattr(harness.store, "run", be_away)
    answer = await harness.send(TeamsClient(ANA).execute(data_of(card, "claim"), message))
    assert "can't reach my database" in sentence_shown(answer)


@pytest.fixture
def slow_database(harness: TeamsHarness, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Once cleared, the writer and the readers stand still until the event comes; Teams waits a tenth."""
    may_go_on = threading.Event()
    run = Unit.run

    def run_slowly(unit: Unit, tx: Transaction) -> None:
        may_go_on.wait(20)
        run(unit, tx)

    may_go_on.set()
    monkeypatch.setattr(Unit, "run", run_slowly)
    return may_go_on


async def test_a_click_that_takes_long_goes_on_and_a_sentence_says_so(
    harness: TeamsHarness, slow_database: threading.Event
) -> None:
    case_id = await harness.raise_one()
    message, card = await harness.card(case_id)
    harness.edge.answered_after = 0.1
    slow_database.clear()
    answer = await harness.edge.on_activity(TeamsClient(ANA).execute(data_of(card, "claim"), message))
    assert "takes longer than usual" in sentence_shown(answer)
    slow_database.set()
    await harness.edge.close()
    assert (await harness.case(case_id)).resolver_id == f"teams:{ANA.ref}"


async def test_a_card_that_nobody_asked_for_says_nothing_when_it_takes_long(
    harness: TeamsHarness, slow_database: threading.Event
) -> None:
    case_id = await harness.raise_one()
    message, _ = await harness.card(case_id)
    look = TeamsClient(ANA).execute({"action": "show_card", "value": case_id}, message, trigger="automatic")
    harness.edge.answered_after = 0.1
    slow_database.clear()
    answer = await harness.edge.on_activity(look)
    slow_database.set()
    assert answer is not None
    assert (answer["statusCode"], answer["type"]) == (503, "application/vnd.microsoft.error")


async def test_a_form_that_takes_long_counts_once_and_its_words_can_be_copied(
    harness: TeamsHarness, slow_database: threading.Event
) -> None:
    case_id = await harness.raise_one()
    form = await harness.open("ask_note", DANA, case_id)
    sent = TeamsClient(DANA).submit({**form["actions"][0]["data"], "note": "Called them."})
    harness.edge.answered_after = 0.1
    slow_database.clear()
    late = card_shown(await harness.edge.on_activity(sent))
    assert "takes longer than usual" in visible_text(late)
    assert "Called them." in visible_text(late)
    slow_database.set()
    await harness.edge.close()
    harness.edge.answered_after = PATIENCE_SECONDS
    assert await harness.send(sent) is None
    assert str(await harness.story(case_id)).count("Called them.") == 1
