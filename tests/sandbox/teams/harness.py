"""Harness of the Teams tests: the sandbox, and a bot that verifies signatures and records activities."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import jwt
from aiohttp import web
from aiohttp.test_utils import TestServer

from sandbox.server import make_app
from sandbox.teams import company as teams_company
from sandbox.world import WORLD, Settings, World
from tests.fixtures.ports import free_port

Json = dict[str, Any]
APP = "8a4f4b0e-5a3e-4a8e-9f3a-0d6f5f0a1c11"
PASSWORD = "a secret of the app's"
TENANT = "3d9b1f6c-7f0e-4b35-8f26-5f8a3e2d1b22"
ANA, BEN, CLEO, DANA, FINN, ELIF, GWEN = (one.id for one in teams_company.PEOPLE)
CONTRACTS, DELIVERY, GENERAL = teams_company.CONTRACTS, teams_company.DELIVERY, teams_company.GENERAL
CARD_TYPE = "application/vnd.microsoft.card.adaptive"


@dataclass(slots=True)
class TeamsBot:
    """Answers invokes as a test tells it to, and records every activity with the claims of its token."""

    openid_url: str
    http: aiohttp.ClientSession
    answer: Json | None = None
    status: int = 200
    seconds: float = 0.0
    activities: list[Json] = field(default_factory=list)
    claims: list[Json] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        token = request.headers["Authorization"].removeprefix("Bearer ")
        self.claims.append(await self.verify(token))
        activity = await request.json()
        self.activities.append(activity)
        await asyncio.sleep(self.seconds)
        if activity["type"] == "invoke" and self.answer is not None:
            return web.json_response(self.answer, status=self.status)
        return web.Response(status=self.status)

    async def verify(self, token: str) -> Json:
        """Verify as Microsoft requires of bots; the keys are read again each time."""
        described = await self._read(self.openid_url)
        keys = (await self._read(described["jwks_uri"]))["keys"]
        key_id = jwt.get_unverified_header(token)["kid"]
        (key,) = [one for one in keys if one["kid"] == key_id]
        assert "msteams" in key["endorsements"]
        return dict(
            jwt.decode(
                token,
                jwt.PyJWK(key, algorithm="RS256").key,
                algorithms=described["id_token_signing_alg_values_supported"],
                audience=APP,
                issuer=described["issuer"],
                options={"require": ["exp", "iss", "aud"]},
            )
        )

    async def wait_for(self, kind: str, count: int = 1) -> list[Json]:
        for _ in range(500):
            found = [one for one in self.activities if one["type"] == kind]
            if len(found) >= count:
                return found
            await asyncio.sleep(0.02)
        raise AssertionError(
            f"the bot heard {[one['type'] for one in self.activities]}, not {count} of {kind}"
        )

    async def _read(self, url: str) -> Any:
        async with self.http.get(url) as answer:
            return await answer.json()


@dataclass(slots=True)
class TeamsHarness:
    world: World
    bot: TeamsBot
    url: str
    http: aiohttp.ClientSession
    token: str = ""

    async def post_route(self, route: str, **wanted: Any) -> Json:
        async with self.http.post(f"{self.url}/sandbox/teams/{route}", json=wanted) as answer:
            return dict(await answer.json())

    async def get_workspace(self) -> Json:
        async with self.http.get(f"{self.url}/sandbox/teams/workspace") as answer:
            return dict(await answer.json())

    async def request_token(self, **changes: str) -> tuple[int, Json]:
        form = {
            "client_id": APP,
            "client_secret": PASSWORD,
            "grant_type": "client_credentials",
            "scope": "https://api.botframework.com/.default",
        }
        tenant = changes.pop("tenant", TENANT)
        url = f"{self.url}/login/{tenant}/oauth2/v2.0/token"
        async with self.http.post(url, data=form | changes) as answer:
            return answer.status, dict(await answer.json())

    async def call_connector(
        self, verb: str, path: str, body: Json | None = None, *, authorization: str | None = None
    ) -> tuple[int, Json]:
        """Call the connector as the bot does."""
        if not self.token:
            self.token = (await self.request_token())[1]["access_token"]
        headers = {"Authorization": f"Bearer {self.token}" if authorization is None else authorization}
        url = f"{self.url}/teams-connector/v3/{path}"
        async with self.http.request(verb, url, json=body, headers=headers) as answer:
            return answer.status, dict(await answer.json())

    async def post_cards(self, *cards: Json, to: str = CONTRACTS, **more: Any) -> str:
        """Post a message with these cards; returns its id."""
        attachments = [{"contentType": CARD_TYPE, "content": card} for card in cards]
        body = {"type": "message", "attachments": attachments, **more}
        status, answer = await self.call_connector("POST", f"conversations/{to}/activities", body)
        assert status == 201, answer
        return str(answer["id"])

    async def get_message(self, message_id: str, conversation: str = CONTRACTS) -> Json:
        workspace = await self.get_workspace()
        places = [*workspace["channels"], *workspace["chats"].values()]
        (place,) = [one for one in places if one["id"] == conversation]
        (found,) = [one for one in place["messages"] if one["id"] == message_id]
        return dict(found)


@asynccontextmanager
async def run_teams_sandbox(**settings: Any) -> AsyncIterator[TeamsHarness]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    async with aiohttp.ClientSession() as http:
        bot = TeamsBot(f"{url}/botframework/v1/.well-known/openidconfiguration", http)
        app = web.Application()
        app.router.add_post("/api/messages", bot.handle)
        app.router.add_get("/readyz", _ready)
        async with TestServer(app) as bots:
            given: dict[str, Any] = {"bot_url": str(bots.make_url("")).rstrip("/"), "port": port}
            given |= {"teams_app_id": APP, "teams_app_password": PASSWORD, "teams_tenant_id": TENANT}
            sandbox = make_app(Settings(**(given | settings)))
            async with TestServer(sandbox, port=port):
                if "bot_url" not in settings:  # a test starts after the bot got its installations
                    await asyncio.wait_for(sandbox[WORLD].teams.installations_announced.wait(), 20)
                yield TeamsHarness(sandbox[WORLD], bot, url, http)


async def _ready(request: web.Request) -> web.Response:
    del request
    return web.Response()


def a_card(*actions: Json, **more: Any) -> Json:
    body = [{"type": "TextBlock", "text": "D-1042", "wrap": True}]
    return {"type": "AdaptiveCard", "version": "1.5", "body": body, "actions": list(actions), **more}


def an_execute(verb: str = "claim", value: str = "D-1042", **more: Any) -> Json:
    data = {"action": verb, "value": value}
    fallback = {"type": "Action.Submit", "title": verb, "data": data}
    return {
        "type": "Action.Execute",
        "title": verb,
        "verb": verb,
        "data": data,
        "fallback": fallback,
        **more,
    }


def a_submit(action: str = "ask_decide", **data: Any) -> Json:
    return {"type": "Action.Submit", "title": action, "data": {"action": action, "value": "D-1042", **data}}


def a_dialog(*actions: Json, **more: Any) -> Json:
    """A bot's answer that opens a dialog."""
    body = [{"type": "Input.Text", "id": "note", "label": "Note", "value": "so far"}]
    card = {"type": "AdaptiveCard", "version": "1.5", "body": body, "actions": list(actions)}
    task: Json = {"title": "Note", "width": "medium", "height": "medium"}
    task |= {"card": {"contentType": CARD_TYPE, "content": card}, **more}
    return {"task": {"type": "continue", "value": task}}
