"""HTTP client for the API and the webhooks, against a real server on loopback."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr

from bot.context import Context
from bot.health import Readiness
from bot.routes import make_app
from bot.settings import Settings
from connectors.billing.stripe.events import read_event
from core.case import Case
from scheduler.clock import Clock
from scheduler.jobs import JobsHealth
from store.engine import Store
from tests.builders import MONDAY_9AM

CRM_KEY, ERP_KEY = "crm-key-0123456789", "erp-key-0123456789"
STRIPE_SECRET = "whsec_0123456789abcdefghij"
JSON = "application/json"


class FrozenClock(Clock):
    """A clock that stays at `at` until a test moves it."""

    def __init__(self, at: datetime = MONDAY_9AM) -> None:
        super().__init__()
        self.at = at

    def now(self) -> datetime:
        return self.at


class ApiResponse:
    """Status, headers and body of a response."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def errors(self) -> dict[str, str]:
        """A problem document's fields: pointer to sentence."""
        return {error["pointer"]: error["detail"] for error in self.json["errors"]}


class ApiClient:
    """Requests without a key of their own carry the CRM's."""

    def __init__(self, client: TestClient[Any, Any], store: Store, clock: FrozenClock) -> None:
        self.client = client
        self.store = store
        self.clock = clock
        self.pulse: JobsHealth | None = None
        """What the jobs report; None: every job has run just now."""

    async def request(self, method: str, path: str, **more: Any) -> ApiResponse:
        async with self.client.request(method, path, **more) as response:
            return ApiResponse(response.status, response.headers, await response.read())

    async def get(self, path: str, key: str = CRM_KEY) -> ApiResponse:
        return await self.request("GET", path, headers={"Authorization": f"Bearer {key}"})

    async def post(
        self, body: object, idempotency: str = "k-1", key: str = CRM_KEY, **headers: str
    ) -> ApiResponse:
        """Raise a dispute; `body` is sent as it is when it is bytes, else as JSON."""
        return await self.post_to("/api/disputes", body, idempotency, key, **headers)

    async def post_to(
        self, path: str, body: object, idempotency: str = "k-1", key: str = CRM_KEY, **headers: str
    ) -> ApiResponse:
        given = {
            "Authorization": f"Bearer {key}",
            "Idempotency-Key": idempotency,
            "Content-Type": JSON,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self.request("POST", path, data=io.BytesIO(raw), headers=given)

    def case(self, case_id: str) -> Case:
        return self.store.read_blocking(lambda tx: tx.cases.get(case_id))

    def is_timeline_intact(self, case_id: str) -> bool:
        """Whether the hashes of the case's timeline still fit its entries."""
        return self.store.read_blocking(lambda tx: tx.timeline.verify(case_id)) == []

    def cases(self) -> list[Case]:
        """Every case that was stored, oldest first."""
        return self.store.read_blocking(
            lambda tx: [tx.cases.get(row.id) for row in reversed(tx.cases.list_all(None, 100).rows)]
        )


@asynccontextmanager
async def open_api_client(store: Store, **settings: Any) -> AsyncIterator[ApiClient]:
    """Settings not named are those of a company with Stripe and two callers of the API."""
    given: dict[str, Any] = {
        "base_url": "https://ombud.example",
        "api_keys": {"crm": SecretStr(CRM_KEY), "erp": SecretStr(ERP_KEY)},
        "stripe_webhook_secret": SecretStr(STRIPE_SECRET),
        **settings,
    }
    clock = FrozenClock()
    api_client: ApiClient

    def pulse() -> JobsHealth:
        return api_client.pulse or JobsHealth(clock.now(), clock.now(), None)

    context = Context(Settings(_env_file=None, **given), store, clock, read_event)
    app = make_app(context, Readiness(store, clock, pulse), None)
    server = TestServer(app)
    await server.start_server(auto_decompress=False)  # as `HttpServer` does
    async with TestClient(server) as client:
        api_client = ApiClient(client, store, clock)
        yield api_client
