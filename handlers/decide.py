"""The decision form: opened, redrawn for a verdict, sent."""

from __future__ import annotations

from cards.actions import Field
from cards.forms import decide_form
from core.case import Case, Resolution, Status, demand_move
from core.closing import close_decided
from core.deciding import decide
from core.errors import FieldRefused
from core.money import Money, NotAnAmount, parse_money
from core.permissions import Permission
from core.person import Person
from handlers.access import get_for, lock_for
from handlers.types import Click, Reply
from store.transaction import Transaction


def open_decide_form(tx: Transaction, click: Click, actor: Person) -> Reply:
    """Open the form, if the case can still be decided."""
    case = get_for(tx, actor, Permission.DECIDE, click.case_id)
    demand_move(case, Status.SETTLING, "decided")
    return Reply(form=decide_form(case, tx.policy, mail_is_on=click.mail_preview.is_mail_on))


def redraw_decide_form(tx: Transaction, click: Click, actor: Person) -> Reply:
    """The form again with the fields this verdict needs; what was typed stays."""
    case = get_for(tx, actor, Permission.DECIDE, click.case_id)
    return Reply(form=decide_form(case, tx.policy, click.values, mail_is_on=click.mail_preview.is_mail_on))


def decide_case(tx: Transaction, click: Click, actor: Person) -> Reply:
    """Decide, and close the case at once: no billing platform has to settle anything first yet."""
    case = lock_for(tx, actor, Permission.DECIDE, click.case_id)
    verdict = _verdict(click)
    outcome = decide(
        case,
        verdict=verdict,
        part=_part(case, click) if verdict is Resolution.PART_ACCEPTED else None,
        root_cause_id=click.values.get(Field.ROOT_CAUSE, ""),
        customer_text=click.values.get(Field.CUSTOMER_TEXT, ""),
        internal_text=click.values.get(Field.INTERNAL_TEXT, ""),
        policy=tx.policy,
        actor_id=actor.id,
        now=click.at,
    )
    tx.record(outcome.then(close_decided(outcome.case, actor_id=actor.id, now=click.at)))
    return Reply()


def _verdict(click: Click) -> Resolution:
    try:
        return Resolution(click.values.get(Field.VERDICT, ""))
    except ValueError:
        raise FieldRefused(Field.VERDICT, "Choose accept, accept in part, or reject.") from None


def _part(case: Case, click: Click) -> Money | None:
    typed = click.values.get(Field.AMOUNT, "").strip()
    if not typed:
        return None
    try:
        return parse_money(typed, case.disputed.currency)
    except NotAnAmount as problem:
        raise FieldRefused(Field.AMOUNT, str(problem)) from None
