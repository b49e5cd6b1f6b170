"""Origin of a request to the sandbox: its own pages and programs on this machine, and no other web page.

A page of any website can send requests to this machine, and one whose name is made to resolve to 127.0.0.1
(DNS rebinding) can read the responses, too. A browser gives both away: by Host, Origin and Sec-Fetch-Site.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web
from multidict import CIMultiDictProxy

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_EVERY_ADDRESS = ("", "0.0.0.0", "::")
_OWN_SITES = ("same-origin", "none")
_REFUSAL = "Only this demo's own pages may do that: open it at the address that it printed."


def is_own_request(method: str, headers: CIMultiDictProxy[str], listens_on: str) -> bool:
    """Whether no other website's page sent it. Programs send neither Origin nor Sec-Fetch-Site.

    Where the sandbox listens on every address, it is reached by any; a name that resolves to one is another
    matter.
    """
    hosts, origins = headers.getall("Host", []), headers.getall("Origin", [])
    if len(hosts) != 1 or not _is_own_host(_hostname(f"//{hosts[0]}"), listens_on):
        return False
    if not all(_hostname(origin) and _netloc(origin) == hosts[0].lower() for origin in origins):
        return False
    return headers.get("Sec-Fetch-Site", "none") in _OWN_SITES or _is_followed_link(method, headers)


@web.middleware
async def refuse_other_sites(request: web.Request, handler: Handler) -> web.StreamResponse:
    """For every route of the sandbox: pages, streams, sockets, and the pretended APIs."""
    if not is_own_request(request.method, request.headers, request.app[LISTENS_ON]):
        raise web.HTTPForbidden(text=_REFUSAL)
    return await handler(request)


LISTENS_ON: web.AppKey[str] = web.AppKey("listens_on", str)
"""The host that the sandbox was told to listen on."""


def _is_own_host(name: str, listens_on: str) -> bool:
    if name in ("localhost", listens_on.lower()):
        return True
    try:
        address = ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or listens_on in _EVERY_ADDRESS


def _hostname(url: str) -> str:
    """Empty for what isn't an address, such as `null`."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return ""
    return parts.hostname or "" if parts.username is None else ""


def _netloc(origin: str) -> str:
    return origin.partition("://")[2].lower()


def _is_followed_link(method: str, headers: CIMultiDictProxy[str]) -> bool:
    """A link on another page, followed by a person into a tab of its own: nothing there can read it."""
    asked = headers.get("Sec-Fetch-Mode"), headers.get("Sec-Fetch-Dest")
    return method == "GET" and asked == ("navigate", "document")
