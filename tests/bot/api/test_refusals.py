"""A wrong request is told precisely what is wrong, and nothing is stored."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from tests.bot.api.disputes import BODY, body
from tests.bot.api_client import CRM_KEY, ApiClient, ApiResponse

HUGE = 10**15 + 1
LONG = "x" * 10_001


def is_problem(answer: ApiResponse, status: int) -> bool:
    document = answer.json
    said = document["type"] == "about:blank" and document["title"] and document["detail"]
    return bool(said) and (answer.status, document["status"], answer.headers["Content-Type"]) == (
        status,
        status,
        "application/problem+json",
    )


@pytest.mark.parametrize(
    ("pointer", "changes"),
    [
        ("/customer", {"customer": ...}),
        ("/customer", {"customer": []}),
        ("/customer", {"customer": None}),
        ("/customer/ref", {"customer__ref": "  "}),
        ("/customer/ref", {"customer__ref": 7}),
        ("/customer/ref", {"customer__ref": "x" * 121}),
        ("/customer/ref", {"customer__ref": "a\x00b"}),
        ("/customer/name", {"customer__name": ...}),
        ("/customer/name", {"customer__name": "a\x00b"}),
        ("/customer/email", {"customer__email": "nobody"}),
        ("/customer/email", {"customer__email": "a@b.example\nBcc: c@d.example"}),
        ("/customer/email", {"customer__email": "a\x00@b.example"}),
        ("/customer/email", {"customer__email": "a@b.example,c"}),
        ("/customer/tier", {"customer__tier": "platinum"}),
        ("/customer/language", {"customer__language": "German"}),
        ("/customer/vip", {"customer__vip": True}),
        ("/invoice", {"invoice": "in_1"}),
        ("/invoice/number", {"invoice__number": ""}),
        ("/invoice/currency", {"invoice__currency": "eur"}),
        ("/invoice/currency", {"invoice__currency": "EURO"}),
        ("/invoice/currency", {"invoice__currency": "EUR\n"}),
        ("/invoice/total_minor", {"invoice__total_minor": 0}),
        ("/invoice/total_minor", {"invoice__total_minor": -1}),
        ("/invoice/total_minor", {"invoice__total_minor": HUGE}),
        ("/invoice/total_minor", {"invoice__total_minor": 10**400}),
        ("/invoice/total_minor", {"invoice__total_minor": 12000.0}),
        ("/invoice/total_minor", {"invoice__total_minor": "12000"}),
        ("/invoice/total_minor", {"invoice__total_minor": True}),
        ("/invoice/total_minor", {"invoice__total_minor": None}),
        ("/invoice/issued_on", {"invoice__issued_on": "soon"}),
        ("/invoice/issued_on", {"invoice__issued_on": 0}),
        ("/invoice/due_on", {"invoice__due_on": "2026-02-30"}),
        ("/invoice/url", {"invoice__url": "javascript:alert(1)"}),
        ("/invoice/url", {"invoice__url": "https://billing.example/|click"}),
        ("/invoice/url", {"invoice__url": "https://billing.example:pw@evil.example/in_1"}),
        ("/invoice/url", {"invoice__url": "https://billing.example/\u001b]8;;x"}),
        ("/invoice/url", {"invoice__url": "https:///in_1"}),
        ("/invoice/url", {"invoice__url": "https://billing.example/>\x00"}),
        ("/invoice/url", {"invoice__url": f"https://billing.example/{LONG}"}),
        ("/invoice/lines", {"invoice__lines": [BODY["invoice"]["lines"][0]] * 501}),
        ("/invoice/lines/1/amount_minor", {"invoice__lines__1__amount_minor": 1.5}),
        ("/invoice/lines/1/amount_minor", {"invoice__lines__1__amount_minor": -HUGE}),
        ("/invoice/lines/2/text", {"invoice__lines__2__text": ""}),
        ("/invoice/lines/0/quantity", {"invoice__lines__0__quantity": "1\x00"}),
        ("/invoice/lines/0/a~1b~0c", {"invoice__lines__0__a/b~c": 1}),
        ("/reason", {"reason": "gremlins"}),
        ("/reason", {"reason": ...}),
        ("/disputed", {"disputed": 3000}),
        ("/disputed", {"disputed": [3000]}),
        ("/disputed/amount_minor", {"disputed": {}}),
        ("/disputed/amount_minor", {"disputed": {"amount_minor": 0}}),
        ("/disputed/amount_minor", {"disputed": {"amount_minor": 12001}}),
        ("/disputed/amount_minor", {"disputed": {"amount_minor": 1, "line_refs": ["il_1"]}}),
        ("/disputed/line_refs", {"disputed": {"line_refs": []}}),
        ("/disputed/line_refs", {"disputed": {"line_refs": ["il_9"]}}),
        ("/disputed/line_refs", {"disputed": {"line_refs": ["il_3"]}}),
        ("/disputed/line_refs", {"disputed": {"line_refs": ["il_1", "il_2"]}}),
        ("/disputed/line_refs/1", {"disputed": {"line_refs": ["il_1", 2]}}),
        ("/statement", {"statement": " \n "}),
        ("/statement", {"statement": LONG}),
        ("/statement", {"statement": "\x00"}),
        ("/evidence/0/url", {"evidence__0__url": "file:///etc/passwd"}),
        ("/evidence/0/url", {"evidence__0__url": "https://user@files.example/4711.jpg"}),
        ("/evidence/0/kind", {"evidence__0__kind": ...}),
        ("/evidence", {"evidence": [BODY["evidence"][0]] * 51}),
        ("/DisputedAmount", {"DisputedAmount": {}}),
    ],
)
async def test_a_wrong_member_is_named_by_its_pointer_and_alone(
    api_client: ApiClient, pointer: str, changes: dict[str, Any]
) -> None:
    answer = await api_client.post(body(**changes))
    assert is_problem(answer, 422)
    assert list(answer.errors) == [pointer]
    assert answer.errors[pointer].endswith(".")
    assert api_client.cases() == []


async def test_everything_wrong_is_told_at_once(api_client: ApiClient) -> None:
    answer = await api_client.post(body(customer__ref="", invoice__total_minor=0, statement=...))
    assert set(answer.errors) == {"/customer/ref", "/invoice/total_minor", "/statement"}
    assert answer.json["detail"].startswith("3 fields")


NOT_JSON = {
    "nothing": b"",
    "words": b"hello",
    "half": json.dumps(BODY).encode()[:-1],
    "two": json.dumps(BODY).encode() * 2,
    "not UTF-8": json.dumps(BODY).encode().replace(b"Nordwind", b"Nordw\xffnd"),
    "half a surrogate pair": json.dumps(BODY).encode().replace(b"Nordwind", b"\\ud800"),
    "nested": b"[" * 100_000,
    "nested objects": b'{"a":' * 100_000,
    "a number": b"9" * 100_000,
    "a list": b"[]",
    "null": b"null",
    "a byte order mark": b"\xef\xbb\xbf" + json.dumps(BODY).encode(),
    "UTF-16": json.dumps(BODY).encode("utf-16"),
}


@pytest.mark.parametrize("raw", NOT_JSON.values(), ids=NOT_JSON)
async def test_what_is_no_json_object_is_refused_as_a_whole(api_client: ApiClient, raw: bytes) -> None:
    answer = await api_client.post(raw)
    assert is_problem(answer, 422)
    assert list(answer.errors) == [""]
    assert api_client.cases() == []


async def test_of_a_member_given_twice_the_last_one_counts(api_client: ApiClient) -> None:
    raw = json.dumps(body()).replace('"total_minor": 12000', '"total_minor": 1, "total_minor": 12000')
    answer = await api_client.post(raw.encode())
    assert (answer.status, api_client.cases()[0].invoice.total_minor) == (201, 12000)


async def test_a_body_of_more_than_half_a_mebibyte_is_too_large(api_client: ApiClient) -> None:
    fits = json.dumps(body()).encode()
    fits += b" " * (512 * 1024 - len(fits))
    for raw in (fits + b" ", b" " * (1024 * 1024 + 1)):
        assert is_problem(await api_client.post(raw), 413)
    assert (await api_client.post(fits)).status == 201


@pytest.mark.parametrize("raw", [b"hello", gzip.compress(b" " * (50 * 1024 * 1024))])
async def test_a_packed_body_is_not_unpacked(api_client: ApiClient, raw: bytes) -> None:
    for encoding in ("gzip", "deflate", "br", "identity, gzip"):
        assert is_problem(await api_client.post(raw, Content_Encoding=encoding), 415)
    assert (await api_client.post(body(), Content_Encoding="identity")).status == 201


TOO_LONG = {
    "empty lines": ("/invoice/lines", "120,000 entries", body(invoice__lines=[{}] * 120_000)),
    "lines": ("/invoice/lines", "501 entries", body(invoice__lines=[{"ref": "a"}] * 501)),
    "evidence": ("/evidence", "5,000 entries", body(evidence=[{}] * 5_000)),
    "refs": ("/disputed/line_refs", "60,000 entries", body(disputed={"line_refs": [1] * 60_000})),
    "fields": ("", "30,006 fields", {**body(), **{f"a{n}": n for n in range(30_000)}}),
    "a customer's fields": (
        "/customer",
        "41 fields",
        body(customer={f"a{n}": n for n in range(41)}),
    ),
    "levels": (
        "/invoice/lines/0/ref/a/a/a/a",
        "8 deep",
        body(invoice__lines=[{"ref": {"a": {"a": {"a": {"a": {}}}}}}]),
    ),
}


@pytest.mark.parametrize(("pointer", "told", "sent"), TOO_LONG.values(), ids=TOO_LONG)
async def test_what_is_too_long_is_told_before_its_content_is_looked_at(
    api_client: ApiClient, pointer: str, told: str, sent: dict[str, Any]
) -> None:
    raw = json.dumps(sent, separators=(",", ":")).encode()
    answer = await api_client.post(raw)
    assert is_problem(answer, 422)
    assert list(answer.errors) == [pointer]
    assert told in answer.errors[pointer]


async def test_of_a_list_the_first_wrong_entry_is_told(api_client: ApiClient) -> None:
    answer = await api_client.post(body(invoice__lines=[{}] * 400))
    assert set(answer.errors) == {f"/invoice/lines/0/{name}" for name in ("ref", "text", "amount_minor")}


async def test_at_most_fifty_mistakes_are_told(api_client: ApiClient) -> None:
    strange = {f"a{number}": 1 for number in range(30)}
    answer = await api_client.post(body(customer=strange, invoice=strange))
    assert len(answer.errors) == 50
    assert answer.json["detail"] == "66 fields must be mended; errors has the first 50."


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", "json"]
)
async def test_what_is_not_called_json_is_not_read(api_client: ApiClient, kind: str) -> None:
    assert is_problem(await api_client.post(body(), Content_Type=kind), 415)
    assert (await api_client.post(body(), Content_Type="application/json; charset=utf-8")).status == 201


@pytest.mark.parametrize("key", ["", "   ", "x" * 201, "schlüssel", "a\tb", "\udcff"])
async def test_an_idempotency_key_is_asked_for(api_client: ApiClient, key: str) -> None:
    assert is_problem(await api_client.post(body(), key), 400)
    assert api_client.cases() == []


async def test_a_key_of_200_characters_is_long_enough_for_anybody(api_client: ApiClient) -> None:
    assert (await api_client.post(body(), "x" * 200)).status == 201
    assert (await api_client.post(body(), "y" * 200)).status == 201


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        CRM_KEY,
        f"Basic {CRM_KEY}",
        f"Bearer {CRM_KEY}x",
        f"Bearer {CRM_KEY[:-1]}",
        f"Bearer {CRM_KEY.upper()}",
        "Bearer schlüssel",
        "Bearer \udcff\udcfe",
        "Bearer " + "x" * 8000,
    ],
)
async def test_without_a_valid_key_nothing_is_told_and_nothing_taken(
    api_client: ApiClient, given: str | None
) -> None:
    number = (await api_client.post(body())).json["number"]
    headers = {"Idempotency-Key": "k-2", "Content-Type": "application/json"}
    headers |= {} if given is None else {"Authorization": given}
    raw = json.dumps(body()).encode()
    for method, path, data in (
        ("POST", "/api/disputes", raw),
        ("GET", "/api/disputes", None),
        ("GET", f"/api/disputes/{number}", None),
        ("GET", "/api/disputes/D-9999", None),
    ):
        answer = await api_client.request(method, path, data=data, headers=headers)
        assert is_problem(answer, 401)
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert len(api_client.cases()) == 1


async def test_the_schemes_name_is_read_in_any_case(api_client: ApiClient) -> None:
    answer = await api_client.request("GET", "/api/disputes", headers={"Authorization": f"bearer {CRM_KEY}"})
    assert answer.status == 200


@pytest.mark.parametrize(
    "number", ["D-9999", "D-1", "x", "D-" + "9" * 15, "9" * 4000, "%00", "%F0%9F%98%80", "D-1001%2F..", "%FF"]
)
async def test_a_dispute_that_is_not_there_is_not_found(api_client: ApiClient, number: str) -> None:
    assert is_problem(await api_client.get(f"/api/disputes/{number}"), 404)
