"""Invariants of every case, checked after each step of the random sequences.

The ledger has its own record of when the clock was paused, from what it sees people do; it is compared with
what the rules make of the case's record.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise

from core.case import MOVES, Case, Resolution, Status, Target
from core.customer_events import (
    CustomerAwaited,
    CustomerDisagreed,
    CustomerHeard,
    CustomerReminded,
    CustomerTold,
    CustomerWrote,
    FileRefused,
    MailFailed,
    SenderAccepted,
)
from core.deciding import VERDICTS
from core.effects import Effect, addresses_of, effects_of
from core.events import (
    CaseClaimed,
    CaseEscalated,
    CaseReassigned,
    CaseReopened,
    ChargebackHeard,
    NoteAdded,
    QueueTold,
    SlaBreached,
    SlaWarned,
)
from core.outcome import Outcome
from core.policy import Policy
from core.sla import nearest_end, running_clocks
from tests.core.working_time import used_working_time

WITH_RESOLVER = (Status.UNDER_REVIEW, Status.WAITING_ON_CUSTOMER, Status.AWAITING_APPROVAL, Status.SETTLING)


def check_state(case: Case) -> None:
    """Status and fields fit together."""
    assert not (case.status in WITH_RESOLVER and case.resolver_id is None)
    assert not (case.status in (Status.GATHERING, Status.OPEN) and case.resolver_id is not None)
    assert (case.resolution is not None) == (case.closed_at is not None) == case.is_closed
    assert (case.duplicate_of is not None) == (case.resolution is Resolution.DUPLICATE)
    assert (case.decision is not None) == (case.status is Status.SETTLING or case.resolution in VERDICTS)
    assert case.decision is None or 0 <= case.decision.granted.minor <= case.disputed.minor
    assert case.clock.is_paused == (case.status is Status.WAITING_ON_CUSTOMER)
    assert (case.clock.resolved_at is not None) == (case.status in (Status.SETTLING, Status.CLOSED))
    assert (case.grace_until is not None) == (case.status is Status.GATHERING)
    assert case.snoozed_until is None or case.status in WITH_RESOLVER
    assert case.asked is None or case.status is Status.WAITING_ON_CUSTOMER
    assert not case.said_early or case.status in (Status.GATHERING, Status.CLOSED)
    assert len(set(case.accepted_senders)) == len(case.accepted_senders)
    _check_pauses(case)


def _check_pauses(case: Case) -> None:
    for earlier, later in pairwise(case.clock.pauses):
        assert earlier.until is not None, "only the last pause may last"
        assert earlier.until <= later.since, "pauses overlap or are out of order"
    for pause in case.clock.pauses:
        assert pause.until is None or pause.since <= pause.until


def check_outcome(before: Case, outcome: Outcome, policy: Policy) -> None:
    """One step: a legal move, closed cases left alone, every event with its consequences."""
    after = outcome.case
    if not outcome.events:
        assert after == before, "changed without saying so: that would not be saved"
    for event in outcome.events:
        for effect in effects_of(event):
            addresses_of(effect, event, after, policy)
    if before.status is not after.status:
        assert after.status in MOVES[before.status]
    if before.is_closed and outcome.events:
        _check_closed_case_is_left_alone(before, outcome)


def _check_closed_case_is_left_alone(before: Case, outcome: Outcome) -> None:
    event, after = outcome.events[0], outcome.case
    if isinstance(event, ChargebackHeard):
        without_news = replace(after, chargeback=before.chargeback, external_due_at=before.external_due_at)
        assert without_news == before
    elif isinstance(event, NoteAdded | CustomerWrote | CustomerTold | MailFailed | FileRefused):
        assert outcome == Outcome(before, (event,))
    elif isinstance(event, SenderAccepted):
        assert replace(after, accepted_senders=before.accepted_senders) == before
    elif isinstance(event, CustomerDisagreed):
        assert isinstance(outcome.events[1], CaseReopened)
    else:
        assert isinstance(event, CaseReopened)


@dataclass
class Ledger:
    """What an observer with a watch would write down."""

    policy: Policy
    started_at: datetime | None = None
    unclaimed_since: datetime | None = None
    stood_still: list[tuple[datetime, datetime]] = field(default_factory=list)
    still_since: datetime | None = None
    has_answered: bool = False
    may_remind: bool = False
    was_reminded_of_evidence: bool = False
    said: list[tuple[Target, str, datetime]] = field(default_factory=list)
    calling: set[str] = field(default_factory=set)

    def record(self, before: Case | None, outcome: Outcome, now: datetime) -> None:
        after = outcome.case
        was_in_queue = before is not None and before.status is Status.OPEN
        if any(isinstance(event, QueueTold) for event in outcome.events):
            self.started_at = now
        has_new_queue = before is not None and before.queue_id != after.queue_id
        if after.status is Status.OPEN and (not was_in_queue or has_new_queue):
            self.unclaimed_since = now
        self._track_pauses(after, now)
        if after.status in (Status.WAITING_ON_CUSTOMER, Status.SETTLING):
            self.has_answered = True
        if any(isinstance(event, CustomerTold) for event in outcome.events) and not after.is_closed:
            self.has_answered = True
        self._check_alarms(outcome)
        self._check_reminders(outcome)
        self._check_alerts(outcome)

    def _check_reminders(self, outcome: Outcome) -> None:
        """Once for each question that was mailed and is unanswered, and once for missing evidence."""
        for event in outcome.events:
            if isinstance(event, CustomerReminded) and event.is_gathering:
                assert not self.was_reminded_of_evidence
                self.was_reminded_of_evidence = True
            elif isinstance(event, CustomerReminded):
                assert self.may_remind
                self.may_remind = False
            elif isinstance(event, CustomerAwaited):
                self.may_remind = bool(event.text)
            elif isinstance(event, CustomerHeard):
                self.may_remind = False
        if outcome.case.status is not Status.WAITING_ON_CUSTOMER:
            self.may_remind = False

    def _check_alerts(self, outcome: Outcome) -> None:
        """Alerts stay open until nothing is late or a resolver has the case, and not a moment longer."""
        for event in outcome.events:
            followed = {one: addresses_of(one, event, outcome.case, self.policy) for one in effects_of(event)}
            if isinstance(event, CaseEscalated):
                self.calling.update(followed[Effect.ALERT_MANAGERS])
            else:
                self.calling.difference_update(followed.get(Effect.SETTLE_ALERTS, ()))
            is_taken_up = isinstance(event, CaseClaimed | CaseReassigned)
            assert not (is_taken_up and self.calling), "a call outlives its answer"
        assert outcome.case.escalation is not None or not self.calling, "a call outlives its cause"
        assert not self.calling or self.calling <= set(outcome.case.called_at)

    def _track_pauses(self, after: Case, now: datetime) -> None:
        stands = after.status in (Status.WAITING_ON_CUSTOMER, Status.SETTLING, Status.CLOSED)
        if stands and self.still_since is None and self.started_at is not None:
            self.still_since = now
        elif not stands and self.still_since is not None:
            self.stood_still.append((self.still_since, now))
            self.still_since = None

    def _check_alarms(self, outcome: Outcome) -> None:
        """Warnings before breaches, each once, until the terms or the hands change."""
        for event in outcome.events:
            if isinstance(event, SlaWarned):
                key = (event.target, event.due_at)
                assert not any(key == (target, due_at) for target, _, due_at in self.said)
                self.said.append((event.target, "warned", event.due_at))
            elif isinstance(event, SlaBreached):
                assert event.due_at <= event.at
                assert (event.target, "breached", event.due_at) not in self.said
                self.said.append((event.target, "breached", event.due_at))
            elif type(event).__name__ in (
                "PriorityChanged",
                "ReasonChanged",
                "CaseReopened",
                "CaseReleased",
                "ChargebackHeard",
            ):
                self.said.clear()

    def check_clocks(self, case: Case, now: datetime) -> None:
        """Every target not yet met has its due moment, exactly where working time puts it."""
        clocks = list(running_clocks(case, self.policy.queue(case.queue_id).calendar))
        for due in clocks:
            assert due.at <= now or due.target not in case.clock.breached, "it will never be said again"
            assert due.warn_at <= now or due.target not in case.clock.warned, "it will never warn again"
        running = {due.target: due.at for due in clocks}
        assert set(running) == self._should_run(case)
        for target, due_at in running.items():
            if target is not Target.EXTERNAL:
                self._check_due(case, target, due_at)
        next_due = nearest_end(case, self.policy.queue(case.queue_id).calendar)
        assert (next_due.at if next_due else None) == min(running.values(), default=None)
        self._check_ladder(case)

    def _should_run(self, case: Case) -> set[Target]:
        if case.status in (Status.CLOSED, Status.GATHERING):
            return set()
        wanted = {Target.EXTERNAL} if case.external_due_at else set()
        if case.status in (Status.WAITING_ON_CUSTOMER, Status.SETTLING):
            return wanted
        wanted |= {Target.RESOLUTION}
        wanted |= {Target.CLAIM} if case.resolver_id is None else set()
        return wanted if self.has_answered else wanted | {Target.FIRST_ANSWER}

    def _check_due(self, case: Case, target: Target, due_at: datetime) -> None:
        calendar = self.policy.queue(case.queue_id).calendar
        targets = case.clock.targets
        minutes = {
            Target.CLAIM: targets.claim_minutes,
            Target.FIRST_ANSWER: targets.first_answer_minutes,
            Target.RESOLUTION: targets.resolution_minutes,
        }[target]
        start = self.unclaimed_since if target is Target.CLAIM else self.started_at
        assert start is not None
        spans = ((max(since, start), max(until, start)) for since, until in self.stood_still)
        still = sum((calendar.working_between(since, until) for since, until in spans), timedelta())
        assert calendar.working_between(start, due_at) - still == timedelta(minutes=minutes)
        if target is Target.RESOLUTION:
            used = used_working_time(case, calendar, due_at)
            assert used == timedelta(minutes=minutes), "used and left don't add up"

    def _check_ladder(self, case: Case) -> None:
        """The case is escalated exactly while it misses a target."""
        missed = self._missed(case)
        if case.escalation is None:
            assert not missed, "missed, and nobody will ever hear of it"
        else:
            assert case.escalation.target in missed, "told again and again of what is done"

    def _missed(self, case: Case) -> set[Target]:
        unmet = self._should_run(case)
        if case.status is Status.WAITING_ON_CUSTOMER:
            unmet.add(Target.RESOLUTION)
        return unmet & case.clock.breached
