"""Entra ID's token endpoint, and the OpenID metadata and keys of Entra and of the Bot Framework."""

from __future__ import annotations

from typing import Any

import jwt
import orjson
from aiohttp import web

from sandbox.world import WORLD, World

AUDIENCE = "https://api.botframework.com"
SCOPE = f"{AUDIENCE}/.default"
ISSUER = "https://api.botframework.com"
"""The issuer of the tokens that Teams sends to bots."""

Problem = tuple[int, str, int, str]
WRONG_SECRET: Problem = (401, "invalid_client", 7000215, "Invalid client secret provided.")
WRONG_APP: Problem = (400, "unauthorized_client", 700016, "Application was not found in the directory.")
WRONG_TENANT: Problem = (400, "invalid_tenant", 90002, "Tenant not found.")
WRONG_GRANT: Problem = (400, "unsupported_grant_type", 70003, "The grant type isn't supported.")
WRONG_SCOPE: Problem = (400, "invalid_scope", 70011, "The provided scope isn't valid.")

DOWN: Problem = (503, "temporarily_unavailable", 90033, "A transient error has occurred. Try again.")


def add_routes(router: web.UrlDispatcher) -> None:
    router.add_get("/login/common/discovery/instance", _instance_discovery)
    router.add_get("/login/{tenant}/v2.0/.well-known/openid-configuration", _authority_configuration)
    router.add_get("/login/{tenant}/discovery/v2.0/keys", _entra_keys)
    router.add_post("/login/{tenant}/oauth2/v2.0/token", _token)
    router.add_get("/botframework/v1/.well-known/openidconfiguration", _bot_framework_configuration)
    router.add_get("/botframework/v1/.well-known/keys", _channel_keys)


def app_id_of_token(world: World, authorization: str) -> str | None:
    """The app id in a bearer token; None when it is not a valid token of ours."""
    kind, _, token = authorization.partition(" ")
    try:
        claims = world.teams.entra_keys.read(token.strip(), audience=AUDIENCE)
    except jwt.PyJWTError:
        return None
    return str(claims.get("appid")) if kind.lower() == "bearer" else None


async def _instance_discovery(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    tenant = world.settings.teams_tenant_id
    found = f"{_authority_url(request, tenant)}/v2.0/.well-known/openid-configuration"
    return _json({"tenant_discovery_endpoint": found, "api-version": "1.1", "metadata": []})


async def _authority_configuration(request: web.Request) -> web.Response:
    world, tenant = request.app[WORLD], request.match_info["tenant"]
    if "login" in world.teams.down:
        return _error_response(DOWN)
    if tenant != world.settings.teams_tenant_id:
        return _error_response(WRONG_TENANT)
    base = _authority_url(request, tenant)
    return _json(
        {
            "issuer": f"{base}/v2.0",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "jwks_uri": f"{base}/discovery/v2.0/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }
    )


async def _token(request: web.Request) -> web.Response:
    """Token endpoint: the client credentials grant only."""
    world, tenant = request.app[WORLD], request.match_info["tenant"]
    form = {name: str(value) for name, value in (await request.post()).items()}
    problem = DOWN if "login" in world.teams.down else _find_problem(world, tenant, form)
    status, error = (problem[0], problem[1]) if problem else (200, None)
    args = {"tenant": tenant, "client_id": form.get("client_id"), "scope": form.get("scope")}
    answer = {"ok": status == 200, "error": error}
    world.calls.add(at=world.clock.now(), method="teams.token", args=args, status=status, answer=answer)
    return _error_response(problem) if problem else _json(_token_response(world, tenant))


def _find_problem(world: World, tenant: str, form: dict[str, str]) -> Problem | None:
    settings = world.settings
    rules = (
        (tenant == settings.teams_tenant_id, WRONG_TENANT),
        (form.get("grant_type") == "client_credentials", WRONG_GRANT),
        (form.get("client_id") == settings.teams_app_id != "", WRONG_APP),
        (form.get("client_secret") == settings.teams_app_password != "", WRONG_SECRET),
        (SCOPE in form.get("scope", "").split(), WRONG_SCOPE),
    )
    return next((problem for is_right, problem in rules if not is_right), None)


def _token_response(world: World, tenant: str) -> dict[str, Any]:
    seconds = world.teams.token_seconds
    claims = {
        "aud": AUDIENCE,
        "iss": f"https://sts.windows.net/{tenant}/",
        "appid": world.settings.teams_app_id,
        "tid": tenant,
        "ver": "1.0",
    }
    token = world.teams.entra_keys.sign(claims, seconds=seconds)
    return {"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": token}


async def _entra_keys(request: web.Request) -> web.Response:
    return _json(request.app[WORLD].teams.entra_keys.public_keys())


async def _bot_framework_configuration(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    if "keys" in world.teams.down:
        return _error_response(DOWN)
    return _json(
        {
            "issuer": ISSUER,
            "authorization_endpoint": "https://invalid.botframework.com",
            "jwks_uri": f"{world.settings.url}/botframework/v1/.well-known/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        }
    )


async def _channel_keys(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    if "keys" in world.teams.down:
        return _error_response(DOWN)
    return _json(world.teams.channel_keys.public_keys(endorsements=["msteams"]))


def _authority_url(request: web.Request, tenant: str) -> str:
    return f"{request.url.origin()}/login/{tenant}"


def _error_response(problem: Problem) -> web.Response:
    status, error, number, sentence = problem
    description = f"AADSTS{number}: {sentence}"
    return _json({"error": error, "error_description": description, "error_codes": [number]}, status)


def _json(answer: dict[str, Any], status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(answer), status=status, content_type="application/json")
