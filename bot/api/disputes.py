"""`/api/disputes`: other systems raise disputes and read them, with a key and JSON."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from pydantic import ValidationError

from bot.api.convert import from_case, from_row, to_dispute
from bot.api.models import DisputedAmount, DisputeIn, DisputeList, DisputeOut
from bot.api.openapi import served_document
from bot.api.problems import ApiProblem, invalid_body, invalid_field
from bot.api.requests import authenticate, idempotency_key, json_body
from bot.context import CONTEXT, Context
from bot.settings import tokens_of
from core.case import Case, Status
from core.customer_link import CustomerLink
from core.email_address import LONGEST_EMAIL
from core.errors import FieldRefused, NotFound, Refused
from core.ids import find_case_id
from core.policy import Policy, UnknownName
from core.sla import nearest_end_for
from handlers.customer_link import CreatedCaseWithLink, create_case_with_link, find_valid_link
from handlers.raise_dispute import KeyReused
from store.cases.lists import Cursor, Page
from store.transaction import Transaction
from web.customer.links import new_link_id, url_of

PAGE_LIMIT = 100
routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True)
class _ListQuery:
    after: Cursor | None
    limit: int
    status: Status | None
    queue: str | None
    customer: str | None


@routes.post("/api/disputes")
async def post_dispute(request: web.Request) -> web.Response:
    """201 with number and links for a new dispute, 200 for a repeat with the same Idempotency-Key."""
    context = request.app[CONTEXT]
    source = authenticate(request, context)
    key = idempotency_key(request)
    raw = await json_body(request)
    try:
        body = DisputeIn.model_validate_json(raw)
    except ValidationError as problem:
        raise invalid_body(problem) from None
    raised = await _raise_dispute(
        context, body, source=source, key=key, digest=hashlib.sha256(raw).hexdigest()
    )
    document = dispute_document(raised.case, raised.link, context)
    return web.Response(
        status=200 if raised.is_repeat else 201,
        body=document.model_dump_json().encode(),
        content_type="application/json",
        headers={"Location": document.links.self},
    )


@routes.get("/api/disputes/{number}")
async def get_dispute(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    authenticate(request, context)
    try:
        case, link = await context.store.read(get_with_link, case_id_of(request), context.clock.now())
    except NotFound:
        raise not_found(request) from None
    return json_response(dispute_document(case, link, context))


@routes.get("/api/disputes")
async def get_disputes(request: web.Request) -> web.Response:
    """Newest first; `status`, `queue` and `customer` narrow it down, `after` and `limit` page."""
    context = request.app[CONTEXT]
    authenticate(request, context)
    page = await context.store.read(_list_cases, _parse_list_query(request.query, context.store.policy))
    disputes = [from_row(row, context.settings.base_url) for row in page.rows]
    return json_response(DisputeList(disputes=disputes, next=str(page.next) if page.next else None))


@routes.get("/api/openapi.json")
async def get_openapi(request: web.Request) -> web.Response:
    """The description of this API; 304 for one who has it already."""
    body, etag = served_document(request.app[CONTEXT].settings.base_url)
    headers = {"Cache-Control": "public, max-age=3600"}
    known = request.if_none_match or ()
    if any(one.value in (etag, "*") for one in known):
        response = web.Response(status=304, headers=headers)
    else:
        response = web.Response(body=body, content_type="application/json", headers=headers)
    response.etag = etag
    return response


async def _raise_dispute(
    context: Context, body: DisputeIn, *, source: str, key: str, digest: str
) -> CreatedCaseWithLink:
    dispute = to_dispute(body, context.store.policy, source)
    link_id = new_link_id() if context.settings.has_pages else None
    try:
        return await context.store.run(
            create_case_with_link,
            dispute,
            source=source,
            key=key,
            digest=digest,
            link_id=link_id,
            now=context.clock.now(),
        )
    except KeyReused as refusal:
        raise ApiProblem(422, "Idempotency-Key reused", str(refusal)) from None
    except UnknownName as refusal:
        pointer = "/customer/tier" if refusal.what == "tier" else "/reason"
        raise invalid_field(pointer, str(refusal)) from None
    except FieldRefused as refusal:
        raise invalid_field(_disputed_pointer(body), str(refusal)) from None


def _disputed_pointer(body: DisputeIn) -> str:
    if body.disputed is None:
        return "/disputed"
    return "/disputed/amount_minor" if isinstance(body.disputed, DisputedAmount) else "/disputed/line_refs"


def case_id_of(request: web.Request) -> str:
    return find_case_id(request.match_info["number"]) or ""


def not_found(request: web.Request) -> ApiProblem:
    return ApiProblem(404, "Not found", f"There is no dispute {request.match_info['number'][:40]}.")


def get_with_link(tx: Transaction, case_id: str, now: datetime) -> tuple[Case, CustomerLink | None]:
    """Raises NotFound."""
    case = tx.cases.get(case_id)
    return case, find_valid_link(tx, case.invoice.ref, case.customer.ref, now)


def dispute_document(case: Case, link: CustomerLink | None, context: Context) -> DisputeOut:
    tokens, base_url = tokens_of(context.settings), context.settings.base_url
    customer_url = url_of(link, tokens, base_url) if link and tokens else None
    return from_case(case, base_url, _due_at(case, context), customer_url)


def _parse_list_query(query: Mapping[str, str], policy: Policy) -> _ListQuery:
    queue = query.get("queue")
    if queue is not None and queue not in policy.queues:
        raise ApiProblem(400, "Unknown queue", f"`queue` is one of {', '.join(policy.queues)}.")
    customer = query.get("customer")
    if customer is not None and ("\0" in customer or len(customer) > LONGEST_EMAIL):
        raise ApiProblem(400, "Unknown customer", "`customer` is the `ref` that a customer was sent with.")
    after, limit = _parse_cursor(query.get("after")), _parse_limit(query.get("limit"))
    return _ListQuery(after, limit, _parse_status(query.get("status")), queue, customer)


def _parse_status(text: str | None) -> Status | None:
    try:
        return Status(text) if text is not None else None
    except ValueError:
        raise ApiProblem(400, "Unknown status", f"`status` is one of {', '.join(Status)}.") from None


def _list_cases(tx: Transaction, wanted: _ListQuery) -> Page:
    return tx.cases.list_all(
        wanted.after,
        wanted.limit,
        queue_ids=(wanted.queue,) if wanted.queue else None,
        status=wanted.status,
        customer_ref=wanted.customer,
    )


def _parse_cursor(text: str | None) -> Cursor | None:
    try:
        return Cursor.parse(text) if text else None
    except Refused:
        raise ApiProblem(400, "Unknown page", "`after` is the `next` of the page before.") from None


def _parse_limit(text: str | None) -> int:
    if text is None:
        return 20
    if not text.isdecimal() or len(text) > 3 or not 1 <= int(text) <= PAGE_LIMIT:
        raise ApiProblem(400, "Bad limit", f"`limit` is between 1 and {PAGE_LIMIT}.")
    return int(text)


def _due_at(case: Case, context: Context) -> datetime | None:
    due = nearest_end_for(case, context.store.policy)
    return due.at if due else None


def json_response(model: DisputeOut | DisputeList) -> web.Response:
    return web.Response(body=model.model_dump_json().encode(), content_type="application/json")
