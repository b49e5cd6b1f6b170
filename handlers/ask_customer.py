"""Questions to the customer: mailed, or asked by the resolver in another way; the SLA clock pauses."""

from __future__ import annotations

from cards.actions import Field
from cards.message_forms import preview_digest, question_form, with_preview_digest
from cards.views import Preview
from core.case import Case, Status, demand_move, demand_open
from core.customer_questions import ask_customer, is_reachable
from core.errors import FieldRefused, Refused
from core.outcome import Outcome
from core.permissions import Permission
from core.person import Person
from core.snoozing import await_customer
from handlers.access import get_for, lock_for
from handlers.mail_preview import field_text, render_preview, with_customer_email
from handlers.types import Click, Reply
from store.transaction import Transaction

_WAITING = "We wait for the customer already. Press “Customer answered” as soon as their answer is here."
"""For cases that can't be mailed about: asking once more would change nothing."""


def open_question_form(tx: Transaction, click: Click, actor: Person) -> Reply:
    """Open the form; while we wait already, it is filled in with what we wait for."""
    case = get_for(tx, actor, Permission.WRITE_TO_CUSTOMER, click.case_id)
    _demand_askable(case, click)
    return Reply(form=question_form(case, mail_is_on=click.mail_preview.is_mail_on))


def send_question(tx: Transaction, click: Click, actor: Person) -> Reply:
    """Ask, after the person has seen this very mail; until then the form comes back with its preview."""
    case = lock_for(tx, actor, Permission.WRITE_TO_CUSTOMER, click.case_id)
    _demand_askable(case, click)
    can_mail = _can_mail(case, click)
    outcome, preview = (
        _question_and_mail(tx, case, click, actor)
        if can_mail
        else (_wait_without_mail(case, click, actor), None)
    )
    if can_mail:
        digest = preview_digest(preview, field_text(click, Field.WHAT))
        if click.previewed != digest:
            form = question_form(
                case, click.values, shown=preview, is_ready=True, is_changed=bool(click.previewed)
            )
            return Reply(form=with_preview_digest(form, digest))
    tx.record(outcome)
    return Reply()


def _question_and_mail(
    tx: Transaction, case: Case, click: Click, actor: Person
) -> tuple[Outcome, Preview | None]:
    """The outcome, and the mail it sends. Without a text the resolver asked in another way: no mail."""
    what, text = field_text(click, Field.WHAT), field_text(click, Field.TEXT)
    reachable = with_customer_email(case, click, actor)
    if not text:
        return reachable.then(_wait_without_mail(reachable.case, click, actor)), None
    if not is_reachable(reachable.case):
        raise FieldRefused(
            Field.CUSTOMER_EMAIL, "Where shall it go? Or leave the message empty if you asked them yourself."
        )
    asked = ask_customer(reachable.case, what=what, text=text, actor_id=actor.id, now=click.at)
    return reachable.then(asked), render_preview(tx, asked, click)


def _wait_without_mail(case: Case, click: Click, actor: Person) -> Outcome:
    """The customer was asked in another way: the clock pauses all the same."""
    what = field_text(click, Field.WHAT)
    if not what:
        raise FieldRefused(Field.WHAT, "Say what we are waiting for.")
    if case.status is Status.WAITING_ON_CUSTOMER:
        raise FieldRefused(Field.TEXT, "We wait for them already. Write what they shall read.")
    return await_customer(case, what=what, actor_id=actor.id, now=click.at)


def _can_mail(case: Case, click: Click) -> bool:
    return click.mail_preview.is_mail_on and case.chargeback is None


def _demand_askable(case: Case, click: Click) -> None:
    demand_open(case)
    if case.status is not Status.WAITING_ON_CUSTOMER:
        demand_move(case, Status.WAITING_ON_CUSTOMER, "left waiting for the customer")
    elif not _can_mail(case, click):
        raise Refused(_WAITING)
