"""Tests of the routes: every response is safe, and health is reported truly."""

from __future__ import annotations

import asyncio
import io
import logging
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import structlog

from bot.logs import set_up_logs
from scheduler.jobs import JobsHealth
from store.engine import Store
from store.transaction import Transaction
from tests.bot.api.disputes import body
from tests.bot.api.test_refusals import is_problem
from tests.bot.api_client import CRM_KEY, ERP_KEY, STRIPE_SECRET, ApiClient, ApiResponse, open_api_client
from tests.bot.webhooks.stripe_events import deliver, sign
from tests.builders import MONDAY_9AM, a_policy
from tests.connectors.billing.stripe.objects import a_chargeback, an_event


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], str]]:
    """Everything the process has logged so far, as on standard error."""
    before, handlers, level = structlog.get_config(), logging.root.handlers[:], logging.root.level
    out = io.StringIO()
    monkeypatch.setattr(sys, "stderr", out)
    set_up_logs("json", (CRM_KEY, ERP_KEY, STRIPE_SECRET))
    yield out.getvalue
    structlog.configure(**before)
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def is_safe(answer: ApiResponse) -> bool:
    wanted = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }
    return wanted.items() <= dict(answer.headers).items()


async def test_every_kind_of_answer_carries_the_safe_headers(api_client: ApiClient) -> None:
    answers = [
        await api_client.request("GET", path) for path in ("/healthz", "/readyz", "/metrics", "/nowhere", "/")
    ]
    answers += [
        await api_client.post(body()),
        await api_client.post(body()),
        await api_client.post(b"x"),
        await api_client.get("/api/x"),
    ]
    answers += [
        await api_client.get("/api/disputes"),
        await deliver(api_client, {}),
    ]
    assert all(is_safe(answer) for answer in answers)
    described = await api_client.request("GET", "/api/openapi.json")  # the same for everybody: may be kept
    assert described.headers["X-Content-Type-Options"] == "nosniff"
    assert described.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    "path", ["/", "/nowhere", "/api", "/api/", "/api/disputes/", "/webhooks/paypal", "/%00", "/.env"]
)
async def test_an_address_that_is_none_is_a_problem_document(api_client: ApiClient, path: str) -> None:
    assert is_problem(await api_client.get(path), 404)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/api/disputes"),
        ("DELETE", "/api/disputes/D-1001"),
        ("PATCH", "/api/disputes/D-1001"),
        ("POST", "/api/openapi.json"),
        ("GET", "/webhooks/stripe"),
        ("POST", "/healthz"),
    ],
)
async def test_a_method_that_is_none_is_refused(api_client: ApiClient, method: str, path: str) -> None:
    assert is_problem(await api_client.request(method, path), 405)


async def test_the_process_says_that_it_is_alive_and_ready(api_client: ApiClient) -> None:
    assert (await api_client.request("GET", "/healthz")).json == {"alive": True}
    ready = await api_client.request("GET", "/readyz")
    assert (ready.status, ready.json) == (200, {"ready": True, "degraded": False, "troubles": []})


async def test_a_platform_that_takes_nothing_is_told_though_the_process_stays_ready(
    api_client: ApiClient,
) -> None:
    def fail(tx: Transaction) -> None:
        for name, problem in (("system:slack", "The bot's token was revoked."), (DANAS_LANE, "No.")):
            tx.troubles.open(name, since=LONG_AGO, problem=problem)

    await api_client.store.run(fail)
    ready = await api_client.request("GET", "/readyz")
    assert (ready.status, ready.json["ready"], ready.json["degraded"]) == (200, True, True)
    told = " ".join(ready.json["troubles"])
    assert "slack, since 2026-03-02 08:58 UTC: The bot's token was revoked." in told
    assert "messages wait: 1." in told
    metrics = (await api_client.request("GET", "/metrics")).body.decode()
    assert 'ombud_trouble{system="slack"} 1.0' in metrics
    assert "ombud_outbox_standing 1.0" in metrics
    assert "dana" not in told + metrics
    await api_client.store.run(lambda tx: tx.troubles.end("system:slack", LATELY))
    assert 'ombud_trouble{system="slack"}' not in (await api_client.request("GET", "/metrics")).body.decode()


DANAS_LANE = "person:dana@example.com"
LATELY, LONG_AGO = MONDAY_9AM - timedelta(seconds=59), MONDAY_9AM - timedelta(seconds=61)


@pytest.mark.parametrize(
    ("pulse", "trouble"),
    [
        (JobsHealth(LONG_AGO, LATELY, None), "outbox isn't being drained"),
        (JobsHealth(None, LATELY, None), "outbox isn't being drained"),
        (JobsHealth(LATELY, LATELY, LONG_AGO), "nothing in it can be settled"),
        (JobsHealth(LATELY, LONG_AGO, None), "Deadlines aren't being watched"),
        (JobsHealth(LATELY, None, None), "Deadlines aren't being watched"),
    ],
)
async def test_work_that_stands_still_is_told(api_client: ApiClient, pulse: JobsHealth, trouble: str) -> None:
    api_client.pulse = pulse
    ready = await api_client.request("GET", "/readyz")
    assert (ready.status, ready.json["ready"]) == (503, False)
    assert trouble in ready.json["troubles"][0]


async def test_what_fails_for_a_moment_is_no_trouble_yet(api_client: ApiClient) -> None:
    api_client.pulse = JobsHealth(LATELY, LATELY, LATELY)
    assert (await api_client.request("GET", "/readyz")).status == 200


async def test_tables_of_another_version_are_told(api_client: ApiClient, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "ombud.db")) as beside, beside:
        beside.execute("UPDATE alembic_version SET version_num = '2031_01_01_later'")
    ready = await api_client.request("GET", "/readyz")
    assert (ready.status, "of version 2031_01_01_later" in ready.json["troubles"][0]) == (503, True)


async def test_a_database_that_does_not_answer_is_told_in_time(
    api_client: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(*_: object, **__: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr("bot.health.DATABASE_TIMEOUT_SECONDS", 0.05)
    monkeypatch.setattr(api_client.store, "read", hang)
    ready = await api_client.request("GET", "/readyz")
    assert (ready.status, ready.json["troubles"]) == (503, ["The database doesn't answer."])


async def test_a_database_without_tables_is_told_with_the_remedy(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/empty.db", a_policy())
    async with open_api_client(store) as api_client:
        ready = await api_client.request("GET", "/readyz")
        assert (ready.status, "ombud migrate" in ready.json["troubles"][0]) == (503, True)
        assert (await api_client.request("GET", "/healthz")).status == 200
        assert is_problem(await api_client.request("GET", "/metrics"), 503)
    await store.close()


async def test_the_metrics_count_what_waits_to_be_sent(api_client: ApiClient) -> None:
    await api_client.post(body())
    text = (await api_client.request("GET", "/metrics")).body.decode()
    waiting = api_client.store.read_blocking(lambda tx: tx.outbox.figures(api_client.clock.now()).pending)
    assert waiting > 0
    assert f"ombud_outbox_pending {waiting}.0" in text


async def test_a_fault_of_ours_is_told_without_its_insides(
    api_client: ApiClient, monkeypatch: pytest.MonkeyPatch, said: Callable[[], str]
) -> None:
    def break_down(*_: object, **__: object) -> None:
        raise RuntimeError(f"inside: {CRM_KEY}")

    monkeypatch.setattr("bot.api.disputes.to_dispute", break_down)
    answer = await api_client.post(body())
    assert is_problem(answer, 500)
    assert "inside" not in answer.body.decode()
    assert "RuntimeError" in said()
    assert CRM_KEY not in said()


async def test_no_secret_gets_into_the_log_or_an_answer(
    api_client: ApiClient, said: Callable[[], str]
) -> None:
    event = an_event("charge.dispute.created", a_chargeback(amount=None))
    answers = [
        await api_client.post(body()),
        await api_client.post(b"x", key=ERP_KEY),
        await api_client.post(body(), key=CRM_KEY[:-1]),
        await api_client.get(f"/api/disputes?customer={CRM_KEY}"),
        await deliver(api_client, event),
        await deliver(api_client, event, sign("another payload")),
        await api_client.request("GET", "/metrics"),
    ]
    assert "stripe_event_unreadable" in said()
    for secret in (CRM_KEY, ERP_KEY, STRIPE_SECRET):
        assert secret not in said()
        assert all(secret not in answer.body.decode() for answer in answers)
    assert "We agreed on 90 euros" not in said()


async def test_a_house_without_api_keys_lets_nobody_in(quick_store: Store) -> None:
    async with open_api_client(quick_store, api_keys={}) as api_client:
        assert is_problem(await api_client.post(body()), 401)
        assert is_problem(await api_client.get("/api/disputes", ""), 401)
