"""Routes of the process: every address it answers, its health checks, and errors as problem documents."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import structlog
from aiohttp import web
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot.api import disputes, evidence, links
from bot.api.problems import ApiProblem
from bot.context import CONTEXT, Context
from bot.health import READINESS, Readiness
from bot.http_server.broken import count_broken
from bot.monitors import demand_monitor, may_monitor
from bot.teams.http import TEAMS_ENDPOINT, TeamsEndpoint, post_activity
from bot.webhooks import mail as mail_webhook
from bot.webhooks import stripe as stripe_webhook
from bot.wiring.customers import CustomerServices
from store.errors import OutcomeUnknown, StoreUnavailable
from web.case_link import routes as signpost_routes
from web.customer.access import redacted_path
from web.customer.context import PORTAL
from web.customer.error_pages import error_page, needs_error_page
from web.customer.routes import customer_routes
from web.request_body import refuse_encoded

if TYPE_CHECKING:  # loaded where Slack is set up
    from bot.slack.edge import SlackEdge

MAX_BODY_BYTES = 1024 * 1024
SLACK_EDGE: web.AppKey[SlackEdge] = web.AppKey("slack_edge")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
log = structlog.get_logger()
routes = web.RouteTableDef()
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def make_app(
    context: Context,
    readiness: Readiness,
    slack: SlackEdge | None,
    customers: CustomerServices | None = None,
    teams: TeamsEndpoint | None = None,
) -> web.Application:
    """`slack` and `teams` are None where they aren't set up; `customers` is None without a SECRET_KEY."""
    app = web.Application(client_max_size=MAX_BODY_BYTES, middlewares=[error_middleware])
    app[CONTEXT] = context
    app[READINESS] = readiness
    app.add_routes([*routes, *disputes.routes, *evidence.routes, *links.routes])
    app.add_routes([*stripe_webhook.routes, *mail_webhook.routes])
    app.add_routes(signpost_routes)
    if context.settings.stripe_webhook_secret is not None:
        stripe_webhook.load_verifier()
    if slack is not None:
        app[SLACK_EDGE] = slack
        app.add_routes([web.post("/slack/events", post_slack)])
    if teams is not None:
        app[TEAMS_ENDPOINT] = teams
        app.add_routes([web.post("/api/messages", post_activity)])
    if customers is not None:
        app[PORTAL] = customers.portal
        app.add_routes(customer_routes())
        _add_mail_webhook(app, context, customers)
    return app


def _add_mail_webhook(app: web.Application, context: Context, customers: CustomerServices) -> None:
    """The address to which a mail provider posts mails, if there is a secret to sign them with."""
    secret = context.settings.mail_webhook_secret
    if customers.intake is not None and secret is not None:
        app[mail_webhook.MAIL_INTAKE] = customers.intake
        app[mail_webhook.MAIL_SECRET] = secret.get_secret_value()


async def post_slack(request: web.Request) -> web.StreamResponse:
    """Everything that Slack sends: events, buttons, forms, commands, shortcuts."""
    from bot.slack.http import handle_request  # noqa: PLC0415 - loads what the edge has loaded

    context = request.app[CONTEXT]
    secret = context.settings.slack_signing_secret
    if secret is None:
        raise ApiProblem(404, "Not here", "This installation talks to Slack over Socket Mode.")
    return await handle_request(
        request, request.app[SLACK_EDGE].app, secret.get_secret_value().encode(), context.clock.now()
    )


@routes.get("/healthz")
async def get_health(_request: web.Request) -> web.StreamResponse:
    """The process is alive. Doesn't check what it depends on."""
    return web.json_response({"alive": True})


@routes.get("/readyz")
async def get_readiness(request: web.Request) -> web.StreamResponse:
    """200 when the database answers and is migrated, and the jobs do their work; else 503.

    A platform that takes nothing makes it `degraded`, not unready: to stop serving pages and presses, or to
    start again, would help nobody. Anybody may ask whether; why not is told to whoever may read the metrics.
    """
    readiness = request.app[READINESS]
    troubles = await readiness.troubles()
    waiting = [] if troubles else await readiness.delivery_troubles()
    told = {"troubles": troubles + waiting} if may_monitor(request) else {}
    said = {"ready": not troubles, "degraded": bool(waiting), **told}
    return web.json_response(said, status=503 if troubles else 200)


@routes.get("/metrics")
async def get_metrics(request: web.Request) -> web.StreamResponse:
    demand_monitor(request)
    await request.app[READINESS].measure()
    return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})


@web.middleware
async def error_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answers errors with problem documents, never tracebacks; 503 with Retry-After when the database is
    unavailable."""
    response = await _respond(request, handler)
    if response.status >= 400 and needs_error_page(request, response):
        response = error_page(request, response.status)
    if response.status in _CLOSING:
        response.force_close()
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


async def _respond(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        refuse_encoded(request)
        return await handler(request)
    except ApiProblem as problem:
        return problem.response()
    except web.HTTPException as refusal:
        return _refusal(refusal)
    except StoreUnavailable as trouble:
        log.warning("store_unavailable", path=redacted_path(request), reason=str(trouble))
        detail = str(trouble) if isinstance(trouble, OutcomeUnknown) else _UNAVAILABLE
        return ApiProblem(503, "Try again", detail, Retry_After="10").response()
    except Exception as fault:
        return _failed(request, fault).response()


def _refusal(refusal: web.HTTPException) -> web.Response:
    detail = _DETAILS.get(refusal.status, refusal.reason)
    response = ApiProblem(refusal.status, refusal.reason, detail).response()
    for name in ("Allow", "Accept-Encoding"):
        if name in refusal.headers:
            response.headers[name] = refusal.headers[name]
    return response


def _failed(request: web.Request, fault: Exception) -> ApiProblem:
    """The answer to a request that raised: the client has gone, or else it is a fault of ours.

    A connection of ours to another server that breaks is one.
    """
    is_gone = request.transport is None or request.transport.is_closing()
    if isinstance(fault, web.RequestPayloadError) or (is_gone and isinstance(fault, ConnectionError)):
        count_broken("broken_off", fault)
        return ApiProblem(400, "Broken off", "The request broke off before its end.", Connection="close")
    log.error("request_failed", path=redacted_path(request), exc_info=fault)
    return ApiProblem(500, "Our fault", _OUR_FAULT)


_OUR_FAULT = "Something went wrong here, and nothing was stored. Try again with the same Idempotency-Key."
_UNAVAILABLE = "The database can't be reached just now. Nothing was stored; try again."
_DETAILS = {
    404: "There is nothing at this address.",
    405: "This address doesn't take that method.",
    408: "The body came too slowly. Send it again.",
    413: "The body is too large.",
    415: "Send the body as it is, without a Content-Encoding.",
}
_CLOSING = (408, 413, 415)
"""The rest of such a body isn't waited for."""
