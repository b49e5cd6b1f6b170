"""Ids and addresses of customers' links, as invoices and mails show them."""

from __future__ import annotations

import secrets

from core.customer_link import CustomerLink
from core.tokens import Tokens

_BYTES = 16
"""128 random bits, so that an id can't be guessed and discloses nothing."""


def new_link_id() -> str:
    return secrets.token_hex(_BYTES)


def url_of(link: CustomerLink, tokens: Tokens, base_url: str) -> str:
    """The link's public address. It holds only the signed token, no name or number."""
    return f"{base_url}/d/{tokens.sign_link(link.id)}"
