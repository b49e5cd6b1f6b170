"""Table of handlers: every button, command and form, and what it does. Start reading here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from cards.actions import Action, Field
from cards.text_limits import MAX_LENGTHS, NOT_LENGTH_CHECKED
from cards.views import HomeView
from core.errors import FieldRefused, Refused
from core.person import Person
from handlers.accept_sender import accept_sender_case
from handlers.access import unknown_person
from handlers.ask_customer import open_question_form, send_question
from handlers.claim import claim_case, release_case
from handlers.close import close_case, open_close_form, open_reopen_form, reopen_case
from handlers.decide import decide_case, open_decide_form, redraw_decide_form
from handlers.disputes_command import answer_command, show_home, show_page
from handlers.note import note_case, open_note_form
from handlers.raise_dispute import new_dispute, open_new_form
from handlers.reassign import open_reassign_form, reassign_case
from handlers.reclassify import change_case, open_change_form
from handlers.retry_delivery import retry_parked
from handlers.search import search_cases
from handlers.show_card import show_card
from handlers.show_case import open_case, unfurl_links
from handlers.snooze import await_customer_case, customer_answered, open_snooze_form, snooze_case, wake_case
from handlers.tell_customer import open_reply_form, open_reply_form_from_message, send_reply
from handlers.types import Click, Reply
from store.transaction import Transaction

Handler = Callable[[Transaction, Click, Person], Reply]


@dataclass(frozen=True, slots=True)
class LiveField:
    """A choice that decides which other fields its form has."""

    field: Field
    action: Action
    """What choosing sends (`ChoiceInput.on_choose`)."""
    redraw: Handler
    """Draws the form for the choice, with what was typed so far."""


@dataclass(frozen=True, slots=True)
class Form:
    """All that belongs to a form; its key in `FORMS` is the action that sends it (`FormView.submits`)."""

    submit: Handler
    openers: Mapping[Action, Handler]
    """The buttons, menu items and shortcuts that open it, the usual one first."""
    live: LiveField | None = None

    @property
    def redrawn_by(self) -> Action:
        """What draws the form once more, with the fields that it has for what was typed."""
        return self.live.action if self.live else next(iter(self.openers))


FORMS: Mapping[Action, Form] = {
    Action.DECIDE: Form(
        decide_case,
        {Action.ASK_DECIDE: open_decide_form},
        LiveField(Field.VERDICT, Action.CHOOSE_VERDICT, redraw_decide_form),
    ),
    Action.REASSIGN: Form(reassign_case, {Action.ASK_REASSIGN: open_reassign_form}),
    Action.NOTE: Form(note_case, {Action.ASK_NOTE: open_note_form}),
    Action.SNOOZE: Form(snooze_case, {Action.ASK_SNOOZE: open_snooze_form}),
    Action.AWAIT_CUSTOMER: Form(await_customer_case, {Action.ASK_AWAIT_CUSTOMER: open_question_form}),
    Action.QUESTION: Form(send_question, {Action.ASK_QUESTION: open_question_form}),
    Action.REPLY: Form(
        send_reply,
        {Action.ASK_REPLY: open_reply_form, Action.SEND_TO_CUSTOMER: open_reply_form_from_message},
    ),
    Action.CHANGE: Form(change_case, {Action.ASK_CHANGE: open_change_form}),
    Action.CLOSE: Form(
        close_case,
        {Action.ASK_CLOSE: open_close_form},
        LiveField(Field.ENDING, Action.CHOOSE_ENDING, open_close_form),
    ),
    Action.REOPEN: Form(reopen_case, {Action.ASK_REOPEN: open_reopen_form}),
    Action.NEW: Form(new_dispute, {Action.ASK_NEW: open_new_form, Action.RAISE_FROM_MESSAGE: open_new_form}),
}
"""Every form that can be sent, read by the edges of all platforms."""

CHANGES: Mapping[Action, Handler] = {
    Action.CLAIM: claim_case,
    Action.RELEASE: release_case,
    Action.WAKE: wake_case,
    Action.CUSTOMER_ANSWERED: customer_answered,
    Action.ACCEPT_SENDER: accept_sender_case,
    Action.RETRY_PARKED: retry_parked,
    **{action: form.submit for action, form in FORMS.items()},
}
"""What changes something: run with `store.run`."""

LIVE_CHOICES: Mapping[Action, Handler] = {
    form.live.action: form.live.redraw for form in FORMS.values() if form.live is not None
}
"""What redraws an open form for a choice."""

QUERIES: Mapping[Action, Handler] = {
    Action.OPEN_CASE: open_case,
    Action.PAGE: show_page,
    Action.COMMAND: answer_command,
    Action.OPEN_HOME: show_home,
    Action.SHARE_LINK: unfurl_links,
    Action.SHOW_CARD: show_card,
    Action.SEARCH: search_cases,
    **{action: opener for form in FORMS.values() for action, opener in form.openers.items()},
    **LIVE_CHOICES,
}
"""What only shows something: run with `store.read`."""

FOR_READERS = frozenset({Action.SHOW_CARD, Action.SHARE_LINK, Action.SEARCH})
"""Queries open to people without a role: each shows no more than they may read anyway."""
_DONE = "done"
_GUEST = "You are a guest here. Guests can read the cards, not work on them."


def change(tx: Transaction, click: Click) -> Reply:
    """Run the click's handler once: a repeat with the same key changes nothing.

    A reply with a form has done nothing yet, so that the form may be sent again under its key.
    """
    click = _without_nul(click)
    actor, is_repeat = tx.people.find_acting(click.platform, click.actor_ref, click.actor_name, key=click.key)
    if is_repeat:
        return Reply()
    _demand_max_lengths(click)
    if not actor.is_active:
        raise Refused(_GUEST)
    try:
        reply = CHANGES[click.action](tx, click, actor)
    except Refused:
        if _was_done(tx, click):  # it came twice at once, and the other one was faster
            return Reply()
        raise
    if click.key is not None and reply.form is None:
        tx.inbox.write_response(click.platform, click.key, _DONE, at=click.at)
    return reply


def _demand_max_lengths(click: Click) -> None:
    """Raises FieldRefused for a text that is longer than its form takes."""
    for field, longest in MAX_LENGTHS.items():
        if field not in NOT_LENGTH_CHECKED and len(click.values.get(field, "").strip()) > longest:
            raise FieldRefused(field, f"At most {longest:,} characters.")


def _was_done(tx: Transaction, click: Click) -> bool:
    return click.key is not None and tx.inbox.find_response(click.platform, click.key) is not None


def query(tx: Transaction, click: Click) -> Reply:
    """Show what the click asks for. People whom we have no record of see what people without a role may."""
    click = _without_nul(click)
    actor = tx.people.find_by_ref(click.platform, click.actor_ref) or unknown_person(
        click.platform, click.actor_ref, click.actor_name
    )
    if actor.is_active or click.action in FOR_READERS:
        return QUERIES[click.action](tx, click, actor)
    if click.action is Action.OPEN_HOME:  # replaces the page that they had before
        return Reply(home=HomeView(greeting=_GUEST, figures=(), lists=(), buttons=()))
    raise Refused(_GUEST)


def _without_nul(click: Click) -> Click:
    """The click with U+FFFD for each U+0000, which PostgreSQL can't store and no person types."""
    if "\0" in click.value or any("\0" in text for text in click.values.values()):
        values = {name: text.replace("\0", "\ufffd") for name, text in click.values.items()}
        return replace(click, value=click.value.replace("\0", "\ufffd"), values=values)
    return click
