"""Forms for a message to the customer, a question or a reply, with a preview of the mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256

from cards import words
from cards.actions import Action, Field
from cards.email.envelope import REPLY_PREFIX
from cards.text_limits import MAX_LENGTHS
from cards.views import FormView, Input, Line, Preview, Strong, TextInput
from core.case import Case
from core.customer_questions import is_reachable

NOTHING: Mapping[str, str] = {}
PREVIEWED = "previewed"
"""Name of the hidden field with the digest of the mail that the form showed."""
_NOTHING_MAILED = "by ourselves"
_SEEN_BY_THEM = "In a few words. The customer sees it in the mail, on their page and in the reminder."
_THREADS = "Only what you send here reaches the customer; what is said in the thread never does."


def question_form(
    case: Case,
    values: Mapping[str, str] = NOTHING,
    *,
    mail_is_on: bool = True,
    shown: Preview | None = None,
    is_ready: bool = False,
    is_changed: bool = False,
) -> FormView:
    """Ask the customer: what we need, and the mail's text. `is_ready`: submitting it now sends the mail."""
    asked = case.asked.what if case.asked else None
    can_mail = mail_is_on and case.chargeback is None
    inputs: list[Input] = [
        TextInput(
            id=Field.WHAT,
            label="What do we need?",
            hint=_SEEN_BY_THEM if can_mail else "In a few words, for your colleagues.",
            placeholder="A photo of the delivery note",
            initial=values.get(Field.WHAT, asked),
            longest=MAX_LENGTHS[Field.WHAT],
        )
    ]
    if can_mail:
        inputs = [
            *_address(case, values, is_optional=True),
            *inputs,
            _text(values, hint="Leave it empty if you asked them yourself: nothing is mailed then."),
        ]
    form = FormView(
        submits=Action.QUESTION,
        title=f"Ask customer {case.id}",
        submit="Preview" if can_mail else "Stop the clock",
        intro=_question_intro(case, mail_is_on=mail_is_on),
        inputs=tuple(inputs),
        hidden=(("case_id", case.id),),
    )
    return _final_step(form, shown, is_changed=is_changed) if is_ready else form


def reply_form(
    case: Case,
    values: Mapping[str, str] = NOTHING,
    *,
    shown: Preview | None = None,
    is_changed: bool = False,
) -> FormView:
    """Reply to the customer. With a mail `shown`, submitting the form sends that mail."""
    form = FormView(
        submits=Action.REPLY,
        title=f"Reply on {case.id}",
        submit="Preview",
        intro=(_to(case), (_THREADS,)),
        inputs=(*_address(case, values, is_optional=False), _text(values, is_optional=False)),
        hidden=(("case_id", case.id),),
    )
    return _final_step(form, shown, is_changed=is_changed) if shown else form


def preview_digest(mail: Preview | None, what: str = "") -> str:
    """Digest of the mail that was shown: of its address, subject and text. None: nothing is mailed.

    The subject's `Re:` is left out, because an earlier mail may have been sent while this one was read.
    """
    said = (mail.to, mail.subject.removeprefix(REPLY_PREFIX), mail.text) if mail else (_NOTHING_MAILED,)
    return sha256("\0".join((*said, what)).encode(errors="surrogatepass")).hexdigest()[:32]


def with_preview_digest(form: FormView, digest: str) -> FormView:
    """The form with the digest of the mail that it shows as a hidden field."""
    return replace(form, hidden=(*form.hidden, (PREVIEWED, digest)))


def customer_text_hint(case: Case, *, mail_is_on: bool) -> str:
    """What happens to the text that is meant for the customer."""
    if case.chargeback is not None:
        return "Word for word, for the evidence: the customer went to their bank, so nothing is mailed."
    if not mail_is_on:
        return "Meant for the customer, word for word. Nothing is mailed from here; the API has it."
    if not case.customer.email:
        return "Meant for the customer, word for word. No address is on file, so nothing is mailed."
    return f"Mailed word for word to {words.name(case.customer.email, 150)} when the case is closed."


def _final_step(form: FormView, shown: Preview | None, *, is_changed: bool) -> FormView:
    """The form that sends: it shows the mail, and its button names the recipient."""
    if shown is None:
        nothing: Line = (Strong("Nothing is mailed."), " The clock stops until the answer is here.")
        return replace(form, intro=(nothing,), submit="Stop the clock")
    what = "Not sent yet: you changed it. This is what leaves now:" if is_changed else "This is what leaves:"
    return replace(form, intro=((what,),), preview=shown, submit=f"Send to {words.name(shown.to)}")


def _question_intro(case: Case, *, mail_is_on: bool) -> tuple[Line, ...]:
    if case.chargeback is not None:
        who = "The customer went to their bank, so nothing is mailed to them."
        return ((who, " Ask as you usually do; the clock stops until you press “Customer answered”."),)
    if not mail_is_on:
        return (
            ("Mail isn't set up here, so nothing is sent: your administrator can change that.",),
            ("Ask as you usually do; the clock stops until you press “Customer answered”.",),
        )
    return _to(case), ("The clock stops until the answer is here.", f" {_THREADS}")


def _to(case: Case) -> Line:
    who = Strong(words.name(case.customer.name))
    if is_reachable(case):
        contact = f" ({words.name(case.customer.contact)})" if case.customer.contact.strip() else ""
        return ("To ", who, f"{contact}, {words.name(case.customer.email or '', 254)}.")
    return ("⚠️ There is no e-mail address of ", who, ". Write it below and it is kept for this case.")


def _address(case: Case, values: Mapping[str, str], *, is_optional: bool) -> tuple[Input, ...]:
    """The input for an address, if none is on file."""
    if case.customer.email:
        return ()
    return (
        TextInput(
            id=Field.CUSTOMER_EMAIL,
            label="E-mail address of the customer",
            hint="Everything we mail about this case goes there from now on.",
            placeholder="ap@nordlicht.example",
            initial=values.get(Field.CUSTOMER_EMAIL),
            is_optional=is_optional,
            longest=MAX_LENGTHS[Field.CUSTOMER_EMAIL],
        ),
    )


def _text(values: Mapping[str, str], *, hint: str | None = None, is_optional: bool = True) -> TextInput:
    return TextInput(
        id=Field.TEXT,
        label="Message to the customer",
        hint=hint,
        initial=values.get(Field.TEXT),
        is_long=True,
        is_optional=is_optional,
        longest=MAX_LENGTHS[Field.TEXT],
    )
