"""What is a mail that came in? Taken apart and judged, before anybody knows to which case it belongs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EmailKind(StrEnum):
    """What a mail is. Only a `message` is a person's words; nothing else is ever answered."""

    MESSAGE = "message"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    LOOP = "loop"
    """It is one of our own, come back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What the mail server said beside the mail, which the mail itself may not show."""

    sender: str | None = None
    """Empty: nobody, as bounces have it. None: it wasn't said."""
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A part of a mail that is a file; its bytes are handed on beside the letter, in the same order."""

    name: str
    media_type: str
    size: int
    is_inline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFailure:
    """What a bounce reports of one recipient."""

    to: str
    why: str
    """In a few words: `mailbox full`, `no such address`."""
    is_final: bool = True
    message_id: str | None = None
    """Of our mail that came back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundEmail:
    """Addresses are lower case without a name; everything is text without control characters."""

    kind: EmailKind
    message_id: str
    """Its own, or `<sha256 of the mail@ombud.invalid>` where it has none."""
    references: tuple[str, ...] = ()
    """In-Reply-To and References, nearest first."""
    sender: str
    sender_name: str = ""
    recipients: tuple[str, ...] = ()
    """From the envelope and the headers To, Cc, Delivered-To."""
    subject: str = ""
    sent_at: datetime | None = None
    text: str = ""
    """What the person wrote, without quotes and signature."""
    whole_text: str = ""
    attachments: tuple[Attachment, ...] = ()
    failures: tuple[DeliveryFailure, ...] = ()
    warning: str = ""
    """A sentence when the trusted server's SPF, DKIM or DMARC verdict is a failure."""
    is_doubted: bool = False
    """It may not come from its sender, or no person wrote it: it counts only once a resolver says so. The
    warning says why."""
    note: str = ""
    """A sentence about what was left out: too many parts, a text that can't be read."""
