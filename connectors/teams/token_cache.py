"""Cache of verified tokens: Teams signs an hour's requests with the same one.

Verifying one costs more than storing a claim of a case: the SDK parses it four times. docs/decisions/0014
says why caching is safe.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import jwt

from connectors.teams.keys import SigningKey, SigningKeys

TRUSTED_SECONDS = 60.0
"""Then it is verified again. A token that expires sooner isn't cached."""
MOST_REMEMBERED = 256
"""One for each service URL of Teams would do; the oldest is dropped."""

_Name = tuple[bytes, str, str]


@dataclass(frozen=True, slots=True)
class _Verified:
    result: Any
    key_id: str
    key: SigningKey
    until: float


class VerifiedTokenCache:
    """Keyed by the token's digest and the rest of what the SDK checks: service URL and channel."""

    def __init__(self, keys: SigningKeys) -> None:
        self._keys = keys
        self._verified: dict[_Name, _Verified] = {}

    async def knows(self, authorization: str) -> bool:
        """Whether `find` would find this token for some service URL and channel. Raises as `find`."""
        digest = _digest(authorization)
        for name, known in tuple(self._verified.items()):
            if name[0] == digest and _now() < known.until:
                return await self._keys.get(known.key_id) is known.key
        return False

    async def find(self, authorization: str, service_url: str, channel: str) -> Any | None:
        """The SDK's result, as long as the key that signed the token is still one of Teams' keys.

        Raises PermissionError or TryAgain, as `SigningKeys.get`.
        """
        name = _name(authorization, service_url, channel)
        known = self._verified.pop(name, None)
        if known is None or _now() >= known.until or await self._keys.get(known.key_id) is not known.key:
            return None
        self._verified[name] = known
        return known.result

    async def add(self, authorization: str, service_url: str, channel: str, result: Any) -> None:
        """Cache what the SDK has just verified, unless it expires too soon."""
        until = _now() + TRUSTED_SECONDS
        try:
            key_id = _signing_key_id(authorization.rpartition(" ")[2])
        except jwt.InvalidTokenError:
            return
        verified = _Verified(result, key_id, await self._keys.get(key_id), until)
        while len(self._verified) >= MOST_REMEMBERED:
            del self._verified[next(iter(self._verified))]
        self._verified[_name(authorization, service_url, channel)] = verified


def _name(authorization: str, service_url: str, channel: str) -> _Name:
    return _digest(authorization), service_url, channel


def _digest(authorization: str) -> bytes:
    return sha256(authorization.encode(errors="surrogatepass")).digest()


def _signing_key_id(token: str) -> str:
    """The signing key's id. Raises InvalidTokenError if the token expires within `TRUSTED_SECONDS`."""
    options: Any = {"verify_signature": False, "verify_exp": True, "require": ["exp"]}
    opened = jwt.decode_complete(token, options=options, leeway=-TRUSTED_SECONDS)
    return str(opened["header"]["kid"])


def _now() -> float:
    return asyncio.get_running_loop().time()
