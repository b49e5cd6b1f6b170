"""The same click twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from cards.actions import Action
from cards.message_forms import PREVIEWED
from core.errors import FieldRefused, NotFound
from handlers.actions import change
from handlers.types import Click, Reply
from tests.handlers.harness import ANA, BEN, STRANGER, Harness
from tests.handlers.test_raise_dispute import FORM


def note(harness: Harness, case_id: str, key: str | None, text: str = "Called them.") -> Reply:
    return harness.press(Action.NOTE, ANA, case_id, key=key, values={"note": text})


def test_a_form_that_was_accepted_is_not_accepted_again(harness: Harness) -> None:
    case_id = harness.create_case()
    note(harness, case_id, "view:V1")
    promised = harness.pending_deliveries()
    assert note(harness, case_id, "view:V1", "Another text.") == Reply()
    assert harness.event_names(case_id).count("NoteAdded") == 1
    assert harness.pending_deliveries() == promised


def test_a_claim_that_comes_again_after_a_release_claims_nothing(any_harness: Harness) -> None:
    case_id = any_harness.create_case()
    any_harness.press(Action.CLAIM, ANA, case_id, key="press:1")
    any_harness.press(Action.RELEASE, ANA, case_id, key="press:2")
    assert any_harness.press(Action.CLAIM, ANA, case_id, key="press:1") == Reply()
    assert any_harness.event_names(case_id)[-1] == "CaseReleased"
    any_harness.press(Action.CLAIM, ANA, case_id, key="press:3")
    assert any_harness.event_names(case_id)[-1] == "CaseClaimed"


def test_another_form_with_the_same_words_is_another_note(harness: Harness) -> None:
    case_id = harness.create_case()
    note(harness, case_id, "view:V1")
    note(harness, case_id, "view:V2")
    note(harness, case_id, None)
    note(harness, case_id, None)
    assert harness.event_names(case_id).count("NoteAdded") == 4


def test_a_form_that_was_refused_can_be_sent_again(harness: Harness) -> None:
    case_id = harness.create_case()
    with pytest.raises(FieldRefused):
        note(harness, case_id, "view:V1", " ")
    note(harness, case_id, "view:V1")
    assert harness.event_names(case_id).count("NoteAdded") == 1


def test_a_refused_stranger_leaves_no_trace(harness: Harness) -> None:
    case_id = harness.create_case()
    with pytest.raises(NotFound):
        harness.press(Action.NOTE, STRANGER, case_id, key="view:V1", values={"note": "Let me in."})
    assert harness.person(STRANGER) is None
    note(harness, case_id, "view:V1")
    assert harness.event_names(case_id).count("NoteAdded") == 1


def test_the_same_key_on_another_platform_is_another_click(harness: Harness) -> None:
    case_id = harness.create_case()
    note(harness, case_id, "view:V1")
    harness.store.run_blocking(lambda tx: tx.inbox.save_response("teams", "view:V9", "done", at=harness.now))
    note(harness, case_id, "view:V9")
    assert harness.event_names(case_id).count("NoteAdded") == 2


def test_a_dispute_sent_many_times_at_once_is_raised_once(any_harness: Harness) -> None:
    click = Click(
        action=Action.NEW, platform="slack", actor_ref=ANA, at=any_harness.now, values=FORM, key="view:V1"
    )
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: any_harness.store.run_blocking(change, click), range(16)))
    assert len(any_harness.case_ids()) == 1
    assert [reply for reply in replies if reply != Reply()] == [reply for reply in replies if reply.whisper]
    assert sum(reply.whisper is not None for reply in replies) == 1


def test_a_note_sent_many_times_at_once_is_kept_once(any_harness: Harness) -> None:
    case_id = any_harness.create_case()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: note(any_harness, case_id, "view:V1"), range(16)))
    assert any_harness.event_names(case_id).count("NoteAdded") == 1


def test_what_ends_a_case_may_come_many_times_at_once_and_nobody_is_refused(any_harness: Harness) -> None:
    values = {"ending": "withdrawn"}
    for number in range(4):
        case_id = any_harness.create_claimed_case()
        click = Click(
            action=Action.CLOSE,
            platform="slack",
            actor_ref=ANA,
            at=any_harness.now,
            case_id=case_id,
            values=values,
            key=f"view:C{number}",
        )
        with ThreadPoolExecutor(8) as pool:
            replies = list(
                pool.map(lambda _, sent=click: any_harness.store.run_blocking(change, sent), range(16))
            )
        assert replies == [Reply()] * 16
        assert any_harness.event_names(case_id).count("CaseEnded") == 1


def test_a_mail_that_was_seen_is_sent_once_however_often_it_comes(any_harness: Harness) -> None:
    case_id = any_harness.create_claimed_case()
    values = {"text": "We look into it."}
    shown = any_harness.press(Action.REPLY, ANA, case_id, values=values, key="view:R1").form
    assert shown is not None
    seen = dict(shown.hidden)[PREVIEWED]

    def send(_: int) -> Reply:
        return any_harness.press(Action.REPLY, ANA, case_id, values=values, key="view:R1", previewed=seen)

    with ThreadPoolExecutor(8) as pool:
        assert set(map(repr, pool.map(send, range(16)))) == {repr(Reply())}
    assert any_harness.event_names(case_id).count("CustomerTold") == 1


def test_two_people_with_forms_of_their_own_both_get_through(any_harness: Harness) -> None:
    case_id = any_harness.create_case()
    keys = [(by, f"view:{by}{number}") for by in (ANA, BEN) for number in range(8)]

    def send(one: tuple[str, str]) -> None:
        any_harness.press(Action.NOTE, one[0], case_id, key=one[1], values={"note": one[1]})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, keys))
    assert any_harness.event_names(case_id).count("NoteAdded") == 16
    assert any_harness.store.read_blocking(lambda tx: tx.timeline.verify(case_id)) == []
