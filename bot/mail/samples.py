"""Sample mails, one of each kind: a made-up case under the company's own policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from cards.email.mail_view import MailKind, MailView
from cards.email.present import MailContext, confirmation_view, link_view, mail_view
from core.case import Asked, Case, Resolution, SlaClock, Status
from core.customer_events import CustomerAwaited, CustomerReminded, CustomerTold
from core.events import CaseClaimed, CaseDecided, CaseEnded, CaseReopened, DisputeRaised, Event
from core.invoice import Customer, Invoice, InvoiceLine
from core.money import Money
from core.person import CLOCK, CUSTOMER
from core.policy import Policy

_AT = datetime(2026, 3, 6, 9, 30, tzinfo=UTC)
_URL = "https://disputes.example.com/d/c2FtcGxl.kZ3u8mQ2Jb9xTtq0y1Vw"
_RESOLVER = "resolver"
_QUESTION = (
    "Could you send us the signed delivery note? The carrier's copy can't be read.\n\nA photo will do."
)
_ANSWER = "We have the carrier's papers now. They show that one of the four pallets was left behind."
_WHY = {
    Resolution.ACCEPTED: "The carrier has found the pallet in their warehouse: it never left for yours.",
    Resolution.PART_ACCEPTED: "Three of the four pallets were signed for on 2 March. The fourth one wasn't.",
    Resolution.REJECTED: "All four pallets were signed for by your warehouse on 2 March, at 10:40.",
}


def sample_mail(kind: MailKind, policy: Policy, language: str) -> MailView:
    """Raises LookupError for a kind without a sample."""
    case = _case(policy, language)
    if kind is MailKind.LINK:
        return link_view(case.invoice, case.customer, policy, _URL)
    if kind is MailKind.CONFIRM:
        return confirmation_view(language, policy, _URL)
    case, history = _case_histories(case)[kind]
    view = mail_view(MailContext(history[-1], case, history, policy, history[-1].at, _URL))
    if view is None:
        raise LookupError(kind)
    return view


def _case(policy: Policy, language: str) -> Case:
    """A case of a reason that asks for evidence, if the policy has one."""
    reason = next((one for one in policy.reasons.values() if one.required_evidence), None)
    reason = reason or next(iter(policy.reasons.values()))
    return Case(
        id="D-1042",
        status=Status.UNDER_REVIEW,
        queue_id=reason.queue_id,
        reason_id=reason.id,
        priority=3,
        customer=_customer(policy, language),
        invoice=_invoice(),
        disputed=Money(123_450, "EUR"),
        statement="One pallet is missing.",
        source="page",
        raised_at=_AT,
        moved_at=_AT,
        claimed_at=_AT,
        clock=SlaClock(
            targets=policy.sla_for(policy.default_tier_id, reason.id), started_at=_AT, unclaimed_since=_AT
        ),
        resolver_id=_RESOLVER,
        grace_until=_AT + timedelta(hours=reason.grace_hours),
    )


def _customer(policy: Policy, language: str) -> Customer:
    return Customer(
        ref="sample",
        name="Nordwind GmbH",
        email="accounts@nordwind.example",
        tier_id=policy.default_tier_id,
        language=language,
        contact="Maria Keller",
    )


def _invoice() -> Invoice:
    return Invoice(
        ref="sample",
        number="INV-2026-0117",
        currency="EUR",
        total_minor=123_450,
        issued_on=date(2026, 3, 2),
        lines=(InvoiceLine(ref="1", text="4 pallets of A4 paper", quantity="4", amount_minor=123_450),),
    )


def _case_histories(case: Case) -> Mapping[MailKind, tuple[Case, tuple[Event, ...]]]:
    gathering = replace(case, status=Status.GATHERING, resolver_id=None, claimed_at=None)
    ended = {
        kind: _decided(case, verdict)
        for kind, verdict in (
            (MailKind.ACCEPTED, Resolution.ACCEPTED),
            (MailKind.PART_ACCEPTED, Resolution.PART_ACCEPTED),
            (MailKind.REJECTED, Resolution.REJECTED),
        )
    }
    reopened = CaseReopened(at=_AT, actor_id=CUSTOMER, why="")
    told = CustomerTold(at=_AT, actor_id=_RESOLVER, text=_ANSWER)
    return {
        MailKind.RECEIVED: (gathering, (_raised(case),)),
        MailKind.REMIND_EVIDENCE: (gathering, (_reminded(case, ("",)),)),
        MailKind.UNDER_REVIEW: (case, (CaseClaimed(at=_AT, actor_id=_RESOLVER, is_first=True),)),
        MailKind.MESSAGE: (case, (told,)),
        MailKind.REOPENED: (case, (reopened,)),
        MailKind.WITHDRAWN: _ended(case, Resolution.WITHDRAWN),
        MailKind.DUPLICATE: _ended(case, Resolution.DUPLICATE),
        **ended,
        **_asked(case),
    }


def _raised(case: Case) -> DisputeRaised:
    return DisputeRaised(
        at=_AT,
        actor_id=CUSTOMER,
        reason_id=case.reason_id,
        queue_id=case.queue_id,
        disputed=case.disputed,
        statement=case.statement,
    )


def _asked(case: Case) -> Mapping[MailKind, tuple[Case, tuple[Event, ...]]]:
    what = "The signed delivery note"
    asked = CustomerAwaited(at=_AT, actor_id=_RESOLVER, what=what, text=_QUESTION)
    waiting = replace(case, status=Status.WAITING_ON_CUSTOMER, asked=Asked(what=what, at=_AT))
    return {
        MailKind.QUESTION: (waiting, (asked,)),
        MailKind.REMIND_ANSWER: (waiting, (asked, _reminded(case, (what,)))),
    }


def _reminded(case: Case, what: tuple[str, ...]) -> CustomerReminded:
    return CustomerReminded(at=_AT, actor_id=CLOCK, what=what, waiting_since=case.raised_at)


def _decided(case: Case, verdict: Resolution) -> tuple[Case, tuple[Event, ...]]:
    granted = {Resolution.ACCEPTED: 123_450, Resolution.PART_ACCEPTED: 30_862}.get(verdict, 0)
    decided = CaseDecided(
        at=_AT,
        actor_id=_RESOLVER,
        verdict=verdict,
        granted=Money(granted, "EUR"),
        root_cause_id="",
        customer_text=_WHY[verdict],
        internal_text="",
    )
    closed, history = _ended(case, verdict)
    return closed, (decided, *history)


def _ended(case: Case, resolution: Resolution) -> tuple[Case, tuple[Event, ...]]:
    other = "D-1038" if resolution is Resolution.DUPLICATE else None
    ended = CaseEnded(at=_AT, actor_id=_RESOLVER, resolution=resolution, duplicate_of=other)
    closed = replace(case, status=Status.CLOSED, resolution=resolution, closed_at=_AT)
    return closed, (ended,)
