"""What can a button, command or form make happen? Start reading here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from cards.actions import Action
from cards.text_limits import LONGEST, NEVER_KEPT
from cards.views import HomeView
from core.errors import FieldRefused, Refused
from core.person import Person
from handlers.accept_sender import accept_sender_case
from handlers.access import stranger
from handlers.ask_customer import ask_question, question_customer
from handlers.claim import claim_case, release_case
from handlers.close import ask_close, ask_reopen, close_case, reopen_case
from handlers.decide import ask_decide, choose_verdict, decide_case
from handlers.disputes_command import answer_command, show_home, show_page
from handlers.note import ask_note, note_case
from handlers.raise_dispute import ask_new, new_dispute
from handlers.reassign import ask_reassign, reassign_case
from handlers.reclassify import ask_change, change_case
from handlers.retry_delivery import retry_parked
from handlers.search import search_cases
from handlers.show_card import show_card
from handlers.show_case import open_case, unfurl_links
from handlers.snooze import ask_snooze, await_customer_case, customer_answered, snooze_case, wake_case
from handlers.tell_customer import ask_from_message, ask_reply, reply_customer
from handlers.types import Click, Reply
from store.transaction import Transaction

Handler = Callable[[Transaction, Click, Person], Reply]

CHANGES: Mapping[Action, Handler] = {
    Action.CLAIM: claim_case,
    Action.RELEASE: release_case,
    Action.REASSIGN: reassign_case,
    Action.DECIDE: decide_case,
    Action.NOTE: note_case,
    Action.SNOOZE: snooze_case,
    Action.WAKE: wake_case,
    Action.AWAIT_CUSTOMER: await_customer_case,
    Action.CUSTOMER_ANSWERED: customer_answered,
    Action.QUESTION: question_customer,
    Action.REPLY: reply_customer,
    Action.ACCEPT_SENDER: accept_sender_case,
    Action.CHANGE: change_case,
    Action.CLOSE: close_case,
    Action.REOPEN: reopen_case,
    Action.NEW: new_dispute,
    Action.RETRY_PARKED: retry_parked,
}
"""What changes something: run with `store.run`."""

LOOKS: Mapping[Action, Handler] = {
    Action.OPEN_CASE: open_case,
    Action.PAGE: show_page,
    Action.COMMAND: answer_command,
    Action.OPEN_HOME: show_home,
    Action.SHARE_LINK: unfurl_links,
    Action.SHOW_CARD: show_card,
    Action.SEARCH: search_cases,
    Action.ASK_REASSIGN: ask_reassign,
    Action.ASK_DECIDE: ask_decide,
    Action.CHOOSE_VERDICT: choose_verdict,
    Action.ASK_NOTE: ask_note,
    Action.ASK_SNOOZE: ask_snooze,
    Action.ASK_AWAIT_CUSTOMER: ask_question,
    Action.ASK_QUESTION: ask_question,
    Action.ASK_REPLY: ask_reply,
    Action.SEND_TO_CUSTOMER: ask_from_message,
    Action.ASK_CHANGE: ask_change,
    Action.ASK_CLOSE: ask_close,
    Action.CHOOSE_ENDING: ask_close,
    Action.ASK_REOPEN: ask_reopen,
    Action.ASK_NEW: ask_new,
    Action.RAISE_FROM_MESSAGE: ask_new,
}
"""What only looks: run with `store.read`."""

FOR_READERS = frozenset({Action.SHOW_CARD, Action.SHARE_LINK, Action.SEARCH})
"""What somebody who has no role here may ask for too: each shows them no more than what is theirs."""
_DONE_BEFORE = "done"
_GUEST = "You are a guest here. Guests can read the cards, not work on them."


def change(tx: Transaction, click: Click) -> Reply:
    """Do what the click says, once: a repeat with the same key changes nothing.

    A form that comes back changed has done nothing yet, and may be sent again under its key.
    """
    if _was_done(tx, click):
        return Reply()
    click = _without_nul(click)
    _demand_short(click)
    actor = tx.people.meet(click.platform, click.actor_ref, click.actor_name)
    if not actor.is_active:
        raise Refused(_GUEST)
    try:
        reply = CHANGES[click.action](tx, click, actor)
    except Refused:
        if _was_done(tx, click):  # it came twice at once, and the other was quicker
            return Reply()
        raise
    if click.key is not None and reply.form is None:
        tx.inbox.keep(click.platform, click.key, _DONE_BEFORE, at=click.at)
    return reply


def _demand_short(click: Click) -> None:
    """Raises FieldRefused for a text that is longer than its form lets anybody type."""
    for field, longest in LONGEST.items():
        if field not in NEVER_KEPT and len(click.values.get(field, "").strip()) > longest:
            raise FieldRefused(field, f"At most {longest:,} characters.")


def _was_done(tx: Transaction, click: Click) -> bool:
    return click.key is not None and tx.inbox.find(click.platform, click.key) is not None


def look(tx: Transaction, click: Click) -> Reply:
    """Show what the click asks for; somebody not met before sees what a stranger sees."""
    click = _without_nul(click)
    actor = tx.people.find_by_ref(click.platform, click.actor_ref) or stranger(
        click.platform, click.actor_ref, click.actor_name
    )
    if actor.is_active or click.action in FOR_READERS:
        return LOOKS[click.action](tx, click, actor)
    if click.action is Action.OPEN_HOME:  # in the place of the page they had before
        return Reply(home=HomeView(greeting=_GUEST, figures=(), lists=(), buttons=()))
    raise Refused(_GUEST)


def _without_nul(click: Click) -> Click:
    """Nobody types U+0000, and PostgreSQL keeps no text that holds it; a mark stands where it stood."""
    if "\0" in click.value or any("\0" in text for text in click.values.values()):
        values = {name: text.replace("\0", "\ufffd") for name, text in click.values.items()}
        return replace(click, value=click.value.replace("\0", "\ufffd"), values=values)
    return click
