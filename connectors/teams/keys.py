"""Cache of the keys by which Teams signs requests, refreshed in the background."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK, PyJWKError
from jwt.exceptions import InvalidKeyError

from connectors.errors import TryAgain
from core.loopback import is_loopback

log = structlog.get_logger()
_OLD_SECONDS = 12 * 3600.0
"""Microsoft asks that the list is read again within 24 hours."""
_PAUSE_SECONDS = 30.0
"""Between two fetches for an unknown key: anybody can send a token that names one."""
_PAUSE_AFTER_TROUBLE = 5.0
_ENDORSES_NOTHING = ("",)
"""Not empty, because the SDK takes a key without endorsements to endorse every channel."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """In the shape that the SDK expects; `endorsements` are the channels that the key may sign for."""

    public_key: RSAPublicKey
    endorsements: tuple[str, ...]


class SigningKeys:
    """The keys of one OpenID configuration. Cached ones stay valid while its server is down."""

    def __init__(self, url: str, *, seconds: float) -> None:
        self._url = url
        self._timeout = aiohttp.ClientTimeout(total=seconds)
        self._keys: Mapping[str, SigningKey] = {}
        self._fetching: asyncio.Task[None] | None = None
        self._trouble: str | None = None
        self._not_before = 0.0
        self._old_at = 0.0

    async def get(self, key_id: str | None) -> SigningKey:
        """The key with this id, fetched when it isn't cached.

        Raises:
            PermissionError: there is no such key.
            TryAgain: the key server doesn't answer.
        """
        now = asyncio.get_running_loop().time()
        if key_id and key_id not in self._keys:
            await self._refresh(now)
        elif now >= max(self._old_at, self._not_before) and self._fetching is None:
            self._start()
        key = self._keys.get(key_id or "")
        if key is None:
            raise PermissionError("No key of this name signs for Teams.")
        return key

    async def close(self) -> None:
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.gather(self._fetching, return_exceptions=True)

    async def _refresh(self, now: float) -> None:
        """Fetch the keys. Concurrent calls share one fetch; soon after the last one nothing is fetched."""
        if self._fetching is not None or now >= self._not_before:
            await asyncio.shield(self._fetching or self._start())
        if self._trouble is not None:
            raise TryAgain(self._trouble)

    def _start(self) -> asyncio.Task[None]:
        self._fetching = asyncio.create_task(self._fetch())
        return self._fetching

    async def _fetch(self) -> None:
        clock = asyncio.get_running_loop()
        try:
            self._keys = dict(_read(await self._download()))
            self._trouble = None
        except (aiohttp.ClientError, OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            self._trouble = "The keys by which Teams signs can't be fetched."
            log.warning("signing keys not fetched", error=type(error).__name__, kept=len(self._keys))
        finally:
            self._fetching = None
        self._not_before = clock.time() + (_PAUSE_AFTER_TROUBLE if self._trouble else _PAUSE_SECONDS)
        self._old_at = clock.time() + (0 if self._trouble else _OLD_SECONDS)

    async def _download(self) -> Any:
        is_near = is_loopback(self._url)
        async with aiohttp.ClientSession(
            timeout=self._timeout, trust_env=not is_near, raise_for_status=True
        ) as session:
            async with session.get(self._url) as answer:
                address = (await answer.json(content_type=None))["jwks_uri"]
            if not is_near and urlsplit(address).scheme != "https":
                raise ValueError("keys are only taken over https")
            async with session.get(address) as answer:
                return (await answer.json(content_type=None))["keys"]


def _read(keys: Any) -> Iterator[tuple[str, SigningKey]]:
    """The keys that can sign; those that we can't read are for other uses."""
    found = 0
    for key in keys:
        try:
            public_key = PyJWK(key, "RS256").key
            name, endorsements = key["kid"], key.get("endorsements")
        except (PyJWKError, InvalidKeyError, LookupError, TypeError, ValueError, AttributeError):
            continue
        if isinstance(public_key, RSAPublicKey):
            found += 1
            yield str(name), SigningKey(public_key, tuple(endorsements or _ENDORSES_NOTHING))
    if not found:
        raise ValueError("the list holds no key")
