"""Customers of the demo: their list for the page, and raising a dispute through the bot's API."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

import aiohttp
import orjson

from sandbox import company
from sandbox.world import Args, World


async def raise_dispute(world: World, wanted: Args) -> dict[str, Any]:
    """Post one dispute to the bot's API.

    `wanted`: `invoice` (ref or number), `reason`, `statement`, optionally `amount_minor` or `lines` (refs),
    `evidence` (kinds) and `key` (to repeat a request on purpose). Answers with the bot's `status` and `body`.
    """
    found = company.find_invoice(str(wanted.get("invoice")))
    if found is None:
        return {"ok": False, "status": 0, "body": {"title": f"There is no invoice {wanted.get('invoice')}."}}
    body = _dispute(world, wanted, *found)
    headers = {
        "Authorization": f"Bearer {world.settings.api_key}",
        "Idempotency-Key": str(wanted.get("key") or secrets.token_urlsafe(16)),
        "Content-Type": "application/json",
    }
    url, limit = f"{world.settings.bot_url}/api/disputes", aiohttp.ClientTimeout(total=10)
    try:
        async with world.http.post(url, data=orjson.dumps(body), headers=headers, timeout=limit) as answer:
            raw = await answer.read()
    except TimeoutError:
        return {"ok": False, "status": 0, "body": {"title": "Ombud did not answer in time. Try again."}}
    except aiohttp.ClientError:
        return {"ok": False, "status": 0, "body": {"title": "Ombud is not running. Start it and try again."}}
    return {"ok": answer.status < 300, "status": answer.status, "body": _parse_body(raw)}


def list_customers(world: World) -> list[dict[str, Any]]:
    """All customers with their invoices, for the form."""
    return [
        company.customer_json(customer) | {"invoices": [_invoice(world, one) for one in customer.invoices]}
        for customer in company.CUSTOMERS
    ]


def _dispute(
    world: World, wanted: Args, customer: company.Customer, invoice: company.Invoice
) -> dict[str, Any]:
    body: dict[str, Any] = {
        "customer": company.customer_json(customer),
        "invoice": _invoice(world, invoice),
        "reason": wanted.get("reason"),
        "statement": wanted.get("statement", ""),
        "evidence": [
            {
                "kind": kind,
                "name": f"{kind.replace('_', '-')}-{invoice.number}.pdf",
                "url": f"https://files.{customer.email.split('@')[1]}/{kind}-{invoice.number}.pdf",
            }
            for kind in wanted.get("evidence") or []
        ],
    }
    if wanted.get("amount_minor") is not None:
        body["disputed"] = {"amount_minor": wanted["amount_minor"]}
    elif wanted.get("lines"):
        body["disputed"] = {"line_refs": wanted["lines"]}
    return body


def _invoice(world: World, invoice: company.Invoice) -> dict[str, Any]:
    today = datetime.fromtimestamp(world.clock.now(), UTC).date()
    return company.invoice_json(invoice, today=today, address=world.settings.url)


def _parse_body(raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return {
            "title": "Ombud answered something that is not JSON.",
            "detail": raw[:200].decode("utf-8", "replace"),
        }
