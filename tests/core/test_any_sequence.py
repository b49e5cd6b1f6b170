"""Any sequence of actions, over any time, leaves a case in a legal state."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from core.case import Case, Chargeback, Evidence, Resolution, Status
from core.chargebacks import ChargebackUpdate, update_chargeback
from core.claiming import claim, reassign, release
from core.closing import close_decided, mark_duplicate, reopen, withdraw
from core.customer_messages import accept_sender, is_from_customer, report_mail_failure
from core.customer_questions import ask_customer, tell_customer
from core.deadlines import apply_deadlines, next_deadline
from core.deciding import VERDICTS, decide
from core.disagreeing import disagree
from core.errors import Refused
from core.evidence import refuse_file
from core.intake import raise_dispute, submit_evidence
from core.money import Money
from core.noting import add_note
from core.outcome import Outcome
from core.reclassifying import change_priority, change_reason
from core.snoozing import await_customer, resume_after_answer, snooze, wake
from tests.builders import a_case, a_customer, a_dispute, euros
from tests.core.case_invariants import Ledger, check_outcome, check_state
from tests.core.lifecycle import mail
from tests.core.strategies import OWN_ADDRESS, PEOPLE, addresses, moments, pieces, spans, texts, two_offices
from tests.fixtures.effort import tries

POLICY = two_offices()
OTHER = a_case(id="D-1002")
people = st.sampled_from(PEOPLE)
reasons = st.sampled_from(sorted(POLICY.reasons))
parts = st.one_of(st.none(), st.integers(-100, 13_000).map(lambda minor: euros(minor / 100)))
statuses = st.sampled_from(("needs_response", "under_review", "won", "lost"))


class AnySequence(RuleBasedStateMachine):
    """One case, three people, a customer, a card network and the clock."""

    @initialize(reason_id=reasons, at=moments, email=st.sampled_from((OWN_ADDRESS, OWN_ADDRESS, None)))
    def raised(self, reason_id: str, at: datetime, email: str | None) -> None:
        self.now = at
        self.ledger = Ledger(POLICY)
        self.case = a_case()
        dispute = a_dispute(reason_id=reason_id, customer=a_customer(email=email))
        outcome = raise_dispute(dispute, POLICY, case_id="D-1001", actor_id="api:crm", now=at)
        self.ledger.record(None, outcome, at)
        self.case = outcome.case

    def happen(self, attempt: Callable[[Case], Outcome]) -> None:
        before = self.case
        kept = copy.deepcopy(before)
        try:
            outcome = attempt(before)
        except Refused:
            assert before == kept
            return
        assert before == kept
        check_outcome(before, outcome, POLICY)
        self.ledger.record(before, outcome, self.now)
        self.case = outcome.case

    # --- time ----------------------------------------------------------------------------------------

    @rule(span=spans)
    def time_passes_unnoticed(self, span: timedelta) -> None:
        self.now += span

    @rule(span=spans)
    def time_passes_and_the_sweep_runs(self, span: timedelta) -> None:
        self.now += span
        self.sweep()

    @precondition(lambda self: next_deadline(self.case, POLICY) is not None)
    @rule(early=st.booleans())
    def the_next_deadline_comes(self, early: bool) -> None:
        due_at = next_deadline(self.case, POLICY)
        assert due_at is not None
        self.now = max(self.now, due_at - timedelta(microseconds=1) if early else due_at)
        self.sweep()

    def sweep(self) -> None:
        due_at = next_deadline(self.case, POLICY)
        is_due = due_at is not None and due_at <= self.now
        assert bool(apply_deadlines(self.case, POLICY, self.now).events) == is_due, (
            "due without anything to do, or not"
        )
        self.happen(lambda case: apply_deadlines(case, POLICY, self.now))
        assert apply_deadlines(self.case, POLICY, self.now) == Outcome(self.case), (
            "a second tick did something"
        )
        due_at = next_deadline(self.case, POLICY)
        assert due_at is None or due_at > self.now

    # --- people --------------------------------------------------------------------------------------

    @rule(person=people)
    def somebody_claims(self, person: str) -> None:
        self.happen(lambda case: claim(case, resolver_id=person, now=self.now))

    @rule(person=people)
    def somebody_releases(self, person: str) -> None:
        self.happen(lambda case: release(case, actor_id=person, now=self.now))

    @rule(person=people, to=people)
    def somebody_reassigns(self, person: str, to: str) -> None:
        self.happen(lambda case: reassign(case, resolver_id=to, actor_id=person, why="", now=self.now))

    @rule(person=people, verdict=st.sampled_from((*VERDICTS, Resolution.WITHDRAWN)), part=parts)
    def somebody_decides(self, person: str, verdict: Resolution, part: Money | None) -> None:
        self.happen(
            lambda case: decide(
                case,
                verdict=verdict,
                part=part,
                root_cause_id="pricing_error",
                customer_text="We looked.",
                internal_text="",
                policy=POLICY,
                actor_id=person,
                now=self.now,
            )
        )

    @rule()
    def what_was_decided_is_settled(self) -> None:
        self.happen(lambda case: close_decided(case, actor_id="clock", now=self.now))

    @rule(person=people, is_duplicate=st.booleans())
    def somebody_ends_it_undecided(self, person: str, is_duplicate: bool) -> None:
        if is_duplicate:
            self.happen(lambda case: mark_duplicate(case, of=OTHER, why="", actor_id=person, now=self.now))
        else:
            self.happen(lambda case: withdraw(case, why="", actor_id=person, now=self.now))

    @rule(person=people)
    def somebody_reopens(self, person: str) -> None:
        self.happen(lambda case: reopen(case, why="more", actor_id=person, now=self.now))

    @rule(person=people, span=spans)
    def somebody_snoozes(self, person: str, span: timedelta) -> None:
        until = self.now + span
        self.happen(lambda case: snooze(case, until=until, why="", actor_id=person, now=self.now))

    @rule(person=people)
    def somebody_wakes_it(self, person: str) -> None:
        self.happen(lambda case: wake(case, actor_id=person, now=self.now))

    @rule(person=people)
    def somebody_telephones_the_customer(self, person: str) -> None:
        self.happen(lambda case: await_customer(case, what="a photo", actor_id=person, now=self.now))

    @rule(person=people)
    def the_customer_telephones(self, person: str) -> None:
        self.happen(lambda case: resume_after_answer(case, actor_id=person, now=self.now))

    @rule(person=people, text=texts)
    def somebody_asks_the_customer(self, person: str, text: str) -> None:
        self.happen(lambda case: ask_customer(case, what="a photo", text=text, actor_id=person, now=self.now))

    @rule(person=people, text=texts)
    def somebody_tells_the_customer(self, person: str, text: str) -> None:
        self.happen(lambda case: tell_customer(case, text=text, actor_id=person, now=self.now))

    @rule(sender=addresses, text=texts, files=pieces)
    def a_mail_comes(self, sender: str, text: str, files: tuple[Evidence, ...]) -> None:
        before, is_theirs = self.case, is_from_customer(self.case, sender)
        letter = partial(mail, text=text, sender=sender, files=files, is_verified=is_theirs)
        self.happen(lambda case: letter(case, policy=POLICY, now=self.now))
        assert is_theirs or self.case == before, "a stranger's mail changed the case"

    @rule(text=texts, files=pieces)
    def the_customer_answers(self, text: str, files: tuple[Evidence, ...]) -> None:
        self.happen(lambda case: mail(case, text=text, files=files, policy=POLICY, now=self.now))
        assert self.case.status is not Status.WAITING_ON_CUSTOMER

    @rule(person=people, sender=addresses, ago=st.one_of(st.none(), spans), files=pieces)
    def somebody_accepts_a_sender(
        self, person: str, sender: str, ago: timedelta | None, files: tuple[Evidence, ...]
    ) -> None:
        wrote_at = None if ago is None else self.now - ago
        accept = partial(accept_sender, wrote_at=wrote_at, files=files, policy=POLICY, actor_id=person)
        self.happen(lambda case: accept(case, sender, now=self.now))
        assert is_from_customer(self.case, sender)

    @rule()
    def a_file_is_thrown_away(self) -> None:
        self.happen(lambda case: refuse_file(case, "x.pdf", "A virus.", self.now))

    @rule()
    def our_mail_comes_back(self) -> None:
        self.happen(lambda case: report_mail_failure(case, to=OWN_ADDRESS, why="mailbox full", now=self.now))

    @rule(text=texts)
    def the_customer_disagrees(self, text: str) -> None:
        self.happen(lambda case: disagree(case, why=text, policy=POLICY, now=self.now))

    @rule(priority=st.integers(0, 5))
    def the_priority_changes(self, priority: int) -> None:
        self.happen(
            lambda case: change_priority(
                case, priority=priority, why="", policy=POLICY, actor_id=PEOPLE[0], now=self.now
            )
        )

    @rule(reason_id=reasons)
    def the_reason_changes(self, reason_id: str) -> None:
        self.happen(
            lambda case: change_reason(
                case, reason_id=reason_id, why="", policy=POLICY, actor_id=PEOPLE[0], now=self.now
            )
        )

    @rule(kind=st.sampled_from(("delivery_note", "other")))
    def evidence_comes(self, kind: str) -> None:
        piece = Evidence(kind=kind, name=f"{kind}.pdf")
        self.happen(lambda case: submit_evidence(case, (piece,), POLICY, actor_id="customer", now=self.now))

    @rule()
    def somebody_writes_a_note(self) -> None:
        self.happen(lambda case: add_note(case, text="Called them.", actor_id=PEOPLE[1], now=self.now))

    @rule(status=statuses, seen=spans, due=st.one_of(st.none(), spans))
    def the_card_network_speaks(self, status: str, seen: timedelta, due: timedelta | None) -> None:
        chargeback = Chargeback(
            ref="dp_1",
            charge_ref="ch_1",
            status=status,
            network_reason="fraudulent",
            evidence_due_at=None if due is None else self.now.astimezone(UTC) + due,
            seen_at=self.now - seen,
        )
        news = ChargebackUpdate(kind="charge.dispute.updated", chargeback=chargeback)
        self.happen(lambda case: update_chargeback(case, news, POLICY, self.now))

    # --- the usual course, so that stories get far --------------------------------------------------------

    @precondition(lambda self: self.case.status is Status.GATHERING)
    @rule()
    def the_photo_comes(self) -> None:
        piece = Evidence(kind="delivery_note", name="photo.jpg")
        self.happen(lambda case: submit_evidence(case, (piece,), POLICY, actor_id="customer", now=self.now))

    @precondition(lambda self: self.case.status is Status.OPEN)
    @rule(person=people)
    def the_queue_is_worked_on(self, person: str) -> None:
        self.somebody_claims(person)

    @precondition(lambda self: self.case.status is Status.UNDER_REVIEW)
    @rule(person=people)
    def a_question_is_asked(self, person: str) -> None:
        self.somebody_asks_the_customer(person, "Please send us a photo.")

    @precondition(lambda self: self.case.status is Status.WAITING_ON_CUSTOMER)
    @rule(span=spans)
    def the_customer_answers_after_a_while(self, span: timedelta) -> None:
        self.now += span
        self.the_customer_answers("Here it is.", ())

    @precondition(lambda self: self.case.status is Status.UNDER_REVIEW)
    @rule(person=people, span=spans)
    def it_is_rejected_and_the_customer_disagrees(self, person: str, span: timedelta) -> None:
        self.somebody_decides(person, Resolution.REJECTED, None)
        self.what_was_decided_is_settled()
        self.now += span
        self.the_customer_disagrees("Look again.")

    @precondition(lambda self: self.case.status in (Status.UNDER_REVIEW, Status.WAITING_ON_CUSTOMER))
    @rule(person=people)
    def it_is_decided(self, person: str) -> None:
        self.somebody_decides(person, Resolution.ACCEPTED, None)

    @precondition(lambda self: self.case.is_closed)
    @rule(person=people, span=spans)
    def there_is_more_to_it(self, person: str, span: timedelta) -> None:
        self.now += span
        self.somebody_reopens(person)

    # --- what must always hold -------------------------------------------------------------------------

    @invariant()
    def the_state_is_possible(self) -> None:
        check_state(self.case)

    @invariant()
    def no_clock_is_lost(self) -> None:
        self.ledger.check_clocks(self.case, self.now)


AnySequence.TestCase.settings = settings(max_examples=tries(80), stateful_step_count=40)
TestAnySequence = AnySequence.TestCase
