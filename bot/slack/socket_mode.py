"""Socket Mode: Slack reaches us through a connection that we open, so no public address is needed."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

FIRST_WAIT_SECONDS = 2.0
LONGEST_WAIT_SECONDS = 60.0
_REMEDY = "See that Slack can be reached, and SLACK_APP_TOKEN: `ombud check` says more. Trying again."
log = structlog.get_logger()


class SlackSocket:
    """Tries to connect in the background, for ever, so that the API and the outbox never wait for Slack."""

    def __init__(self, app: AsyncApp, app_token: str) -> None:
        self._token = app_token
        self._handler = AsyncSocketModeHandler(app, app_token)
        self._connecting: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._connecting = asyncio.create_task(self._connect())

    async def stop(self) -> None:
        if self._connecting is not None:
            self._connecting.cancel()
            with suppress(asyncio.CancelledError):
                await self._connecting
        await self._handler.close_async()  # type: ignore[no-untyped-call]

    async def is_connected(self) -> bool:
        """Whether Slack reaches us now."""
        return bool(await self._handler.client.is_connected())

    async def _connect(self) -> None:
        """Gets the address without the library, which logs a traceback every ten seconds and no remedy.

        After the first connection, the library reconnects.
        """
        client, wait = self._handler.client, FIRST_WAIT_SECONDS
        while True:
            try:
                answer = await client.web_client.apps_connections_open(app_token=self._token)
                client.wss_uri = answer["url"]
                break
            except Exception as trouble:
                log.warning("socket_mode_closed", reason=_reason(trouble), remedy=_REMEDY)
            await asyncio.sleep(wait)
            wait = min(LONGEST_WAIT_SECONDS, wait * 2)
        await self._handler.connect_async()  # type: ignore[no-untyped-call]
        log.info("socket_mode_open")


def _reason(trouble: Exception) -> str:
    """Slack's error code, never the whole response, which may repeat what we sent."""
    if isinstance(trouble, SlackApiError):
        data = getattr(trouble.response, "data", None)
        code = data.get("error") if isinstance(data, dict) else None
        return str(code or "no proper answer")
    return type(trouble).__name__
