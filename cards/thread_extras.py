"""Parts of a thread message beside its sentence: warnings, files, questions and buttons."""

from __future__ import annotations

from dataclasses import dataclass

from cards import words
from cards.actions import Action
from cards.buttons import LABELS
from cards.files import CaseFiles, file_lines
from cards.held_mail import held_mail_key, is_held, is_unauthenticated
from cards.mentions import People, by_name
from cards.views import Button, Confirm, Line, Moment, Strong
from core.case import Case, Status
from core.customer_events import CustomerDisagreed, CustomerWrote, MailFailed
from core.customer_questions import is_reachable
from core.events import Event, EvidenceAdded
from core.policy import Policy
from core.sla import nearest_end_for

_STILL_WAITING = "The clock stands still for an answer to it: call them, or put it another way."


@dataclass(frozen=True, slots=True)
class ThreadExtras:
    """What a message shows above and below its quotes, and its buttons."""

    above: tuple[Line, ...] = ()
    below: tuple[Line, ...] = ()
    buttons: tuple[Button, ...] = ()


NO_EXTRAS = ThreadExtras()


def thread_extras(event: Event, case: Case, policy: Policy, people: People, files: CaseFiles) -> ThreadExtras:
    """The extras of an event; `case` is as it is when the message is sent."""
    match event:
        case CustomerWrote():
            return _message_extras(event, case, files)
        case EvidenceAdded():
            return ThreadExtras(below=file_lines(event.names, case, files))
        case CustomerDisagreed():
            return ThreadExtras(below=_reopened_lines(case, policy, people))
        case MailFailed():
            is_waiting = case.status is Status.WAITING_ON_CUSTOMER
            return ThreadExtras(below=((_STILL_WAITING,),) if is_waiting else ())
        case _:
            return NO_EXTRAS


def _message_extras(event: CustomerWrote, case: Case, files: CaseFiles) -> ThreadExtras:
    warning: tuple[Line, ...] = (("⚠️ ", Strong(words.name(event.warning, 300))),) if event.warning else ()
    below = file_lines(event.files, case, files)
    if is_held(event, case):
        return ThreadExtras(warning, below, (_accept(event, case),))
    if case.is_closed:
        asked: Line = (f"{case.id} is closed. Take it up again?",)
        reopen = Button(Action.ASK_REOPEN, LABELS[Action.ASK_REOPEN], case.id, "primary")
        return ThreadExtras(warning, (*below, asked), (reopen, *_reply(case)))
    return ThreadExtras(warning, below, _reply(case) if case.resolver_id else ())


def _reopened_lines(case: Case, policy: Policy, people: People) -> tuple[Line, ...]:
    """Who has the reopened case and what is due when; empty once it is closed again."""
    if case.is_closed:
        return ()
    whose: Line = (", with ", by_name(case.resolver_id, people), ".") if case.resolver_id else (".",)
    end = nearest_end_for(case, policy)
    due: Line = (f" {words.DUE[end.target]} ", Moment(end.at), ".") if end else ()
    return ((f"{case.id} is open again", *whose, *due),)


def _accept(event: CustomerWrote, case: Case) -> Button:
    return Button(
        Action.ACCEPT_SENDER,
        "Accept as the customer's",
        f"{case.id} {held_mail_key(event)}",
        "primary",
        _confirm_unauthenticated(event)
        if is_unauthenticated(event, case)
        else _confirm_unknown_sender(event, case),
    )


def _confirm_unauthenticated(event: CustomerWrote) -> Confirm:
    sender = words.name(event.sender)
    return Confirm(
        title="Did the customer really write this?",
        text=f"Anybody could have put {sender} above it. Accepted, this one mail counts as the customer's.",
        yes="Accept",
    )


def _confirm_unknown_sender(event: CustomerWrote, case: Case) -> Confirm:
    sender = words.name(event.sender)
    return Confirm(
        title="Does this person speak for the customer?",
        text=f"What {sender} wrote then counts as the customer's, and so do their next mails on {case.id}.",
        yes="Accept",
    )


def _reply(case: Case) -> tuple[Button, ...]:
    if not is_reachable(case):
        return ()
    return (Button(Action.ASK_REPLY, LABELS[Action.ASK_REPLY], case.id),)
