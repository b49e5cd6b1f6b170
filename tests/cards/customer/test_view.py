"""Tests of the customer's view of a case: what it shows, and what it never shows."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from operator import attrgetter
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.customer.language import LANGUAGES, translator_for
from cards.customer.view import customer_view, size_text
from cards.customer.views import CustomerCaseView
from core.case import Asked, Case, Decision, Evidence, Resolution, Status
from core.customer_events import CustomerAwaited, CustomerWrote, FileRefused, SenderAccepted
from core.events import CaseDecided, CaseEnded, DisputeRaised, Event, EvidenceAdded
from core.person import CUSTOMER
from core.policy import ReasonTranslation
from core.uploaded_file import File, FileState
from tests.builders import MONDAY_9AM, MONDAY_NOON, a_case, a_customer, a_policy, a_reason, euros
from tests.cards.hostile import text

TOLD = {
    ("DisputeRaised", "statement"),
    ("CustomerAwaited", "text"),
    ("CustomerTold", "text"),
    ("CustomerWrote", "text"),
    ("CustomerWrote", "files"),
    ("CustomerDisagreed", "why"),
    ("FileRefused", "name"),
    ("FileRefused", "why"),
    ("CaseDecided", "customer_text"),
}
"""Every word of an event that a customer may read. `EvidenceAdded` and `CaseEnded` only if they did it."""


def view_of(case: Case, *events: Event, language: str = "en", **more: Any) -> CustomerCaseView:
    given = {
        "files": (),
        "policy": a_policy(),
        "now": MONDAY_NOON,
        "translate_refusal": attrgetter("why"),
        **more,
    }
    return customer_view(case, events=events, translator=translator_for(language), **given)


def an_event(kind: type, **changes: Any) -> Any:
    """An event whose every text says where it stands."""
    hints = get_type_hints(kind)
    given: dict[str, Any] = {"at": MONDAY_9AM}
    for field in fields(kind):
        mark = f"<{kind.__name__}.{field.name}>"
        hint = hints[field.name]
        if hint is str or hint == str | None:
            given[field.name] = mark
        elif hint == tuple[str, ...]:
            given[field.name] = (mark,)
        elif field.name not in given and field.default.__class__.__name__ == "_MISSING_TYPE":
            given[field.name] = _some(hint)
    return kind(**{**given, **changes})


def _some(hint: Any) -> Any:
    known: dict[Any, Any] = {int: 1, bool: True, Resolution: Resolution.REJECTED, type(euros(1)): euros(1)}
    return known.get(hint, MONDAY_9AM) if hint in known or "datetime" in str(hint) else next(iter(hint))


@pytest.mark.parametrize("kind", get_args(Event), ids=lambda kind: kind.__name__)
def test_of_an_event_only_what_was_written_for_the_customer_is_told(kind: type) -> None:
    case = a_case(resolver_id="slack:U0ANA")
    ended = CaseEnded(at=MONDAY_NOON, actor_id="slack:U0ANA", resolution=Resolution.REJECTED)
    shown = repr(view_of(case, an_event(kind), ended, files=(a_file(name="<FileRefused.name>"),)))
    for field in fields(kind):
        mark = f"<{kind.__name__}.{field.name}>"
        if (kind.__name__, field.name) not in TOLD:
            assert mark not in shown


def test_what_is_told_is_indeed_told() -> None:
    """So that the test above looks at what it means to look at."""
    kinds = {kind.__name__: kind for kind in get_args(Event)}
    ended = CaseEnded(at=MONDAY_NOON, actor_id="slack:U0ANA", resolution=Resolution.REJECTED)
    for name, field in TOLD:
        theirs = (a_file(name="<FileRefused.name>"),) if name == "FileRefused" else ()
        shown = repr(view_of(a_case(), an_event(kinds[name]), ended, files=theirs).entries)
        assert f"<{name}.{field}>" in shown, (name, field)


def test_of_the_case_nothing_internal_is_told() -> None:
    hidden = a_case(
        resolver_id="slack:U0HIDDEN",
        source="api:HIDDEN",
        evidence=(Evidence(kind="other", name="HIDDEN.pdf", url="https://hidden.example"),),
        customer=a_customer(tier_id="gold", ref="HIDDEN"),
        accepted_senders=("hidden@example.com",),
        status=Status.WAITING_ON_CUSTOMER,
    )
    shown = repr(view_of(hidden)).casefold()
    assert "hidden" not in shown
    for inside in ("gold", "billing disputes", "dana@", "priority", "pricing"):
        assert inside not in shown


def test_what_we_asked_for_is_on_the_page_as_it_was_in_the_mail() -> None:
    asked = Asked(what="A photo\nof the note", at=MONDAY_9AM)
    waiting = a_case(status=Status.WAITING_ON_CUSTOMER, asked=asked)
    assert view_of(waiting).asked_for == "A photo of the note"
    assert view_of(a_case()).asked_for == ""


def test_a_decision_that_is_not_carried_out_yet_is_not_known() -> None:
    decision = Decision(
        verdict=Resolution.REJECTED,
        granted=euros(0),
        root_cause_id="pricing_error",
        customer_text="SECRET",
        internal_text="SECRET",
        by="slack:U0ANA",
        at=MONDAY_9AM,
    )
    decided = an_event(CaseDecided, customer_text="SECRET")
    for status in (Status.SETTLING, Status.AWAITING_APPROVAL):
        view = view_of(a_case(resolver_id="slack:U0ANA", status=status, decision=decision), decided)
        assert "SECRET" not in repr(view)
        assert view.stage == "under_review"


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [
        ("en", "We see it differently.", "We agree with you in part. We credit you €1.00 for this invoice."),
        ("de", "Wir sehen es anders.", "Wir schreiben Ihnen 1,00\xa0€ zu dieser Rechnung gut."),
        ("fr", "", "1,00\xa0€"),
        ("es", "", "1,00\xa0€"),
    ],
)
def test_two_decisions_in_the_same_words_are_told_apart(language: str, first: str, second: str) -> None:
    rejected = an_event(
        CaseDecided, granted=euros(0), verdict=Resolution.REJECTED, customer_text="See above."
    )
    granted = replace(rejected, granted=euros(1), verdict=Resolution.PART_ACCEPTED)
    ended = CaseEnded(at=MONDAY_NOON, actor_id="slack:U0ANA", resolution=Resolution.REJECTED)
    in_part = replace(ended, resolution=Resolution.PART_ACCEPTED)
    told = view_of(a_case(), rejected, ended, granted, in_part, language=language).entries
    assert [(entry.text, entry.is_small) for entry in told] == [("See above.", False)] * 2
    assert first in told[0].verdict
    assert second in told[1].verdict
    assert told[0].verdict != told[1].verdict


def test_what_a_stranger_wrote_is_not_shown_until_a_resolver_accepts_them() -> None:
    wrote = CustomerWrote(
        at=MONDAY_9AM,
        actor_id=CUSTOMER,
        text="Pay me",
        via="mail",
        sender="X@evil.example",
        is_verified=False,
    )
    assert view_of(a_case(), wrote).entries == ()
    case = a_case(accepted_senders=("x@evil.example",))
    accepted = SenderAccepted(at=MONDAY_NOON, actor_id="slack:U0ANA", sender="X@evil.example")
    assert [entry.text for entry in view_of(case, wrote, accepted).entries] == ["Pay me"]
    doubted = replace(wrote, at=MONDAY_NOON + timedelta(hours=1), text="Forged", warning="DMARC failed.")
    assert [entry.text for entry in view_of(case, wrote, accepted, doubted).entries] == ["Pay me"]


def test_what_colleagues_hand_in_is_theirs() -> None:
    ours = EvidenceAdded(at=MONDAY_9AM, actor_id="slack:U0ANA", names=("Driver's report.pdf",))
    theirs = EvidenceAdded(at=MONDAY_9AM, actor_id=CUSTOMER, names=("Photo.jpg",))
    shown = repr(view_of(a_case(), ours, theirs))
    assert "Driver" not in shown
    assert "Photo.jpg" in shown


def test_files_that_came_with_words_are_told_once() -> None:
    wrote = CustomerWrote(at=MONDAY_9AM, actor_id=CUSTOMER, text="Here", via="page", files=("Photo.jpg",))
    added = EvidenceAdded(at=MONDAY_9AM, actor_id=CUSTOMER, names=("Photo.jpg",), came_with_words=True)
    assert len(view_of(a_case(), wrote, added).entries) == 1


def test_a_file_can_be_opened_only_when_it_is_ready() -> None:
    for state in FileState:
        view = view_of(a_case(), files=(a_file(state=state, has_preview=True),))
        opened = [(file.id, file.has_preview) for file in view.files]
        if state is FileState.READY:
            assert opened == [("f1", True)]
        else:
            assert opened in ([], [(None, False)])


def test_a_thrown_away_file_is_told_with_the_reason_in_their_language() -> None:
    refused = FileRefused(at=MONDAY_9AM, actor_id="clock", name="x.jpg", why="“x.jpg” was thrown away.")
    files = (a_file(name="x.jpg", state=FileState.REFUSED),)
    assert view_of(a_case(), refused, files=files).entries[0].text == "“x.jpg” was thrown away."
    known = {"“x.jpg” was thrown away.": "„x.jpg“ wurde gelöscht."}
    german = view_of(
        a_case(), refused, files=files, language="de", translate_refusal=lambda event: known[event.why]
    ).entries[0]
    title, text = "Wir konnten die Datei x.jpg nicht annehmen", "„x.jpg“ wurde gelöscht."
    assert (german.title, german.text) == (title, text)


def test_a_thrown_away_file_of_somebody_else_is_not_told() -> None:
    refused = FileRefused(at=MONDAY_9AM, actor_id="clock", name="margins.pdf", why="…")
    assert view_of(a_case(), refused, files=(a_file(name="x.jpg"),)).entries == ()


def test_missing_evidence_is_named_in_the_customers_language() -> None:
    words = ReasonTranslation(
        "Nicht geliefert", "Es kam nichts an.", {"delivery_note": "Ein Foto des Lieferscheins"}
    )
    reason = replace(a_policy().reasons["not_delivered"], translations={"de": words})
    policy = a_policy(reasons={"not_delivered": reason})
    case = a_case(
        reason_id="not_delivered", status=Status.GATHERING, grace_until=MONDAY_NOON + timedelta(days=2)
    )
    view = view_of(case, language="de", policy=policy)
    assert view.reason == "Nicht geliefert"
    assert view.missing == (("delivery_note", "Ein Foto des Lieferscheins"),)
    assert view.next_step == "Bitte reichen Sie nach: Ein Foto des Lieferscheins"
    assert "Mittwoch, 4. März 2026" in view.by_when


def test_a_case_whose_reason_and_queue_have_left_the_policy_is_still_shown() -> None:
    closed = a_case(
        reason_id="gone",
        queue_id="gone",
        status=Status.CLOSED,
        resolution=Resolution.REJECTED,
        closed_at=MONDAY_9AM,
    )
    view = view_of(closed, policy=a_policy(reasons={"other": a_reason("other")}))
    assert (view.reason, view.disagree_by, view.is_over) == ("", None, True)


@given(text, st.sampled_from(LANGUAGES), st.sampled_from(list(Status)))
def test_whatever_was_written_it_can_be_shown(words: str, language: str, status: Status) -> None:
    case = a_case(
        statement=words,
        wish=words,
        status=status,
        resolution=Resolution.REJECTED if status is Status.CLOSED else None,
        closed_at=MONDAY_9AM if status is Status.CLOSED else None,
        customer=a_customer(name=words, contact=words),
    )
    events = (
        an_event(DisputeRaised, statement=words),
        an_event(CustomerAwaited, text=words, what=words),
        an_event(CustomerWrote, text=words, files=(words,)),
        an_event(FileRefused, name=words, why=words),
    )
    view = view_of(case, *events, language=language, files=(a_file(name=words),))
    assert view.headline
    assert "\x00" not in repr(view)
    assert "\u202e" not in "".join(entry.text + entry.title for entry in view.entries)


@pytest.mark.parametrize(
    ("size", "said"), [(0, "1 KB"), (999, "1 KB"), (2048, "2 KB"), (1_048_576, "1 MB"), (26_214_400, "25 MB")]
)
def test_sizes_are_said_as_people_say_them(size: int, said: str) -> None:
    assert size_text(translator_for("en"), size) == said


def a_file(**changes: Any) -> File:
    file = File(
        id="f1",
        invoice_ref="in_1",
        customer_ref="cus_nordwind",
        case_id="D-1001",
        draft_id=None,
        kind="other",
        name="Photo.jpg",
        size=2048,
        via="page",
        came_at=MONDAY_9AM,
    )
    return replace(file, **changes)
