"""Fake Teams: a strict connector API on a free port of loopback, in this process.

It accepts only requests that Microsoft's reference documents: any other gets a 400 and is recorded in
`complaints`, which must be empty at the end of a test.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from connectors.teams.api import TeamsApi
from tests.connectors.teams_checks import (
    CHAT,
    MESSAGE,
    Body,
    ErrorAnswer,
    UndocumentedRequest,
    check_message,
    next_token,
    page_start,
    read_json,
    refused,
    require,
)

APP_ID, TENANT_ID = "0b5e7a1c-1111-4222-8333-94d7a5c6e001", "5d3f0c9e-aaaa-4bbb-8ccc-1a2b3c4d5e6f"
TOKEN = "a-bearer-for-tests-only"
TEAM = "19:general0brightwater@thread.tacv2"
BILLING = "19:billing0brightwater@thread.tacv2"
PAGE = 3
"""Far fewer than requested, as Teams may do, so that a small roster has several pages."""
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """How the next call of `verb` fails. `is_done`: the work is done all the same."""

    verb: str
    status: int = 0
    """0: the connection is closed without a response."""
    code: str | None = None
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    is_done: bool = False
    seconds: float = 0.0


@dataclass(slots=True)
class Posted:
    id: str
    root: str | None
    body: Body
    before: list[Body] = field(default_factory=list)
    """Earlier versions."""


def a_member(ref: str, name: str = "Ana Ruiz", **changes: Any) -> Body:
    """A roster's member in Teams' JSON; `ref` is the Entra id."""
    address = f"{name.casefold().replace(' ', '.')}@brightwater.example"
    member = {
        "id": f"29:{ref}-before-this-bot",
        "aadObjectId": ref,
        "objectId": ref,
        "name": name,
        "email": address,
        "userPrincipalName": address,
        "tenantId": TENANT_ID,
        "userRole": "user",
    }
    return {name: value for name, value in {**member, **changes}.items() if value is not None}


class FakeTeams:
    def __init__(self) -> None:
        self.url = ""
        self.rosters: dict[str, list[Body]] = {TEAM: [], BILLING: []}
        """A conversation exists when it has a roster."""
        self.messages: dict[str, list[Posted]] = {TEAM: [], BILLING: []}
        self.teams: dict[str, list[Body]] = {TEAM: [{"id": TEAM}, {"id": BILLING, "name": "Billing"}]}
        self.without_bot: set[str] = set()
        self.moderated: set[str] = set()
        """Conversations where the bot may read but not post."""
        self.calls: list[tuple[str, str]] = []
        """Verb and conversation (or person, or team)."""
        self.complaints: list[str] = []
        self._faults: list[Fault] = []
        self._last = 1_700_000_000_000

    def fail_next(self, verb: str, status: int = 0, code: str | None = None, **more: Any) -> None:
        """Let the next call of `verb` fail: post, update, open, members, member, channels."""
        self._faults.append(Fault(verb=verb, status=status, code=code, **more))

    def count(self, verb: str) -> int:
        return sum(one == verb for one, _ in self.calls)

    def delete(self, channel: str, message_id: str) -> None:
        self.messages[channel] = [one for one in self.messages[channel] if one.id != message_id]

    def drop(self, channel: str) -> None:
        """The channel was deleted."""
        del self.rosters[channel], self.messages[channel]

    def api(self, *, seconds: float = 5.0, url: str | None = None) -> TeamsApi:
        async def token() -> str:
            return TOKEN

        async def address(_: str) -> str:
            return url or self.url

        return TeamsApi(token, address, app_id=APP_ID, tenant_id=TENANT_ID, seconds=seconds)

    def app(self) -> web.Application:
        app = web.Application(client_max_size=100 * 1024)
        place = "/amer/v3/conversations/{of}"
        app.add_routes(
            [
                web.post(f"{place}/activities", self._edge("post", self._post)),
                web.put(f"{place}/activities/{{id}}", self._edge("update", self._update)),
                web.get(f"{place}/pagedmembers", self._edge("members", self._members)),
                web.get(f"{place}/members/{{id}}", self._edge("member", self._member)),
                web.post("/amer/v3/conversations", self._edge("open", self._open)),
                web.get("/amer/v3/teams/{of}/conversations", self._edge("channels", self._channels)),
                web.route("*", "/{rest:.*}", self._edge("nothing", self._nothing)),
            ]
        )
        return app

    def _edge(self, verb: str, handler: Handler) -> Handler:
        async def edge(request: web.Request) -> web.StreamResponse:
            self.calls.append((verb, request.match_info.get("of", "")))
            if request.headers.get("Authorization") != f"Bearer {TOKEN}":
                return refused(401, "Unauthorized")
            fault = next((one for one in self._faults if one.verb == verb), None)
            if fault is None:
                return await self._judged(request, handler)
            self._faults.remove(fault)
            if fault.is_done:
                await self._judged(request, handler)
            return await _end(request, fault)

        return edge

    async def _judged(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPRequestEntityTooLarge:
            return refused(413, "MessageSizeTooBig")
        except UndocumentedRequest as strange:
            self.complaints.append(f"{request.method} {request.raw_path}: {strange}")
            return refused(400, "BadSyntax")
        except ErrorAnswer as no:
            return refused(no.status, no.code)

    async def _post(self, request: web.Request) -> web.Response:
        conversation, _, root = request.match_info["of"].partition(";messageid=")
        body = await read_json(request, MESSAGE)
        self._check_place(conversation)
        if conversation in self.moderated:
            raise ErrorAnswer(403, "NotEnoughPermissions")
        if root and not any(one.id == root for one in self.messages[conversation]):
            raise ErrorAnswer(404, "ActivityNotFoundInConversation")
        check_message(body, is_personal=conversation.startswith("a:"))
        require("id" not in body, "a new message brings no id")
        self._last += 1
        self.messages[conversation].append(Posted(str(self._last), root or None, body))
        return web.json_response({"id": str(self._last)}, status=201)

    async def _update(self, request: web.Request) -> web.Response:
        conversation, message_id = request.match_info["of"], request.match_info["id"]
        body = await read_json(request, MESSAGE)
        self._check_place(conversation)
        check_message(body, is_personal=False)
        require(body.get("id") == message_id, "the id in the body is another")
        posted = next((one for one in self.messages[conversation] if one.id == message_id), None)
        if posted is None:
            raise ErrorAnswer(404, "ActivityNotFoundInConversation")
        posted.before.append(posted.body)
        posted.body = {name: value for name, value in body.items() if name != "id"}
        return web.json_response({"id": message_id})

    async def _open(self, request: web.Request) -> web.Response:
        body = await read_json(request, CHAT)
        require(set(body) == CHAT and body["isGroup"] is False, "not a chat of two")
        require(body["bot"] == {"id": f"28:{APP_ID}"}, "another bot")
        require(body["tenantId"] == TENANT_ID, "another tenant")
        require(body["channelData"] == {"tenant": {"id": TENANT_ID}}, "another tenant")
        (person,) = body["members"]
        everybody = {one.get("aadObjectId") for roster in self.rosters.values() for one in roster}
        if set(person) != {"id"} or person["id"] not in everybody:
            raise ErrorAnswer(404, "UserNotFound")
        ref = f"a:chat-with-{person['id']}"
        self.messages.setdefault(ref, [])
        self.rosters.setdefault(ref, [])
        return web.json_response({"id": ref}, status=201)

    async def _members(self, request: web.Request) -> web.Response:
        self._check_place(request.match_info["of"])
        require(set(request.query) <= {"pageSize", "continuationToken"}, "strange question")
        require(50 <= int(request.query["pageSize"]) <= 500, "the page is from 50 to 500")
        roster = self.rosters[request.match_info["of"]]
        begin = page_start(request.query.get("continuationToken"))
        answer: Body = {"members": roster[begin : begin + PAGE]}
        if begin + PAGE < len(roster):
            answer["continuationToken"] = next_token(begin + PAGE)
        return web.json_response(answer)

    async def _member(self, request: web.Request) -> web.Response:
        self._check_place(request.match_info["of"])
        wanted = request.match_info["id"]
        for member in self.rosters[request.match_info["of"]]:
            if wanted in (member["id"], member.get("aadObjectId")):
                return web.json_response(member)
        raise ErrorAnswer(404, "MemberNotFoundInConversation")

    async def _channels(self, request: web.Request) -> web.Response:
        if request.match_info["of"] not in self.teams:
            raise ErrorAnswer(404, "ConversationNotFound")
        return web.json_response({"conversations": self.teams[request.match_info["of"]]})

    async def _nothing(self, request: web.Request) -> web.Response:
        raise UndocumentedRequest("there is no such address")

    def _check_place(self, conversation: str) -> None:
        if conversation in self.without_bot:
            raise ErrorAnswer(403, "BotNotInConversationRoster")
        if conversation not in self.rosters:
            raise ErrorAnswer(404, "ConversationNotFound")


async def _end(request: web.Request, fault: Fault) -> web.StreamResponse:
    await asyncio.sleep(fault.seconds)
    if fault.status == 0:
        assert request.transport is not None
        request.transport.close()
        return web.Response()
    if fault.body is not None:
        return web.json_response(fault.body, status=fault.status, headers=fault.headers)
    if fault.code is None:
        return web.Response(status=fault.status, headers=fault.headers, text="<html>A gateway</html>")
    answer = refused(fault.status, fault.code)
    answer.headers.update(fault.headers)
    return answer


@asynccontextmanager
async def a_fake_teams() -> AsyncIterator[FakeTeams]:
    fake_teams = FakeTeams()
    async with TestServer(fake_teams.app()) as server:
        fake_teams.url = str(server.make_url("/amer/"))
        yield fake_teams
