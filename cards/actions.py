"""What are the buttons, forms and fields called? These names stand in messages already posted:
they may be added to, never renamed."""

from enum import StrEnum


class Action(StrEnum):
    """What somebody can press, choose or send. The value of a case's button is the case's id."""

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
    ASK_CHANGE = "ask_change"
    ASK_CLOSE = "ask_close"
    ASK_REOPEN = "ask_reopen"
    ASK_NEW = "ask_new"
    RAISE_FROM_MESSAGE = "raise_from_message"

    CHOOSE_VERDICT = "choose_verdict"
    CHOOSE_ENDING = "choose_ending"

    DECIDE = "decide"
    REASSIGN = "reassign"
    NOTE = "note"
    SNOOZE = "snooze"
    AWAIT_CUSTOMER = "await_customer"
    CHANGE = "change"
    CLOSE = "close"
    REOPEN = "reopen"
    NEW = "new"

    COMMAND = "command"
    OPEN_HOME = "open_home"
    SHARE_LINK = "share_link"


class Field(StrEnum):
    """Inputs of forms; a refusal names one of them and stands there."""

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
