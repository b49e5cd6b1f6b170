"""What people in Slack get back over the real wires, when all is well and when it isn't."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from core.case import Status
from core.person import Person
from sandbox.slack import actions as acts
from sandbox.slack.admin import apply_admin_action
from store.errors import StoreUnavailable
from tests.bot.full_bot import ANA, BEN, BILLING, DANA, FullBot, run_full_bot


async def test_a_claim_shows_on_the_card_and_in_its_thread(full_bot: FullBot) -> None:
    case_id = await full_bot.raise_one()
    await full_bot.press("claim", ANA, case_id)
    await full_bot.until(lambda: "Under review" in _text(full_bot.card(case_id)))
    await full_bot.until(lambda: any("Ana Ruiz claimed" in str(one["text"]) for one in full_bot.messages()))


async def test_whoever_comes_second_is_told_by_name_and_in_private(full_bot: FullBot) -> None:
    case_id = await full_bot.raise_one()
    before = dict(full_bot.card(case_id) or {})
    await full_bot.press("claim", ANA, case_id)
    await full_bot.until(lambda: "Under review" in _text(full_bot.card(case_id)))
    (full_bot.card(case_id) or {}).update(blocks=before["blocks"])
    await full_bot.press("claim", BEN, case_id)
    await full_bot.until(lambda: full_bot.whispers(BEN) == [f"{case_id} is already claimed by Ana Ruiz."])
    assert full_bot.whispers(ANA) == []


async def test_a_stale_card_is_drawn_anew(full_bot: FullBot) -> None:
    case_id = await full_bot.raise_one()
    before = dict(full_bot.card(case_id) or {})
    await full_bot.press("claim", ANA, case_id)
    await full_bot.until(lambda: "Under review" in _text(full_bot.card(case_id)))
    (full_bot.card(case_id) or {}).update(blocks=before["blocks"])
    await full_bot.press("claim", BEN, case_id)
    await full_bot.until(lambda: "Under review" in _text(full_bot.card(case_id)))


async def test_a_wrong_amount_stands_at_its_field_and_a_right_one_decides(full_bot: FullBot) -> None:
    case_id = await full_bot.raise_one()
    await full_bot.press("claim", ANA, case_id)
    await full_bot.until(lambda: "ask_decide" in _text(full_bot.card(case_id)))
    await full_bot.press("ask_decide", ANA, case_id)
    await full_bot.until(lambda: bool(full_bot.world.slack.views.stacks.get(ANA)))
    view = full_bot.world.slack.views.stacks[ANA][-1]
    assert "amount" not in _fields(view)
    chosen = {"user": ANA, "view_id": view["id"], "action_id": "choose_verdict", "value": "part_accepted"}
    await acts.press(full_bot.world, chosen)
    await full_bot.until(lambda: "amount" in _fields(full_bot.world.slack.views.stacks[ANA][-1]))
    texts = {"root_cause": "pricing_error", "customer_text": "You are right about half of it."}
    refused = await full_bot.submit(ANA, verdict="part_accepted", amount="500", **texts)
    assert refused["errors"] == {"amount": "A part is less than what is disputed. To give all of it, accept."}
    assert (await full_bot.case(case_id)).status is Status.UNDER_REVIEW
    assert (await full_bot.submit(ANA, verdict="part_accepted", amount="60.00", **texts))["ok"]
    closed = await full_bot.case(case_id)
    assert closed.status is Status.CLOSED
    assert closed.decision is not None
    assert closed.decision.granted.minor == 6_000


async def test_a_click_counts_even_when_slack_fails_right_after_it(full_bot: FullBot) -> None:
    case_id = await full_bot.raise_one()
    for method in ("chat.update", "chat.postMessage"):
        await apply_admin_action(full_bot.world, {"method": method, "error": "http_500", "times": 1})
    await full_bot.press("claim", ANA, case_id)
    assert (await full_bot.case(case_id)).resolver_id == f"slack:{ANA}"
    await full_bot.until(lambda: "Under review" in _text(full_bot.card(case_id)))


async def test_a_form_that_slack_fails_to_open_loses_nothing(full_bot: FullBot) -> None:
    case_id = await full_bot.raise_one()
    await full_bot.press("claim", ANA, case_id)
    await full_bot.until(lambda: "Under review" in _text(full_bot.card(case_id)))
    await apply_admin_action(full_bot.world, {"method": "views.open", "error": "http_500", "times": 1})
    await full_bot.press("ask_note", ANA, case_id)
    await full_bot.press("ask_note", ANA, case_id)
    assert (await full_bot.submit(ANA, note="Called them."))["ok"]
    await full_bot.until(lambda: any("Called them." in _text(one) for one in full_bot.messages()))


async def test_the_private_view_follows_what_is_done_from_it(full_bot: FullBot) -> None:
    case_id = await full_bot.raise_one()
    await full_bot.press("open_case", ANA, case_id)
    await full_bot.until(lambda: len(full_bot.whispers(ANA)) == 1)
    private = next(iter(full_bot.world.slack.workspace.channels[BILLING].whispers.values()))
    pressed = {"user": ANA, "channel": BILLING, "ts": private["ts"], "action_id": "claim"}
    await acts.press(full_bot.world, pressed)
    await full_bot.until(lambda: "Under review" in _text(_private(full_bot)))


async def test_a_mention_in_a_thread_is_answered_to_the_asker_alone(full_bot: FullBot) -> None:
    case_id = await full_bot.raise_one()
    card = full_bot.card(case_id) or {}
    full_bot.post_message(ANA, f"@ombud show {case_id}", thread_ts=card["ts"])
    await full_bot.until(lambda: any(case_id in said for said in full_bot.whispers(ANA)))
    assert _private(full_bot).get("thread_ts") == card["ts"]


async def test_a_shared_link_unfolds_in_the_channel_of_the_case(full_bot: FullBot) -> None:
    case_id = await full_bot.raise_one()
    base = full_bot.application.context.settings.base_url
    full_bot.post_message(ANA, f"Have a look: {base}/cases/{case_id}")
    await full_bot.until(
        lambda: any("Nordwind" in _text(one.get("attachments")) for one in full_bot.messages())
    )


async def test_the_home_shows_a_case_and_opens_it_in_a_dialog(full_bot: FullBot) -> None:
    case_id = await full_bot.raise_one()
    acts.open_home(full_bot.world, {"user": ANA})
    await full_bot.until(lambda: case_id in _text(full_bot.world.slack.views.homes.get(ANA)))
    home = full_bot.world.slack.views.homes[ANA]
    await acts.press(full_bot.world, {"user": ANA, "view_id": home["id"], "action_id": "claim"})
    await full_bot.until(lambda: f"open_case:{case_id}" in _text(full_bot.world.slack.views.homes[ANA]))
    home = full_bot.world.slack.views.homes[ANA]
    await acts.press(full_bot.world, {"user": ANA, "view_id": home["id"], "action_id": "open_case"})
    await full_bot.until(lambda: bool(full_bot.world.slack.views.stacks.get(ANA)))
    assert case_id in _text(full_bot.world.slack.views.stacks[ANA][-1])


async def test_a_command_is_answered_in_private(full_bot: FullBot) -> None:
    case_id = await full_bot.raise_one()
    await full_bot.command(DANA, "queue")
    assert case_id in _text(_private(full_bot))
    assert full_bot.whispers(ANA) == []


async def test_a_dispute_can_be_raised_from_a_message(full_bot: FullBot) -> None:
    full_bot.post_message(BEN, "Nordwind rang: invoice 77 is 20 euros too high.")
    said = full_bot.messages()[-1]
    wanted = {"user": BEN, "channel": BILLING, "ts": said["ts"], "callback_id": "raise_from_message"}
    assert (await acts.use_shortcut(full_bot.world, wanted))["ok"]
    await full_bot.until(lambda: bool(full_bot.world.slack.views.stacks.get(BEN)))
    assert "20 euros too high" in _text(full_bot.world.slack.views.stacks[BEN][-1])
    filled = {
        "customer_name": "Nordwind GmbH",
        "tier": "standard",
        "invoice_number": "77",
        "invoice_total": "120",
        "currency": "EUR",
        "reason": "wrong_amount",
        "statement": "20 euros too high",
    }
    assert (await full_bot.submit(BEN, **filled))["ok"]
    await full_bot.until(lambda: full_bot.card("D-1001") is not None)


async def test_a_button_of_a_newer_version_is_let_pass(full_bot: FullBot) -> None:
    case_id = await full_bot.raise_one()
    card = full_bot.card(case_id) or {}
    card["blocks"][-1]["elements"][0]["action_id"] = "teleport:D-1001"
    await full_bot.press("teleport", ANA, case_id)
    assert (await full_bot.case(case_id)).status is Status.OPEN


async def test_a_mistake_of_ours_gives_the_person_a_reference(
    full_bot: FullBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    case_id = await full_bot.raise_one()
    monkeypatch.setattr("handlers.claim.claim", fail)
    await full_bot.press("claim", ANA, case_id)
    await full_bot.until(
        lambda: any("give your administrator this reference" in one for one in full_bot.whispers(ANA))
    )
    assert (await full_bot.case(case_id)).status is Status.OPEN


async def test_a_refused_form_keeps_what_was_typed(full_bot: FullBot) -> None:
    case_id = await full_bot.raise_one()
    await full_bot.press("claim", ANA, case_id)
    await full_bot.until(lambda: "ask_decide" in _text(full_bot.card(case_id)))
    await full_bot.press("ask_decide", ANA, case_id)
    await full_bot.until(lambda: bool(full_bot.world.slack.views.stacks.get(ANA)))
    await full_bot.press("more", ANA, case_id, f"release:{case_id}")
    await full_bot.until_case(case_id, lambda case: case.resolver_id is None)
    words = "You are right, and we are sorry for the trouble."
    chosen = {"verdict": "accepted", "root_cause": "pricing_error", "customer_text": words}
    assert (await full_bot.submit(ANA, **chosen))["ok"]
    form, refusal = full_bot.world.slack.views.stacks[ANA]
    assert "Only the resolver" in _text(refusal)
    assert words in _text(form)


async def test_a_dispute_that_was_raised_takes_the_place_of_its_form(full_bot: FullBot) -> None:
    await full_bot.command(BEN, "new")
    raised = {
        "customer_name": "Nordwind GmbH",
        "tier": "standard",
        "invoice_number": "77",
        "invoice_total": "120",
        "currency": "EUR",
        "reason": "wrong_amount",
        "statement": "20 euros too high",
    }
    assert (await full_bot.submit(BEN, **raised))["ok"]
    assert ["D-1001 is raised" in _text(view) for view in full_bot.world.slack.views.stacks[BEN]] == [True]


@pytest.mark.parametrize("trouble", ["expired_trigger_id", "ratelimited", "http_500"])
async def test_whoever_gets_no_form_is_told_to_press_again(full_bot: FullBot, trouble: str) -> None:
    case_id = await full_bot.raise_one()
    await apply_admin_action(full_bot.world, {"method": "views.open", "error": trouble, "times": 2})
    await full_bot.command(ANA, "new")
    await full_bot.press("more", BEN, case_id, f"ask_note:{case_id}")
    told = ["Slack was too slow to open the form. Press again."]
    await full_bot.until(lambda: full_bot.whispers(ANA) == full_bot.whispers(BEN) == told)


async def test_answers_to_clicks_never_wait_for_a_connection_of_the_outbox(full_bot: FullBot) -> None:
    outbox, answers = full_bot.application.apis
    assert full_bot.application.slack is not None
    assert full_bot.application.slack.app.client is answers.client
    assert outbox.client.session is not answers.client.session


async def test_a_home_that_cant_be_shown_says_why(full_bot: FullBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise StoreUnavailable("away")

    monkeypatch.setattr("handlers.disputes_command.home_view", fail)
    acts.open_home(full_bot.world, {"user": ANA})
    await full_bot.until(lambda: "reach my database" in _text(full_bot.world.slack.views.homes.get(ANA)))


async def test_a_colleagues_name_in_a_refusal_calls_nobody(full_bot: FullBot) -> None:
    case_id = await full_bot.raise_one()
    before = dict(full_bot.card(case_id) or {})
    renamed = Person(id=f"slack:{ANA}", name="<!channel>", slack_ref=ANA)
    await full_bot.application.context.store.run(lambda tx: tx.people.save(renamed))
    await full_bot.press("claim", ANA, case_id)
    await full_bot.until(lambda: "Under review" in _text(full_bot.card(case_id)))
    (full_bot.card(case_id) or {}).update(blocks=before["blocks"])
    await full_bot.press("claim", BEN, case_id)
    await full_bot.until(
        lambda: full_bot.whispers(BEN) == [f"{case_id} is already claimed by &lt;!channel&gt;."]
    )


async def test_over_socket_mode_the_same_things_happen(tmp_path: Path) -> None:
    async with run_full_bot(tmp_path, slack_app_token="xapp-sandbox", slack_signing_secret=None) as full_bot:
        case_id = await full_bot.raise_one()
        await full_bot.press("claim", ANA, case_id)
        await full_bot.until_case(case_id, lambda case: case.resolver_id == f"slack:{ANA}")
        await full_bot.command(ANA, "mine")
        await full_bot.until(lambda: case_id in _text(_private(full_bot)))


def _text(thing: Any) -> str:
    return orjson.dumps(thing).decode()


def _fields(view: dict[str, Any]) -> list[str]:
    return [block["block_id"] for block in view["blocks"] if block["type"] == "input"]


def _private(full_bot: FullBot) -> dict[str, Any]:
    """The newest message that only one person sees."""
    found = list(full_bot.world.slack.workspace.channels[BILLING].whispers.values())
    return found[-1] if found else {}
