"""Bodies that a caller of the API sends."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

BODY: dict[str, Any] = {
    "customer": {
        "ref": "cus_nordwind",
        "name": "Nordwind GmbH",
        "email": "ap@nordwind.example",
        "tier": "gold",
        "language": "de",
    },
    "invoice": {
        "ref": "in_1",
        "number": "INV-2026-0001",
        "currency": "EUR",
        "total_minor": 12000,
        "issued_on": "2026-02-01",
        "due_on": "2026-03-01",
        "url": "https://billing.example/in_1",
        "lines": [
            {"ref": "il_1", "text": "Hosting, February", "amount_minor": 9000},
            {"ref": "il_2", "text": "Support, February", "quantity": "2 h", "amount_minor": 4000},
            {"ref": "il_3", "text": "Discount", "amount_minor": -1000},
        ],
    },
    "reason": "wrong_amount",
    "disputed": {"amount_minor": 3000},
    "statement": "We agreed on 90 euros.",
    "evidence": [{"kind": "contract", "name": "Offer.pdf", "url": "https://files.example/offer.pdf"}],
}


def body(**changes: Any) -> dict[str, Any]:
    """The body with `pointer__like__this=value` changed; `...` takes the member out."""
    changed = deepcopy(BODY)
    for path, value in changes.items():
        *steps, last = path.split("__")
        place: Any = changed
        for step in steps:
            place = place[int(step)] if step.isdecimal() else place[step]
        name: Any = int(last) if last.isdecimal() else last
        if value is ...:
            del place[name]
        else:
            place[name] = value
    return changed
