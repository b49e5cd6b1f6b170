"""Mails about events, for the customer.

This is the whitelist: a mail holds only what is put into its view here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cards.customer.language import Translator, translator_for
from cards.email.mail_view import VALUES, MailKind, MailView
from cards.sanitize import clean_line, clean_text
from core.case import Case, Resolution, Status
from core.customer_events import CustomerAwaited, CustomerReminded, CustomerTold
from core.customer_stage import Stage, reply_due_at, stage_of
from core.disagreeing import may_disagree
from core.events import CaseClaimed, CaseDecided, CaseEnded, CaseReopened, DisputeRaised, Event
from core.invoice import Customer, Invoice
from core.person import CUSTOMER
from core.policy import Policy, ReasonTranslation

_DECIDED = {
    Resolution.ACCEPTED: MailKind.ACCEPTED,
    Resolution.PART_ACCEPTED: MailKind.PART_ACCEPTED,
    Resolution.REJECTED: MailKind.REJECTED,
}
_LONGEST_NAME = 120
_AN_ADDRESS = re.compile(r"://|www\.|@|\.\w+/|\bhttps?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class MailContext:
    """One event and what is known when its mail is written, which may be long after the event."""

    event: Event
    case: Case
    """As it is now."""
    events: Sequence[Event]
    """Up to the event."""
    policy: Policy
    now: datetime
    url: str = ""

    @property
    def translator(self) -> Translator:
        return translator_for(self.case.customer.language)

    @property
    def reason(self) -> ReasonTranslation | None:
        """None: the reason is no longer in the policy."""
        found = self.policy.reasons.get(self.case.reason_id)
        return found.translated_to(self.translator.language) if found else None

    def moment(self, at: datetime) -> str:
        """`at` in the time zone of the case's queue."""
        queue = self.policy.queues.get(self.case.queue_id)
        return self.translator.moment(at, queue.calendar.zone if queue else "UTC")

    def next_answer_by(self) -> str:
        """When the customer hears from us next; empty if no date is promised, or if it has passed."""
        at = reply_due_at(self.case, self.policy)
        return self.moment(at) if at is not None and at > self.now else ""


def mail_view(context: MailContext) -> MailView | None:
    """The mail about an event. None: it is out of date, and a later mail says what is true.

    What a colleague wrote is always sent, because the thread already says that it was.
    """
    event = context.event
    match event:
        case DisputeRaised():
            return _received(context)
        case CaseClaimed():
            return _under_review(context)
        case CustomerAwaited(text=text, what=what):
            return _question(context, what, text)
        case CustomerReminded():
            return _reminder(context, event)
        case CustomerTold(text=text):
            return replace(_view(context, MailKind.MESSAGE), quote=clean_text(text))
        case CaseEnded():
            return _ended(context, event)
        case CaseReopened(actor_id=actor):
            view = _view(context, MailKind.REOPENED, by=context.next_answer_by())
            return replace(view, is_own_wish=actor == CUSTOMER)
        case _:
            raise TypeError(f"A {type(event).__name__} isn't told to customers.")


def link_view(invoice: Invoice, customer: Customer, policy: Policy, url: str) -> MailView:
    """The mail with a fresh link, which the holder of an expired one asked for."""
    translate = translator_for(customer.language).translate
    return MailView(
        kind=MailKind.LINK,
        language=translator_for(customer.language).tag,
        values=_values(customer, invoice, policy),
        facts=((translate("Invoice"), _line(invoice.number)),),
        url=url,
    )


def confirmation_view(language: str, policy: Policy, url: str) -> MailView:
    """The mail that asks an address's owner to confirm it.

    It may reach a stranger: it says nothing of a case, and nothing that the customer typed.
    """
    return MailView(
        kind=MailKind.CONFIRM,
        language=translator_for(language).tag,
        values={**dict.fromkeys(VALUES, ""), "company": _line(policy.company)},
        url=url,
    )


def _received(context: MailContext) -> MailView:
    case, translate = context.case, context.translator.translate
    wanted = _missing(context)
    until = context.moment(case.grace_until) if wanted and case.grace_until else ""
    view = _view(context, MailKind.RECEIVED, by=context.next_answer_by(), until=until)
    reason = ((translate("Reason"), _line(context.reason.label)),) if context.reason else ()
    return replace(view, wanted=wanted, facts=(*view.facts, *reason, _disputed(context)))


def _under_review(context: MailContext) -> MailView | None:
    if stage_of(context.case) is not Stage.UNDER_REVIEW:
        return None
    return _view(context, MailKind.UNDER_REVIEW, by=context.next_answer_by())


def _question(context: MailContext, what: str, text: str) -> MailView:
    """A question; a plain message if the answer came before the mail was sent."""
    asked = context.case.asked
    if asked is None or asked.at != context.event.at:
        return replace(_view(context, MailKind.MESSAGE), quote=clean_text(text))
    return replace(_view(context, MailKind.QUESTION), quote=clean_text(text), wanted=(_line(what, 300),))


def _reminder(context: MailContext, event: CustomerReminded) -> MailView | None:
    case = context.case
    if case.asked is not None and case.asked.at == event.waiting_since:
        view = _view(context, MailKind.REMIND_ANSWER, asked_on=context.moment(event.waiting_since))
        asked = [one.text for one in context.events if isinstance(one, CustomerAwaited)]
        return replace(
            view, wanted=(_line(case.asked.what, 300),), quote=clean_text(asked[-1] if asked else "")
        )
    missing = _missing(context)
    if not missing:
        return None
    until = context.moment(case.grace_until) if case.grace_until else ""
    return replace(_view(context, MailKind.REMIND_EVIDENCE, until=until), wanted=missing)


def _ended(context: MailContext, event: CaseEnded) -> MailView:
    if event.resolution in _DECIDED:
        return _decision(context, event)
    if event.resolution is Resolution.DUPLICATE:
        return _view(context, MailKind.DUPLICATE, other=_line(event.duplicate_of or ""))
    return replace(_view(context, MailKind.WITHDRAWN), is_own_wish=event.actor_id == CUSTOMER)


def _decision(context: MailContext, event: CaseEnded) -> MailView:
    """The decision is read from the events: a case that was reopened since has none any more."""
    translate, money = context.translator.translate, context.translator.money
    decided = [one for one in context.events if isinstance(one, CaseDecided)][-1]
    granted = money(decided.granted) if decided.granted.minor else ""
    until = ""
    if context.case.closed_at == event.at and may_disagree(context.case, context.policy, context.now):
        days = context.policy.customers.disagree_within_days
        until = context.moment(event.at + timedelta(days=days))
    view = _view(context, _DECIDED[event.resolution], granted=granted, until=until)
    credit = ((translate("Credit"), granted),) if granted else ()
    facts = (*view.facts, _disputed(context), *credit)
    return replace(view, quote=clean_text(decided.customer_text), facts=facts)


def _missing(context: MailContext) -> tuple[str, ...]:
    """Evidence that we still wait for, by its labels in the customer's language."""
    case, words = context.case, context.reason
    if case.status is not Status.GATHERING or words is None:
        return ()
    have = {piece.kind for piece in case.evidence}
    return tuple(_line(label) for kind, label in words.evidence.items() if kind not in have)


def _view(context: MailContext, kind: MailKind, **values: str) -> MailView:
    case, translate = context.case, context.translator.translate
    common = _values(case.customer, case.invoice, context.policy)
    mine = {"case": case.id, "disputed": context.translator.money(case.disputed)}
    return MailView(
        kind=kind,
        language=context.translator.tag,
        values={**common, **mine, **values},
        facts=((translate("Case"), case.id), (translate("Invoice"), _line(case.invoice.number))),
        url=context.url,
    )


def _disputed(context: MailContext) -> tuple[str, str]:
    return context.translator.translate("Disputed amount"), context.translator.money(context.case.disputed)


def _values(customer: Customer, invoice: Invoice, policy: Policy) -> dict[str, str]:
    known = {
        "company": _line(policy.company),
        "invoice": _line(invoice.number),
        "name": _name(customer.contact),
    }
    return {**dict.fromkeys(VALUES, ""), **known}


def _name(contact: str) -> str:
    """The name to greet; empty if it reads like an address, or our mails could carry a stranger's link."""
    return "" if _AN_ADDRESS.search(contact) else _line(contact)


def _line(text: str, longest: int = _LONGEST_NAME) -> str:
    return clean_line(text[: 4 * longest])[:longest].strip()
