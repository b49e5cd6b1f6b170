"""Events between the customer and us, in the past tense; `core/events.py` has the rules for these classes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerAwaited:
    """We wait for something from the customer; the SLA clock is paused."""

    at: datetime
    actor_id: str
    what: str
    text: str = ""
    """The message that is mailed to the customer; empty: they were asked in another way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerHeard:
    """The customer answered, so the wait is over."""

    at: datetime
    actor_id: str
    waited_since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerWrote:
    """A message from the customer, by mail or on their page.

    `text` is without quotes and signature; the whole mail is stored under `mail_id`.
    """

    at: datetime
    actor_id: str
    text: str
    via: str
    """`mail` or `page`."""
    sender: str = ""
    """The address it came from; empty on the page."""
    files: tuple[str, ...] = ()
    """Names of its attachments."""
    file_ids: tuple[str, ...] = ()
    """Ids of the attachments that are stored with us."""
    mail_id: str | None = None
    is_verified: bool = True
    """False: it matches the case, but comes from another sender; it counts once a resolver accepts them."""
    warning: str = ""
    """What the trusted mail server found wrong with it, as a sentence."""
    is_gathering: bool = False
    """The queue has no card yet; `QueueTold` repeats the text with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderAccepted:
    """A resolver accepted mail from this address as the customer's."""

    at: datetime
    actor_id: str
    sender: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressChanged:
    """The customer confirmed their e-mail address, or gave another one on their page."""

    at: datetime
    actor_id: str
    address: str
    is_confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerTold:
    """A resolver wrote to the customer, in their own words."""

    at: datetime
    actor_id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerReminded:
    """A reminder went out, one for each thing we wait for: evidence while gathering, or an answer."""

    at: datetime
    actor_id: str
    what: tuple[str, ...]
    waiting_since: datetime
    is_gathering: bool = False
    """It was for evidence, and the queue has no card yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerDisagreed:
    """The customer doesn't agree with the decision; once for each case. `CaseReopened` follows."""

    at: datetime
    actor_id: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFailed:
    """Mail to the customer could not be delivered."""

    at: datetime
    actor_id: str
    to: str
    why: str
    """In words such as `mailbox full`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRefused:
    """A received file was rejected after inspection, and deleted."""

    at: datetime
    actor_id: str
    name: str
    why: str
    is_gathering: bool = False
    file_id: str = ""
    """The file, whose row has the reason in a form that can be translated; empty in older timelines."""
