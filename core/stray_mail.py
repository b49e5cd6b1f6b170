"""Budget of stray mail: how much mail that matches no case is stored in a day, and for how long."""

from __future__ import annotations

from datetime import timedelta

MEGABYTE = 1024 * 1024
MAILS_OF_A_SENDER, BYTES_OF_A_SENDER = 20, 100 * MEGABYTE
MAILS_OF_ALL, BYTES_OF_ALL = 500, 1024 * MEGABYTE
"""In a day of UTC. A sender's address is easily forged, so that there is a sum of all too."""
KEPT_FOR = timedelta(days=30)


def is_within_senders(mails: int, size: int) -> bool:
    """Whether one more is stored: the day's mails and bytes of its sender, with this one."""
    return mails <= MAILS_OF_A_SENDER and size <= BYTES_OF_A_SENDER


def is_within_all(mails: int, size: int) -> bool:
    """The same of all senders together."""
    return mails <= MAILS_OF_ALL and size <= BYTES_OF_ALL
