"""What happened between the customer and us? Past tense; `core/events.py` has the rules for these classes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerAwaited:
    """The customer owes us something; the SLA clock stands still."""

    at: datetime
    actor_id: str
    what: str
    text: str = ""
    """The message that goes to the customer; empty: they were asked in some other way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerHeard:
    at: datetime
    actor_id: str
    waited_since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerWrote:
    """Something the customer said to us, by mail or on their page.

    `text` is trimmed for the thread; the whole mail is kept under `mail_id`.
    """

    at: datetime
    actor_id: str
    text: str
    via: str
    """`mail` or `page`."""
    sender: str = ""
    """The address it came from; empty on the page."""
    files: tuple[str, ...] = ()
    """Names of what came with it."""
    file_ids: tuple[str, ...] = ()
    """Which of our files those are, as far as they are ours."""
    mail_id: str | None = None
    is_verified: bool = True
    """False: it fits the case but comes from somebody else; it counts once a resolver accepts the sender."""
    warning: str = ""
    """What the trusted mail server found wrong with it, in a sentence."""
    is_gathering: bool = False
    """The queue has no card yet; `QueueTold` says it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderAccepted:
    """A resolver said that mails from this address are the customer's words."""

    at: datetime
    actor_id: str
    sender: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerTold:
    """A resolver wrote to the customer, in their own words."""

    at: datetime
    actor_id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerReminded:
    """Once for each thing we wait for: evidence while gathering, or the answer to a question."""

    at: datetime
    actor_id: str
    what: tuple[str, ...]
    waiting_since: datetime
    is_gathering: bool = False
    """It was about evidence, and the queue has no card yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerDisagreed:
    """The customer doesn't accept the decision; once for each case. `CaseReopened` follows."""

    at: datetime
    actor_id: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFailed:
    """A mail to the customer came back."""

    at: datetime
    actor_id: str
    to: str
    why: str
    """In words such as `mailbox full`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRefused:
    """A file that had come was thrown away after a look at it."""

    at: datetime
    actor_id: str
    name: str
    why: str
    is_gathering: bool = False
    file_id: str = ""
    """The file, whose row has the reason in a form that can be translated; empty in older timelines."""
