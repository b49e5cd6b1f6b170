"""Socket Mode, with slack_sdk's own client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from tests.sandbox.harness import Harness, a_button, a_modal


@asynccontextmanager
async def a_socket(
    harness: Harness, answer: dict[str, Any] | None = None
) -> AsyncIterator[list[SocketModeRequest]]:
    """A connected client that acknowledges everything with `answer`."""
    heard: list[SocketModeRequest] = []

    async def hear(client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        heard.append(request)
        await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, answer))

    web_client = AsyncWebClient(base_url=f"{harness.url}/api/", session=harness.http)
    client = SocketModeClient("xapp-sandbox", web_client=web_client, ping_interval=0.2)
    client.socket_mode_request_listeners.append(hear)
    await client.connect()  # type: ignore[no-untyped-call]
    try:
        yield heard
    finally:
        await client.close()  # type: ignore[no-untyped-call]
        await asyncio.sleep(0.05)


async def test_clicks_come_over_the_socket_and_not_over_http(harness: Harness) -> None:
    async with a_socket(harness) as heard:
        ts = await harness.post_card(a_button())
        answer = await harness.post_route(
            "press", user="U0ANA", channel="C0BILLING", ts=ts, action_id="claim"
        )
        assert answer == {"ok": True}
        assert heard[0].type == "interactive"
        assert heard[0].payload["actions"][0]["action_id"] == "claim"
        assert harness.bot.requests == []


async def test_a_form_is_answered_in_the_acknowledgement(harness: Harness) -> None:
    answer = {"response_action": "errors", "errors": {"amount": "Too much."}}
    async with a_socket(harness, answer) as heard:
        ts = await harness.post_card(a_button())
        await harness.post_route("press", user="U0ANA", channel="C0BILLING", ts=ts, action_id="claim")
        await harness.slack.views_open(trigger_id=heard[0].payload["trigger_id"], view=a_modal())
        told = await harness.post_route("submit", user="U0ANA", values={"amount": "9"})
        assert told["errors"] == {"amount": "Too much."}


async def test_commands_and_events_come_over_the_socket(harness: Harness) -> None:
    async with a_socket(harness) as heard:
        await harness.post_route(
            "command", user="U0ANA", channel="C0BILLING", command="/disputes", text="mine"
        )
        await harness.post_route("home", user="U0ANA")
        for _ in range(100):
            if len(heard) == 2:
                break
            await asyncio.sleep(0.02)
        assert [one.type for one in heard] == ["slash_commands", "events_api"]
        assert heard[1].payload["event"]["type"] == "app_home_opened"


async def test_a_client_comes_back_after_slack_asked_it_to(harness: Harness) -> None:
    async with a_socket(harness) as heard:
        await harness.post_route("faults", do="refresh_sockets")
        for _ in range(200):
            await asyncio.sleep(0.02)
            if harness.world.slack.sockets.open:
                break
        ts = await harness.post_card(a_button())
        await harness.post_route("press", user="U0ANA", channel="C0BILLING", ts=ts, action_id="claim")
        assert len(heard) == 1


async def test_a_ticket_opens_one_connection(harness: Harness) -> None:
    app = AsyncWebClient("xapp-sandbox", base_url=f"{harness.url}/api/", session=harness.http)
    url = (await app.apps_connections_open(app_token="xapp-sandbox"))["url"]
    async with harness.http.ws_connect(url) as socket:
        hello = await socket.receive_json()
        assert (hello["type"], hello["connection_info"]["app_id"]) == ("hello", "A0OMBUD")
    async with harness.http.get(url.replace("ws://", "http://")) as again:
        assert again.status == 403
