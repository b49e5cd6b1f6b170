"""The API is what its description says, in every response that it documents."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import SecretStr, ValidationError

from bot.api import openapi
from bot.api.models import DisputeIn
from bot.api.openapi import openapi_document
from bot.policy.reader import read_policy
from store.engine import Store
from tests.bot.api.disputes import BODY, body
from tests.bot.api_client import CRM_KEY, JSON, ApiClient, ApiResponse, open_api_client
from tests.builders import a_policy

DOCUMENT = openapi_document("https://ombud.example")
POST, LIST, GET = ("/api/disputes", "post"), ("/api/disputes", "get"), ("/api/disputes/{number}", "get")

EVIDENCE = ("/api/disputes/{number}/evidence", "post")
MAKE_LINK, REVOKE_LINK = ("/api/links", "post"), ("/api/links/{id}", "delete")
LINK = {name: BODY[name] for name in ("customer", "invoice")}
PIECES = [{"kind": "delivery_note", "name": "Photo.jpg", "url": "https://files.example/photo.jpg"}]


def validator(model: str) -> Draft202012Validator:
    schema = {"$ref": f"#/components/schemas/{model}", "components": DOCUMENT["components"]}
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def is_as_described(answer: ApiResponse, path: str, method: str) -> bool:
    """Whether this status is documented for the route, and the body has the schema documented for it."""
    described = DOCUMENT["paths"][path][method]["responses"][str(answer.status)]["content"]
    kind = answer.headers["Content-Type"].partition(";")[0]
    model = described[kind]["schema"]["$ref"].rpartition("/")[2]
    validator(model).validate(answer.json)
    return True


@pytest.fixture
async def unmigrated(tmp_path: Path) -> AsyncIterator[ApiClient]:
    """A house whose database is away."""
    store = Store.open(f"sqlite:///{tmp_path}/empty.db", a_policy())
    async with open_api_client(store, secret_key=(SecretStr("k" * 32),)) as opened:
        yield opened
    await store.close()


async def test_every_documented_answer_can_be_had_and_looks_as_documented(
    api_client: ApiClient, unmigrated: ApiClient, quick_store: Store
) -> None:
    handed_in = "/api/disputes/D-1001/evidence"
    links = await links_had(quick_store, unmigrated)
    had: dict[tuple[str, str], dict[int, ApiResponse]] = {
        POST: {
            201: await api_client.post(body()),
            200: await api_client.post(body()),
            400: await api_client.post(body(), ""),
            401: await api_client.post(body(), key="x"),
            413: await api_client.post(b" " * (512 * 1024 + 1)),
            415: await api_client.post(body(), Content_Type="text/plain"),
            422: await api_client.post(body(reason="gremlins"), "k-2"),
            503: await unmigrated.post(body()),
        },
        LIST: {
            200: await api_client.get("/api/disputes"),
            400: await api_client.get("/api/disputes?limit=0"),
            401: await api_client.get("/api/disputes", "x"),
            503: await unmigrated.get("/api/disputes"),
        },
        GET: {
            200: await api_client.get("/api/disputes/D-1001"),
            401: await api_client.get("/api/disputes/D-1001", "x"),
            404: await api_client.get("/api/disputes/D-9999"),
            503: await unmigrated.get("/api/disputes/D-1001"),
        },
        EVIDENCE: {
            200: await api_client.post_to(handed_in, PIECES, "e-1"),
            400: await api_client.post_to(handed_in, PIECES, ""),
            401: await api_client.post_to(handed_in, PIECES, key="x"),
            404: await api_client.post_to("/api/disputes/D-9999/evidence", PIECES, "e-2"),
            413: await api_client.post_to(handed_in, b" " * (512 * 1024 + 1)),
            415: await api_client.post_to(handed_in, PIECES, Content_Type="text/plain"),
            422: await api_client.post_to(handed_in, [], "e-3"),
            503: await unmigrated.post_to(handed_in, PIECES),
        },
        **links,
    }
    assert set(had) == {(path, method) for path, ways in DOCUMENT["paths"].items() for method in ways}
    for (path, method), answers in had.items():
        documented = DOCUMENT["paths"][path][method]["responses"]
        assert {str(status) for status in answers} == set(documented)
        for status, answer in answers.items():
            assert answer.status == status
            assert is_as_described(answer, path, method)


async def links_had(store: Store, unmigrated: ApiClient) -> dict[tuple[str, str], dict[int, ApiResponse]]:
    """Every answer about links, of a house that has pages for customers."""
    key = {"Authorization": f"Bearer {CRM_KEY}"}
    async with (
        open_api_client(store, secret_key=(SecretStr("k" * 32),)) as pages,
        open_api_client(store) as none,
    ):
        made = await pages.post_to("/api/links", LINK)
        path = f"/api/links/{made.json['id']}"
        return {
            MAKE_LINK: {
                201: made,
                200: await pages.post_to("/api/links", LINK),
                401: await pages.post_to("/api/links", LINK, key="x"),
                404: await none.post_to("/api/links", LINK),
                413: await pages.post_to("/api/links", b" " * (512 * 1024 + 1)),
                415: await pages.post_to("/api/links", LINK, Content_Type="text/plain"),
                422: await pages.post_to("/api/links", {}),
                503: await unmigrated.post_to("/api/links", LINK),
            },
            REVOKE_LINK: {
                200: await pages.request("DELETE", path, headers=key),
                401: await pages.request("DELETE", path),
                404: await pages.request("DELETE", "/api/links/nobody-made-this", headers=key),
                503: await unmigrated.request("DELETE", path, headers=key),
            },
        }


async def test_the_description_is_served_to_everybody_with_its_own_address(api_client: ApiClient) -> None:
    answer = await api_client.request("GET", "/api/openapi.json")
    assert (answer.status, answer.headers["Content-Type"]) == (200, JSON)
    assert answer.json == json.loads(json.dumps(DOCUMENT))
    assert answer.json["servers"] == [{"url": "https://ombud.example"}]


async def test_the_description_is_made_once_and_not_sent_to_who_has_it(
    api_client: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await api_client.request("GET", "/api/openapi.json")
    monkeypatch.setattr(openapi, "openapi_document", None)
    assert (await api_client.request("GET", "/api/openapi.json")).json == first.json
    headers = {"If-None-Match": first.headers["ETag"]}
    assert (await api_client.request("GET", "/api/openapi.json", headers=headers)).status == 304


def test_every_schema_is_one_and_every_reference_leads_somewhere() -> None:
    for name, schema in DOCUMENT["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema)
        assert name in json.dumps(DOCUMENT)
    text = json.dumps(DOCUMENT)
    referred = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert referred <= set(DOCUMENT["components"]["schemas"])


@pytest.fixture
async def example_api_client(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[ApiClient]:
    """A house that runs on the example policy."""
    shutil.copy(sqlite_template, tmp_path / "ombud.db")
    policy = read_policy(Path(__file__).parents[3] / "policy.yaml")
    store = Store.open(f"sqlite:///{tmp_path}/ombud.db", policy)
    async with open_api_client(store) as opened:
        yield opened
    await store.close()


async def test_the_example_is_taken_under_the_example_policy(example_api_client: ApiClient) -> None:
    for example in DOCUMENT["components"]["schemas"]["DisputeIn"]["examples"]:
        assert (await example_api_client.post(example)).status == 201


MEMBERS = st.sampled_from(
    [
        *BODY,
        *("customer__ref", "customer__email", "customer__tier", "customer__language", "invoice__number"),
        *("invoice__currency", "invoice__total_minor", "invoice__due_on", "invoice__url", "invoice__lines"),
        *("invoice__lines__0__amount_minor", "invoice__lines__0__quantity", "disputed__amount_minor"),
        *("evidence__0__url", "evidence__0__kind", "disputed__line_refs"),
    ]
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.dates().map(str),
    st.sampled_from(
        ["EUR", "", "https://x.example/a", "a@b", "de-AT", {}, [], {"line_refs": ["a"]}, [1], "\x00"]
    ),
)


@given(st.dictionaries(MEMBERS, VALUES, max_size=3))
def test_what_the_code_takes_its_description_takes_too(changes: dict[str, Any]) -> None:
    try:
        changed = body(**dict(sorted(changes.items(), reverse=True)))
    except (TypeError, KeyError, IndexError):
        return  # two changes that don't go together
    try:
        DisputeIn.model_validate_json(json.dumps(changed))
    except ValidationError:
        return
    validator("DisputeIn").validate(json.loads(json.dumps(changed)))


async def test_what_is_described_as_required_is(api_client: ApiClient) -> None:
    required = DOCUMENT["components"]["schemas"]["DisputeIn"]["required"]
    for member in BODY:
        status = (await api_client.post(body(**{member: ...}), f"k-{member}")).status
        assert status == (422 if member in required else 201)
    assert CRM_KEY not in json.dumps(DOCUMENT)
