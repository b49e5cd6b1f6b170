"""Inbound mail after parsing and authentication, before it is matched to a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EmailKind(StrEnum):
    """Kind of a mail. Only a `message` was written by a person."""

    MESSAGE = "message"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    LOOP = "loop"
    """Our own mail, come back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The SMTP envelope, which the mail's headers may not show."""

    sender: str | None = None
    """Empty: the null sender, as bounces have it. None: unknown."""
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A part of a mail that is a file; the bytes are passed beside the mail, in the same order."""

    name: str
    media_type: str
    size: int
    is_inline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFailure:
    """What a bounce reports about one recipient."""

    to: str
    why: str
    """In a few words: `mailbox full`, `no such address`."""
    is_final: bool = True
    message_id: str | None = None
    """Of our mail that was not delivered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundEmail:
    """A parsed mail. Addresses are lower case and without a name; texts have no control characters."""

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
    """A sentence if the trusted server doesn't confirm the sender, or no person wrote it."""
    is_doubted: bool = False
    """Its sender may be forged, or no person wrote it: it counts only once a resolver accepts it. `warning`
    says why."""
    note: str = ""
    """A sentence about what was left out: too many parts, an unreadable text."""
