"""OpenAPI 3.1 document of the API, made from the models that validate."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.metadata import version
from typing import Any, NamedTuple

import orjson
from pydantic.json_schema import models_json_schema

from bot.api.links import LinkIn, LinkOut
from bot.api.models import DisputeIn, DisputeList, DisputeOut, EvidenceList, Problem

_REF = "#/components/schemas/{model}"
_KEY = {"type": "http", "scheme": "bearer", "description": "A key of the setting API_KEYS"}


class ServedDocument(NamedTuple):
    body: bytes
    etag: str


@cache
def served_document(base_url: str) -> ServedDocument:
    """The document as it is served, made once."""
    body = orjson.dumps(openapi_document(base_url))
    return ServedDocument(body, sha256(body).hexdigest()[:32])


def openapi_document(base_url: str) -> dict[str, Any]:
    _, schemas = models_json_schema(
        [
            (DisputeIn, "validation"),
            (EvidenceList, "validation"),
            (LinkIn, "validation"),
            *((model, "serialization") for model in (DisputeOut, DisputeList, LinkOut, Problem)),
        ],
        ref_template=_REF,
    )
    return {
        "openapi": "3.1.0",
        "info": {"title": "Ombud", "version": version("ombud"), "license": {"name": "Apache-2.0"}},
        "servers": [{"url": base_url}],
        "security": [{"key": []}],
        "paths": {
            "/api/disputes": {"post": _raise_dispute(), "get": _list_disputes()},
            "/api/disputes/{number}": {"get": _get_dispute()},
            "/api/disputes/{number}/evidence": {"post": _add_evidence()},
            "/api/links": {"post": _make_link()},
            "/api/links/{id}": {"delete": _revoke_link()},
        },
        "components": {"schemas": schemas["$defs"], "securitySchemes": {"key": _KEY}},
    }


def _raise_dispute() -> dict[str, Any]:
    return {
        "summary": "Raise a dispute",
        "parameters": [_parameter("Idempotency-Key", "header", required=True, longest=200)],
        "requestBody": {"required": True, "content": _content("DisputeIn")},
        "responses": {
            "201": _response("DisputeOut", "Raised"),
            "200": _response("DisputeOut", "A repeat: raised before under this Idempotency-Key"),
            **_problems("400", "401", "413", "415", "422", "503"),
        },
    }


def _list_disputes() -> dict[str, Any]:
    names = ("status", "queue", "customer", "after", "limit")
    return {
        "summary": "List disputes, newest first",
        "parameters": [_parameter(name, "query") for name in names],
        "responses": {"200": _response("DisputeList", "A page"), **_problems("400", "401", "503")},
    }


def _get_dispute() -> dict[str, Any]:
    return {
        "summary": "Where a dispute stands",
        "parameters": [_parameter("number", "path", required=True)],
        "responses": {"200": _response("DisputeOut", "The dispute"), **_problems("401", "404", "503")},
    }


def _add_evidence() -> dict[str, Any]:
    return {
        "summary": "Hand in evidence; once none is missing, the queue is told",
        "parameters": [
            _parameter("number", "path", required=True),
            _parameter("Idempotency-Key", "header", required=True, longest=200),
        ],
        "requestBody": {"required": True, "content": _content("EvidenceList")},
        "responses": {
            "200": _response("DisputeOut", "The dispute with the evidence, handed in now or before"),
            **_problems("400", "401", "404", "413", "415", "422", "503"),
        },
    }


def _make_link() -> dict[str, Any]:
    return {
        "summary": "Make the customer's link to an invoice, or renew the one they have",
        "requestBody": {"required": True, "content": _content("LinkIn")},
        "responses": {
            "201": _response("LinkOut", "A new link"),
            "200": _response("LinkOut", "The link that the customer has, with the invoice as sent just now"),
            **_problems("401", "404", "413", "415", "422", "503"),
        },
    }


def _revoke_link() -> dict[str, Any]:
    return {
        "summary": "Revoke a link: it opens nothing from then on",
        "parameters": [_parameter("id", "path", required=True)],
        "responses": {
            "200": _response("LinkOut", "Revoked, now or before"),
            **_problems("401", "404", "503"),
        },
    }


def _parameter(
    name: str, place: str, *, required: bool = False, longest: int | None = None
) -> dict[str, Any]:
    schema = {"type": "string"} | ({"minLength": 1, "maxLength": longest} if longest else {})
    return {"name": name, "in": place, "required": required, "schema": schema}


def _content(model: str, kind: str = "application/json") -> dict[str, Any]:
    return {kind: {"schema": {"$ref": _REF.format(model=model)}}}


def _response(model: str, description: str) -> dict[str, Any]:
    return {"description": description, "content": _content(model)}


def _problems(*statuses: str) -> dict[str, Any]:
    problem = {"description": "A problem", "content": _content("Problem", "application/problem+json")}
    return dict.fromkeys(statuses, problem)
