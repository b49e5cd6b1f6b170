"""Tests of `/metrics` and the reasons of `/readyz`: who may read them."""

from __future__ import annotations

import asyncio

import pytest
from pydantic import SecretStr

from scheduler.jobs import JobsHealth
from store.engine import Store
from tests.bot.api.test_refusals import is_problem
from tests.bot.api_client import CRM_KEY, ApiClient, open_api_client

KEY = "a-key-for-the-metrics"
STALLED = JobsHealth(None, None, None)


async def test_on_this_machine_the_metrics_need_no_key(api_client: ApiClient) -> None:
    for host in ("localhost", "localhost:8080", "127.0.0.1:9", "[::1]:8080", "[::1]"):
        assert (await api_client.request("GET", "/metrics", headers={"Host": host})).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "8.8.8.8"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
        {"X-Real-IP": "127.0.0.1"},
        {"X-Forwarded-Proto": "https"},
        {"Via": "1.1 Caddy"},
        {"Host": "ombud.example.com"},
        {"Host": "localhost.attacker.example"},
        {"Host": "127.0.0.1.attacker.example:8080"},
        {"Host": "10.0.0.1"},
        {"Host": ""},
        {"Authorization": f"Bearer {CRM_KEY}", "Via": "1.1 x"},
    ],
)
async def test_who_comes_through_a_proxy_or_a_page_is_not_on_this_machine(
    api_client: ApiClient, headers: dict[str, str]
) -> None:
    api_client.pulse = STALLED
    assert is_problem(await api_client.request("GET", "/metrics", headers=headers), 403)
    ready = await api_client.request("GET", "/readyz", headers=headers)
    assert (ready.status, ready.json["ready"], "troubles" in ready.json) == (503, False, False)


async def test_a_proxy_without_headers_shows_by_its_old_protocol(api_client: ApiClient) -> None:
    server = api_client.client.server
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(f"GET /metrics HTTP/1.0\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode())
    assert (await reader.readline()).split()[1] == b"403"
    writer.close()


async def test_with_a_key_set_it_is_asked_of_everybody(quick_store: Store) -> None:
    async with open_api_client(quick_store, metrics_key=SecretStr(KEY)) as api_client:
        api_client.pulse = STALLED
        for wrong in ("", "Bearer ", f"Bearer {KEY[:-1]}", f"Basic {KEY}", f"Bearer {CRM_KEY}", "Bearer ä"):
            headers = {"Authorization": wrong}
            refused = await api_client.request("GET", "/metrics", headers=headers)
            assert is_problem(refused, 401)
            assert refused.headers["WWW-Authenticate"] == "Bearer"
            assert "troubles" not in (await api_client.request("GET", "/readyz", headers=headers)).json
        right = {"Authorization": f"bearer {KEY}", "X-Forwarded-For": "8.8.8.8"}
        assert (await api_client.request("GET", "/metrics", headers=right)).status == 200
        assert (await api_client.request("GET", "/readyz", headers=right)).json["troubles"]
