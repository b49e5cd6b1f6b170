"""Sentences for the team about what the customer and we wrote to each other."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import assert_never

from cards import words
from cards.held_mail import is_unauthenticated
from cards.mentions import People, by_name
from cards.views import Line, Moment, Strong
from core.case import Case
from core.customer_events import (
    AddressChanged,
    CustomerAwaited,
    CustomerDisagreed,
    CustomerHeard,
    CustomerReminded,
    CustomerTold,
    CustomerWrote,
    FileRefused,
    MailFailed,
    SenderAccepted,
)
from core.person import CUSTOMER
from core.policy import Policy
from core.sla import pause_in_working_time

CustomerEvent = (
    CustomerAwaited
    | CustomerHeard
    | CustomerWrote
    | SenderAccepted
    | AddressChanged
    | CustomerTold
    | CustomerReminded
    | CustomerDisagreed
    | MailFailed
    | FileRefused
)
_StaffEvent = CustomerAwaited | CustomerHeard | SenderAccepted | CustomerTold
_MIN_WAIT_TO_SPLIT = timedelta(minutes=1)
_CHANNELS = {"mail": "by mail", "page": "on their page"}


def customer_event_sentence(event: CustomerEvent, case: Case, policy: Policy, people: People) -> Line:
    match event:
        case MailFailed() | FileRefused() | CustomerReminded():
            return _automatic(event)
        case CustomerWrote() | CustomerDisagreed() | AddressChanged():
            return _by_customer(event, case)
        case CustomerAwaited() | CustomerHeard() | SenderAccepted() | CustomerTold():
            return _by_staff(event, case, policy, people)
        case _:
            assert_never(event)


def _by_staff(event: _StaffEvent, case: Case, policy: Policy, people: People) -> Line:
    actor = by_name(event.actor_id, people)
    match event:
        case CustomerAwaited():
            return (actor, *_asked(event, policy))
        case CustomerHeard():
            noted = ("",) if event.actor_id == CUSTOMER else (", noted by ", actor)
            waited = _waited(event, case, policy)
            return ("The customer answered", *noted, f", after {waited}. The clock runs again.")
        case SenderAccepted():
            return (actor, f" accepted {words.name(event.sender)} as speaking for the customer.")
        case CustomerTold():
            return (actor, " wrote to the customer:")
        case _:
            assert_never(event)


def _by_customer(event: CustomerWrote | CustomerDisagreed | AddressChanged, case: Case) -> Line:
    if isinstance(event, AddressChanged):
        address = words.name(event.address)
        if event.is_confirmed:
            return (f"The customer confirmed the e-mail address {address}. Mail goes there now.",)
        return (f"The customer gave the e-mail address {address}. It isn't confirmed yet.",)
    if isinstance(event, CustomerWrote):
        return _wrote(event, case)
    return ("The customer doesn't agree with the decision:",)


def _automatic(event: MailFailed | FileRefused | CustomerReminded) -> Line:
    match event:
        case CustomerReminded():
            waited = words.duration(event.at - event.waiting_since)
            return (
                f"The customer was reminded after {waited} of: {words.name(words.listed(event.what), 300)}.",
            )
        case MailFailed():
            return (f"Mail to {words.name(event.to)} failed: {words.name(event.why)}.",)
        case FileRefused():
            return (f"The file {words.name(event.name)} was thrown away: {words.name(event.why)}",)
        case _:
            assert_never(event)


def _asked(event: CustomerAwaited, policy: Policy) -> Line:
    if not event.text:
        return (" waits for the customer. The clock stands still. Needed:",)
    remind_at = event.at + timedelta(hours=policy.customers.remind_after_hours)
    what = words.name(event.what, 300)
    return (
        f" asked the customer for: {what}. The clock stands still; ",
        "without an answer, a reminder goes out on ",
        Moment(remind_at, in_full=True),
        ". The mail:",
    )


def _waited(event: CustomerHeard, case: Case, policy: Policy) -> str:
    """`2 d 4 h, 3 h of it in our working time`: how much working time the pause took."""
    waited = words.duration(event.at - event.waited_since)
    working = _working(event.waited_since, event.at, case, policy)
    if working is None or event.at - event.waited_since < _MIN_WAIT_TO_SPLIT:
        return waited
    share = words.duration(working) if working else "none"
    return f"{waited}, {'all' if share == waited else share} of it in our working time"


def _working(since: datetime, until: datetime, case: Case, policy: Policy) -> timedelta | None:
    """None: the queue is no longer in the policy, so its working hours are unknown."""
    queue = policy.queues.get(case.queue_id)
    return pause_in_working_time(queue.calendar, since, until) if queue else None


def _wrote(event: CustomerWrote, case: Case) -> Line:
    sender, how = words.name(event.sender), _CHANNELS.get(event.via, f"by {words.name(event.via, 20)}")
    if is_unauthenticated(event, case):
        return (
            "A mail claims to be from ",
            Strong(sender),
            ", and the mail server doesn't believe it. It doesn't count yet:",
        )
    if not event.is_verified:
        return (
            "A mail from ",
            Strong(sender),
            " fits this case, but that isn't an address of the customer's. It doesn't count yet:",
        )
    own = (case.customer.email or "").casefold()
    who = sender if event.sender and event.sender.casefold() != own else "The customer"
    if not event.text.strip() and event.files:
        return (f"{who} sent {words.count(len(event.files), 'file')} {how}.",)
    return (f"{who} wrote for the customer:" if who == sender else f"{who} wrote {how}:",)
