"""Rate of disputes over the API, against the same rows written by the driver alone."""

from __future__ import annotations

import orjson

from core.policy import Policy
from handlers.raise_dispute import create_case
from scheduler.clock import Clock
from store.engine import Store
from tests.bench.floors import Rows, intake_rate, read_rows
from tests.bench.load import http_post, run_load
from tests.bench.servers import API_KEY, bot
from tests.bench.table import Result, at_least
from tests.builders import a_customer, a_dispute

COUNT = 4_000
TABLES = ("cases", "timeline", "inbox", "outbox")


def measure(database_url: str, slack_url: str, policy: Policy) -> Result:
    name = database_url.partition(":")[0]
    floor = intake_rate(database_url, _same_rows(database_url, policy))
    with bot(database_url, slack_url) as (port, _):
        requests = [_post(number) for number in range(COUNT)]
        figure = run_load(port, requests, clients=16).demand_only(201)
    what = f"disputes over the API, 16 clients, {name}; floor: the same rows, one writer, group commit"
    return at_least(what, figure.rate, floor, 0.4)


def _post(number: int) -> bytes:
    body = {
        "customer": {
            "ref": "cus_1",
            "name": "Nordwind GmbH",
            "email": "ap@nordwind.example",
            "tier": "standard",
        },
        "invoice": {
            "ref": f"in_{number}",
            "number": f"INV-{number}",
            "currency": "EUR",
            "total_minor": 12_000,
            "lines": [
                {"ref": "1", "text": "Hosting, February", "amount_minor": 9_000},
                {"ref": "2", "text": "Support, February", "amount_minor": 3_000},
            ],
        },
        "reason": "wrong_amount",
        "statement": "We agreed on 90 euros.",
    }
    return http_post(
        "/api/disputes",
        orjson.dumps(body),
        Content_Type="application/json",
        Authorization=f"Bearer {API_KEY}",
        Idempotency_Key=f"bench-{number}",
    )


def _same_rows(database_url: str, policy: Policy) -> list[Rows]:
    """The rows that one intake writes, as plain statements, `COUNT` times with keys of their own."""
    store = Store.open(database_url, policy)
    dispute = a_dispute(customer=a_customer(tier_id="standard"))
    now = Clock(None).now()
    raised = store.run_blocking(create_case, dispute, source="floor", key="floor", digest="", now=now)
    number = int(raised.case.id[2:])
    store.close_blocking()
    rows = _rows_of(database_url, number)
    mark = "?" if database_url.startswith("sqlite") else "%s"
    return [
        [(_insert(table, row, mark), _renamed(table, row, number, offset)) for table, row in rows]
        for offset in range(10_000_000, 10_000_000 + COUNT)
    ]


def _rows_of(database_url: str, number: int) -> list[tuple[str, dict[str, object]]]:
    found: list[tuple[str, dict[str, object]]] = []
    for table in TABLES:
        where = "id = 'floor'" if table == "inbox" else f"number = {number}"
        names, rows = read_rows(database_url, f"SELECT * FROM {table} WHERE {where}")
        found += [(table, dict(zip(names, row, strict=True))) for row in rows]
    return found


def _insert(table: str, row: dict[str, object], mark: str) -> str:
    names = [name for name in row if not (table == "outbox" and name == "id")]
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join([mark] * len(names))})"


def _renamed(table: str, row: dict[str, object], number: int, offset: int) -> list[object]:
    """The same row under another number, so that no key collides."""
    values = dict(row)
    if table == "outbox":
        del values["id"]
        values["key"] = f"{values['key']}:{offset}"
    if table == "inbox":
        values["id"] = f"floor-{offset}"
    if values.get("number") == number:
        values["number"] = offset
    return list(values.values())
