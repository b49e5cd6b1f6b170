"""`/api/disputes/{number}/evidence`: other systems hand in evidence later."""

from __future__ import annotations

import hashlib

from aiohttp import web
from pydantic import ValidationError

from bot.api.convert import to_evidence
from bot.api.disputes import case_id_of, dispute_document, get_with_link, json_response, not_found
from bot.api.models import EvidenceList
from bot.api.problems import ApiProblem, invalid_body
from bot.api.requests import authenticate, idempotency_key, json_body
from bot.context import CONTEXT
from core.case import CaseClosed
from core.errors import NotFound
from handlers.add_evidence import add_evidence
from handlers.raise_dispute import KeyReused

routes = web.RouteTableDef()


@routes.post("/api/disputes/{number}/evidence")
async def post_evidence(request: web.Request) -> web.Response:
    """200 with the dispute, for a repeat too."""
    context = request.app[CONTEXT]
    source, key = authenticate(request, context), idempotency_key(request)
    raw = await json_body(request)
    try:
        pieces = EvidenceList.model_validate_json(raw).root
    except ValidationError as problem:
        raise invalid_body(problem) from None
    case_id, now = case_id_of(request), context.clock.now()
    digest = hashlib.sha256(case_id.encode() + raw).hexdigest()
    try:
        await context.store.run(
            add_evidence, case_id, to_evidence(pieces), source=source, key=key, digest=digest, now=now
        )
        case, link = await context.store.read(get_with_link, case_id, now)
    except NotFound:
        raise not_found(request) from None
    except KeyReused as refusal:
        raise ApiProblem(422, "Idempotency-Key reused", str(refusal)) from None
    except CaseClosed as refusal:
        raise ApiProblem(422, "The dispute is closed", str(refusal)) from None
    return json_response(dispute_document(case, link, context))
