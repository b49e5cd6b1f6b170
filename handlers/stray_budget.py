"""Budget of mail that matches no case, counted by day for its sender and for all senders together."""

from __future__ import annotations

from datetime import datetime

from core.link_budget import Use
from core.stray_mail import is_within_budget
from handlers.match_mail import ReceivedMail
from store.transaction import Transaction

_EVERYONE = "sender:*"
_LONGEST_SENDER = 320


def spend_stray_budget(tx: Transaction, received: ReceivedMail, now: datetime) -> bool:
    """Count the mail. False: it is more than is stored in a day."""
    sender, uses, size = _subject(received), tx.daily_uses, received.size
    return is_within_budget(
        all_mails=uses.add(_EVERYONE, Use.STRAY_MAILS, now),
        all_bytes=uses.add(_EVERYONE, Use.STRAY_BYTES, now, size),
        mails=uses.add(sender, Use.STRAY_MAILS, now),
        size=uses.add(sender, Use.STRAY_BYTES, now, size),
    )


def has_stray_budget(tx: Transaction, received: ReceivedMail, now: datetime) -> bool:
    """Whether the mail would be stored: asked before its bytes are, and counts nothing."""
    sender, uses, size = _subject(received), tx.daily_uses, received.size
    return is_within_budget(
        all_mails=uses.count(_EVERYONE, Use.STRAY_MAILS, now) + 1,
        all_bytes=uses.count(_EVERYONE, Use.STRAY_BYTES, now) + size,
        mails=uses.count(sender, Use.STRAY_MAILS, now) + 1,
        size=uses.count(sender, Use.STRAY_BYTES, now) + size,
    )


def _subject(received: ReceivedMail) -> str:
    return f"sender:{received.email.sender.casefold()[:_LONGEST_SENDER]}"
