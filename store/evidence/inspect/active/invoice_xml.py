"""The invoice within a PDF, for machines: Factur-X, ZUGFeRD, XRechnung and Order-X.

Such a PDF is what many customers have been sent, and law asks for it in some countries. Its file is known by
the name that the standard gives it, and must be XML, which no program runs. Other files in a PDF are refused.
"""

from __future__ import annotations

import io
from collections.abc import Collection

from store.evidence.inspect.active.markup import read_xml
from store.evidence.refusals import FileRejected

_NAMES = frozenset({"factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml", "order-x.xml"})
"""Factur-X 1.0 (ZUGFeRD 2.1 and later), ZUGFeRD 1 and 2.0, the profile XRechnung, Order-X."""
_ROOTS = frozenset(
    {"CrossIndustryInvoice", "CrossIndustryDocument", "SCRDMCCBDACIOMessageStructure", "Invoice"}
)


def is_invoice(names: Collection[str], content: bytes) -> bool:
    """Whether a file that goes by `names` is one."""
    if not names or any(name.casefold() not in _NAMES for name in names):
        return False
    elements: list[str] = []
    try:
        read_xml(io.BytesIO(content), lambda name, _: elements.append(name) if not elements else None)
    except FileRejected:
        return False
    return elements[0] in _ROOTS
