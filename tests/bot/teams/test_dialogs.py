"""Dialogs in Teams: forms, their errors, previews, choices, and the way back."""

from __future__ import annotations

import pytest

from core.case import Resolution, Status
from core.customer_events import CustomerTold
from store.errors import StoreUnavailable
from tests.bot.teams.activities import ANA, BEN, DANA, ZOE, TeamsClient
from tests.bot.teams.harness import (
    TeamsHarness,
    actions_of,
    card_shown,
    data_of,
    fields_of,
    filled_in,
    visible_text,
)

COMES_BACK = "this form comes back once with it"
CAUSE = {"root_cause": "pricing_error"}
RAISED = {
    "customer_name": "Nordwind GmbH",
    "tier": "standard",
    "invoice_number": "77",
    "invoice_total": "120",
    "currency": "EUR",
    "reason": "wrong_amount",
    "statement": "20 euros too high",
}


async def test_a_button_opens_the_case_for_whoever_may_see_it(harness: TeamsHarness) -> None:
    case_id = await harness.raise_one()
    assert "Hosting, February" in visible_text(await harness.open("open_case", ANA, case_id))
    refused = await harness.open("open_case", ZOE, case_id)
    assert "Hosting" not in visible_text(refused)
    assert actions_of(refused) == []


async def test_a_decision_closes_the_dialog_and_the_case(harness: TeamsHarness) -> None:
    case_id = await harness.claimed(ANA)
    form = await harness.open("ask_decide", ANA, case_id)
    words = {"verdict": "accepted", "customer_text": "You are right.", **CAUSE}
    assert await harness.send(TeamsClient(ANA).submit(filled_in(form, **words))) is None
    assert (await harness.case(case_id)).resolution is Resolution.ACCEPTED


async def test_a_choice_that_needs_another_field_shows_it_and_keeps_what_was_typed(
    harness: TeamsHarness,
) -> None:
    case_id = await harness.claimed(ANA)
    form = await harness.open("ask_decide", ANA, case_id)
    assert "amount" not in fields_of(form)
    typed = {"verdict": "part_accepted", "customer_text": "Half of it.", **CAUSE}
    asked = card_shown(await harness.send(TeamsClient(ANA).submit(filled_in(form, **typed))))
    assert "amount" in fields_of(asked)
    assert "Your choice needs one more thing. Fill it in, then send again." in visible_text(asked)
    assert COMES_BACK in visible_text(form)
    assert COMES_BACK not in visible_text(asked)
    assert (await harness.case(case_id)).status is Status.UNDER_REVIEW
    assert await harness.send(TeamsClient(ANA).submit(filled_in(asked, amount="60.00"))) is None
    decision = (await harness.case(case_id)).decision
    assert decision is not None
    assert (decision.granted.minor, decision.customer_text) == (6_000, "Half of it.")


async def test_a_choice_changed_back_hides_the_field_again(harness: TeamsHarness) -> None:
    case_id = await harness.claimed(ANA)
    form = await harness.open("ask_decide", ANA, case_id)
    asked = card_shown(
        await harness.send(TeamsClient(ANA).submit(filled_in(form, verdict="part_accepted", **CAUSE)))
    )
    back = card_shown(await harness.send(TeamsClient(ANA).submit(filled_in(asked, verdict="rejected"))))
    assert "amount" not in fields_of(back)
    assert "Your choice needs less than that." in visible_text(back)
    assert (await harness.case(case_id)).status is Status.UNDER_REVIEW


async def test_a_wrong_amount_stands_at_its_field_and_nothing_typed_is_lost(harness: TeamsHarness) -> None:
    case_id = await harness.claimed(ANA)
    form = await harness.open("ask_decide", ANA, case_id)
    typed = {"verdict": "part_accepted", "customer_text": "Half of it.", **CAUSE}
    asked = card_shown(await harness.send(TeamsClient(ANA).submit(filled_in(form, **typed))))
    refused = card_shown(await harness.send(TeamsClient(ANA).submit(filled_in(asked, amount="500"))))
    assert "A part is less than what is disputed" in visible_text(refused)
    sent = filled_in(refused)
    assert (sent["amount"], sent["customer_text"], sent["verdict"]) == ("500", "Half of it.", "part_accepted")
    assert await harness.send(TeamsClient(ANA).submit({**sent, "amount": "60"})) is None


async def test_a_form_sent_twice_counts_once(harness: TeamsHarness) -> None:
    case_id = await harness.raise_one()
    form = await harness.open("ask_note", DANA, case_id)
    for _ in range(2):
        sent = TeamsClient(DANA).submit({**filled_in(form), "note": "Called them."})
        assert await harness.send(sent) is None
        assert await harness.send(sent) is None
    assert str(await harness.story(case_id)).count("Called them.") == 1


async def test_a_form_and_what_was_drawn_in_its_place_count_once_together(harness: TeamsHarness) -> None:
    case_id = await harness.raise_one()
    form = await harness.open("ask_note", DANA, case_id)
    refused = card_shown(await harness.send(TeamsClient(DANA).submit({**filled_in(form), "note": " "})))
    for one in (refused, form):
        assert (
            await harness.send(TeamsClient(DANA).submit({**filled_in(one), "note": "Called them."})) is None
        )
    assert str(await harness.story(case_id)).count("Called them.") == 1


async def test_two_openings_of_a_form_are_two_notes(harness: TeamsHarness) -> None:
    case_id = await harness.raise_one()
    for said in ("Called them.", "Called again."):
        form = await harness.open("ask_note", DANA, case_id)
        assert await harness.send(TeamsClient(DANA).submit({**filled_in(form), "note": said})) is None
    assert "Called them." in str(await harness.story(case_id))
    assert "Called again." in str(await harness.story(case_id))


async def test_a_form_whose_case_has_gone_to_somebody_else_gives_the_words_back(
    harness: TeamsHarness,
) -> None:
    case_id = await harness.claimed(ANA)
    form = await harness.open("ask_decide", ANA, case_id)
    message, _ = await harness.card(case_id)
    await harness.send(TeamsClient(DANA).execute({"action": "release", "value": case_id}, message))
    words = "You are right, and we are sorry for the trouble."
    typed = {"verdict": "accepted", "customer_text": words, **CAUSE}
    refused = card_shown(await harness.send(TeamsClient(ANA).submit(filled_in(form, **typed))))
    assert "Only the resolver" in visible_text(refused)
    assert words in visible_text(refused)
    assert (await harness.case(case_id)).status is Status.OPEN


async def test_a_form_sent_to_an_absent_database_stays_with_what_was_typed(
    harness: TeamsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def be_away(*_: object, **__: object) -> None:
        raise StoreUnavailable("Nobody answers.")

    case_id = await harness.raise_one()
    form = await harness.open("ask_note", DANA, case_id)
    with monkeypatch.context() as away:
        away.setattr(harness.store, "run", be_away)
        refused = card_shown(
            await harness.send(TeamsClient(DANA).submit({**filled_in(form), "note": "Called them."}))
        )
    assert "can't reach my database" in visible_text(refused)
    assert filled_in(refused)["note"] == "Called them."
    assert await harness.send(TeamsClient(DANA).submit(filled_in(refused))) is None


async def test_a_field_left_empty_is_asked_for_again(harness: TeamsHarness) -> None:
    case_id = await harness.claimed(ANA)
    form = await harness.open("ask_note", ANA, case_id)
    sent = TeamsClient(ANA).submit({**filled_in(form), "note": "  "})
    refused = card_shown(await harness.send(sent))
    assert "Write something first." in visible_text(refused)
    assert await harness.send(TeamsClient(ANA).submit({**filled_in(refused), "note": "Called them."})) is None


async def test_a_mail_is_read_before_it_leaves_and_leaves_as_it_was_read(harness: TeamsHarness) -> None:
    case_id = await harness.claimed(ANA)
    form = await harness.open("ask_reply", ANA, case_id)
    preview = card_shown(await harness.send(TeamsClient(ANA).submit(filled_in(form, text="We are on it."))))
    assert "This is what leaves" in visible_text(preview)
    assert "ap@nordwind.example" in visible_text(preview)
    assert not any(isinstance(event, CustomerTold) for event in await harness.story(case_id))
    changed = card_shown(
        await harness.send(TeamsClient(ANA).submit(filled_in(preview, text="We are at it.")))
    )
    assert "Not sent yet: you changed it" in visible_text(changed)
    assert await harness.send(TeamsClient(ANA).submit(filled_in(changed))) is None
    told = [event for event in await harness.story(case_id) if isinstance(event, CustomerTold)]
    assert [event.text for event in told] == ["We are at it."]


async def test_a_change_made_in_the_dialog_of_the_case_shows_the_case_anew(harness: TeamsHarness) -> None:
    case_id = await harness.raise_one()
    full = await harness.open("open_case", ANA, case_id)
    claimed = card_shown(await harness.send(TeamsClient(ANA).submit(data_of(full, "claim"))))
    assert "Under review" in visible_text(claimed)
    assert "ask_decide" in actions_of(claimed)


async def test_a_form_opened_from_the_dialog_of_the_case_goes_back_there(harness: TeamsHarness) -> None:
    case_id = await harness.claimed(ANA)
    full = await harness.open("open_case", ANA, case_id)
    form = card_shown(await harness.send(TeamsClient(ANA).submit(data_of(full, "ask_note"))))
    refused = card_shown(await harness.send(TeamsClient(ANA).submit({**filled_in(form), "note": " "})))
    back = card_shown(
        await harness.send(TeamsClient(ANA).submit({**filled_in(refused), "note": "Called them."}))
    )
    assert "Called them." in visible_text(back)
    assert "ask_decide" in actions_of(back)


async def test_what_is_refused_in_a_dialog_shows_the_way_back(harness: TeamsHarness) -> None:
    case_id = await harness.raise_one()
    full = await harness.open("open_case", BEN, case_id)
    message, _ = await harness.card(case_id)
    await harness.send(TeamsClient(ANA).execute({"action": "claim", "value": case_id}, message))
    refused = card_shown(await harness.send(TeamsClient(BEN).submit(data_of(full, "claim"))))
    assert f"{case_id} is already claimed by Ana." in visible_text(refused)
    anew = card_shown(await harness.send(TeamsClient(BEN).submit(data_of(refused, "open_case"))))
    assert "Under review" in visible_text(anew)


async def test_a_colleague_is_chosen_by_name(harness: TeamsHarness) -> None:
    case_id = await harness.claimed(ANA)
    form = await harness.open("ask_reassign", DANA, case_id)
    sent = TeamsClient(DANA).submit(filled_in(form, resolver=f"teams:{BEN.ref}", why="Ana is away."))
    assert await harness.send(sent) is None
    assert (await harness.case(case_id)).resolver_id == f"teams:{BEN.ref}"


async def test_a_snooze_ends_in_the_time_of_whoever_set_it(harness: TeamsHarness) -> None:
    case_id = await harness.claimed(ANA)
    berlin = TeamsClient(ANA, zone="Europe/Berlin")
    asked = berlin.fetch({"action": "ask_snooze", "value": case_id})
    form = card_shown(await harness.send(asked))
    sent = filled_in(form, until_date="2026-03-04", until_time="09:00")
    assert await harness.send(berlin.submit(sent)) is None
    until = (await harness.case(case_id)).snoozed_until
    assert until is not None
    assert until.isoformat() == "2026-03-04T08:00:00+00:00"


async def test_a_dispute_that_was_raised_takes_the_place_of_its_form(harness: TeamsHarness) -> None:
    form = await harness.open("ask_new", BEN)
    lacking = card_shown(
        await harness.send(TeamsClient(BEN).submit(filled_in(form, **{**RAISED, "currency": "euro"})))
    )
    assert "Write three letters, such as EUR." in visible_text(lacking)
    raised = card_shown(await harness.send(TeamsClient(BEN).submit(filled_in(lacking, currency="EUR"))))
    assert "D-1001 is raised" in visible_text(raised)


async def test_a_dispute_can_be_raised_from_a_message(harness: TeamsHarness) -> None:
    html = "<div>Nordwind rang: <b>invoice&nbsp;77</b><br>is &lt;20 euros&gt; too high.</div>"
    asked = TeamsClient(BEN).use_on_message("raise_from_message", html, "1711111111111")
    form = card_shown(await harness.send(asked))
    assert filled_in(form)["statement"] == "Nordwind rang: invoice 77\nis <20 euros> too high."
    sent = TeamsClient(BEN).submit_on_message("raise_from_message", filled_in(form, **RAISED))
    assert "D-1001 is raised" in visible_text(card_shown(await harness.send(sent)))


async def test_a_message_of_a_cases_thread_can_be_sent_to_the_customer(harness: TeamsHarness) -> None:
    case_id = await harness.claimed(ANA)
    root, _ = await harness.card(case_id)
    html = "<p>Please send us <i>the delivery note</i> &lt;signed&gt;.</p>"
    form = card_shown(
        await harness.send(TeamsClient(ANA).use_on_message("send_to_customer", html, "1711111111112", root))
    )
    assert filled_in(form)["text"] == "Please send us the delivery note <signed>."
    elsewhere = TeamsClient(ANA).use_on_message("send_to_customer", html, "1711111111113")
    assert "isn't in the thread of a case" in visible_text(card_shown(await harness.send(elsewhere)))


async def test_who_has_no_role_is_refused_each_form(harness: TeamsHarness) -> None:
    case_id = await harness.claimed(ANA)
    asks = "ask_decide ask_reassign ask_note ask_snooze ask_question ask_reply ask_change ask_close".split()
    for ask in asks:
        refused = await harness.open(ask, ZOE, case_id)
        assert fields_of(refused) == [], ask
        assert "Nordwind" not in visible_text(refused)


async def test_a_form_sent_by_somebody_else_is_refused_by_their_own_rights(harness: TeamsHarness) -> None:
    case_id = await harness.claimed(ANA)
    form = await harness.open("ask_note", ANA, case_id)
    refused = card_shown(await harness.send(TeamsClient(ZOE).submit({**filled_in(form), "note": "Hello."})))
    assert "Hello." not in str(await harness.story(case_id))
    assert fields_of(refused) == []


async def test_ones_own_page_opens_in_a_dialog_and_its_cases_too(harness: TeamsHarness) -> None:
    case_id = await harness.raise_one()
    home = await harness.open("open_home", ANA)
    assert "Good to see you, Ana" in visible_text(home)
    claimed = card_shown(await harness.send(TeamsClient(ANA).submit(data_of(home, "claim"))))
    assert case_id in visible_text(claimed)
    assert "Under review" in visible_text(claimed)


async def test_a_list_turns_its_pages_in_the_dialog(harness: TeamsHarness) -> None:
    for _ in range(9):
        await harness.raise_one()
    first = card_shown(await harness.send(TeamsClient(ANA).fetch({"action": "command", "value": "queue"})))
    second = card_shown(await harness.send(TeamsClient(ANA).submit(data_of(first, "page"))))
    assert "D-1009" in visible_text(second)
