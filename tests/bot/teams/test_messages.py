"""What the bot writes in Teams when it is spoken to, or comes to a new place."""

from __future__ import annotations

from typing import Any

import pytest
from structlog.testing import capture_logs

from core.case import Status
from store.errors import StoreUnavailable
from tests.bot.teams.activities import ANA, BEN, BILLING, BOT, DANA, GROUP, TEAM, ZOE, TeamsClient
from tests.bot.teams.harness import (
    TeamsHarness,
    actions_of,
    card_shown,
    data_of,
    visible_text,
)


def last(harness: TeamsHarness) -> dict[str, Any]:
    """The card that was posted last."""
    card: dict[str, Any] = harness.recorded.posts[-1].message["attachments"][0]["content"]
    return card


async def test_a_command_in_ones_own_chat_is_answered_there(harness: TeamsHarness) -> None:
    case_id = await harness.raise_one()
    assert await harness.send(TeamsClient(ANA, channel=None).message("queue")) is None
    assert [post.channel for post in harness.recorded.posts] == [ANA.chat]
    assert case_id in visible_text(last(harness))


@pytest.mark.parametrize(
    "words",
    [
        "overdue",
        "/disputes overdue",
        "@Ombud overdue",
        "ombud: overdue",
        "&nbsp;Overdue&nbsp;",
        "<p>overdue</p>",
    ],
)
async def test_a_command_may_come_with_whatever_teams_adds(harness: TeamsHarness, words: str) -> None:
    await harness.send(TeamsClient(ANA, channel=None).message(words))
    assert "Nothing is overdue." in visible_text(last(harness))


@pytest.mark.parametrize("words", ["", "hi", "Hello!", "home"])
async def test_a_greeting_is_answered_with_the_persons_own_page(harness: TeamsHarness, words: str) -> None:
    await harness.send(TeamsClient(ANA, channel=None).message(words))
    assert "Good to see you, Ana" in visible_text(last(harness))


async def test_a_mention_is_answered_in_the_thread_by_a_button_for_everybodys_own_eyes(
    harness: TeamsHarness,
) -> None:
    case_id = await harness.raise_one()
    await harness.send(TeamsClient(ANA, root="1722222222222").mention("queue"))
    (post,) = harness.recorded.posts
    assert (post.channel, post.thread_ref) == (BILLING, "1722222222222")
    assert case_id not in str(post.message)
    assert visible_text(last(harness)) == "“queue”: press to see the answer. Only you see the answer."
    button = data_of(last(harness), "command")
    assert case_id in visible_text(card_shown(await harness.send(TeamsClient(ANA).fetch(button))))
    assert case_id not in visible_text(card_shown(await harness.send(TeamsClient(ZOE).fetch(button))))


async def test_a_mention_that_begins_a_thread_is_answered_under_it(harness: TeamsHarness) -> None:
    said = TeamsClient(ANA).mention("queue")
    await harness.send(said)
    assert harness.recorded.posts[0].thread_ref == said["id"]


async def test_in_a_chat_of_several_people_the_answer_stands_in_no_thread(harness: TeamsHarness) -> None:
    await harness.send(TeamsClient(ANA, channel=GROUP).mention("queue"))
    (post,) = harness.recorded.posts
    assert (post.channel, post.thread_ref) == (GROUP, None)
    assert actions_of(last(harness)) == ["command"]


async def test_a_form_asked_for_in_a_channel_opens_behind_the_button(harness: TeamsHarness) -> None:
    await harness.send(TeamsClient(ANA).mention("new"))
    form = card_shown(await harness.send(TeamsClient(ANA).fetch(data_of(last(harness), "command"))))
    assert data_of(form, "new")


async def test_a_form_asked_for_in_ones_own_chat_opens_behind_a_button(harness: TeamsHarness) -> None:
    await harness.send(TeamsClient(ANA, channel=None).message("new"))
    form = card_shown(
        await harness.send(TeamsClient(ANA, channel=None).fetch(data_of(last(harness), "command")))
    )
    assert data_of(form, "new")


async def test_a_bare_mention_offers_the_persons_own_page(harness: TeamsHarness) -> None:
    await harness.send(TeamsClient(BEN).mention(""))
    page = card_shown(await harness.send(TeamsClient(BEN).fetch(data_of(last(harness), "open_home"))))
    assert "Good to see you, Ben" in visible_text(page)


async def test_talk_in_a_channel_that_isnt_to_us_is_left_alone(harness: TeamsHarness) -> None:
    await harness.send(TeamsClient(ANA).message("queue"))
    namesake = {"mentioned": {"id": "29:somebody", "name": "Ombud"}, "text": "<at>Ombud</at>"}
    await harness.send(TeamsClient(ANA).mention("queue", entities=[{**namesake, "type": "mention"}]))
    assert harness.recorded.posts == []


async def test_a_namesake_who_is_mentioned_beside_us_stays_in_the_words(harness: TeamsHarness) -> None:
    ours = {"mentioned": {"id": BOT["id"]}, "text": "<at>Ombud</at>", "type": "mention"}
    other = {"mentioned": {"id": "29:acme"}, "text": "<at>Acme</at>", "type": "mention"}
    said = TeamsClient(ANA).mention("", entities=[ours, other], text="<at>Ombud</at> search <at>Acme</at>")
    await harness.send(said)
    assert data_of(last(harness), "command")["value"] == "search Acme"


async def test_a_message_that_teams_sends_twice_is_answered_once(harness: TeamsHarness) -> None:
    said = TeamsClient(ANA, channel=None).message("help")
    await harness.send(said)
    await harness.send(said)
    assert len(harness.recorded.posts) == 1
    assert harness.recorded.posts[0].key.endswith(f":{said['id']}")


async def test_a_bot_that_speaks_is_left_alone(harness: TeamsHarness) -> None:
    said = TeamsClient(ANA, channel=None).message("help")
    await harness.send({**said, "from": {"id": "28:other", "aadObjectId": ANA.ref}})
    await harness.send({**said, "from": {**said["from"], "role": "bot"}})
    assert harness.recorded.posts == []


async def test_whoever_has_no_entra_id_is_told_so_in_their_own_chat_only(harness: TeamsHarness) -> None:
    guest = {"id": "29:guest", "name": "Guest"}
    await harness.send({**TeamsClient(ANA).mention("queue"), "from": guest})
    assert harness.recorded.posts == []
    await harness.send({**TeamsClient(ANA, channel=None).message("queue"), "from": guest})
    assert "people of your company" in visible_text(last(harness))


async def test_a_post_that_fails_harms_nothing(harness: TeamsHarness) -> None:
    harness.recorded.trouble = ConnectionError("away")
    with capture_logs() as logged:
        assert await harness.send(TeamsClient(ANA, channel=None).message("help")) is None
    assert [(one["event"], one["reason"]) for one in logged] == [("teams_answer_failed", "ConnectionError")]


async def test_what_could_not_be_posted_is_answered_when_teams_sends_it_again(harness: TeamsHarness) -> None:
    asked, added = TeamsClient(ANA, channel=None).message("help"), TeamsClient(DANA).added()
    for activity in (asked, added):
        harness.recorded.trouble = ConnectionError("away")
        await harness.send(activity)
        harness.recorded.trouble = None
        await harness.send(activity)
        await harness.send(activity)
    assert [post.channel for post in harness.recorded.posts] == [ANA.chat, TEAM]


async def test_what_can_be_read_is_answered_even_when_nothing_can_be_written(
    harness: TeamsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def be_away(*_: object, **__: object) -> None:
        raise StoreUnavailable("Nobody answers.")

    monkeypatch.setattr(harness.store, "run", be_away)
    await harness.send(TeamsClient(ANA, channel=None).message("overdue"))
    assert "Nothing is overdue." in visible_text(last(harness))


async def test_a_mistake_of_ours_is_owned_up_to_in_the_chat(
    harness: TeamsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr("handlers.disputes_command.help_view", fail)
    await harness.send(TeamsClient(ANA, channel=None).message("help"))
    assert "give your administrator this reference" in visible_text(last(harness))


async def test_a_button_that_an_old_client_sends_as_a_message_does_the_same(harness: TeamsHarness) -> None:
    case_id = await harness.raise_one()
    message, card = await harness.card(case_id)
    press = TeamsClient(ANA).sent_as_message(data_of(card, "claim"), message)
    await harness.send(press)
    await harness.send(press)
    assert (await harness.case(case_id)).resolver_id == f"teams:{ANA.ref}"
    assert harness.recorded.posts == []


async def test_what_an_old_client_is_refused_is_said_in_the_persons_own_chat(harness: TeamsHarness) -> None:
    case_id = await harness.claimed(ANA)
    await harness.send(TeamsClient(BEN, channel=None).installed())
    await harness.send(TeamsClient(BEN).sent_as_message({"action": "claim", "value": case_id}, "1"))
    assert harness.recorded.posts[-1].channel == BEN.chat
    assert "already claimed by Ana" in visible_text(last(harness))


async def test_what_an_old_client_asks_for_without_a_chat_of_its_own_is_not_shown_to_all(
    harness: TeamsHarness,
) -> None:
    case_id = await harness.raise_one()
    await harness.send(TeamsClient(ANA).sent_as_message({"action": "open_case", "value": case_id}, "1"))
    assert case_id not in str(harness.recorded.posts[-1].message)
    assert actions_of(last(harness)) == ["open_home"]
    assert (await harness.case(case_id)).status is Status.OPEN


@pytest.mark.parametrize("kind", ["personal", "oneOnOne", None])
async def test_nothing_private_is_written_into_a_chat_of_two_people(
    harness: TeamsHarness, kind: str | None
) -> None:
    case_id = await harness.raise_one()
    theirs = {"id": "19:ana_ben@unq.gbl.spaces", "conversationType": kind}
    press = TeamsClient(ANA, channel=None).sent_as_message({"action": "open_case", "value": case_id}, "1")
    await harness.send({**press, "conversation": theirs})
    await harness.send({**TeamsClient(ANA, channel=None).message(case_id), "conversation": theirs})
    await harness.send({**TeamsClient(ANA, channel=None).installed(), "conversation": theirs})
    assert harness.recorded.posts
    for post in harness.recorded.posts:
        assert (post.channel, case_id in str(post.message), "Ana" in visible_text(post.message)) == (
            theirs["id"],
            False,
            False,
        )


async def test_a_person_is_welcomed_once_with_their_own_page(harness: TeamsHarness) -> None:
    await harness.send(TeamsClient(DANA, channel=None).installed())
    await harness.send(TeamsClient(DANA, channel=None).added())
    assert [post.channel for post in harness.recorded.posts] == [DANA.chat]
    assert "Good to see you, Dana" in visible_text(last(harness))


async def test_a_team_is_told_once_in_its_general_channel_how_to_use_the_bot(harness: TeamsHarness) -> None:
    await harness.send(TeamsClient(DANA).added())
    await harness.send(TeamsClient(DANA).installed())
    (post,) = harness.recorded.posts
    assert (post.channel, post.thread_ref) == (TEAM, None)
    assert "@Ombud queue" in visible_text(last(harness))


async def test_nobody_is_welcomed_when_others_join_or_the_app_is_renewed_or_removed(
    harness: TeamsHarness,
) -> None:
    await harness.send(TeamsClient(DANA).added({"id": f"29:{BEN.ref}", "aadObjectId": BEN.ref}))
    await harness.send(TeamsClient(DANA, channel=None).installed("add-upgrade"))
    await harness.send(TeamsClient(DANA, channel=None).installed("remove"))
    assert harness.recorded.posts == []


async def test_whoever_adds_the_app_to_a_team_has_its_channels_read_anew(harness: TeamsHarness) -> None:
    await harness.send(TeamsClient(ANA, channel=None).message("help"))
    assert harness.sync_requests == 0
    await harness.send(TeamsClient(DANA).added())
    assert harness.sync_requests == 1


async def test_where_we_were_spoken_to_is_remembered(harness: TeamsHarness) -> None:
    await harness.send(TeamsClient(ANA, channel=None).message("help"))
    await harness.send(TeamsClient(ANA).fetch({"action": "open_home", "value": "home"}))
    kept = await harness.store.read(lambda tx: [one.ref for one in tx.conversations.list()])
    assert kept == sorted([ANA.chat, BILLING])
