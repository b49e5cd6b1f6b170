"""Adapter of Microsoft's Bot Framework SDK: verifies requests from Teams and gets tokens to call it.

The only module that knows the SDK, which is archived. Our fixes to it are here, in `keys` and in
`token_cache`; docs/decisions/0014 says what each is for, and what a successor must provide.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import jwt
import orjson
import requests
import structlog
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
from msal import ConfidentialClientApplication
from msal.exceptions import MsalError
from msrest.universal_http.requests import ClientRetryPolicy

from connectors.errors import TryAgain
from connectors.teams.keys import SigningKeys
from connectors.teams.tenants import tenants_of
from connectors.teams.token import CachedToken, Token, no_token
from connectors.teams.token_cache import VerifiedTokenCache
from core.loopback import is_loopback

log = structlog.get_logger()
Turn = Callable[[dict[str, Any]], Awaitable[dict[str, Any] | None]]
HttpAnswer = tuple[int, dict[str, Any] | None]

_CHANNEL = "msteams"
_SCOPE = AuthenticationConstants.TO_CHANNEL_FROM_BOT_OAUTH_SCOPE
_ISSUER = AuthenticationConstants.TO_BOT_FROM_CHANNEL_TOKEN_ISSUER
_UNSIGNED = "Only Teams may come in here, with a signed token."
_CLOCK_LEEWAY = timedelta(minutes=5)
"""The SDK's own."""
_PUBLIC_LOGIN = "https://login.microsoftonline.com"

# A list of 500 that is searched 999 times for each connector: it blocks the event loop for 5 ms.
ClientRetryPolicy.safe_codes = frozenset(ClientRetryPolicy.safe_codes)  # type: ignore[assignment]


class TeamsSdk:
    """One bot's identity. Made inside the running event loop, closed with `close`."""

    def __init__(
        self,
        *,
        app_id: str,
        app_password: str,
        tenant_id: str,
        openid_url: str,
        login_url: str,
        seconds: float = 10.0,
    ) -> None:
        """`seconds` is the timeout for Microsoft's keys and tokens.

        Raises:
            ValueError: a value is missing, or a URL is unencrypted.
        """
        if not (app_id.strip() and app_password.strip() and tenant_id.strip()):
            raise ValueError("TEAMS_APP_ID, TEAMS_APP_PASSWORD and TEAMS_TENANT_ID must all be there.")
        for url in (openid_url, login_url):
            if urlsplit(url).scheme != "https" and not is_loopback(url):
                raise ValueError(f"{url} must begin with https://.")
        self._app_id, self._tenant_id = app_id.strip().lower(), tenant_id.strip().lower()
        self._seconds = seconds
        self._keys = SigningKeys(openid_url, seconds=seconds)
        self._credentials = _Credentials(self._app_id, app_password, self._tenant_id, login_url, seconds)
        self._token = CachedToken(self._ask_for_token)
        self._authentication = _Authentication(self._app_id, app_password, self._keys, self._credentials)
        self._adapter = CloudAdapterBase(self._authentication)

    async def receive(self, authorization: str | None, raw: bytes, turn: Turn) -> HttpAnswer:
        """Status and body of the response to one request to the bot's endpoint.

        `turn` gets the activity as it came, with unknown fields, if it is signed by Teams for this bot and
        comes from our tenant; its result is the body of the response to an invoke. Its exceptions pass
        through.
        """
        refusal = await self.check_token(authorization)
        if refusal is not None or authorization is None:
            return refusal or _refusal(401, _UNSIGNED)
        activity = _read(raw)
        if activity is None:
            return _refusal(400, "This is no activity: it has no type, channelId or serviceUrl.")
        seen = _sdk_activity(activity)
        try:
            result = await self._authentication.authenticate_request(seen, authorization)
        except TryAgain as trouble:
            return _refusal(503, f"{trouble.message} Send it again later.")
        except Exception as fault:  # noqa: BLE001 - the SDK and PyJWT raise a dozen types for a refusal
            return _not_signed(fault)
        if activity["channelId"] != _CHANNEL:
            return _refusal(403, "The bot talks by Microsoft Teams only.")
        if tenants_of(activity) != {self._tenant_id}:
            log.warning("activity of a foreign tenant", kind=activity["type"][:40])
            return _refusal(403, "The bot works for one company only, and this isn't it.")
        return await self._answer(result, seen, activity, turn)

    async def check_token(self, authorization: str | None) -> tuple[int, dict[str, Any]] | None:
        """None for a token that Teams signed for this bot and that is still valid; else the refusal.

        The header alone is looked at, so that nobody else's body need be read. For which channel and
        service URL the token is, `receive` checks.
        """
        if not authorization:
            return _refusal(401, _UNSIGNED)
        try:
            await self._authentication.check_token(authorization)
        except TryAgain as trouble:
            return _refusal(503, f"{trouble.message} Send it again later.")
        except Exception as fault:  # noqa: BLE001 - PyJWT raises a dozen types for a refusal
            return _not_signed(fault)
        return None

    async def token(self) -> str:
        """The bearer token for the connector API; cached, and renewed before it expires.

        Raises TryAgain: Microsoft doesn't answer, or refuses until the settings or the app are fixed.
        """
        return await self._token.get()

    def invalidate_token(self, token: str) -> None:
        """Teams refused this token: drop it from the cache."""
        self._token.invalidate(token)

    async def probe(self) -> str:
        """Get a token now; returns a sentence that says so. Raises TryAgain."""
        await self._token.renew()
        return f"Microsoft gives the app {self._app_id} a token."

    async def close(self) -> None:
        await self._token.close()
        await self._keys.close()
        self._authentication.forget()
        self._credentials.close()

    async def _answer(self, result: Any, seen: Activity, activity: dict[str, Any], turn: Turn) -> HttpAnswer:
        async def on_turn(context: TurnContext) -> None:
            body = await turn(activity)
            # Sent by the SDK's own method, the response would be deep-copied first.
            key = TurnContext._INVOKE_RESPONSE_KEY  # noqa: SLF001
            context.turn_state[key] = Activity(value=InvokeResponse(status=200, body=body))

        answered = await self._adapter.process_activity(result, seen, on_turn)
        return (200, None) if answered is None else (answered.status, answered.body)

    async def _ask_for_token(self) -> Token:
        try:
            async with asyncio.timeout(self._seconds):
                return await asyncio.to_thread(self._credentials.fetch)
        except (OSError, MsalError) as error:  # a timeout is an OSError too
            raise TryAgain(f"Microsoft's login doesn't answer ({type(error).__name__}).") from None


def _refusal(status: int, sentence: str) -> tuple[int, dict[str, Any]]:
    return status, {"error": sentence}


def _not_signed(refusal: Exception) -> tuple[int, dict[str, Any]]:
    log.info("activity refused", reason=str(refusal)[:200], kind=type(refusal).__name__)
    return _refusal(401, "The token isn't one that Teams signed for this bot.")


def _read(raw: bytes) -> dict[str, Any] | None:
    """None when a field is missing without which the SDK would trust the body."""
    try:
        activity = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(activity, dict):
        return None
    demanded = (activity.get(name) for name in ("type", "channelId", "serviceUrl"))
    return activity if all(isinstance(value, str) and value.strip() for value in demanded) else None


def _sdk_activity(activity: Mapping[str, Any]) -> Activity:
    """The fields that the SDK checks. Its own parser takes a millisecond and drops unknown fields."""
    return Activity(
        type=ActivityTypes.invoke if activity["type"] == "invoke" else activity["type"],
        channel_id=activity["channelId"],
        service_url=activity["serviceUrl"],
    )


class _Credentials(MicrosoftAppCredentials):  # type: ignore[misc]  # the SDK has no types
    """The SDK's credentials, extended by a token's lifetime and by why there is none."""

    def __init__(self, app_id: str, password: str, tenant_id: str, login_url: str, seconds: float) -> None:
        super().__init__(app_id, password, tenant_id, _SCOPE)
        self.app: ConfidentialClientApplication | None = None
        self._http = _MsalHttpClient(login_url.rstrip("/"), seconds)
        self._authority = f"{_PUBLIC_LOGIN if is_loopback(login_url) else login_url.rstrip('/')}/{tenant_id}"

    def fetch(self) -> Token:
        """Blocks. Raises TryAgain; OSError or MsalError when there is no response."""
        try:
            if self.app is None:
                self.app = ConfidentialClientApplication(
                    self.microsoft_app_id,
                    self.microsoft_app_password,
                    self._authority,
                    instance_discovery=False,
                    http_client=self._http,
                )
            self.app.remove_tokens_for_client()
            answer = self.app.acquire_token_for_client([f"{_SCOPE}/.default"])
        except (ValueError, LookupError) as error:  # unknown tenant, or a malformed response
            raise no_token(f"{error} {error.__context__}") from None
        if "access_token" not in answer:
            raise no_token(str(answer.get("error_description")))
        return Token(str(answer["access_token"]), float(answer.get("expires_in") or 0))

    def close(self) -> None:
        self._http.close()


class _MsalHttpClient:
    """HTTP client for MSAL: with a timeout, and without encryption to a login server on this machine.

    MSAL demands https, so for such a server it is given the public login's URL, which is replaced here.
    """

    def __init__(self, login_url: str, seconds: float) -> None:
        self._session = requests.Session()
        self._session.trust_env = not is_loopback(login_url)
        self._login_url = login_url if is_loopback(login_url) else _PUBLIC_LOGIN
        self._seconds = seconds

    def get(self, url: str, **options: Any) -> SimpleNamespace:
        return self._call("GET", url, options)

    def post(self, url: str, **options: Any) -> SimpleNamespace:
        return self._call("POST", url, options)

    def close(self) -> None:
        self._session.close()

    def _call(self, method: str, url: str, options: dict[str, Any]) -> SimpleNamespace:
        here = url.replace(_PUBLIC_LOGIN, self._login_url, 1)
        answer = self._session.request(method, here, **{**options, "timeout": self._seconds})
        text = answer.text.replace(self._login_url, _PUBLIC_LOGIN)
        return SimpleNamespace(status_code=answer.status_code, headers=answer.headers, text=text)


class _Authentication:
    """The SDK's validation of requests, with our keys; one connector for each service URL.

    Takes the place of the SDK's `BotFrameworkAuthentication` and of the `ConnectorFactory` that it makes.
    """

    def __init__(
        self, app_id: str, password: str, keys: SigningKeys, credentials: MicrosoftAppCredentials
    ) -> None:
        self._name = f"{uuid4()}"
        self._app_id, self._keys = app_id, keys
        JwtTokenExtractor.metadataCache[self._name] = keys
        self._remembered = VerifiedTokenCache(keys)
        self._credentials = credentials
        self._connectors: dict[str, ConnectorClient] = {}
        self._stock = BotFrameworkAuthenticationFactory.create(
            validate_authority=True,
            to_channel_from_bot_login_url=_PUBLIC_LOGIN,
            to_channel_from_bot_oauth_scope=_SCOPE,
            to_bot_from_channel_token_issuer=_ISSUER,
            oauth_url=AuthenticationConstants.OAUTH_URL,
            to_bot_from_channel_open_id_metadata_url=self._name,
            to_bot_from_emulator_open_id_metadata_url=self._name,
            caller_id=CallerIdConstants.public_azure_channel,
            credential_factory=PasswordServiceClientCredentialFactory(app_id, password),
        )

    async def check_token(self, authorization: str) -> None:
        """Signature, issuer, audience and expiry, without an activity. Raises as `authenticate_request`."""
        if await self._remembered.knows(authorization):
            return
        scheme, _, token = authorization.partition(" ")
        if scheme != "Bearer":
            raise PermissionError("It is no bearer token.")
        key = await self._keys.get(jwt.get_unverified_header(token).get("kid"))
        jwt.decode(
            token,
            key.public_key,
            algorithms=["RS256"],
            audience=self._app_id,
            issuer=_ISSUER,
            leeway=_CLOCK_LEEWAY,
            options={"require": ["exp", "iss", "aud"]},
        )

    async def authenticate_request(self, activity: Activity, authorization: str) -> Any:
        """Raises PermissionError, an error of PyJWT, or a plain Exception: all mean that it is refused."""
        judged_by = (authorization, activity.service_url, activity.channel_id)
        result = await self._remembered.find(*judged_by)
        if result is None:
            result = await self._verify(activity, authorization)
            await self._remembered.add(*judged_by, result)
        return result

    async def _verify(self, activity: Activity, authorization: str) -> Any:
        result = await self._stock.authenticate_request(activity, authorization)
        claims = result.claims_identity.claims
        if claims.get("iss") != _ISSUER:
            raise PermissionError("It was made for the emulator or by another bot.")
        if "exp" not in claims:
            raise PermissionError("It would never end.")
        result.connector_factory = self
        return result

    async def create(self, service_url: str, _audience: str | None = None) -> ConnectorClient:
        """The SDK needs a connector for each turn. `service_url` is as signed, so there are few."""
        if service_url not in self._connectors:
            self._connectors[service_url] = ConnectorClient(self._credentials, base_url=service_url)
        return self._connectors[service_url]

    async def create_user_token_client(self, _claims: Any) -> None:
        """Not used: people don't sign in through the bot."""

    def forget(self) -> None:
        JwtTokenExtractor.metadataCache.pop(self._name, None)
