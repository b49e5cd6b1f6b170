"""Budget of stray mail: how much mail that matches no case is stored in a day, and for how long."""

from __future__ import annotations

from datetime import timedelta

MEGABYTE = 1024 * 1024
MAILS_OF_A_SENDER, BYTES_OF_A_SENDER = 20, 100 * MEGABYTE
MAILS_OF_ALL, BYTES_OF_ALL = 500, 1024 * MEGABYTE
"""In a day of UTC. A sender's address is easily forged, so that there is a sum of all too."""
KEPT_FOR = timedelta(days=30)


def is_within_budget(*, mails: int, size: int, all_mails: int, all_bytes: int) -> bool:
    """Whether one more is stored: the day's mails and bytes of its sender, and of all, with this one."""
    is_senders = mails <= MAILS_OF_A_SENDER and size <= BYTES_OF_A_SENDER
    return is_senders and all_mails <= MAILS_OF_ALL and all_bytes <= BYTES_OF_ALL
