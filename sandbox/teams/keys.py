"""With which keys are tokens signed, and what is told of these keys?"""

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
    """RSA keys, the newest signs. Made when first asked for, since that costs a moment.

    Tokens go by real time, whatever the demo's clock says: both ends check them by the machine's.
    """

    def __init__(self) -> None:
        self._keys: dict[str, RSAPrivateKey] = {}

    def rotate(self) -> None:
        """Sign with a new key from now on; only the one before it is still told of."""
        last = list(self._keys.items())[-1:]
        self._keys = dict(last) | {secrets.token_urlsafe(20): generate_private_key(65537, 2048)}

    def sign(self, claims: Claims, *, seconds: int) -> str:
        """A token that began five minutes ago and lasts for `seconds`."""
        if not self._keys:
            self.rotate()
        key_id, key = list(self._keys.items())[-1]
        now = int(time.time())
        whole = {"iat": now, "nbf": now - TOLERANCE_SECONDS, "exp": now + seconds, **claims}
        return jwt.encode(whole, key, algorithm="RS256", headers={"kid": key_id, "x5t": key_id})

    def read(self, token: str, *, audience: str) -> Claims:
        """The claims of a token of ours. Raises `jwt.PyJWTError` for any other."""
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
        """The key set as the world may read it; `more` stands with every key."""
        if not self._keys:
            self.rotate()
        return {"keys": [_public(key_id, key) | more for key_id, key in self._keys.items()]}


def _public(key_id: str, key: RSAPrivateKey) -> dict[str, Any]:
    told = json.loads(RSAAlgorithm.to_jwk(key.public_key()))
    return {"kty": "RSA", "use": "sig", "kid": key_id, "x5t": key_id, "n": told["n"], "e": told["e"]}
