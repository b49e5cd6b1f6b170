"""Maximum lengths of texts in forms: shown to the platform, and checked when a form is submitted."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cards.actions import Field

MAX_LENGTHS: Mapping[Field, int] = MappingProxyType(
    {
        Field.AMOUNT: 40,
        Field.CUSTOMER_TEXT: 2000,
        Field.INTERNAL_TEXT: 2000,
        Field.WHY: 1000,
        Field.NOTE: 3000,
        Field.WHAT: 300,
        Field.TEXT: 3000,
        Field.DUPLICATE_OF: 40,
        Field.CUSTOMER_NAME: 200,
        Field.CUSTOMER_EMAIL: 254,
        Field.CUSTOMER_REF: 120,
        Field.INVOICE_NUMBER: 120,
        Field.INVOICE_TOTAL: 40,
        Field.CURRENCY: 3,
        Field.DISPUTED: 40,
        Field.STATEMENT: 3000,
    }
)
"""Characters, without surrounding blanks. Checked again here: not every client enforces its form's limit."""
NOT_LENGTH_CHECKED = frozenset(
    {Field.AMOUNT, Field.DUPLICATE_OF, Field.INVOICE_TOTAL, Field.CURRENCY, Field.DISPUTED}
)
"""Parsed as an amount, a currency or a case's id, whose parsers refuse in clearer words than "too long"."""
