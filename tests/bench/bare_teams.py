"""Floor for a press in Teams: the SDK with the minimum that makes it work, and three raw inserts.

What would make the figure meaningless is fixed: keys are read at the start, there is one connector per
service address, and the retry policy's list is a set. It runs on uvloop and commits all waiting units
together, as Ombud does.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import urllib.request
from typing import Any

from aiohttp import web
from botbuilder.core import InvokeResponse, TurnContext
from botbuilder.core.cloud_adapter_base import CloudAdapterBase
from botbuilder.schema import Activity, ActivityTypes, CallerIdConstants
from botframework.connector.aio import ConnectorClient
from botframework.connector.auth import (
    AuthenticationConstants,
    BotFrameworkAuthenticationFactory,
    JwtTokenExtractor,
    MicrosoftAppCredentials,
    PasswordServiceClientCredentialFactory,
)
from jwt.algorithms import RSAAlgorithm
from msrest.universal_http.requests import ClientRetryPolicy

from tests.bench.floors import open_group_commit

ClientRetryPolicy.safe_codes = frozenset(ClientRetryPolicy.safe_codes)  # type: ignore[assignment]
KEYS = "kept"
SCOPE = AuthenticationConstants.TO_CHANNEL_FROM_BOT_OAUTH_SCOPE
ANSWER = {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "Done."}


class _Keys:
    """All keys, read at the start; the SDK asks for one by its id."""

    def __init__(self, openid_url: str) -> None:
        with urllib.request.urlopen(json.load(urllib.request.urlopen(openid_url))["jwks_uri"]) as answer:
            self._keys = {key["kid"]: _Key(key) for key in json.load(answer)["keys"]}

    async def get(self, key_id: str) -> _Key:
        return self._keys[key_id]


class _Key:
    def __init__(self, key: dict[str, Any]) -> None:
        self.public_key = RSAAlgorithm.from_jwk(json.dumps(key))
        self.endorsements = key["endorsements"]


class _Connectors:
    """One connector client per service address."""

    def __init__(self, credentials: MicrosoftAppCredentials) -> None:
        self._credentials = credentials
        self._kept: dict[str, ConnectorClient] = {}

    async def create(self, service_url: str, _audience: str) -> ConnectorClient:
        if service_url not in self._kept:
            self._kept[service_url] = ConnectorClient(self._credentials, base_url=service_url)
        return self._kept[service_url]


def make_app() -> web.Application:
    app_id, password = os.environ["TEAMS_APP_ID"], os.environ["TEAMS_APP_PASSWORD"]
    JwtTokenExtractor.metadataCache[KEYS] = _Keys(os.environ["TEAMS_OPENID_URL"])
    authentication = _authentication(app_id, password)
    connectors = _Connectors(MicrosoftAppCredentials(app_id, password))
    adapter = CloudAdapterBase(authentication)
    commit = open_group_commit(os.environ["DATABASE_URL"])

    async def on_turn(context: TurnContext) -> None:
        await asyncio.wrap_future(commit())
        answer = Activity(type=ActivityTypes.invoke_response, value=InvokeResponse(status=200, body=ANSWER))
        await context.send_activity(answer)

    async def receive(request: web.Request) -> web.Response:
        activity = Activity().deserialize(await request.json())
        allowed = await authentication.authenticate_request(activity, request.headers["Authorization"])
        allowed.connector_factory = connectors
        answered = await adapter.process_activity(allowed, activity, on_turn)
        return web.json_response(answered.body)

    async def ready(_request: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.add_routes([web.post("/api/messages", receive), web.get("/ready", ready)])
    return app


def _authentication(app_id: str, password: str) -> Any:
    made = BotFrameworkAuthenticationFactory.create(
        validate_authority=True,
        to_channel_from_bot_login_url="https://login.microsoftonline.com",
        to_channel_from_bot_oauth_scope=SCOPE,
        to_bot_from_channel_token_issuer=AuthenticationConstants.TO_BOT_FROM_CHANNEL_TOKEN_ISSUER,
        oauth_url=AuthenticationConstants.OAUTH_URL,
        to_bot_from_channel_open_id_metadata_url=KEYS,
        to_bot_from_emulator_open_id_metadata_url=KEYS,
        caller_id=CallerIdConstants.public_azure_channel,
        credential_factory=PasswordServiceClientCredentialFactory(app_id, password),
    )

    async def make_no_client(_claims: Any) -> None:
        """Makes no client: users do not sign in."""

    made.create_user_token_client = make_no_client
    return made


if __name__ == "__main__":
    if sys.platform != "win32":
        import uvloop

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    web.run_app(make_app(), host="127.0.0.1", port=int(sys.argv[1]), access_log=None)
