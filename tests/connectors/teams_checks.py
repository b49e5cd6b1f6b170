"""Checks of requests to the fake Teams against Microsoft's reference.

After learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference.
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

Body = dict[str, Any]
MESSAGE = {"type", "summary", "text", "attachments", "entities", "channelData", "id"}
CHAT = {"isGroup", "bot", "members", "tenantId", "channelData"}
_END = "+/=&?%20#"
"""Tokens may contain any characters."""


def require(is_met: bool, why: str) -> None:
    if not is_met:
        raise UndocumentedRequest(why)


async def read_json(request: web.Request, names: set[str]) -> Body:
    require(request.content_type == "application/json", "not JSON")
    body = await request.json()
    require(isinstance(body, dict), "not an object")
    require(set(body) <= names, f"unknown: {sorted(set(body) - names)}")
    return dict(body)


def check_message(body: Body, *, is_personal: bool) -> None:
    require(body.get("type") == "message", "not a message")
    require(bool(body.get("text") or body.get("attachments")), "an empty message")
    for attachment in body.get("attachments", ()):
        require(set(attachment) == {"contentType", "content"}, "a strange attachment")
        require(attachment["content"].get("type") == "AdaptiveCard", "not a card")
    alert = body.get("channelData", {}).get("notification")
    require(alert == ({"alert": True} if is_personal else None), "rings where it should not, or does not")


def page_start(token: str | None) -> int:
    if token is None:
        return 0
    require(token.endswith(_END), "not the token that was given")
    return int(token.partition("+")[0])


def refused(status: int, code: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": "In our own words."}}, status=status)


def next_token(begin: int) -> str:
    return f"{begin}{_END}"


class UndocumentedRequest(Exception):
    """Not what Microsoft's reference describes."""


class ErrorAnswer(Exception):
    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code
