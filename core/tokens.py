"""Signed tokens: customers' links, reply addresses, files and forms.

Each purpose has its own salt, so that a token for one never passes for another. Keys rotate: the first
signs, every one is accepted. Signatures are HMAC-SHA256 by itsdangerous.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from hashlib import sha256
from hmac import compare_digest

from itsdangerous import BadSignature, Signer

_LINK, _REPLY, _FILE, _FORM = "ombud.link", "ombud.reply", "ombud.file", "ombud.form"
_REPLY_ADDRESS = re.compile(r"case\+d(\d{4,15})\.([0-9a-f]{20})", re.IGNORECASE)
_ADDRESS = "ombud.address"
_END = "z"
"""Mail programs that make text into links leave out a “-” or “_” at the end, which a signature may have."""
_REPLY_HEX = 20
"""80 bits: guessing an address takes more mails than any server delivers."""


class Tokens:
    """Signs and verifies tokens. `keys`: secrets of 32 characters or more, at least one, the newest first."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self._keys = keys

    def sign_link(self, link_id: str) -> str:
        """The token in a customer's URL, after `/d/`."""
        return self._sign(_LINK, link_id)

    def read_link(self, token: str) -> str | None:
        """The link's id; None: not signed by us."""
        return self._read(_LINK, token)

    def sign_file(self, file_id: str, *, until: datetime) -> str:
        """A token that opens one file until then, for people who see the case in chat."""
        return self._sign(_FILE, f"{file_id}.{int(until.timestamp())}")

    def read_file(self, token: str, *, now: datetime) -> str | None:
        """The file's id; None: not signed by us, or expired."""
        return self._read_until(_FILE, token, now)

    def sign_address(self, address_id: str, *, until: datetime) -> str:
        """The token in the URL of a confirmation mail, after `/a/`."""
        return self._sign(_ADDRESS, f"{address_id}.{int(until.timestamp())}")

    def read_address(self, token: str, *, now: datetime) -> str | None:
        """The address's id; None: not signed by us, or expired."""
        return self._read_until(_ADDRESS, token, now)

    def sign_form(self, link_id: str, visitor: str) -> str:
        """A form's hidden token; `visitor` is the random value of the browser's cookie."""
        return self._sign(_FORM, sha256(f"{link_id}\n{visitor}".encode()).hexdigest())

    def is_valid_form(self, token: str, link_id: str, visitor: str) -> bool:
        return self._read(_FORM, token) == sha256(f"{link_id}\n{visitor}".encode()).hexdigest()

    def reply_local_part(self, case_id: str) -> str:
        """The part before the @ of a case's reply address; lower case, since servers may change the case."""
        return f"case+d{case_id[2:]}.{self._reply_signature(case_id, self._keys[0])}"

    def case_of_reply(self, address: str) -> str | None:
        """The case whose signed reply address this is, whatever its domain."""
        found = _REPLY_ADDRESS.fullmatch(address.partition("@")[0])
        if found is None:
            return None
        case_id, given = f"D-{found[1]}", found[2].lower()
        matches = [compare_digest(given, self._reply_signature(case_id, key)) for key in self._keys]
        return case_id if any(matches) else None

    def _sign(self, purpose: str, text: str) -> str:
        return self._signer(purpose).sign(text).decode() + _END

    def _read(self, purpose: str, token: str) -> str | None:
        if not token.endswith(_END):
            return None
        try:
            return self._signer(purpose).unsign(token.removesuffix(_END)).decode()
        except (BadSignature, UnicodeError):
            return None

    def _read_until(self, purpose: str, token: str, now: datetime) -> str | None:
        """The text before the last dot; None if the instant after it has passed."""
        text, _, until = (self._read(purpose, token) or "").rpartition(".")
        if not until.isdecimal() or datetime.fromtimestamp(int(until), UTC) <= now:
            return None
        return text

    def _signer(self, purpose: str) -> Signer:
        """itsdangerous wants the newest key last."""
        return Signer(self._keys[::-1], salt=purpose, key_derivation="hmac", digest_method=sha256)

    def _reply_signature(self, case_id: str, key: str) -> str:
        signer = Signer(key, salt=_REPLY, key_derivation="hmac", digest_method=sha256)
        encoded = signer.get_signature(case_id)
        return urlsafe_b64decode(encoded + b"=" * (-len(encoded) % 4)).hex()[:_REPLY_HEX]
