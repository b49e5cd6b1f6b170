"""Names of buttons, forms and fields. Messages already posted contain them: add to them, never rename one."""

from enum import StrEnum


class Action(StrEnum):
    """What a person can press, choose or send. The value of a case's button is the case's id.

    `ASK_…` opens a form, `CHOOSE_…` redraws an open one for a choice; `handlers.actions.FORMS` says which.
    """

    CLAIM = "claim"
    RELEASE = "release"
    OPEN_CASE = "open_case"
    WAKE = "wake"
    CUSTOMER_ANSWERED = "customer_answered"
    RETRY_PARKED = "retry_parked"
    MORE = "more"
    """The overflow menu; the option's value is `action:case_id`."""
    PAGE = "page"
    """Another page of a list; the value is the list's own (`ListView.pages`)."""

    ASK_DECIDE = "ask_decide"
    ASK_REASSIGN = "ask_reassign"
    ASK_NOTE = "ask_note"
    ASK_SNOOZE = "ask_snooze"
    ASK_AWAIT_CUSTOMER = "ask_await_customer"
    ASK_QUESTION = "ask_question"
    ASK_REPLY = "ask_reply"
    ASK_CHANGE = "ask_change"
    ASK_CLOSE = "ask_close"
    ASK_REOPEN = "ask_reopen"
    ASK_NEW = "ask_new"
    RAISE_FROM_MESSAGE = "raise_from_message"
    SEND_TO_CUSTOMER = "send_to_customer"
    """Sends a message of a case's thread to the customer."""

    CHOOSE_VERDICT = "choose_verdict"
    CHOOSE_ENDING = "choose_ending"

    DECIDE = "decide"
    REASSIGN = "reassign"
    NOTE = "note"
    SNOOZE = "snooze"
    AWAIT_CUSTOMER = "await_customer"
    QUESTION = "question"
    REPLY = "reply"
    ACCEPT_SENDER = "accept_sender"
    """The value is `case_id moment sender`: which mail is meant (`cards.held_mail.held_mail_key`)."""
    CHANGE = "change"
    CLOSE = "close"
    REOPEN = "reopen"
    NEW = "new"

    COMMAND = "command"
    OPEN_HOME = "open_home"
    SHARE_LINK = "share_link"
    SHOW_CARD = "show_card"
    """The channel's card with the buttons that the reader may press; the value is the case's id."""
    SEARCH = "search"
    """Cases that match the typed words."""


OPENS_DIALOG = frozenset(
    {
        *(action for action in Action if action.name.startswith("ASK_")),
        Action.OPEN_CASE,
        Action.COMMAND,
        Action.OPEN_HOME,
        Action.RAISE_FROM_MESSAGE,
        Action.SEND_TO_CUSTOMER,
    }
)
"""Actions answered with a dialog. Teams must know that when the button is drawn."""


class Field(StrEnum):
    """Inputs of forms; a refusal names the input at which it is shown."""

    VERDICT = "verdict"
    AMOUNT = "amount"
    ROOT_CAUSE = "root_cause"
    CUSTOMER_TEXT = "customer_text"
    INTERNAL_TEXT = "internal_text"
    RESOLVER = "resolver"
    WHY = "why"
    NOTE = "note"
    UNTIL = "until"
    WHAT = "what"
    TEXT = "text"
    REASON = "reason"
    PRIORITY = "priority"
    ENDING = "ending"
    DUPLICATE_OF = "duplicate_of"
    CUSTOMER_NAME = "customer_name"
    CUSTOMER_EMAIL = "customer_email"
    CUSTOMER_REF = "customer_ref"
    TIER = "tier"
    INVOICE_NUMBER = "invoice_number"
    INVOICE_TOTAL = "invoice_total"
    CURRENCY = "currency"
    DISPUTED = "disputed"
    STATEMENT = "statement"
