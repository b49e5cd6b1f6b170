"""Budget of mail that matches no case, counted by day for its sender and for all senders together."""

from __future__ import annotations

from datetime import datetime

from core.link_budget import Use
from core.stray_mail import is_within_all, is_within_senders
from handlers.match_mail import ReceivedMail
from store.transaction import Transaction

_EVERYONE = "sender:*"
_LONGEST_SENDER = 320


def spend_stray_budget(tx: Transaction, received: ReceivedMail, now: datetime) -> bool:
    """Count the mail. False: it is more than is stored in a day.

    What its sender may send no more doesn't count among the mails of all: one sender alone can't spend them.
    """
    sender, uses, size = _subject(received), tx.daily_uses, received.size
    mails, sent = uses.add(sender, Use.STRAY_MAILS, now), uses.add(sender, Use.STRAY_BYTES, now, size)
    return is_within_senders(mails, sent) and is_within_all(
        uses.add(_EVERYONE, Use.STRAY_MAILS, now), uses.add(_EVERYONE, Use.STRAY_BYTES, now, size)
    )


def has_stray_budget(tx: Transaction, received: ReceivedMail, now: datetime) -> bool:
    """Whether the mail would be stored: asked before its bytes are, and counts nothing."""
    sender, uses, size = _subject(received), tx.daily_uses, received.size
    mails, sent = uses.count(sender, Use.STRAY_MAILS, now), uses.count(sender, Use.STRAY_BYTES, now)
    all_mails, all_sent = (
        uses.count(_EVERYONE, Use.STRAY_MAILS, now),
        uses.count(_EVERYONE, Use.STRAY_BYTES, now),
    )
    return is_within_senders(mails + 1, sent + size) and is_within_all(all_mails + 1, all_sent + size)


def _subject(received: ReceivedMail) -> str:
    return f"sender:{received.email.sender.casefold()[:_LONGEST_SENDER]}"
