"""Forms for the team: one function for each dialog; `values` is what was typed so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from cards import words
from cards.actions import Action, Field
from cards.mentions import People, mention
from cards.message_forms import customer_text_hint
from cards.present import invoice_line, queue_label, reason_label
from cards.text_limits import MAX_LENGTHS
from cards.views import (
    Choice,
    ChoiceInput,
    FormView,
    Input,
    Line,
    MomentInput,
    PersonInput,
    Strong,
    TextInput,
)
from core.case import Case, Resolution
from core.money import Money, to_plain
from core.person import Person
from core.policy import Policy
from core.routing import HIGHEST_PRIORITY, LOWEST_PRIORITY

NOTHING: Mapping[str, str] = {}
_MOST_PEOPLE = 120
"""Names to choose from; they take about 12 of the 28 kB that Teams allows a dialog."""


def decide_form(
    case: Case, policy: Policy, values: Mapping[str, str] = NOTHING, *, mail_is_on: bool = True
) -> FormView:
    """Decide the case. The amount is asked for only when the verdict is part-accept."""
    inputs: list[Input] = [_verdict(case, values)]
    if values.get(Field.VERDICT) == Resolution.PART_ACCEPTED:
        inputs.append(_amount(case, values))
    causes = tuple(Choice(cause_id, label) for cause_id, label in policy.root_causes.items())
    inputs += [
        ChoiceInput(
            id=Field.ROOT_CAUSE,
            label="What went wrong?",
            choices=causes,
            initial=values.get(Field.ROOT_CAUSE),
        ),
        TextInput(
            id=Field.CUSTOMER_TEXT,
            label="To the customer",
            hint=customer_text_hint(case, mail_is_on=mail_is_on),
            initial=values.get(Field.CUSTOMER_TEXT),
            is_long=True,
            longest=MAX_LENGTHS[Field.CUSTOMER_TEXT],
        ),
        TextInput(
            id=Field.INTERNAL_TEXT,
            label="For colleagues only",
            initial=values.get(Field.INTERNAL_TEXT),
            is_long=True,
            is_optional=True,
            longest=MAX_LENGTHS[Field.INTERNAL_TEXT],
        ),
    ]
    return _form(case, Action.DECIDE, "Decide", inputs, intro=(_summary(case, policy),))


def _verdict(case: Case, values: Mapping[str, str]) -> ChoiceInput:
    disputed = words.money(case.disputed)
    return ChoiceInput(
        id=Field.VERDICT,
        label="What does the customer get?",
        choices=(
            Choice(Resolution.ACCEPTED.value, f"Accept: all of {disputed}"),
            Choice(Resolution.PART_ACCEPTED.value, "Accept in part"),
            Choice(Resolution.REJECTED.value, "Reject: nothing"),
        ),
        initial=values.get(Field.VERDICT),
        as_radio=True,
        on_choose=Action.CHOOSE_VERDICT,
    )


def _amount(case: Case, values: Mapping[str, str]) -> TextInput:
    half = Money(max(1, case.disputed.minor // 2), case.disputed.currency)
    return TextInput(
        id=Field.AMOUNT,
        label=f"Amount in {case.disputed.currency}",
        hint=f"More than nothing and less than {words.money(case.disputed)}.",
        placeholder=to_plain(half),
        initial=values.get(Field.AMOUNT),
        longest=MAX_LENGTHS[Field.AMOUNT],
    )


def reassign_form(
    case: Case, policy: Policy, people: People | None = None, workers: Iterable[Person] = ()
) -> FormView:
    """Choose a new resolver. `workers` work in the queue; platforms without a people picker list them."""
    queue = queue_label(case.queue_id, policy)
    intro: Line = (_now_with(case, people),) if case.resolver_id and people else (_nobody(case),)
    inputs: list[Input] = [
        PersonInput(
            id=Field.RESOLVER,
            label="Who takes over?",
            hint=f"Somebody who works in {queue}.",
            choices=_colleagues(case, workers),
        ),
        _why("What should they know?", is_optional=True),
    ]
    return _form(case, Action.REASSIGN, "Reassign", inputs, intro=(intro,))


def _colleagues(case: Case, workers: Iterable[Person]) -> tuple[Choice, ...]:
    """Workers by name, without the case's resolver, at most `_MOST_PEOPLE`."""
    others = [person for person in workers if person.id != case.resolver_id]
    others.sort(key=lambda person: (person.name.casefold(), person.id))
    return tuple(Choice(person.id, words.name(person.name), person.email) for person in others[:_MOST_PEOPLE])


def _now_with(case: Case, people: People) -> str:
    return f"{case.id} is with {mention(case.resolver_id or '', people).name} now."


def _nobody(case: Case) -> str:
    return f"{case.id} for {words.name(case.customer.name)}, {words.money(case.disputed)}"


def note_form(case: Case) -> FormView:
    """A note for colleagues."""
    note = TextInput(
        id=Field.NOTE,
        label="Note",
        hint="Colleagues see it; the customer never does.",
        is_long=True,
        longest=MAX_LENGTHS[Field.NOTE],
    )
    return _form(case, Action.NOTE, "Add note", [note], title=f"Note on {case.id}")


def snooze_form(case: Case, *, policy: Policy, now: datetime) -> FormView:
    """Snooze until a moment; the start of the next working day is offered."""
    inputs: list[Input] = [
        MomentInput(
            id=Field.UNTIL,
            label="Until when?",
            initial=_next_morning(case, policy, now),
            hint="At most 30 days. The SLA clock runs on, and its warnings still come.",
        ),
        _why("Why does it rest?", is_optional=True),
    ]
    return _form(case, Action.SNOOZE, "Snooze", inputs)


def _next_morning(case: Case, policy: Policy, now: datetime) -> datetime:
    queue = policy.queues.get(case.queue_id)
    tomorrow = now + timedelta(hours=16)
    if queue is None:
        return tomorrow
    opening = queue.calendar.next_opening(tomorrow)
    return opening if opening <= now + timedelta(days=30) else tomorrow


def change_form(case: Case, policy: Policy) -> FormView:
    """Change the reason (which may change the queue) or the priority."""
    reasons = tuple(
        Choice(reason.id, words.name(reason.label), f"Queue: {queue_label(reason.queue_id, policy)}")
        for reason in policy.reasons.values()
    )
    priorities = tuple(
        Choice(str(number), words.priority(number).capitalize())
        for number in range(HIGHEST_PRIORITY, LOWEST_PRIORITY + 1)
    )
    inputs: list[Input] = [
        ChoiceInput(
            id=Field.REASON,
            label="Reason",
            choices=reasons,
            initial=case.reason_id,
            hint="A reason of another queue sends the case there, to be claimed anew.",
        ),
        ChoiceInput(id=Field.PRIORITY, label="Priority", choices=priorities, initial=str(case.priority)),
        _why("Why?", is_optional=False),
    ]
    return _form(case, Action.CHANGE, "Change", inputs)


def close_form(case: Case, values: Mapping[str, str] = NOTHING) -> FormView:
    """Close without a decision: withdrawn, or the duplicate of another case."""
    inputs: list[Input] = [
        ChoiceInput(
            id=Field.ENDING,
            label="How does it end?",
            choices=(
                Choice(Resolution.WITHDRAWN.value, "The customer takes it back"),
                Choice(Resolution.DUPLICATE.value, "It is a duplicate of another case"),
            ),
            initial=values.get(Field.ENDING),
            as_radio=True,
            on_choose=Action.CHOOSE_ENDING,
        )
    ]
    if values.get(Field.ENDING) == Resolution.DUPLICATE:
        inputs.append(
            TextInput(
                id=Field.DUPLICATE_OF,
                label="Which case lives on?",
                placeholder="D-1042",
                initial=values.get(Field.DUPLICATE_OF),
                longest=MAX_LENGTHS[Field.DUPLICATE_OF],
            )
        )
    inputs.append(_why("What should colleagues know?", is_optional=True, initial=values.get(Field.WHY)))
    return _form(case, Action.CLOSE, "Close case", inputs, title=f"Close {case.id}")


def reopen_form(case: Case) -> FormView:
    """Reopen a closed case, with the reason why."""
    ended = words.resolution(case.resolution) if case.resolution else "Closed"
    why = _why("Why is it taken up again?", is_optional=False)
    intro: Line = (f"{case.id} ended as “{ended}”. Its clock runs on from where it stood.",)
    return _form(case, Action.REOPEN, "Reopen", [why], intro=(intro,))


def _why(label: str, *, is_optional: bool, initial: str | None = None) -> TextInput:
    return TextInput(
        id=Field.WHY,
        label=label,
        is_long=True,
        is_optional=is_optional,
        initial=initial,
        longest=MAX_LENGTHS[Field.WHY],
    )


def _summary(case: Case, policy: Policy) -> Line:
    """Customer, reason, amount and invoice, to check that it is the right case."""
    who = Strong(words.name(case.customer.name))
    what = f" · {reason_label(case.reason_id, policy)} · {words.money(case.disputed)} · "
    return (who, what, *invoice_line(case))


def _form(
    case: Case,
    submits: Action,
    submit: str,
    inputs: list[Input],
    *,
    title: str | None = None,
    intro: tuple[Line, ...] = (),
) -> FormView:
    """`title` is the submit button's label and the case's id unless another is given."""
    return FormView(
        submits=submits,
        title=title or f"{submit} {case.id}",
        submit=submit,
        intro=intro,
        inputs=tuple(inputs),
        hidden=(("case_id", case.id),),
    )
