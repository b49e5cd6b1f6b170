"""The `/disputes` command."""

from __future__ import annotations

import pytest

from cards.actions import Action
from cards.views import FiguresView, FullCaseView, ListView, MessageView
from core.errors import NotFound, Refused
from handlers.search import SEARCH_LIMIT
from handlers.types import Reply
from tests.builders import a_customer, an_invoice
from tests.handlers.harness import ANA, DANA, HEAD, OMAR, STRANGER, ZOE, Harness


def listed(reply: Reply) -> ListView:
    assert isinstance(reply.card, ListView)
    return reply.card


def found(harness: Harness, by: str, words: str) -> list[str]:
    return [row.case_id for row in listed(harness.type(by, f"search {words}")).rows]


@pytest.mark.parametrize("text", ["", "   ", "help", "HELP", "help me"])
def test_help_is_what_one_gets_for_saying_nothing(harness: Harness, text: str) -> None:
    card = harness.type(STRANGER, text).card
    assert isinstance(card, MessageView)
    assert not any("I don't know" in str(line) for line in card.lines)


@pytest.mark.parametrize("text", ["dance", "D-12", "1", "🙂", "mine!", "d-" + "1" * 16, "x" * 5000])
def test_an_unknown_word_is_answered_with_the_help(harness: Harness, text: str) -> None:
    card = harness.type(ANA, text).card
    assert isinstance(card, MessageView)
    assert "I don't know" in str(card.lines[0])


@pytest.mark.parametrize(
    "text", ["show {id}", "SHOW {id}", "  show   {id}  ", "{id}", "show {digits}", "{digits}"]
)
def test_a_case_is_shown_by_its_number_however_it_is_written(harness: Harness, text: str) -> None:
    case_id = harness.create_case()
    card = harness.type(ANA, text.format(id=case_id, digits=case_id[2:])).card
    assert isinstance(card, FullCaseView)
    assert card.card.case_id == case_id


@pytest.mark.parametrize("text", ["show", "show me", "show D-", "show D-1001 now", "show " + "1" * 5000])
def test_show_without_a_number_says_how_to_write_it(harness: Harness, text: str) -> None:
    with pytest.raises(Refused, match="/disputes show D-1042"):
        harness.type(ANA, text)


def test_a_case_out_of_sight_and_one_not_there_are_told_alike(harness: Harness) -> None:
    case_id = harness.create_case()
    for by in (OMAR, ZOE, STRANGER):
        for text in (f"show {case_id}", case_id, "show D-9999"):
            with pytest.raises(NotFound, match="There is no case D-"):
                harness.type(by, text)


@pytest.mark.parametrize("word", ["mine", "queue", "overdue", "search nordlicht"])
def test_an_empty_list_says_what_it_would_hold(harness: Harness, word: str) -> None:
    card = listed(harness.type(ANA, word))
    assert card.rows == ()
    assert len(card.empty) > 10


@pytest.mark.parametrize("word", ["queue", "overdue"])
def test_who_belongs_to_no_queue_is_told_so_and_whom_to_ask(harness: Harness, word: str) -> None:
    harness.create_case()
    assert listed(harness.type(STRANGER, word)).empty.startswith("You belong to no queue yet.")
    assert "You belong to no queue" not in listed(harness.type(STRANGER, "mine")).empty
    assert "You belong to no queue" not in listed(harness.type(ANA, "overdue")).empty


@pytest.mark.parametrize(
    "name", ["billing", "Billing Disputes", "#billing-disputes", "BILLING-DISPUTES", " billing "]
)
def test_a_queue_goes_by_its_id_its_name_and_its_channel(harness: Harness, name: str) -> None:
    case_id = harness.create_case()
    card = listed(harness.type(ANA, f"queue {name}"))
    assert [row.case_id for row in card.rows] == [case_id]
    assert "Billing disputes" in card.title


@pytest.mark.parametrize("word", ["queue", "overdue", "stats"])
def test_an_unknown_queue_is_answered_with_the_known_ones_and_anothers_is_refused(
    harness: Harness, word: str
) -> None:
    with pytest.raises(Refused, match="There are: billing, logistics"):
        harness.type(ANA, f"{word} nowhere")
    with pytest.raises(Refused, match="isn't yours"):
        harness.type(ANA, f"{word} logistics")


def test_a_search_finds_by_number_customer_and_invoice(harness: Harness) -> None:
    one = harness.create_case()
    other = harness.create_case(
        customer=a_customer(ref="cus_2", name="Åse & Søn", email=None),
        invoice=an_invoice(number="RE/77", ref="in_2"),
    )
    assert found(harness, ANA, one) == [one]
    assert found(harness, ANA, "åse") == [other]
    assert found(harness, ANA, "re/77") == [other]
    assert found(harness, ANA, "NORDWIND") == [one]
    assert found(harness, OMAR, "nordwind") == []
    assert found(harness, OMAR, one) == []
    assert found(harness, HEAD, "nordwind") == [one]


@pytest.mark.parametrize(
    "text", ["%%", "__", "%ord%", "n_rdwind", "\\\\", "' OR 1=1 --", "*", "[a-z]+", "nord\x00wind"]
)
def test_wildcards_and_quotes_mean_themselves(harness: Harness, text: str) -> None:
    harness.create_case()
    if len(text) < 2:
        with pytest.raises(Refused, match="two letters"):
            found(harness, ANA, text)
    else:
        assert found(harness, ANA, text) == []
    odd = harness.create_case(
        customer=a_customer(ref="cus_2", name=f"100{text}GmbH".replace("\x00", "\ufffd"))
    )
    if len(text) > 1:
        assert found(harness, ANA, text) == [odd]


def test_a_search_with_many_hits_shows_the_newest_and_says_so(harness: Harness) -> None:
    raised = [harness.create_case() for _ in range(SEARCH_LIMIT + 1)]
    card = listed(harness.type(ANA, "search nordwind"))
    assert [row.case_id for row in card.rows] == raised[:0:-1]
    assert card.note is not None
    assert str(SEARCH_LIMIT) in card.note


def test_figures_count_what_the_person_may_see(harness: Harness) -> None:
    closed = harness.create_claimed_case(ANA)
    harness.send(Action.CLOSE, ANA, closed, ending="withdrawn")
    harness.create_case()
    card = harness.type(ANA, "stats").card
    assert isinstance(card, FiguresView)
    assert {"Open": "1", "Raised": "2", "Closed": "1"}.items() <= dict(card.figures).items()
    theirs = harness.type(OMAR, "stats").card
    assert isinstance(theirs, FiguresView)
    assert dict(theirs.figures)["Raised"] == "0"
    assert harness.type(DANA, "stats billing").card is not None
    with pytest.raises(Refused, match="no figures for you"):
        harness.type(ZOE, "stats")


def test_new_opens_the_form_for_those_who_work_in_a_queue(harness: Harness) -> None:
    form = harness.type(ANA, "new").form
    assert form is not None
    assert form.submits is Action.NEW
    with pytest.raises(Refused, match="Only people who work in a dispute queue"):
        harness.type(ZOE, "new")
