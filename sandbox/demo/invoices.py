"""Links on invoices: asks the bot for the page where a customer disputes the invoice."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import aiohttp
import orjson

from sandbox import company
from sandbox.world import Args, World


async def make_link(world: World, wanted: Args) -> dict[str, Any]:
    """`{"invoice": ref or number}`: ask the bot for the link to print on the invoice, as a billing
    platform does when it fills in its template."""
    found = company.find_invoice(str(wanted.get("invoice")))
    if found is None:
        raise ValueError("There is no such invoice.")
    customer, invoice = found
    today = datetime.fromtimestamp(world.clock.now(), UTC).date()
    body = {
        "customer": company.customer_json(customer),
        "invoice": company.invoice_json(invoice, today=today, address=world.settings.url),
    }
    headers = {"Authorization": f"Bearer {world.settings.api_key}", "Content-Type": "application/json"}
    url, limit = f"{world.settings.bot_url}/api/links", aiohttp.ClientTimeout(total=10)
    try:
        async with world.http.post(url, data=orjson.dumps(body), headers=headers, timeout=limit) as answer:
            body = orjson.loads(await answer.read())
    except (aiohttp.ClientError, TimeoutError, orjson.JSONDecodeError):
        return {"ok": False, "problem": "Ombud is not running. Start it and try again."}
    if answer.status >= 300:
        return {"ok": False, "problem": f"{body.get('title')}: {body.get('detail')}"}
    return {"ok": True, **body}
