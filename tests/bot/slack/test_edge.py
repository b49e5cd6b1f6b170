"""What people in Slack get back over the real wires, when all is well and when it isn't."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from core.case import Status
from core.person import Person
from sandbox.slack import actions as acts
from sandbox.slack.admin import apply_admin_action
from store.backends.units import Unit
from store.errors import StoreUnavailable
from store.transaction import Transaction
from tests.bot.full_bot import ANA, BEN, BILLING, DANA, TIMEOUT_SECONDS, FullBot, run_full_bot


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[FullBot]:
    async with run_full_bot(tmp_path) as one:
        yield one


async def test_a_claim_shows_on_the_card_and_in_its_thread(whole: FullBot) -> None:
    case_id = await whole.raise_one()
    await whole.press("claim", ANA, case_id)
    await whole.until(lambda: "Under review" in _text(whole.card(case_id)))
    await whole.until(lambda: any("Ana Ruiz claimed" in str(one["text"]) for one in whole.messages()))


async def test_whoever_comes_second_is_told_by_name_and_in_private(whole: FullBot) -> None:
    case_id = await whole.raise_one()
    before = dict(whole.card(case_id) or {})
    await whole.press("claim", ANA, case_id)
    await whole.until(lambda: "Under review" in _text(whole.card(case_id)))
    (whole.card(case_id) or {}).update(blocks=before["blocks"])
    await whole.press("claim", BEN, case_id)
    await whole.until(lambda: whole.whispers(BEN) == [f"{case_id} is already claimed by Ana Ruiz."])
    assert whole.whispers(ANA) == []


async def test_a_stale_card_is_drawn_anew(whole: FullBot) -> None:
    case_id = await whole.raise_one()
    before = dict(whole.card(case_id) or {})
    await whole.press("claim", ANA, case_id)
    await whole.until(lambda: "Under review" in _text(whole.card(case_id)))
    (whole.card(case_id) or {}).update(blocks=before["blocks"])
    await whole.press("claim", BEN, case_id)
    await whole.until(lambda: "Under review" in _text(whole.card(case_id)))


async def test_a_wrong_amount_stands_at_its_field_and_a_right_one_decides(whole: FullBot) -> None:
    case_id = await whole.raise_one()
    await whole.press("claim", ANA, case_id)
    await whole.until(lambda: "ask_decide" in _text(whole.card(case_id)))
    await whole.press("ask_decide", ANA, case_id)
    await whole.until(lambda: bool(whole.world.slack.views.stacks.get(ANA)))
    view = whole.world.slack.views.stacks[ANA][-1]
    assert "amount" not in _fields(view)
    chosen = {"user": ANA, "view_id": view["id"], "action_id": "choose_verdict", "value": "part_accepted"}
    await acts.press(whole.world, chosen)
    await whole.until(lambda: "amount" in _fields(whole.world.slack.views.stacks[ANA][-1]))
    texts = {"root_cause": "pricing_error", "customer_text": "You are right about half of it."}
    refused = await whole.submit(ANA, verdict="part_accepted", amount="500", **texts)
    assert refused["errors"] == {"amount": "A part is less than what is disputed. To give all of it, accept."}
    assert (await whole.case(case_id)).status is Status.UNDER_REVIEW
    assert (await whole.submit(ANA, verdict="part_accepted", amount="60.00", **texts))["ok"]
    closed = await whole.case(case_id)
    assert closed.status is Status.CLOSED
    assert closed.decision is not None
    assert closed.decision.granted.minor == 6_000


async def test_a_click_counts_even_when_slack_fails_right_after_it(whole: FullBot) -> None:
    case_id = await whole.raise_one()
    for method in ("chat.update", "chat.postMessage"):
        await apply_admin_action(whole.world, {"method": method, "error": "http_500", "times": 1})
    await whole.press("claim", ANA, case_id)
    assert (await whole.case(case_id)).resolver_id == f"slack:{ANA}"
    await whole.until(lambda: "Under review" in _text(whole.card(case_id)))


async def test_a_form_that_slack_fails_to_open_loses_nothing(whole: FullBot) -> None:
    case_id = await whole.raise_one()
    await whole.press("claim", ANA, case_id)
    await whole.until(lambda: "Under review" in _text(whole.card(case_id)))
    await apply_admin_action(whole.world, {"method": "views.open", "error": "http_500", "times": 1})
    await whole.press("ask_note", ANA, case_id)
    await whole.press("ask_note", ANA, case_id)
    assert (await whole.submit(ANA, note="Called them."))["ok"]
    await whole.until(lambda: any("Called them." in _text(one) for one in whole.messages()))


async def test_the_private_view_follows_what_is_done_from_it(whole: FullBot) -> None:
    case_id = await whole.raise_one()
    await whole.press("open_case", ANA, case_id)
    await whole.until(lambda: len(whole.whispers(ANA)) == 1)
    private = next(iter(whole.world.slack.workspace.channels[BILLING].whispers.values()))
    pressed = {"user": ANA, "channel": BILLING, "ts": private["ts"], "action_id": "claim"}
    await acts.press(whole.world, pressed)
    await whole.until(lambda: "Under review" in _text(_private(whole)))


async def test_a_mention_in_a_thread_is_answered_to_the_asker_alone(whole: FullBot) -> None:
    case_id = await whole.raise_one()
    card = whole.card(case_id) or {}
    whole.post_message(ANA, f"@ombud show {case_id}", thread_ts=card["ts"])
    await whole.until(lambda: any(case_id in said for said in whole.whispers(ANA)))
    assert _private(whole).get("thread_ts") == card["ts"]


async def test_a_shared_link_unfolds_in_the_channel_of_the_case(whole: FullBot) -> None:
    case_id = await whole.raise_one()
    base = whole.application.context.settings.base_url
    whole.post_message(ANA, f"Have a look: {base}/cases/{case_id}")
    await whole.until(lambda: any("Nordwind" in _text(one.get("attachments")) for one in whole.messages()))


async def test_the_home_shows_a_case_and_opens_it_in_a_dialog(whole: FullBot) -> None:
    case_id = await whole.raise_one()
    acts.open_home(whole.world, {"user": ANA})
    await whole.until(lambda: case_id in _text(whole.world.slack.views.homes.get(ANA)))
    home = whole.world.slack.views.homes[ANA]
    await acts.press(whole.world, {"user": ANA, "view_id": home["id"], "action_id": "claim"})
    await whole.until(lambda: f"open_case:{case_id}" in _text(whole.world.slack.views.homes[ANA]))
    home = whole.world.slack.views.homes[ANA]
    await acts.press(whole.world, {"user": ANA, "view_id": home["id"], "action_id": "open_case"})
    await whole.until(lambda: bool(whole.world.slack.views.stacks.get(ANA)))
    assert case_id in _text(whole.world.slack.views.stacks[ANA][-1])


async def test_a_command_is_answered_in_private(whole: FullBot) -> None:
    case_id = await whole.raise_one()
    await whole.command(DANA, "queue")
    assert case_id in _text(_private(whole))
    assert whole.whispers(ANA) == []


async def test_a_dispute_can_be_raised_from_a_message(whole: FullBot) -> None:
    whole.post_message(BEN, "Nordwind rang: invoice 77 is 20 euros too high.")
    said = whole.messages()[-1]
    wanted = {"user": BEN, "channel": BILLING, "ts": said["ts"], "callback_id": "raise_from_message"}
    assert (await acts.use_shortcut(whole.world, wanted))["ok"]
    await whole.until(lambda: bool(whole.world.slack.views.stacks.get(BEN)))
    assert "20 euros too high" in _text(whole.world.slack.views.stacks[BEN][-1])
    filled = {
        "customer_name": "Nordwind GmbH",
        "tier": "standard",
        "invoice_number": "77",
        "invoice_total": "120",
        "currency": "EUR",
        "reason": "wrong_amount",
        "statement": "20 euros too high",
    }
    assert (await whole.submit(BEN, **filled))["ok"]
    await whole.until(lambda: whole.card("D-1001") is not None)


async def test_a_button_of_a_newer_version_is_let_pass(whole: FullBot) -> None:
    case_id = await whole.raise_one()
    card = whole.card(case_id) or {}
    card["blocks"][-1]["elements"][0]["action_id"] = "teleport:D-1001"
    await whole.press("teleport", ANA, case_id)
    assert (await whole.case(case_id)).status is Status.OPEN


async def test_a_mistake_of_ours_gives_the_person_a_reference(
    whole: FullBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    case_id = await whole.raise_one()
    monkeypatch.setattr("handlers.claim.claim", fail)
    await whole.press("claim", ANA, case_id)
    await whole.until(
        lambda: any("give your administrator this reference" in one for one in whole.whispers(ANA))
    )
    assert (await whole.case(case_id)).status is Status.OPEN


async def test_a_refused_form_keeps_what_was_typed(whole: FullBot) -> None:
    case_id = await whole.raise_one()
    await whole.press("claim", ANA, case_id)
    await whole.until(lambda: "ask_decide" in _text(whole.card(case_id)))
    await whole.press("ask_decide", ANA, case_id)
    await whole.until(lambda: bool(whole.world.slack.views.stacks.get(ANA)))
    await whole.press("more", ANA, case_id, f"release:{case_id}")
    await whole.until_case(case_id, lambda case: case.resolver_id is None)
    words = "You are right, and we are sorry for the trouble."
    chosen = {"verdict": "accepted", "root_cause": "pricing_error", "customer_text": words}
    assert (await whole.submit(ANA, **chosen))["ok"]
    form, refusal = whole.world.slack.views.stacks[ANA]
    assert "Only the resolver" in _text(refusal)
    assert words in _text(form)


async def test_a_dispute_that_was_raised_takes_the_place_of_its_form(whole: FullBot) -> None:
    await whole.command(BEN, "new")
    raised = {
        "customer_name": "Nordwind GmbH",
        "tier": "standard",
        "invoice_number": "77",
        "invoice_total": "120",
        "currency": "EUR",
        "reason": "wrong_amount",
        "statement": "20 euros too high",
    }
    assert (await whole.submit(BEN, **raised))["ok"]
    assert ["D-1001 is raised" in _text(view) for view in whole.world.slack.views.stacks[BEN]] == [True]


@pytest.mark.parametrize("trouble", ["expired_trigger_id", "ratelimited", "http_500"])
async def test_whoever_gets_no_form_is_told_to_press_again(whole: FullBot, trouble: str) -> None:
    case_id = await whole.raise_one()
    await apply_admin_action(whole.world, {"method": "views.open", "error": trouble, "times": 2})
    await whole.command(ANA, "new")
    await whole.press("more", BEN, case_id, f"ask_note:{case_id}")
    told = ["Slack was too slow to open the form. Press again."]
    await whole.until(lambda: whole.whispers(ANA) == whole.whispers(BEN) == told)


async def test_answers_to_clicks_never_wait_for_a_connection_of_the_outbox(whole: FullBot) -> None:
    outbox, answers = whole.application.apis
    assert whole.application.slack is not None
    assert whole.application.slack.app.client is answers.client
    assert outbox.client.session is not answers.client.session


async def test_a_home_that_cant_be_shown_says_why(whole: FullBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise StoreUnavailable("away")

    monkeypatch.setattr("handlers.disputes_command.home_view", fail)
    acts.open_home(whole.world, {"user": ANA})
    await whole.until(lambda: "reach my database" in _text(whole.world.slack.views.homes.get(ANA)))


async def test_a_colleagues_name_in_a_refusal_calls_nobody(whole: FullBot) -> None:
    case_id = await whole.raise_one()
    before = dict(whole.card(case_id) or {})
    renamed = Person(id=f"slack:{ANA}", name="<!channel>", slack_ref=ANA)
    await whole.application.context.store.run(lambda tx: tx.people.save(renamed))
    await whole.press("claim", ANA, case_id)
    await whole.until(lambda: "Under review" in _text(whole.card(case_id)))
    (whole.card(case_id) or {}).update(blocks=before["blocks"])
    await whole.press("claim", BEN, case_id)
    await whole.until(lambda: whole.whispers(BEN) == [f"{case_id} is already claimed by &lt;!channel&gt;."])


@pytest.fixture
def slow_database(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Once set up, the writer and the readers stand still until the event comes; Slack waits a tenth."""
    may_go_on = threading.Event()
    run = Unit.run

    def run_slowly(unit: Unit, tx: Transaction) -> None:
        may_go_on.wait(TIMEOUT_SECONDS)
        run(unit, tx)

    monkeypatch.setattr("bot.slack.edge.ACKNOWLEDGED_AFTER_SECONDS", 0.1)
    monkeypatch.setattr("bot.slack.edge.FORM_ACKNOWLEDGED_AFTER_SECONDS", 0.1)
    may_go_on.set()
    monkeypatch.setattr(Unit, "run", run_slowly)
    return may_go_on


async def test_a_slow_database_is_waited_for_after_the_acknowledgement(
    whole: FullBot, slow_database: threading.Event
) -> None:
    case_id = await whole.raise_one()
    slow_database.clear()
    await whole.press("claim", ANA, case_id)
    await whole.press("open_case", BEN, case_id)
    await whole.command(DANA, "queue")
    assert whole.whispers(BEN) == whole.whispers(DANA) == []
    slow_database.set()
    await whole.until_case(case_id, lambda case: case.resolver_id == f"slack:{ANA}")
    await whole.until(lambda: len(whole.whispers(BEN)) == len(whole.whispers(DANA)) == 1)


async def test_a_form_sent_to_a_slow_database_stays_and_counts_once(
    whole: FullBot, slow_database: threading.Event
) -> None:
    case_id = await whole.raise_one()
    await whole.press("more", ANA, case_id, f"ask_note:{case_id}")
    await whole.until(lambda: bool(whole.world.slack.views.stacks.get(ANA)))
    slow_database.clear()
    assert (await whole.submit(ANA, note="Called them."))["ok"]
    form, notice = whole.world.slack.views.stacks[ANA]
    assert "This takes longer than usual" in _text(notice)
    slow_database.set()
    await acts.close_view(whole.world, {"user": ANA})
    assert (await whole.submit(ANA, note="Called them."))["ok"]
    await whole.until(lambda: any("Called them." in _text(one) for one in whole.messages()))
    story = await whole.application.context.store.read(lambda tx: tx.timeline.list(case_id))
    assert _text([str(entry) for entry in story]).count("Called them.") == 1
    assert "note" in _fields(form)


async def test_over_socket_mode_the_same_things_happen(tmp_path: Path) -> None:
    async with run_full_bot(tmp_path, slack_app_token="xapp-sandbox", slack_signing_secret=None) as whole:
        case_id = await whole.raise_one()
        await whole.press("claim", ANA, case_id)
        await whole.until_case(case_id, lambda case: case.resolver_id == f"slack:{ANA}")
        await whole.command(ANA, "mine")
        await whole.until(lambda: case_id in _text(_private(whole)))


def _text(thing: Any) -> str:
    return orjson.dumps(thing).decode()


def _fields(view: dict[str, Any]) -> list[str]:
    return [block["block_id"] for block in view["blocks"] if block["type"] == "input"]


def _private(whole: FullBot) -> dict[str, Any]:
    """The newest message that only one person sees."""
    found = list(whole.world.slack.workspace.channels[BILLING].whispers.values())
    return found[-1] if found else {}
