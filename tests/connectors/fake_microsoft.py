"""Fake Microsoft login and key server on loopback, with its own keys and the real protocols."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID, uuid5

import jwt
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from connectors.teams.sdk import TeamsSdk

APP_ID = "6a1f6f0c-58a5-4d7e-9d0e-1b7f0a6c2d11"
TENANT_ID = "b3d1c9a4-7e4e-4f60-8a2b-0c5d9e7f1a22"
APP_PASSWORD = "the~value~of~a~client~secret"
SERVICE_URL = "https://smba.trafficmanager.net/emea/"
ISSUER = "https://api.botframework.com"
_PEOPLE = UUID("2c1e4c1c-6f57-4b0e-9a53-3b6c2c1e4c1c")


@cache
def key_of(_owner: str, _name: str) -> rsa.RSAPrivateKey:
    """Cached by name, because making a key takes long."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def entra_id(name: str) -> str:
    """The Entra object id of a person in the tests."""
    return str(uuid5(_PEOPLE, name))


def an_activity(**changes: Any) -> dict[str, Any]:
    """A message of the tenant's, as Teams sends it."""
    return {
        "type": "message",
        "id": "1763800000001",
        "channelId": "msteams",
        "serviceUrl": SERVICE_URL,
        "text": "help",
        "from": {"id": "29:ana", "aadObjectId": entra_id("ana"), "name": "Ana Ruiz"},
        "recipient": {"id": f"28:{APP_ID}"},
        "conversation": {"id": "a:ana", "conversationType": "personal", "tenantId": TENANT_ID},
        "channelData": {"tenant": {"id": TENANT_ID}},
        **changes,
    }


@dataclass
class FakeMicrosoft:
    """Key server and login. Tests set its faults; `asked` has the requests it got."""

    app_id: str = APP_ID
    password: str = APP_PASSWORD
    tenant_id: str = TENANT_ID
    owner: str = "Microsoft"
    """Another owner has other keys."""
    token_seconds: int = 3600
    keys: dict[str, tuple[rsa.RSAPrivateKey, list[str]]] = field(default_factory=dict)
    """By key id: the key, and the channels that it may sign for."""
    asked: list[str] = field(default_factory=list)
    """`description`, `keys`, `discovery` or `token`, in the order of the requests."""
    is_down: bool = False
    refuses_with: str | None = None
    """An AADSTS code that the login answers with."""
    holds: asyncio.Event | None = None
    """If there is one, responses wait until it is set."""
    url: str = ""
    _server: TestServer | None = None

    async def start(self) -> FakeMicrosoft:
        if not self.keys:
            self.add_key("one")
        app = web.Application()
        app.router.add_get("/keys/v1/.well-known/openidconfiguration", self._description)
        app.router.add_get("/keys/v1/.well-known/keys", self._keys)
        app.router.add_get("/login/{tenant}/v2.0/.well-known/openid-configuration", self._discovery)
        app.router.add_post("/login/{tenant}/oauth2/v2.0/token", self._token)
        self._server = TestServer(app)
        await self._server.start_server()
        self.url = str(self._server.make_url("")).rstrip("/")
        return self

    async def stop(self) -> None:
        if self._server is not None:
            await self._server.close()

    @property
    def openid_url(self) -> str:
        return f"{self.url}/keys/v1/.well-known/openidconfiguration"

    @property
    def login_url(self) -> str:
        return f"{self.url}/login"

    def sdk(self, **changes: Any) -> TeamsSdk:
        """Inside the running loop; to be closed."""
        settings = {
            "app_id": self.app_id,
            "app_password": self.password,
            "tenant_id": self.tenant_id,
            "openid_url": self.openid_url,
            "login_url": self.login_url,
            "seconds": 5.0,
        }
        return TeamsSdk(**{**settings, **changes})

    def add_key(self, name: str, *, endorsements: tuple[str, ...] = ("msteams", "webchat")) -> None:
        self.keys[name] = (key_of(self.owner, name), list(endorsements))

    def sign(self, activity: dict[str, Any], *, key: str | None = None, **claims: Any) -> str:
        """The Authorization header by which Teams sends `activity`. A claim of None is left out."""
        name = key or next(reversed(self.keys))
        now = int(time.time())
        made = {
            "iss": ISSUER,
            "aud": self.app_id,
            "serviceurl": activity.get("serviceUrl"),
            "nbf": now - 60,
            "exp": now + 3600,
        } | claims
        payload = {claim: value for claim, value in made.items() if value is not None}
        return "Bearer " + jwt.encode(payload, self.keys[name][0], "RS256", {"kid": name})

    async def _come_in(self, what: str) -> None:
        self.asked.append(what)
        if self.holds is not None:
            await self.holds.wait()
        if self.is_down:
            raise web.HTTPServiceUnavailable

    async def _description(self, _request: web.Request) -> web.Response:
        await self._come_in("description")
        return web.json_response({"issuer": ISSUER, "jwks_uri": f"{self.url}/keys/v1/.well-known/keys"})

    async def _keys(self, _request: web.Request) -> web.Response:
        await self._come_in("keys")
        rows = [
            {**json.loads(RSAAlgorithm.to_jwk(key.public_key())), "kid": name, "endorsements": channels}
            for name, (key, channels) in self.keys.items()
        ]
        return web.json_response({"keys": rows})

    async def _discovery(self, request: web.Request) -> web.Response:
        await self._come_in("discovery")
        tenant = request.match_info["tenant"]
        if tenant != self.tenant_id:
            return _aadsts("90002", "invalid_tenant")
        login = f"{self.login_url}/{tenant}"
        return web.json_response(
            {
                "issuer": f"{login}/v2.0",
                "authorization_endpoint": f"{login}/oauth2/v2.0/authorize",
                "token_endpoint": f"{login}/oauth2/v2.0/token",
            }
        )

    async def _token(self, request: web.Request) -> web.Response:
        await self._come_in("token")
        form = await request.post()
        if self.refuses_with:
            return _aadsts(self.refuses_with)
        if form["client_id"] != self.app_id:
            return _aadsts("700016", "unauthorized_client")
        if form["client_secret"] != self.password:
            return _aadsts("7000215")
        assert form["grant_type"] == "client_credentials"
        assert form["scope"] == f"{ISSUER}/.default"
        number = self.asked.count("token")
        return web.json_response(
            {"token_type": "Bearer", "expires_in": self.token_seconds, "access_token": f"token-{number}"}
        )


def _aadsts(code: str, error: str = "invalid_client") -> web.Response:
    said = f"AADSTS{code}: As Microsoft says it. Trace ID: 0 Correlation ID: 0"
    body = {"error": error, "error_description": said, "error_codes": [int(code)]}
    return web.json_response(body, status=401 if error == "invalid_client" else 400)
