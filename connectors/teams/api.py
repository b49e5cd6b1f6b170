"""Client of the Teams connector API; maps failed calls to TryAgain and GiveUp."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote
from urllib.request import getproxies, proxy_bypass

import aiohttp
from yarl import URL

from connectors.answers import OnAnswer, ignore, reported
from connectors.errors import TryAgain
from connectors.teams.errors import RECHECK_INSTALLATION, CallTarget, error_for
from core.loopback import is_loopback
from core.platforms import TEAMS

ApiResponse = dict[str, Any]
WaitForRate = Callable[[], Awaitable[None]]
MOST_AT_ONCE = 32


class TeamsApi:
    """Calls Teams as one bot. The outbox retries, so the client doesn't.

    Made inside the running event loop, closed with `close`. `token` returns the cached bearer token, and
    `invalidate_token` gets one that Teams refused; `service_url` returns the base URL for a conversation, or
    the default one for anything else.
    """

    def __init__(
        self,
        token: Callable[[], Awaitable[str]],
        service_url: Callable[[str], Awaitable[str]],
        *,
        invalidate_token: Callable[[str], None] | None = None,
        app_id: str,
        tenant_id: str,
        seconds: float = 10.0,
    ) -> None:
        self.on_answer: OnAnswer = ignore
        self.app_id, self.tenant_id = app_id.strip(), tenant_id.strip()
        self._token, self._invalidate_token, self._service_url = token, invalidate_token, service_url
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=seconds, connect=min(5.0, seconds / 2)),
            connector=aiohttp.TCPConnector(limit=MOST_AT_ONCE),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def close(self) -> None:
        await self._session.close()

    async def call(
        self,
        method: str,
        *path: str,
        conversation: str,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
        target: CallTarget = CallTarget.CONVERSATION,
    ) -> ApiResponse:
        """Call `/v3/…`, whose parts are escaped here; `conversation` selects the base URL.

        Raises: TryAgain: rate-limited, refused until fixed, slow, down or cut off; `is_unknown`: it may have
        worked. GiveUp: Teams refuses until a person acts; MessageGone and NotAMember depending on `target`.
        """
        is_message = method == "POST" and path[-1] == "activities"
        with reported(TEAMS, self.on_answer, is_message=is_message):
            return await self._call(method, path, conversation, body=body, query=query, target=target)

    async def probe(self) -> None:
        """Ask whether Microsoft gives the bot a token. Raises TryAgain or GiveUp."""
        with reported(TEAMS, self.on_answer, is_message=False):
            await self._token()

    async def _call(
        self,
        method: str,
        path: tuple[str, ...],
        conversation: str,
        *,
        body: Mapping[str, Any] | None,
        query: Mapping[str, str] | None,
        target: CallTarget,
    ) -> ApiResponse:
        address, proxy = _checked(await self._service_url(conversation))
        # `encoded`: escaping it again would turn %3B into %253B.
        url = URL("/".join((address, "v3", *(quote(part, safe="") for part in path))), encoded=True)
        token = await self._token()
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json; charset=utf-8"
            data = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
        url = url.with_query(query) if query else url
        status, retry_after, said = await self._send(method, url, data=data, headers=headers, proxy=proxy)
        answer = _read(said)
        if status == 401 and self._invalidate_token is not None:
            self._invalidate_token(token)
        if not 200 <= status < 300:
            raise error_for(status, _code_of(answer), target=target, retry_after=retry_after)
        return answer

    async def _send(self, method: str, url: URL, **sent: Any) -> tuple[int, str | None, bytes]:
        """Status, `Retry-After` and body. A redirect isn't followed: it would send the token elsewhere."""
        try:
            async with self._session.request(method, url, allow_redirects=False, **sent) as response:
                return response.status, response.headers.get("Retry-After"), await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ClientHttpProxyError, aiohttp.ConnectionTimeoutError):
            raise TryAgain("Teams can't be reached.") from None
        except (aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError) as error:
            raise TryAgain(f"Teams didn't answer ({type(error).__name__}).", is_unknown=True) from None


@lru_cache(maxsize=256)
def _checked(address: str) -> tuple[str, str | None]:
    """The base URL without its last slash, and the proxy that the environment sets for it."""
    base = _safe_base(address)
    if base is None:
        raise TryAgain(
            "The address of Teams isn't a safe one.",
            after=RECHECK_INSTALLATION,
            remedy="Set TEAMS_SERVICE_URL to an address that begins with https://.",
        )
    host = str(base.host)
    proxy = None if is_loopback(str(base)) or proxy_bypass(host) else getproxies().get("https")
    return str(base).rstrip("/"), proxy


def _safe_base(address: str) -> URL | None:
    """None when the token would cross a network unencrypted, or the URL has a user, query or fragment."""
    try:
        url = URL(address)
    except ValueError:
        return None
    has_more = url.user is not None or url.password is not None or url.raw_query_string or url.raw_fragment
    if not url.host or has_more:
        return None
    is_safe = url.scheme == "https" or (url.scheme == "http" and is_loopback(str(url)))
    return url.origin().with_path(url.raw_path, encoded=True) if is_safe else None


def _read(said: bytes) -> ApiResponse:
    """Teams answers some calls with an empty body, and gateways on the way with HTML pages."""
    try:
        answer = json.loads(said)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _code_of(answer: ApiResponse) -> str | None:
    """`{"error": {"code", "innerHttpError"}}` or a `subCode`, which is more specific."""
    error = answer.get("error")
    inner = error if isinstance(error, dict) else answer
    for code in (answer.get("subCode"), inner.get("subCode"), inner.get("code"), error):
        if isinstance(code, str):
            return code
    return None
