"""Key rings: RSA keys that sign and check tokens, and their public key sets (JWKS)."""

from __future__ import annotations

import json
import secrets
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

Claims = dict[str, Any]
TOLERANCE_SECONDS = 300


class KeyRing:
    """RSA keys; the newest signs. The first is made on first use, since making one is slow.

    Tokens use real time, not the demo clock: both sides check them by the machine's clock.
    """

    def __init__(self) -> None:
        self._keys: dict[str, RSAPrivateKey] = {}

    def rotate(self) -> None:
        """Sign with a new key from now on; only it and the previous key are still published."""
        last = list(self._keys.items())[-1:]
        self._keys = dict(last) | {secrets.token_urlsafe(20): generate_private_key(65537, 2048)}

    def sign(self, claims: Claims, *, seconds: int) -> str:
        """A token valid from five minutes ago, for `seconds` from now."""
        if not self._keys:
            self.rotate()
        key_id, key = list(self._keys.items())[-1]
        now = int(time.time())
        whole = {"iat": now, "nbf": now - TOLERANCE_SECONDS, "exp": now + seconds, **claims}
        return jwt.encode(whole, key, algorithm="RS256", headers={"kid": key_id, "x5t": key_id})

    def read(self, token: str, *, audience: str) -> Claims:
        """The claims of a token that this ring signed. Raises `jwt.PyJWTError` for any other."""
        key = self._keys.get(str(jwt.get_unverified_header(token).get("kid")))
        if key is None:
            raise jwt.InvalidKeyError("signed by nobody we know")
        return jwt.decode(
            token,
            key.public_key(),
            algorithms=["RS256"],
            audience=audience,
            options={"require": ["exp", "aud", "iss"]},
        )

    def public_keys(self, **more: Any) -> dict[str, Any]:
        """The public key set (JWKS); `more` is added to every key."""
        if not self._keys:
            self.rotate()
        return {"keys": [_public(key_id, key) | more for key_id, key in self._keys.items()]}


def _public(key_id: str, key: RSAPrivateKey) -> dict[str, Any]:
    public = json.loads(RSAAlgorithm.to_jwk(key.public_key()))
    return {"kty": "RSA", "use": "sig", "kid": key_id, "x5t": key_id, "n": public["n"], "e": public["e"]}
