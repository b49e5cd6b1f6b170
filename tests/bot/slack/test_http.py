"""Only what Slack signed in the last five minutes is let in, and only a payload."""

import hmac
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import urlencode

import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.metrics import REFUSED_REQUESTS
from bot.slack.edge import SlackEdge
from bot.slack.http import LARGEST_BODY, BadSignature, decode_payload, handle_request, verify_signature
from scheduler.clock import Clock
from store.engine import Store
from tests.bot.slack.origins import own_origin, post_nowhere
from tests.builders import MONDAY_9AM
from tests.connectors.sandbox_slack import a_slack

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
FORM = "application/x-www-form-urlencoded"
BODY = b"command=%2Fdisputes&text=show+D-1042&user_id=U0ANA"

Headers = Mapping[str, str]
Post = Callable[..., Any]


def signed(raw: bytes, at: datetime = MONDAY_9AM, secret: str = SECRET) -> dict[str, str]:
    """The headers that Slack's own library would send with this body."""
    stamp = str(int(at.timestamp()))
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature_of(stamp, raw, secret)}


def signature_of(stamp: str, raw: bytes, secret: str) -> str:
    """By Slack's own library, which wants text; bytes that are none are signed as its documentation says."""
    try:
        signature = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=raw)
    except UnicodeDecodeError:
        signed_text = b"v0:" + stamp.encode() + b":" + raw
        return "v0=" + hmac.digest(secret.encode(), signed_text, "sha256").hex()
    assert signature is not None
    return signature


def let_in(raw: bytes, headers: Headers, now: datetime = MONDAY_9AM) -> bool:
    try:
        verify_signature(raw, headers, SECRET.encode(), now)
    except BadSignature:
        return False
    return True


def test_what_slack_signed_is_let_in() -> None:
    assert let_in(BODY, signed(BODY))


@pytest.mark.parametrize("raw", [b"", "text=Grüße".encode(), b"\xff\xfe\x00", b"x" * 100_000])
def test_any_bytes_that_slack_signed_are_let_in(raw: bytes) -> None:
    assert let_in(raw, signed(raw))


def test_another_secret_is_refused() -> None:
    assert not let_in(BODY, signed(BODY, secret="another"))


def test_a_body_that_was_changed_by_one_letter_is_refused() -> None:
    assert not let_in(BODY.replace(b"ANA", b"ANB"), signed(BODY))
    assert not let_in(BODY + b"&", signed(BODY))


@pytest.mark.parametrize("seconds", [-301, 301, -86_400, 86_400])
def test_an_old_request_or_one_from_the_future_is_refused(seconds: int) -> None:
    assert not let_in(BODY, signed(BODY, at=MONDAY_9AM + timedelta(seconds=seconds)))


@pytest.mark.parametrize("seconds", [-299, 299])
def test_five_minutes_of_leeway_are_given(seconds: int) -> None:
    assert let_in(BODY, signed(BODY, at=MONDAY_9AM + timedelta(seconds=seconds)))


def test_an_old_request_can_not_be_sent_again_with_a_new_date() -> None:
    old = signed(BODY, at=MONDAY_9AM - timedelta(hours=1))
    fresh = signed(BODY)["X-Slack-Request-Timestamp"]
    assert not let_in(BODY, {**old, "X-Slack-Request-Timestamp": fresh})


@pytest.mark.parametrize("missing", ["X-Slack-Request-Timestamp", "X-Slack-Signature"])
def test_a_request_without_one_of_the_headers_is_refused(missing: str) -> None:
    headers = signed(BODY)
    del headers[missing]
    assert not let_in(BODY, headers)
    assert not let_in(BODY, {**headers, missing: ""})


@pytest.mark.parametrize(
    "stamp", ["yesterday", "-1772442000", "1.7e9", "0x69A55A50", "1772442000 ", "٣", "9" * 5_000, "²"]
)
def test_a_date_that_is_no_plain_number_is_refused(stamp: str) -> None:
    assert not let_in(BODY, {**signed(BODY), "X-Slack-Request-Timestamp": stamp})


@pytest.mark.parametrize(
    "change", [str.upper, lambda text: text[3:], lambda text: text[:-1], lambda _: "v0="]
)
def test_a_signature_that_is_almost_right_is_refused(change: Callable[[str], str]) -> None:
    headers = signed(BODY)
    assert not let_in(BODY, {**headers, "X-Slack-Signature": change(headers["X-Slack-Signature"])})


def test_a_signature_in_strange_letters_is_refused() -> None:
    assert not let_in(BODY, {**signed(BODY), "X-Slack-Signature": "v0=ä€😀"})


def test_signatures_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def compare(expected: bytes, given: bytes) -> bool:
        compared.append((expected, given))
        return False

    monkeypatch.setattr("bot.slack.http.hmac.compare_digest", compare)
    headers = signed(BODY)
    assert not let_in(BODY, headers), "nothing but the constant-time comparison decides"
    assert compared == [(headers["X-Slack-Signature"].encode(), headers["X-Slack-Signature"].encode())]


def test_a_command_is_a_plain_form() -> None:
    assert decode_payload(BODY, FORM) == {"command": "/disputes", "text": "show D-1042", "user_id": "U0ANA"}


def test_an_interaction_is_a_form_with_json_inside() -> None:
    payload = {"type": "block_actions", "text": "100 % für dich & mich + 1"}
    raw = urlencode({"payload": orjson.dumps(payload)}).encode()
    assert decode_payload(raw, FORM) == payload


def test_an_event_is_json() -> None:
    assert decode_payload(b'{"type":"event_callback"}', "application/json") == {"type": "event_callback"}


GARBAGE = (
    (b"", "application/json"),
    (b"{", "application/json"),
    (b"null", "application/json"),
    (b"17", "application/json"),
    (b'"text"', "application/json"),
    (b"\xff\xfe", "application/json"),
    (b"[" * 100_000, "application/json"),
    (b"payload=", FORM),
    (b"payload=%7B", FORM),
    (b"payload=null", FORM),
    (b"text=\xff", FORM),
    ("text=ä".encode(), FORM),
)


@pytest.mark.parametrize(("raw", "content_type"), GARBAGE)
def test_what_is_no_payload_is_told_from_one(raw: bytes, content_type: str) -> None:
    with pytest.raises((ValueError, TypeError)):
        decode_payload(raw, content_type)


@pytest.fixture
async def post() -> AsyncIterator[Post]:
    """Posts to a server with the real listeners behind the door; none of them gets to the store here."""
    async with a_slack() as slack:
        client = AsyncWebClient("xoxb-sandbox", f"{slack.url}/api/")
        edge = SlackEdge(cast(Store, None), Clock(), client, origin=own_origin(), post_response=post_nowhere)
        async with TestClient(TestServer(_server(edge.app))) as sender:

            async def send(raw: bytes, content_type: str, headers: Headers | None = None) -> tuple[int, str]:
                given = signed(raw) if headers is None else headers
                answer = await sender.post("/", data=raw, headers={"Content-Type": content_type, **given})
                return answer.status, await answer.text()

            yield send


def _server(app: AsyncApp) -> web.Application:
    async def handle(request: web.Request) -> web.Response:
        return await handle_request(request, app, SECRET.encode(), MONDAY_9AM)

    server = web.Application()
    server.router.add_post("/", handle)
    return server


async def test_slack_s_question_at_set_up_is_answered(post: Post) -> None:
    raw = b'{"type":"url_verification","challenge":"3eZbrw1aBm2rZgRNFdxV"}'
    status, text = await post(raw, "application/json")
    assert (status, orjson.loads(text)) == (200, {"challenge": "3eZbrw1aBm2rZgRNFdxV"})


async def test_only_slack_gets_its_question_answered(post: Post) -> None:
    raw = b'{"type":"url_verification","challenge":"3eZbrw1aBm2rZgRNFdxV"}'
    status, text = await post(raw, "application/json", signed(raw, secret="another"))
    assert status == 401
    assert "3eZbrw1aBm2rZgRNFdxV" not in text


async def test_an_unsigned_request_is_told_why(post: Post) -> None:
    status, text = await post(BODY, FORM, {})
    assert (status, orjson.loads(text)) == (401, {"error": "This request isn't signed by Slack."})


@pytest.mark.parametrize(("raw", "content_type"), GARBAGE)
async def test_signed_garbage_is_told_so(post: Post, raw: bytes, content_type: str) -> None:
    status, text = await post(raw, content_type)
    assert (status, orjson.loads(text)) == (400, {"error": "This is no payload of Slack's."})


async def test_a_signature_of_raw_bytes_is_refused(post: Post) -> None:
    headers = {**signed(BODY), "X-Slack-Signature": "v0=\udcff\udcfe"}
    assert (await post(BODY, FORM, headers))[0] == 401


@pytest.mark.parametrize(
    ("raw", "content_type"),
    [
        (b'{"type":"event_callback","event":{"type":"team_join"}}', "application/json"),
        (b'{"type":"something_new"}', "application/json"),
        (b"ssl_check=1&token=abc", FORM),
        (b"command=%2Fothers&text=help", FORM),
    ],
)
async def test_a_payload_that_nobody_listens_to_is_no_fault_of_ours(
    post: Post, raw: bytes, content_type: str
) -> None:
    status, _ = await post(raw, content_type)
    assert status < 500


ODD = (
    b'{"type":"event_callback","authorizations":0,"event":{"type":"app_mention"}}',
    b'{"type":"event_callback","authorizations":["T1"],"event":{"type":"app_mention"}}',
    b'{"type":"event_callback","authorizations":{"id":1},"event":{"type":"app_mention"}}',
    b'{"type":"block_actions","user":0,"team":[],"actions":{}}',
    b'{"type":"view_submission","view":"V","user":"U","team":"T"}',
    b'{"type":{},"user":[[]],"enterprise":7,"team":true}',
)


@pytest.mark.parametrize("raw", ODD)
async def test_a_signed_payload_of_an_odd_shape_is_answered(post: Post, raw: bytes) -> None:
    for sent, content_type in ((raw, "application/json"), (urlencode({"payload": raw}).encode(), FORM)):
        assert (await post(sent, content_type))[0] < 500


async def test_an_odd_shape_is_counted(post: Post) -> None:
    counted = REFUSED_REQUESTS.labels(route="slack", why="shape")._value
    before = counted.get()
    assert (await post(ODD[0], "application/json"))[0] == 400
    assert counted.get() == before + 1


@pytest.mark.parametrize(
    "headers", [{}, {"X-Slack-Signature": "v0=0"}, signed(b"", MONDAY_9AM - timedelta(hours=1))]
)
async def test_without_a_fresh_signature_no_body_is_read(
    post: Post, headers: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def read(*_: object, **__: object) -> bytes:
        raise AssertionError("a body was read")

    monkeypatch.setattr("bot.slack.http.read_body", read)
    assert (await post(BODY, FORM, headers))[0] == 401


async def test_a_body_beyond_the_limit_is_not_read_on(post: Post) -> None:
    assert (await post(b"x" * (LARGEST_BODY + 1), FORM))[0] == 413
