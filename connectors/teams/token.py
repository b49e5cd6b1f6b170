"""The bot's token for Teams, cached; and Microsoft's reasons for refusing one."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from connectors.errors import GiveUp, TryAgain

log = structlog.get_logger()
RECHECK_INSTALLATION = timedelta(minutes=1)
_EARLY_SECONDS = 600.0
_EARLY_SHARE = 0.25
"""A token is renewed when so much of its lifetime is left, the smaller of both."""
_PAUSE_SECONDS = 5.0
"""After a failure the same error is raised for so long, without a new request."""
_TRUSTED_SECONDS = 60.0
"""A refused token that is younger isn't the cause: Microsoft would issue another like it."""
_CODE = re.compile(r"AADSTS(\d{4,9})")
_SECRET = "Make a new client secret under Certificates & secrets, and set its value as TEAMS_APP_PASSWORD."  # noqa: S105
_TENANT = "Set TEAMS_TENANT_ID to the directory (tenant) id that the app registration shows."

_INSTALLATION: dict[str, tuple[str, str]] = {
    "7000215": (
        "Microsoft doesn't accept TEAMS_APP_PASSWORD.",
        f"It is a secret's value, not its id. {_SECRET}",
    ),
    "7000216": ("Microsoft got no client secret.", _SECRET),
    "7000222": ("The app's client secret has expired.", _SECRET),
    "700016": (
        "Microsoft knows no app TEAMS_APP_ID in this tenant.",
        "Set TEAMS_APP_ID and TEAMS_TENANT_ID to the application and directory ids of one app registration.",
    ),
    "7000112": ("The app is disabled.", "Enable it in Entra, under Enterprise applications."),
    "7000229": (
        "The app has no service principal in this tenant.",
        "Open the app registration in this tenant and create it, or set TEAMS_TENANT_ID to the app's own.",
    ),
    "90002": ("Microsoft knows no tenant TEAMS_TENANT_ID.", _TENANT),
    "900023": ("TEAMS_TENANT_ID is no tenant id.", _TENANT),
    "53003": (
        "A conditional access policy keeps the bot out.",
        "Let an Entra administrator exclude the app from it, or allow this machine's address.",
    ),
}
"""Neither a message nor its destination is wrong: once this is fixed, all waiting rows can be sent."""

_PASSING = frozenset("50196 90006 90033 90055".split())
"""Outages at Microsoft, or too many requests."""


@dataclass(frozen=True, slots=True)
class Token:
    value: str
    seconds: float
    """Its lifetime, from now."""


def no_token(said: str) -> TryAgain:
    """The error for a refusal. Only Microsoft's error code is read: the rest may repeat what we sent."""
    found = _CODE.search(said)
    code = found[1] if found else ""
    if code in _INSTALLATION:
        message, remedy = _INSTALLATION[code]
        return TryAgain(message, after=RECHECK_INSTALLATION, remedy=remedy)
    if code in _PASSING:
        return TryAgain(f"Microsoft's login has trouble (AADSTS{code}).")
    return TryAgain(
        f"Microsoft gives the bot no token ({f'AADSTS{code}' if code else 'it doesn’t say why'}).",
        after=RECHECK_INSTALLATION,
        remedy="Check TEAMS_APP_ID, TEAMS_APP_PASSWORD and TEAMS_TENANT_ID against the app registration.",
    )


class CachedToken:
    """One token for all callers: fetched once, and renewed in the background before it expires."""

    def __init__(self, ask: Callable[[], Awaitable[Token]]) -> None:
        """`ask` raises TryAgain or GiveUp."""
        self._ask = ask
        self._asking: asyncio.Task[str] | None = None
        self._value = ""
        self._got_at = self._old_at = self._ends_at = self._not_before = 0.0
        self._trouble: TryAgain | GiveUp | None = None

    async def get(self) -> str:
        """Raises TryAgain or GiveUp, as `ask` does."""
        now = asyncio.get_running_loop().time()
        if now < self._ends_at:
            if now >= max(self._old_at, self._not_before) and self._asking is None:
                self._start()
            return self._value
        if self._trouble is not None and now < self._not_before and self._asking is None:
            raise self._trouble.with_traceback(None)
        return await self.renew()

    async def renew(self) -> str:
        """Fetch a new one, whatever is cached. Concurrent callers share one request."""
        return await asyncio.shield(self._asking or self._start())

    def invalidate(self, value: str) -> None:
        """Teams refused it, as after an urgent change of its keys: the next caller gets a new one."""
        now = asyncio.get_running_loop().time()
        if value == self._value and now - self._got_at >= _TRUSTED_SECONDS:
            self._ends_at = now

    async def close(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)

    def _start(self) -> asyncio.Task[str]:
        self._asking = asyncio.create_task(self._renew())
        self._asking.add_done_callback(_consume_error)
        return self._asking

    async def _renew(self) -> str:
        clock = asyncio.get_running_loop()
        try:
            token = await self._ask()
        except (TryAgain, GiveUp) as trouble:
            self._trouble = trouble
            self._not_before = clock.time() + _PAUSE_SECONDS
            log.warning("no token for Teams", reason=trouble.message, remedy=trouble.remedy)
            raise
        finally:
            self._asking = None
        self._trouble = None
        self._value, self._got_at = token.value, clock.time()
        self._ends_at = clock.time() + token.seconds * 0.98
        self._old_at = clock.time() + token.seconds - min(_EARLY_SECONDS, token.seconds * _EARLY_SHARE)
        return token.value


def _consume_error(task: asyncio.Task[str]) -> None:
    """Retrieve the error of a renewal without a waiting caller; it was logged already."""
    if not task.cancelled():
        task.exception()
