"""Tests of the case card: what it says of each state, and which buttons it has for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from cards.actions import Action
from cards.buttons import LABELS, REQUIRED_PERMISSIONS
from cards.plain_text import plain
from cards.present import lower_label
from cards.slack import message
from cards.views import Link
from core.case import Case, Evidence, Status
from core.permissions import is_permitted
from tests.cards.examples import ANA, BEN, CASES, FILES, HOUR, NOW, ROLES, view_of


def offered(case: Case, role: str = "channel") -> list[Action]:
    view = view_of(case, role=ROLES[role])
    return [*(button.action for button in view.buttons), *(item.action for item in view.menu)]


def notices(case: Case) -> list[str]:
    return [plain(line) for line in view_of(case).notices]


def test_evidence_is_wanted_by_the_network_until_it_was_handed_in() -> None:
    case = CASES["chargeback"]
    assert case.chargeback is not None
    assert "wants evidence by" in notices(case)[0]
    handed_in = replace(case, chargeback=replace(case.chargeback, status="under_review"))
    assert "wants evidence" not in notices(handed_in)[0]


def test_number_reason_and_amount_come_first() -> None:
    head = message(view_of(CASES["open"]))["blocks"][0]["text"]["text"]
    assert head == "D-1042 · Not delivered · €1,234.50"


def test_the_amount_stays_on_the_card_however_long_the_reason_is() -> None:
    view = replace(view_of(CASES["open"]), reason="very " * 100)
    assert message(view)["blocks"][0]["text"]["text"].endswith("… · €1,234.50")


def test_an_open_case_is_there_to_be_claimed() -> None:
    assert offered(CASES["open"])[:2] == [Action.CLAIM, Action.OPEN_CASE]
    assert view_of(CASES["open"]).buttons[0].style == "primary"


def test_a_claimed_case_is_there_to_be_decided_and_says_by_whom() -> None:
    view = view_of(CASES["under_review"])
    assert view.buttons[0].action is Action.ASK_DECIDE
    assert view.resolver is not None
    assert view.resolver.slack_ref == ANA.slack_ref


def test_while_we_wait_for_the_customer_their_answer_comes_first_and_the_clock_stands_still() -> None:
    view = view_of(CASES["waiting_on_customer"])
    assert view.buttons[0].action is Action.CUSTOMER_ANSWERED
    assert view.clock is None
    assert plain(view.paused) == (
        "Clock stopped: waiting for the customer (A photo of the delivery note) since 2026-03-02 10:30 UTC"
    )
    assert view.tone == "paused"


def test_whoever_has_a_case_can_ask_and_answer_its_customer_in_one_press() -> None:
    for name in ("under_review", "waiting_on_customer", "snoozed"):
        row = [button.action for button in view_of(CASES[name], role=ROLES["resolver"]).buttons]
        assert {Action.ASK_QUESTION, Action.ASK_REPLY} <= set(row)
        assert Action.ASK_QUESTION not in offered(CASES[name], "colleague")


def test_a_closed_case_can_only_be_read_written_about_or_reopened() -> None:
    assert offered(CASES["closed_part_accepted"]) == [
        Action.ASK_REOPEN,
        Action.OPEN_CASE,
        Action.ASK_REPLY,
        Action.ASK_NOTE,
    ]


def test_a_snoozed_case_offers_to_wake_it_instead_of_snoozing_it_again() -> None:
    assert Action.WAKE in offered(CASES["snoozed"])
    assert Action.ASK_SNOOZE not in offered(CASES["snoozed"])
    assert notices(CASES["snoozed"]) == ["Snoozed until 2026-03-03 06:30 UTC."]


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("role", [name for name in ROLES if name != "channel"])
def test_in_private_nobody_is_offered_what_they_may_not_do(name: str, role: str) -> None:
    who = ROLES[role]
    assert who is not None
    for action in offered(CASES[name], role):
        assert action is Action.OPEN_CASE or is_permitted(REQUIRED_PERMISSIONS[action], who)


def test_a_colleague_is_not_offered_to_decide_anothers_case() -> None:
    assert Action.ASK_DECIDE not in offered(CASES["under_review"], "colleague")
    assert Action.ASK_REASSIGN in offered(CASES["under_review"], "colleague")


def test_in_the_channel_of_another_queue_the_card_says_where_the_case_went() -> None:
    view = view_of(CASES["open"], for_queue_id="billing")
    assert view.status == "Moved to Logistics disputes"
    assert plain(view.notices[0]).startswith("It left this channel 2026-")
    assert (view.buttons, view.menu) == ((), ())


def test_the_card_left_behind_says_nothing_that_will_not_stay_true() -> None:
    view = view_of(CASES["under_review"], for_queue_id="billing")
    assert (view.evidence, view.resolver, view.clock, view.paused) == ((), None, None, ())


def test_in_the_channel_of_its_own_queue_the_card_can_be_used() -> None:
    assert view_of(CASES["open"], for_queue_id="logistics").buttons


def test_the_nearer_clock_comes_first() -> None:
    view = view_of(CASES["open"])
    assert view.clock is not None
    assert view.second_clock is not None
    assert (view.clock.label, view.second_clock.label) == ("Claim was due", "Resolve by")


def test_a_date_set_by_others_is_always_shown() -> None:
    view = view_of(CASES["chargeback"])
    labels = [clock.label for clock in (view.clock, view.second_clock) if clock]
    assert "Evidence due by" in labels
    assert "Chargeback" in notices(CASES["chargeback"])[0]


def test_a_clock_that_has_run_out_makes_the_card_late() -> None:
    assert view_of(CASES["open"], now=NOW - 2 * HOUR).tone == "waiting"
    assert view_of(CASES["open"], now=NOW + timedelta(days=9)).tone == "late"
    assert view_of(CASES["settling"], now=NOW + timedelta(days=9)).tone == "done"


def test_an_escalation_says_which_step_and_what_was_missed() -> None:
    assert notices(CASES["open_late"]) == ["Escalated (step 1 of 2): the time to claim was missed."]


def test_the_card_says_whether_the_evidence_is_complete() -> None:
    def said(case: Case) -> str:
        return plain(view_of(case).evidence)

    assert said(CASES["open"]) == "Incomplete: no photo of the delivery note"
    assert said(CASES["under_review"]) == "Complete: note.jpg"
    other = Evidence(kind="other", name="pallet.jpg")
    assert said(replace(CASES["open"], evidence=(other,))) == (
        "Incomplete: no photo of the delivery note. Here: pallet.jpg"
    )
    asks_nothing = replace(CASES["open"], reason_id="wrong_amount")
    assert said(asks_nothing) == ""
    assert said(replace(asks_nothing, evidence=(other,))) == "1 file: pallet.jpg"
    assert said(replace(asks_nothing, evidence=(other,) * 8)).endswith("pallet.jpg and 2 more")


@pytest.mark.parametrize(
    ("label", "lacking"),
    [
        ("A photo of the note", "photo of the note"),
        ("An e-mail", "e-mail"),
        ("The signed contract", "signed contract"),
        ("PDF of the offer", "PDF of the offer"),
        ("Fotos", "fotos"),
        ("a", "a"),
    ],
)
def test_what_is_lacking_is_named_after_no(label: str, lacking: str) -> None:
    assert lower_label(label) == lacking


def test_files_on_the_card_can_be_opened_once_they_are_known_to_be_harmless() -> None:
    note, pallet, offer = (part for part in view_of(CASES["with_files"], files=FILES).evidence[1::2])
    assert note == Link("note.jpg (1.2 MB)", "https://ombud.example/e/f_note.signed")
    assert pallet == "pallet.jpg (812 B, held back until it is scanned)"
    assert offer == Link("offer.pdf", "https://crm.example/offer.pdf")


def test_a_decision_says_how_much_by_whom_and_why() -> None:
    said = [plain(line) for line in view_of(CASES["settling"]).decision]
    assert said == [
        "Accepted in part: €600.00 by Ana, 2026-03-02 10:30 UTC",
        "Root cause: Pricing error",
    ]


def test_the_card_says_what_would_put_it_right() -> None:
    wished = replace(CASES["under_review"], wish="A new pallet\nby Friday.")
    assert notices(wished) == ["What would put it right: A new pallet by Friday."]
    assert notices(replace(wished, wish=" ")) == []


def test_a_duplicate_names_the_case_that_lives_on() -> None:
    assert notices(CASES["closed_duplicate"]) == ["Duplicate of D-1007; that case lives on."]


def test_the_total_is_shown_only_when_a_part_is_disputed() -> None:
    case = CASES["open"]
    assert view_of(case).of_total == "€4,800.00"
    assert view_of(replace(case, disputed=case.invoice.total)).of_total is None


def test_a_resolver_we_have_not_met_is_still_mentioned_by_their_slack_id() -> None:
    view = view_of(replace(CASES["under_review"], resolver_id="slack:U0NEW"))
    assert view.resolver is not None
    assert view.resolver.slack_ref == "U0NEW"


def test_every_button_has_words_and_a_right_that_it_needs() -> None:
    for status in Status:
        for action in offered(replace(CASES["under_review"], status=status, resolver_id=BEN.id)):
            assert LABELS[action]
            assert action in REQUIRED_PERMISSIONS
