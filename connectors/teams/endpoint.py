"""Probe of our own Teams endpoint: whether it answers, and refuses unsigned requests."""

from __future__ import annotations

import aiohttp

from connectors.errors import TryAgain
from core.loopback import is_loopback


async def probe_endpoint(url: str, *, seconds: float = 10.0) -> int:
    """The HTTP status of an unsigned request to it; redirects aren't followed, since Teams doesn't.

    Raises:
        TryAgain: there is no response.
    """
    timeout = aiohttp.ClientTimeout(total=seconds)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=not is_loopback(url)) as session,
            session.post(url, json={}, allow_redirects=False) as answer,
        ):
            return answer.status
    except (aiohttp.ClientError, OSError) as error:
        raise TryAgain(f"Nothing answers at {url} ({type(error).__name__}).") from None
