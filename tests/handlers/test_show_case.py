"""A case in full, and cards for shared links."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cards.actions import Action
from cards.views import FullCaseView
from core.uploaded_file import File, FileState
from handlers.mail_preview_settings import MailPreviewSettings
from handlers.show_case import MOST_LINKS
from handlers.types import Reply
from store.evidence.uploads import UNVERIFIED
from store.transaction import Transaction
from tests.builders import a_customer
from tests.handlers.harness import (
    ANA,
    BEN,
    BILLING,
    DANA,
    GONE,
    HEAD,
    LOGISTICS,
    OMAR,
    STRANGER,
    ZOE,
    Harness,
)


def page(harness: Harness, by: str, case_id: str) -> FullCaseView:
    card = harness.press(Action.OPEN_CASE, by, case_id).card
    assert isinstance(card, FullCaseView)
    return card


def share(harness: Harness, by: str, text: str, channel: str | None = BILLING) -> Reply:
    return harness.press(Action.SHARE_LINK, by, value=text, channel=channel)


def link(case_id: str) -> str:
    return f"https://ombud.example/cases/{case_id}"


def test_the_page_tells_the_story_by_name(harness: Harness) -> None:
    case_id = harness.create_claimed_case(ANA)
    harness.send(Action.REASSIGN, DANA, case_id, resolver=BEN)
    story = str(page(harness, ANA, case_id).timeline)
    assert all(name in story for name in ("Ana", "Ben", "Dana"))
    assert "slack:U" not in story.replace("slack_ref", "")


def test_buttons_are_those_that_the_reader_may_press(harness: Harness) -> None:
    case_id = harness.create_claimed_case(ANA)
    offered = {by: {one.action for one in page(harness, by, case_id).card.buttons} for by in (ANA, BEN, HEAD)}
    assert Action.ASK_DECIDE in offered[ANA]
    assert Action.ASK_DECIDE not in offered[BEN]
    assert offered[HEAD] == set()


def test_the_customers_other_disputes_are_listed_and_nobody_elses(harness: Harness) -> None:
    case_id, before = harness.create_case(), harness.create_case()
    harness.create_case(customer=a_customer(ref="cus_2", name="Südwind"))
    assert [row.case_id for row in page(harness, ANA, case_id).history.rows] == [before]


def test_of_other_queues_only_how_many_there_are_is_told(harness: Harness) -> None:
    case_id, before = harness.create_case(), harness.create_case()
    hidden = harness.create_case(reason_id="not_delivered")
    for_ana, for_head = page(harness, ANA, case_id).history, page(harness, HEAD, case_id).history
    assert [row.case_id for row in for_ana.rows] == [before]
    assert for_ana.note == "… and 1 more in other queues"
    assert ([row.case_id for row in for_head.rows], for_head.note) == ([hidden, before], None)
    alone = page(harness, OMAR, hidden).history
    assert (alone.rows, alone.note) == ((), "… and 2 more in other queues")
    assert "first dispute" not in alone.empty


def test_a_link_unfolds_in_the_channel_of_its_queue(harness: Harness) -> None:
    case_id = harness.create_case()
    for url in (link(case_id), link(case_id) + "?from=mail", link(case_id) + "#story"):
        assert list(share(harness, ANA, url).unfurl) == [url]


@pytest.mark.parametrize("channel", [LOGISTICS, "CRANDOM", "", None, "COMPOSER"])
def test_elsewhere_a_link_stays_a_link(harness: Harness, channel: str | None) -> None:
    case_id = harness.create_case()
    assert share(harness, ANA, link(case_id), channel).unfurl == {}


def test_a_channel_not_found_yet_is_no_place_for_a_card(harness: Harness) -> None:
    case_id = harness.create_case()
    harness.store.run_blocking(lambda tx: tx.channels.save("#billing-disputes", None, "It is archived."))
    assert share(harness, DANA, link(case_id), None).unfurl == {}


@pytest.mark.parametrize("by", [ZOE, STRANGER, GONE, OMAR])
def test_who_may_not_see_the_case_unfolds_nothing(harness: Harness, by: str) -> None:
    case_id = harness.create_case()
    assert share(harness, by, link(case_id)).unfurl == {}


def test_of_several_links_those_unfold_that_may(harness: Harness) -> None:
    mine, theirs = harness.create_case(), harness.create_case(reason_id="not_delivered")
    text = " ".join(
        [link(mine), link(theirs), link("D-9999"), link("D-1"), "https://ombud.example/board", "<>"]
    )
    assert list(share(harness, HEAD, text).unfurl) == [link(mine)]
    assert list(share(harness, OMAR, text, LOGISTICS).unfurl) == [link(theirs)]


@pytest.mark.parametrize(
    ("base_url", "host", "unfolds"),
    [
        ("https://ombud.example", "ombud.example", True),
        ("https://Ombud.example:443", "ombud.example:443", True),
        ("https://ombud.example/ombud", "OMBUD.example/ombud", True),
        ("https://ombud.example", "ombud.example.evil.example", False),
        ("https://ombud.example", "ombud.example@evil.example", False),
        ("https://ombud.example", "evil.example/https://ombud.example", False),
    ],
)
def test_only_a_link_to_our_own_host_unfolds(
    harness: Harness, base_url: str, host: str, unfolds: bool
) -> None:
    url = f"https://{host}/cases/{harness.create_case()}"
    paper = MailPreviewSettings(base_url=base_url)
    reply = harness.press(Action.SHARE_LINK, ANA, value=url, channel=BILLING, mail_preview=paper)
    assert bool(reply.unfurl) is unfolds


def test_of_very_many_links_the_first_unfold(harness: Harness) -> None:
    case_id = harness.create_case()
    links = [f"{link(case_id)}?n={number}" for number in range(50)]
    assert list(share(harness, ANA, " ".join(links)).unfurl) == links[:MOST_LINKS]


@pytest.mark.parametrize(
    "text", ["", " ", "/cases/D-" + "9" * 20, "/cases/D-\u0661\u0662\u0663\u0664", "x" * 50_000]
)
def test_what_is_no_link_to_a_case_unfolds_nothing(harness: Harness, text: str) -> None:
    assert share(harness, ANA, text).unfurl == {}


def test_home_shows_ones_cases_and_queues_and_to_managers_what_is_late(harness: Harness) -> None:
    mine, waiting = harness.create_claimed_case(ANA), harness.create_case()
    harness.advance(days=2)
    by_person = {}
    for by in (ANA, DANA, ZOE, STRANGER, GONE):
        home = harness.press(Action.OPEN_HOME, by).home
        assert home is not None
        by_person[by] = [(one.title, [row.case_id for row in one.rows]) for one in home.lists]
    assert by_person[ANA] == [("Your cases", [mine]), ("Unclaimed in Billing disputes", [waiting])]
    assert by_person[DANA][:2] == [("Your cases", []), ("Overdue", [waiting, mine])]
    assert by_person[ZOE] == by_person[STRANGER] == [("Your cases", [])]
    assert by_person[GONE] == []


def earlier(harness: Harness, by: str, case_id: str) -> str:
    said = str(page(harness, by, case_id).lines)
    return said.partition("Came earlier about this invoice")[2]


def hand_in(harness: Harness, case_id: str, name: str, **changes: Any) -> None:
    case = harness.case(case_id)
    file = File(
        id=f"f-{name}",
        invoice_ref=case.invoice.ref,
        customer_ref=case.customer.ref,
        case_id=case_id,
        draft_id=None,
        kind="other",
        name=name,
        size=1_200_000,
        state=FileState.READY,
        via="page",
        came_at=harness.now,
    )
    harness.store.run_blocking(save_file, replace(file, **changes))


def save_file(tx: Transaction, file: File) -> None:
    tx.files.add(file)


def test_what_came_for_the_same_invoice_is_seen_from_a_later_dispute(harness: Harness) -> None:
    before, now = harness.create_case(), harness.create_case()
    hand_in(harness, before, "crate.jpg")
    assert "crate.jpg (1.2 MB)" in earlier(harness, ANA, now)
    assert before in earlier(harness, ANA, now)
    assert earlier(harness, ANA, before) == ""


def test_what_nobody_may_see_yet_is_not_seen_from_there_either(harness: Harness) -> None:
    before, now = harness.create_case(), harness.create_case()
    hand_in(harness, before, "held.pdf", state=FileState.HELD)
    hand_in(harness, before, "strangers.pdf", kind=UNVERIFIED)
    assert earlier(harness, ANA, now) == ""


def test_files_of_other_queues_stay_there(harness: Harness) -> None:
    before, now = harness.create_case(reason_id="not_delivered"), harness.create_case()
    hand_in(harness, before, "crate.jpg")
    assert earlier(harness, BEN, now) == ""
    assert "crate.jpg" in earlier(harness, HEAD, now)
