"""Monitors: who may read the metrics, and the reasons of `/readyz`."""

from __future__ import annotations

import hmac
from ipaddress import ip_address

from aiohttp import HttpVersion11, web

from bot.api.problems import ApiProblem
from bot.context import CONTEXT

_PROXIED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via")
"""What a proxy on the same machine adds, through which anybody may come."""


def may_monitor(request: web.Request) -> bool:
    """Whether the caller has METRICS_KEY; without such a key, whether it is on this machine."""
    key = request.app[CONTEXT].settings.metrics_key
    if key is None:
        return is_local(request)
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    wanted = key.get_secret_value().encode()
    return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(errors="replace"), wanted)


def demand_monitor(request: web.Request) -> None:
    """Raises ApiProblem: the caller may not."""
    if may_monitor(request):
        return
    if request.app[CONTEXT].settings.metrics_key is None:
        raise ApiProblem(
            403,
            "For this machine alone",
            "Metrics are told to callers on Ombud's machine. To read them from elsewhere, set METRICS_KEY.",
        )
    raise ApiProblem(
        401, "No key", "Send METRICS_KEY as a bearer token, in Authorization.", WWW_Authenticate="Bearer"
    )


def is_local(request: web.Request) -> bool:
    """Whether the caller runs on this machine, and neither a proxy nor a page in a browser speaks for it.

    nginx adds no header unless it is told to, but then speaks HTTP/1.0; a page that reaches us by DNS
    rebinding names its own host.
    """
    if request.version < HttpVersion11 or any(name in request.headers for name in _PROXIED):
        return False
    return _is_loopback(request.remote or "") and _names_this_machine(request.host)


def _names_this_machine(host: str) -> bool:
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    return name.lower() == "localhost" or _is_loopback(name.strip("[]"))


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
