"""Status of a case in sentences for the customer: where it is, what happens next and by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cards.customer.language import Translator
from cards.customer.views import Step
from cards.sanitize import clean_line
from core.case import Case, Resolution
from core.customer_stage import Stage, reply_due_at, stage_of
from core.policy import Policy, ReasonTranslation

_ACT, _CALM, _GOOD, _BAD, _OVER = "act", "calm", "good", "bad", "over"
_VERDICT_TONES = {Resolution.ACCEPTED: _GOOD, Resolution.PART_ACCEPTED: _GOOD, Resolution.REJECTED: _BAD}


@dataclass(frozen=True, slots=True)
class CustomerStatus:
    """The status at `now` in the translator's language, with times in the zone `zone`."""

    case: Case
    policy: Policy
    translator: Translator
    zone: str
    now: datetime

    @property
    def stage(self) -> Stage:
        return stage_of(self.case)

    @property
    def tone(self) -> str:
        if self.stage in (Stage.NEED_ANSWER, Stage.NEED_EVIDENCE):
            return _ACT
        if self.stage is Stage.DECIDED:
            return _VERDICT_TONES.get(self.case.resolution or Resolution.REJECTED, _BAD)
        return _OVER if self.case.is_closed else _CALM

    @property
    def reason(self) -> ReasonTranslation | None:
        """None: the reason is no longer in the policy."""
        reason = self.policy.reasons.get(self.case.reason_id)
        return reason.translated_to(self.translator.language) if reason else None

    @property
    def missing(self) -> tuple[tuple[str, str], ...]:
        """Required evidence that is missing: its id and its name."""
        reason = self.policy.reasons.get(self.case.reason_id)
        if reason is None or self.reason is None or self.case.is_closed:
            return ()
        have = {piece.kind for piece in self.case.evidence}
        wanted = (one.id for one in reason.required_evidence if one.id not in have)
        return tuple((kind, clean_line(self.reason.evidence[kind])) for kind in wanted)

    def headline(self) -> str:
        translate = self.translator.translate
        match self.stage:
            case Stage.RECEIVED:
                return translate("We have received your dispute")
            case Stage.NEED_EVIDENCE:
                return translate("We need something from you")
            case Stage.UNDER_REVIEW:
                return translate("We are looking into it")
            case Stage.NEED_ANSWER:
                return translate("We need an answer from you")
            case Stage.DECIDED:
                return self._verdict()
            case Stage.WITHDRAWN:
                return translate("This dispute was withdrawn")
            case Stage.DUPLICATE:
                return translate("We joined this with another dispute of yours")

    def next_step(self) -> str:
        translate = self.translator.translate
        match self.stage:
            case Stage.RECEIVED:
                return translate("One of our colleagues will look at it and write to you.")
            case Stage.NEED_EVIDENCE:
                return self._missing_sentence()
            case Stage.UNDER_REVIEW:
                return translate("A colleague is working on it. There is nothing you need to do.")
            case Stage.NEED_ANSWER:
                return translate("We go on as soon as we have your answer.")
            case Stage.DECIDED:
                return translate("Our reasons are below.")
            case Stage.WITHDRAWN:
                return translate("There is nothing left to do. If something else is wrong, tell us.")
            case Stage.DUPLICATE:
                return translate("We go on with it there.")

    def by_when(self) -> str:
        """When the customer hears from us, or until when we wait; for a missed date, an apology."""
        translate = self.translator.translate
        if self.stage is Stage.NEED_EVIDENCE and self.case.grace_until is not None:
            until = self.translator.moment(self.case.grace_until, self.zone)
            return translate(
                "We wait for it until %(until)s. After that we go on with what we have.", until=until
            )
        promised = reply_due_at(self.case, self.policy) if not self.case.is_closed else None
        if promised is None:
            return ""
        when = self.translator.moment(promised, self.zone)
        if promised <= self.now:
            return translate("We wanted to be done by %(when)s. We are late, and we are sorry.", when=when)
        if self.case.clock.answered_at is None:
            return translate("You hear from us by %(when)s.", when=when)
        return translate("You have our decision by %(when)s.", when=when)

    def steps(self) -> tuple[Step, ...]:
        """Received, under review, decided; empty for a case that ended without a decision."""
        if self.stage in (Stage.WITHDRAWN, Stage.DUPLICATE):
            return ()
        at = {Stage.RECEIVED: 0, Stage.NEED_EVIDENCE: 0, Stage.DECIDED: 3}.get(self.stage, 1)
        labels = (
            self.translator.translate("Received"),
            self.translator.translate("Under review"),
            self.translator.translate("Decided"),
        )
        states = ("done" if place < at else "now" if place == at else "to_come" for place in range(3))
        return tuple(Step(label=label, state=state) for label, state in zip(labels, states, strict=True))

    def _verdict(self) -> str:
        if self.case.resolution is Resolution.ACCEPTED:
            return self.translator.translate("We agree with you")
        if self.case.resolution is Resolution.PART_ACCEPTED:
            return self.translator.translate("We agree with you in part")
        return self.translator.translate("We see it differently")

    def _missing_sentence(self) -> str:
        names = [name for _, name in self.missing]
        if not names:
            return self.translator.translate("We go on as soon as we have it.")
        return self.translator.translate("Please add: %(what)s", what=self.translator.listed(names))
