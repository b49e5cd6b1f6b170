"""Intake: a dispute becomes the right case, which goes to its queue at the right moment."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.case import Evidence, Status
from core.deadlines import apply_deadlines, next_deadline
from core.errors import FieldRefused
from core.events import DisputeRaised, EvidenceAdded, QueueTold
from core.intake import Dispute, disputed_amount, raise_dispute, submit_evidence
from core.invoice import InvoiceLine
from core.money import Money
from core.outcome import Outcome
from core.policy import RequiredEvidence, UnknownName
from tests.builders import MONDAY_9AM, a_customer, a_dispute, a_policy, a_reason, an_invoice, euros

POLICY = a_policy()
NOTE = Evidence(kind="delivery_note", name="note.jpg")
PHOTO = Evidence(kind="photo", name="photo.jpg")


def raised(dispute: Dispute) -> Outcome:
    return raise_dispute(dispute, POLICY, case_id="D-1001", actor_id="api:crm", now=MONDAY_9AM)


def test_a_dispute_that_needs_nothing_more_is_the_queues_at_once() -> None:
    outcome = raised(a_dispute())
    assert outcome.case.status is Status.OPEN
    assert outcome.case.grace_until is None
    assert [type(event) for event in outcome.events] == [DisputeRaised, QueueTold]


def test_the_case_remembers_what_the_customer_said() -> None:
    gold = a_customer(tier_id="gold")
    case = raised(a_dispute(customer=gold, line_refs=("il_1",), wish="A credit note.")).case
    assert (case.id, case.queue_id, case.priority) == ("D-1001", "billing", 1)
    assert (case.statement, case.source, case.line_refs) == ("We agreed on 90 euros.", "api:crm", ("il_1",))
    assert case.wish == "A credit note."
    assert case.raised_at == case.moved_at == case.clock.started_at == MONDAY_9AM


def test_a_dispute_that_lacks_evidence_gathers_and_says_what_is_missing() -> None:
    outcome = raised(a_dispute(reason_id="not_delivered"))
    assert outcome.case.status is Status.GATHERING
    assert outcome.case.grace_until == MONDAY_9AM + timedelta(hours=48)
    (event,) = outcome.events
    assert isinstance(event, DisputeRaised)
    assert event.missing == ("A photo of the delivery note",)


def test_evidence_that_came_along_spares_the_gathering() -> None:
    outcome = raised(a_dispute(reason_id="not_delivered", evidence=(NOTE,)))
    assert outcome.case.status is Status.OPEN


def test_gathering_ends_with_its_grace_and_says_what_never_came() -> None:
    case = raised(a_dispute(reason_id="not_delivered", customer=a_customer(email=None))).case
    end = MONDAY_9AM + timedelta(hours=48)
    assert next_deadline(case, POLICY) == end
    assert apply_deadlines(case, POLICY, end - timedelta(microseconds=1)) == Outcome(case)
    outcome = apply_deadlines(case, POLICY, end)
    assert outcome.case.status is Status.OPEN
    assert outcome.events == (QueueTold(at=end, actor_id="clock", missing=("A photo of the delivery note",)),)


def test_the_sla_clock_starts_when_the_queue_is_told() -> None:
    case = raised(a_dispute(reason_id="not_delivered")).case
    later = MONDAY_9AM + timedelta(hours=20)
    opened = submit_evidence(case, (NOTE,), POLICY, actor_id="customer", now=later).case
    assert opened.clock.started_at == opened.clock.unclaimed_since == later


def test_the_last_missing_piece_ends_the_gathering_and_no_other_does() -> None:
    both = (RequiredEvidence("delivery_note", "Note"), RequiredEvidence("photo", "Photo"))
    policy = a_policy(reasons={"damaged": a_reason("damaged", required_evidence=both)})
    case = raise_dispute(
        a_dispute(reason_id="damaged"), policy, case_id="D-1001", actor_id="api:crm", now=MONDAY_9AM
    ).case
    first = submit_evidence(case, (NOTE,), policy, actor_id="customer", now=MONDAY_9AM)
    assert first.case.status is Status.GATHERING
    last = submit_evidence(first.case, (NOTE, PHOTO), policy, actor_id="customer", now=MONDAY_9AM)
    assert last.case.status is Status.OPEN
    assert [type(event) for event in last.events] == [EvidenceAdded, QueueTold]


@pytest.mark.parametrize(("reason_id", "tier_id"), [("rudeness", "gold"), ("wrong_amount", "diamond")])
def test_an_unknown_reason_or_tier_is_refused(reason_id: str, tier_id: str) -> None:
    with pytest.raises(UnknownName):
        raised(a_dispute(reason_id=reason_id, customer=a_customer(tier_id=tier_id)))


@pytest.mark.parametrize(
    ("given", "amount"),
    [
        ({}, 12_000),
        ({"disputed": euros(30)}, 3_000),
        ({"disputed": euros(120)}, 12_000),
        ({"disputed": euros(0.01)}, 1),
        ({"line_refs": ("il_2",)}, 3_000),
        ({"line_refs": ("il_1", "il_2")}, 12_000),
        ({"line_refs": ("il_2", "il_2")}, 3_000),
        ({"line_refs": ("il_1",), "disputed": euros(10)}, 1_000),
    ],
)
def test_what_is_disputed_is_the_amount_or_the_lines_or_the_whole_invoice(
    given: dict[str, object], amount: int
) -> None:
    assert disputed_amount(a_dispute(**given)) == Money(amount, "EUR")


@pytest.mark.parametrize(
    ("given", "field", "why"),
    [
        ({"disputed": euros(0)}, "disputed", "more than zero"),
        ({"disputed": euros(-1)}, "disputed", "more than zero"),
        ({"disputed": euros(120.01)}, "disputed", "no more than the invoice"),
        ({"disputed": Money(1_000, "USD")}, "disputed", "The invoice is in EUR, not USD"),
        ({"line_refs": ("il_9",)}, "line_refs", "no line “il_9”"),
        ({"line_refs": ("il_9",), "disputed": euros(10)}, "line_refs", "no line “il_9”"),
    ],
)
def test_an_amount_that_can_not_be_is_refused_at_its_field(
    given: dict[str, object], field: str, why: str
) -> None:
    with pytest.raises(FieldRefused, match=why) as refused:
        disputed_amount(a_dispute(**given))
    assert refused.value.field == field


def test_credit_lines_count_against_what_is_disputed() -> None:
    credit = InvoiceLine(ref="il_3", text="Credit", amount_minor=-2_000)
    lines = (*an_invoice().lines, credit)
    invoice = an_invoice(lines=lines, total_minor=10_000)
    assert disputed_amount(a_dispute(invoice=invoice, line_refs=("il_1", "il_3"))).minor == 7_000
    with pytest.raises(FieldRefused, match="more than zero"):
        disputed_amount(a_dispute(invoice=invoice, line_refs=("il_3",)))


def test_lines_that_share_a_reference_are_disputed_together() -> None:
    twins = tuple(InvoiceLine(ref="sku", text="Box", amount_minor=amount) for amount in (4_000, 5_000))
    invoice = an_invoice(lines=twins, total_minor=9_000)
    assert disputed_amount(a_dispute(invoice=invoice, line_refs=("sku",))).minor == 9_000


def test_an_invoice_of_nothing_can_not_be_disputed() -> None:
    with pytest.raises(FieldRefused, match="more than zero"):
        disputed_amount(a_dispute(invoice=an_invoice(total_minor=0, lines=())))
