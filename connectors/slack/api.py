"""Client of Slack's Web API; maps failed calls to TryAgain and GiveUp."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from connectors.errors import TryAgain
from connectors.slack.errors import error_for, rate_limited

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
        try:
            answer = await method(**args)
        except SlackApiError as error:
            raise _error_of(error) from None
        except aiohttp.ClientConnectorError:
            raise TryAgain("Slack can't be reached.") from None
        except (aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError, SlackClientError) as error:
            raise TryAgain(f"Slack didn't answer ({type(error).__name__}).", is_unknown=True) from None
        return dict(answer.data) if isinstance(answer.data, dict) else {}

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
        return TryAgain(f"Slack has trouble (HTTP {status}).", is_unknown=True)
    return error_for(code, needed=answer.get("needed"))
