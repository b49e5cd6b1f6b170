"""Leases of lanes: how long a process may deliver a lane before another one takes it over."""

from __future__ import annotations

from datetime import timedelta

LEASE = timedelta(seconds=90)
"""How long a lane is leased, renewed with each message; longer than any attempt."""
LONGEST_ATTEMPT = LEASE - timedelta(seconds=15)
"""Then an attempt is cancelled. No message is sent after it, and one under way takes at most 10 s
(`SlackApi`)."""
