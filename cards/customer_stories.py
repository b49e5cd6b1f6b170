"""What stands around the customer's words in a thread: warnings, files, a question, and what to press?"""

from __future__ import annotations

from dataclasses import dataclass

from cards import words
from cards.actions import Action
from cards.buttons import LABELS
from cards.files import CaseFiles, lines_of
from cards.views import Button, Confirm, Line, Strong
from core.asking import is_reachable
from core.case import Case, Status
from core.customer_events import CustomerWrote, MailFailed
from core.events import Event, EvidenceAdded
from core.hearing import is_customers

_STILL_WAITING = "The clock stands still for an answer to it: call them, or put it another way."


@dataclass(frozen=True, slots=True)
class Around:
    """What a story shows beside its sentence and the quotes."""

    above: tuple[Line, ...] = ()
    below: tuple[Line, ...] = ()
    buttons: tuple[Button, ...] = ()


NOTHING_AROUND = Around()


def around(event: Event, case: Case, files: CaseFiles) -> Around:
    """For `case` as it is when the story is told."""
    match event:
        case CustomerWrote():
            return _around_words(event, case, files)
        case EvidenceAdded():
            return Around(below=lines_of(event.names, case, files))
        case MailFailed():
            is_waiting = case.status is Status.WAITING_ON_CUSTOMER
            return Around(below=((_STILL_WAITING,),) if is_waiting else ())
        case _:
            return NOTHING_AROUND


def is_held(event: CustomerWrote, case: Case) -> bool:
    """Whether the mail waits for somebody to say that its sender speaks for the customer."""
    return not event.is_verified and not is_customers(case, event.sender)


def _around_words(event: CustomerWrote, case: Case, files: CaseFiles) -> Around:
    warning: tuple[Line, ...] = (("⚠️ ", Strong(words.name(event.warning, 300))),) if event.warning else ()
    below = lines_of(event.files, case, files)
    if is_held(event, case):
        return Around(warning, below, (_accept(event, case),))
    if case.is_closed:
        asked: Line = (f"{case.id} is closed. Take it up again?",)
        reopen = Button(Action.ASK_REOPEN, LABELS[Action.ASK_REOPEN], case.id, "primary")
        return Around(warning, (*below, asked), (reopen, *_reply(case)))
    return Around(warning, below, _reply(case) if case.resolver_id else ())


def _accept(event: CustomerWrote, case: Case) -> Button:
    sender = words.name(event.sender)
    return Button(
        Action.ACCEPT_SENDER,
        "Accept as the customer's",
        f"{case.id} {event.sender}",
        "primary",
        Confirm(
            title="Does this person speak for the customer?",
            text=f"What {sender} wrote then counts as the customer's answer, and so do their next mails "
            f"about {case.id}.",
            yes="Accept",
        ),
    )


def _reply(case: Case) -> tuple[Button, ...]:
    if not is_reachable(case):
        return ()
    return (Button(Action.ASK_REPLY, LABELS[Action.ASK_REPLY], case.id),)
