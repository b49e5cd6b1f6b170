"""What happens in a dialog of Teams: forms, their errors, previews, choices, and the way back?"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.case import Resolution, Status
from core.customer_events import CustomerTold
from store.errors import StoreUnavailable
from tests.bot.teams.activities import ANA, BEN, DANA, ZOE, Client
from tests.bot.teams_harness import (
    Office,
    actions_of,
    an_office,
    copied,
    data_of,
    fields_of,
    filled,
    shown,
    words_of,
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


@pytest.fixture
async def office(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Office]:
    async with an_office(copied(sqlite_template, tmp_path)) as one:
        yield one


async def test_a_button_opens_the_case_for_whoever_may_see_it(office: Office) -> None:
    case_id = await office.raise_one()
    assert "Hosting, February" in words_of(await office.open("open_case", ANA, case_id))
    refused = await office.open("open_case", ZOE, case_id)
    assert "Hosting" not in words_of(refused)
    assert actions_of(refused) == []


async def test_a_decision_closes_the_dialog_and_the_case(office: Office) -> None:
    case_id = await office.claimed(ANA)
    form = await office.open("ask_decide", ANA, case_id)
    words = {"verdict": "accepted", "customer_text": "You are right.", **CAUSE}
    assert await office.send(Client(ANA).submit(filled(form, **words))) is None
    assert (await office.case(case_id)).resolution is Resolution.ACCEPTED


async def test_a_choice_that_needs_another_field_shows_it_and_keeps_what_was_typed(office: Office) -> None:
    case_id = await office.claimed(ANA)
    form = await office.open("ask_decide", ANA, case_id)
    assert "amount" not in fields_of(form)
    typed = {"verdict": "part_accepted", "customer_text": "Half of it.", **CAUSE}
    asked = shown(await office.send(Client(ANA).submit(filled(form, **typed))))
    assert "amount" in fields_of(asked)
    assert "Your choice needs one more thing. Fill it in, then send again." in words_of(asked)
    assert COMES_BACK in words_of(form)
    assert COMES_BACK not in words_of(asked)
    assert (await office.case(case_id)).status is Status.UNDER_REVIEW
    assert await office.send(Client(ANA).submit(filled(asked, amount="60.00"))) is None
    decision = (await office.case(case_id)).decision
    assert decision is not None
    assert (decision.granted.minor, decision.customer_text) == (6_000, "Half of it.")


async def test_a_choice_changed_back_hides_the_field_again(office: Office) -> None:
    case_id = await office.claimed(ANA)
    form = await office.open("ask_decide", ANA, case_id)
    asked = shown(await office.send(Client(ANA).submit(filled(form, verdict="part_accepted", **CAUSE))))
    back = shown(await office.send(Client(ANA).submit(filled(asked, verdict="rejected"))))
    assert "amount" not in fields_of(back)
    assert "Your choice needs less than that." in words_of(back)
    assert (await office.case(case_id)).status is Status.UNDER_REVIEW


async def test_a_wrong_amount_stands_at_its_field_and_nothing_typed_is_lost(office: Office) -> None:
    case_id = await office.claimed(ANA)
    form = await office.open("ask_decide", ANA, case_id)
    typed = {"verdict": "part_accepted", "customer_text": "Half of it.", **CAUSE}
    asked = shown(await office.send(Client(ANA).submit(filled(form, **typed))))
    refused = shown(await office.send(Client(ANA).submit(filled(asked, amount="500"))))
    assert "A part is less than what is disputed" in words_of(refused)
    sent = filled(refused)
    assert (sent["amount"], sent["customer_text"], sent["verdict"]) == ("500", "Half of it.", "part_accepted")
    assert await office.send(Client(ANA).submit({**sent, "amount": "60"})) is None


async def test_a_form_sent_twice_counts_once(office: Office) -> None:
    case_id = await office.raise_one()
    form = await office.open("ask_note", DANA, case_id)
    for _ in range(2):
        sent = Client(DANA).submit({**filled(form), "note": "Called them."})
        assert await office.send(sent) is None
        assert await office.send(sent) is None
    assert str(await office.story(case_id)).count("Called them.") == 1


async def test_a_form_and_what_was_drawn_in_its_place_count_once_together(office: Office) -> None:
    case_id = await office.raise_one()
    form = await office.open("ask_note", DANA, case_id)
    refused = shown(await office.send(Client(DANA).submit({**filled(form), "note": " "})))
    for one in (refused, form):
        assert await office.send(Client(DANA).submit({**filled(one), "note": "Called them."})) is None
    assert str(await office.story(case_id)).count("Called them.") == 1


async def test_two_openings_of_a_form_are_two_notes(office: Office) -> None:
    case_id = await office.raise_one()
    for said in ("Called them.", "Called again."):
        form = await office.open("ask_note", DANA, case_id)
        assert await office.send(Client(DANA).submit({**filled(form), "note": said})) is None
    assert "Called them." in str(await office.story(case_id))
    assert "Called again." in str(await office.story(case_id))


async def test_a_form_whose_case_has_gone_to_somebody_else_gives_the_words_back(office: Office) -> None:
    case_id = await office.claimed(ANA)
    form = await office.open("ask_decide", ANA, case_id)
    message, _ = await office.card(case_id)
    await office.send(Client(DANA).execute({"action": "release", "value": case_id}, message))
    words = "You are right, and we are sorry for the trouble."
    typed = {"verdict": "accepted", "customer_text": words, **CAUSE}
    refused = shown(await office.send(Client(ANA).submit(filled(form, **typed))))
    assert "Only the resolver" in words_of(refused)
    assert words in words_of(refused)
    assert (await office.case(case_id)).status is Status.OPEN


async def test_a_form_sent_to_an_absent_database_stays_with_what_was_typed(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def be_away(*_: object, **__: object) -> None:
        raise StoreUnavailable("Nobody answers.")

    case_id = await office.raise_one()
    form = await office.open("ask_note", DANA, case_id)
    with monkeypatch.context() as away:
        away.setattr(office.store, "run", be_away)
        refused = shown(await office.send(Client(DANA).submit({**filled(form), "note": "Called them."})))
    assert "can't reach my database" in words_of(refused)
    assert filled(refused)["note"] == "Called them."
    assert await office.send(Client(DANA).submit(filled(refused))) is None


async def test_a_field_left_empty_is_asked_for_again(office: Office) -> None:
    case_id = await office.claimed(ANA)
    form = await office.open("ask_note", ANA, case_id)
    sent = Client(ANA).submit({**filled(form), "note": "  "})
    refused = shown(await office.send(sent))
    assert "Write something first." in words_of(refused)
    assert await office.send(Client(ANA).submit({**filled(refused), "note": "Called them."})) is None


async def test_a_mail_is_read_before_it_leaves_and_leaves_as_it_was_read(office: Office) -> None:
    case_id = await office.claimed(ANA)
    form = await office.open("ask_reply", ANA, case_id)
    preview = shown(await office.send(Client(ANA).submit(filled(form, text="We are on it."))))
    assert "This is what leaves" in words_of(preview)
    assert "ap@nordwind.example" in words_of(preview)
    assert not any(isinstance(event, CustomerTold) for event in await office.story(case_id))
    changed = shown(await office.send(Client(ANA).submit(filled(preview, text="We are at it."))))
    assert "Not sent yet: you changed it" in words_of(changed)
    assert await office.send(Client(ANA).submit(filled(changed))) is None
    told = [event for event in await office.story(case_id) if isinstance(event, CustomerTold)]
    assert [event.text for event in told] == ["We are at it."]


async def test_a_change_made_in_the_dialog_of_the_case_shows_the_case_anew(office: Office) -> None:
    case_id = await office.raise_one()
    full = await office.open("open_case", ANA, case_id)
    claimed = shown(await office.send(Client(ANA).submit(data_of(full, "claim"))))
    assert "Under review" in words_of(claimed)
    assert "ask_decide" in actions_of(claimed)


async def test_a_form_opened_from_the_dialog_of_the_case_goes_back_there(office: Office) -> None:
    case_id = await office.claimed(ANA)
    full = await office.open("open_case", ANA, case_id)
    form = shown(await office.send(Client(ANA).submit(data_of(full, "ask_note"))))
    refused = shown(await office.send(Client(ANA).submit({**filled(form), "note": " "})))
    back = shown(await office.send(Client(ANA).submit({**filled(refused), "note": "Called them."})))
    assert "Called them." in words_of(back)
    assert "ask_decide" in actions_of(back)


async def test_what_is_refused_in_a_dialog_shows_the_way_back(office: Office) -> None:
    case_id = await office.raise_one()
    full = await office.open("open_case", BEN, case_id)
    message, _ = await office.card(case_id)
    await office.send(Client(ANA).execute({"action": "claim", "value": case_id}, message))
    refused = shown(await office.send(Client(BEN).submit(data_of(full, "claim"))))
    assert f"{case_id} is already claimed by Ana." in words_of(refused)
    anew = shown(await office.send(Client(BEN).submit(data_of(refused, "open_case"))))
    assert "Under review" in words_of(anew)


async def test_a_colleague_is_chosen_by_name(office: Office) -> None:
    case_id = await office.claimed(ANA)
    form = await office.open("ask_reassign", DANA, case_id)
    sent = Client(DANA).submit(filled(form, resolver=f"teams:{BEN.ref}", why="Ana is away."))
    assert await office.send(sent) is None
    assert (await office.case(case_id)).resolver_id == f"teams:{BEN.ref}"


async def test_a_snooze_ends_in_the_time_of_whoever_set_it(office: Office) -> None:
    case_id = await office.claimed(ANA)
    berlin = Client(ANA, zone="Europe/Berlin")
    asked = berlin.fetch({"action": "ask_snooze", "value": case_id})
    form = shown(await office.send(asked))
    sent = filled(form, until_date="2026-03-04", until_time="09:00")
    assert await office.send(berlin.submit(sent)) is None
    until = (await office.case(case_id)).snoozed_until
    assert until is not None
    assert until.isoformat() == "2026-03-04T08:00:00+00:00"


async def test_a_dispute_that_was_raised_takes_the_place_of_its_form(office: Office) -> None:
    form = await office.open("ask_new", BEN)
    lacking = shown(await office.send(Client(BEN).submit(filled(form, **{**RAISED, "currency": "euro"}))))
    assert "Write three letters, such as EUR." in words_of(lacking)
    raised = shown(await office.send(Client(BEN).submit(filled(lacking, currency="EUR"))))
    assert "D-1001 is raised" in words_of(raised)


async def test_a_dispute_can_be_raised_from_a_message(office: Office) -> None:
    html = "<div>Nordwind rang: <b>invoice&nbsp;77</b><br>is &lt;20 euros&gt; too high.</div>"
    asked = Client(BEN).use_on_message("raise_from_message", html, "1711111111111")
    form = shown(await office.send(asked))
    assert filled(form)["statement"] == "Nordwind rang: invoice 77\nis <20 euros> too high."
    sent = Client(BEN).submit_on_message("raise_from_message", filled(form, **RAISED))
    assert "D-1001 is raised" in words_of(shown(await office.send(sent)))


async def test_a_message_of_a_cases_thread_can_be_sent_to_the_customer(office: Office) -> None:
    case_id = await office.claimed(ANA)
    root, _ = await office.card(case_id)
    html = "<p>Please send us <i>the delivery note</i> &lt;signed&gt;.</p>"
    form = shown(
        await office.send(Client(ANA).use_on_message("send_to_customer", html, "1711111111112", root))
    )
    assert filled(form)["text"] == "Please send us the delivery note <signed>."
    elsewhere = Client(ANA).use_on_message("send_to_customer", html, "1711111111113")
    assert "isn't in the thread of a case" in words_of(shown(await office.send(elsewhere)))


async def test_who_has_no_role_is_refused_each_form(office: Office) -> None:
    case_id = await office.claimed(ANA)
    asks = "ask_decide ask_reassign ask_note ask_snooze ask_question ask_reply ask_change ask_close".split()
    for ask in asks:
        refused = await office.open(ask, ZOE, case_id)
        assert fields_of(refused) == [], ask
        assert "Nordwind" not in words_of(refused)


async def test_a_form_sent_by_somebody_else_is_refused_by_their_own_rights(office: Office) -> None:
    case_id = await office.claimed(ANA)
    form = await office.open("ask_note", ANA, case_id)
    refused = shown(await office.send(Client(ZOE).submit({**filled(form), "note": "Hello."})))
    assert "Hello." not in str(await office.story(case_id))
    assert fields_of(refused) == []


async def test_ones_own_page_opens_in_a_dialog_and_its_cases_too(office: Office) -> None:
    case_id = await office.raise_one()
    home = await office.open("open_home", ANA)
    assert "Good to see you, Ana" in words_of(home)
    claimed = shown(await office.send(Client(ANA).submit(data_of(home, "claim"))))
    assert case_id in words_of(claimed)
    assert "Under review" in words_of(claimed)


async def test_a_list_turns_its_pages_in_the_dialog(office: Office) -> None:
    for _ in range(9):
        await office.raise_one()
    first = shown(await office.send(Client(ANA).fetch({"action": "command", "value": "queue"})))
    second = shown(await office.send(Client(ANA).submit(data_of(first, "page"))))
    assert "D-1009" in words_of(second)
