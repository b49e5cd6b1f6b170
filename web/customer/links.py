"""What does a customer's link look like, on an invoice and in a mail?"""

from __future__ import annotations

import secrets

from core.customer_link import CustomerLink
from core.tokens import Tokens

_BYTES = 16
"""128 random bits: the id tells nothing, and nobody hits upon another's."""


def new_link_id() -> str:
    return secrets.token_hex(_BYTES)


def url_of(link: CustomerLink, tokens: Tokens, base_url: str) -> str:
    """No name, no number, nothing to guess."""
    return f"{base_url}/d/{tokens.sign_link(link.id)}"
