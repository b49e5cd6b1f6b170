"""What went between the customer and us, in a sentence for the team?"""

from __future__ import annotations

from typing import assert_never

from cards import words
from cards.naming import People, by_name
from cards.views import Line
from core.customer_events import (
    CustomerDisagreed,
    CustomerReminded,
    CustomerTold,
    CustomerWrote,
    FileRefused,
    MailFailed,
    SenderAccepted,
)

BetweenUs = (
    CustomerWrote
    | SenderAccepted
    | CustomerTold
    | CustomerReminded
    | CustomerDisagreed
    | MailFailed
    | FileRefused
)


def of_customer(event: BetweenUs, people: People) -> Line:
    actor = by_name(event.actor_id, people)
    match event:
        case CustomerWrote():
            return ("The customer wrote:",)
        case SenderAccepted():
            return (actor, f" accepted {words.name(event.sender)} as speaking for the customer.")
        case CustomerTold():
            return (actor, " wrote to the customer:")
        case CustomerReminded():
            waited = words.duration(event.at - event.waiting_since)
            return (
                f"The customer was reminded after {waited} of: {words.name(words.listed(event.what), 300)}.",
            )
        case CustomerDisagreed():
            return ("The customer doesn't agree with the decision:",)
        case MailFailed():
            return (f"Mail to {words.name(event.to)} failed: {words.name(event.why)}.",)
        case FileRefused():
            return (f"The file {words.name(event.name)} was thrown away: {words.name(event.why)}",)
        case _:
            assert_never(event)
