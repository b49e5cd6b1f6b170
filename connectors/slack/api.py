"""Client of Slack's Web API; maps failed calls to TryAgain and GiveUp."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from connectors.answers import OnAnswer, ignore, reported
from connectors.errors import TryAgain
from connectors.slack.errors import error_for, rate_limited
from core.platforms import SLACK

BASE_URL = "https://slack.com/api/"
PAGE = 200
ApiResponse = dict[str, Any]
Method = Callable[..., Awaitable[AsyncSlackResponse]]
WaitForRate = Callable[[], Awaitable[None]]

log = structlog.get_logger()


class SlackApi:
    """Calls Slack with one bot token. The outbox retries, so the client doesn't.

    Made inside the running event loop, closed with `close`.
    """

    def __init__(
        self, token: str, base_url: str = "https://slack.com/api/", *, seconds: float = 10.0
    ) -> None:
        self.session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=seconds, connect=min(5.0, seconds)),
            connector=aiohttp.TCPConnector(limit=32),
        )
        self.on_answer: OnAnswer = ignore
        self._dated: tuple[datetime, float] | None = None
        self.client = AsyncWebClient(token, base_url, session=self.session, retry_handlers=[])
        if urlsplit(base_url).hostname in ("127.0.0.1", "localhost", "::1"):
            self.client.proxy = None

    async def close(self) -> None:
        await self.session.close()

    async def call(self, method: Method, **args: Any) -> ApiResponse:
        """Call one of `client`'s methods.

        Raises: TryAgain: rate-limited, refused until fixed, slow, down or cut off; `is_unknown`: it may have
        worked. GiveUp: Slack refuses until a person acts.
        """
        with reported(SLACK, self.on_answer, is_message=method == self.client.chat_postMessage):
            return await self._call(method, args)

    async def probe(self) -> None:
        """Ask whether Slack takes the token. Raises TryAgain or GiveUp."""
        await self.call(self.client.auth_test)

    def server_time(self) -> datetime | None:
        """What time it is by Slack's own clock; None: it hasn't answered yet."""
        if self._dated is None:
            return None
        date, at = self._dated
        return date + timedelta(seconds=asyncio.get_running_loop().time() - at)

    async def _call(self, method: Method, args: dict[str, Any]) -> ApiResponse:
        try:
            answer = await method(**args)
        except SlackApiError as error:
            raise _error_of(error) from None
        except aiohttp.ClientConnectorError:
            raise TryAgain("Slack can't be reached.") from None
        except (aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError, SlackClientError) as error:
            raise TryAgain(f"Slack didn't answer ({type(error).__name__}).", is_unknown=True) from None
        self._save_date(answer.headers.get("Date"))
        return dict(answer.data) if isinstance(answer.data, dict) else {}

    def _save_date(self, header: str | None) -> None:
        with suppress(TypeError, ValueError):
            date = parsedate_to_datetime(header or "")
            self._dated = (
                (date if date.tzinfo else date.replace(tzinfo=UTC)),
                asyncio.get_running_loop().time(),
            )

    async def pages(
        self, method: Method, *, most: int = 50, before_each: WaitForRate | None = None, **args: Any
    ) -> AsyncIterator[ApiResponse]:
        """Every page of a list, at most `most` of them; `before_each` waits for the rate limiter."""
        cursor: str | None = None
        for _ in range(most):
            if before_each is not None:
                await before_each()
            answer = await self.call(method, limit=PAGE, cursor=cursor, **args)
            yield answer
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return
        log.warning("list cut short", method=getattr(method, "__name__", "?"), pages=most, rows=most * PAGE)


def _error_of(error: SlackApiError) -> Exception:
    """Only status, header and error code are read: the rest of the response may repeat what we sent."""
    response = error.response
    status = getattr(response, "status_code", None) or getattr(response, "status", None) or 0
    if status == 429:
        return rate_limited(response.headers.get("Retry-After"))
    data = getattr(response, "data", None)
    answer: ApiResponse = data if isinstance(data, dict) else {}
    code = answer.get("error")
    if status >= 500 or not isinstance(code, str):
        return TryAgain(f"Slack has trouble (HTTP {status}).", is_unknown=True, is_answered=status == 500)
    return error_for(code, needed=answer.get("needed"))
