"""Tests of who gets through the bot's endpoint: the SDK's real validation, with real signatures."""

from __future__ import annotations

import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from structlog.testing import capture_logs

from connectors.teams.sdk import TeamsSdk
from tests.connectors.fake_microsoft import (
    APP_PASSWORD,
    ISSUER,
    TENANT_ID,
    FakeMicrosoft,
    an_activity,
    key_of,
)

STRANGERS = key_of("a stranger", "one")
"""A key that Microsoft knows nothing of."""


@dataclass
class Bot:
    """What takes the turns, and what it has seen."""

    sdk: TeamsSdk
    seen: list[dict[str, Any]] = field(default_factory=list)
    body: dict[str, Any] | None = None

    async def turn(self, activity: dict[str, Any]) -> dict[str, Any] | None:
        self.seen.append(activity)
        return self.body

    async def hear(self, activity: dict[str, Any], header: str | None) -> tuple[int, dict[str, Any] | None]:
        return await self.sdk.receive(header, json.dumps(activity).encode(), self.turn)


@pytest.fixture
async def authority() -> AsyncIterator[FakeMicrosoft]:
    authority = await FakeMicrosoft().start()
    yield authority
    await authority.stop()


@pytest.fixture
async def bot(authority: FakeMicrosoft) -> AsyncIterator[Bot]:
    sdk = authority.sdk()
    yield Bot(sdk)
    await sdk.close()


async def test_what_teams_signs_gets_in_just_as_it_came(authority: FakeMicrosoft, bot: Bot) -> None:
    activity = an_activity(unknown={"field": [1, None, "ü"]}, timestamp="not even a time")
    assert await bot.hear(activity, authority.sign(activity)) == (200, None)
    assert bot.seen == [activity]


@pytest.mark.parametrize(
    "name", ["adaptiveCard/action", "task/fetch", "task/submit", "composeExtension/query"]
)
async def test_an_invoke_is_answered_with_what_the_turn_returns(
    authority: FakeMicrosoft, bot: Bot, name: str
) -> None:
    bot.body = {"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive", "value": {"a": ["ü"]}}
    activity = an_activity(type="invoke", name=name, value={})
    assert await bot.hear(activity, authority.sign(activity)) == (200, bot.body)


async def test_an_invoke_that_needs_no_words_is_answered_all_the_same(
    authority: FakeMicrosoft, bot: Bot
) -> None:
    activity = an_activity(type="invoke", name="task/submit")
    assert await bot.hear(activity, authority.sign(activity)) == (200, None)


async def test_what_the_turn_raises_passes_through(authority: FakeMicrosoft, bot: Bot) -> None:
    async def fail(_activity: dict[str, Any]) -> None:
        raise LookupError("a bug")

    activity = an_activity(type="invoke", name="task/fetch")
    with pytest.raises(LookupError, match="a bug"):
        await bot.sdk.receive(authority.sign(activity), json.dumps(activity).encode(), fail)


def _forged(authority: FakeMicrosoft, key: Any, algorithm: str = "RS256", **headers: Any) -> str:
    return "Bearer " + jwt.encode(_usual(authority), key, algorithm, {"kid": "one", **headers})


def _usual(authority: FakeMicrosoft) -> dict[str, Any]:
    return {
        "iss": ISSUER,
        "aud": authority.app_id,
        "serviceurl": an_activity()["serviceUrl"],
        "exp": _at(600),
    }


def _by_hand(head: dict[str, Any], claims: dict[str, Any], sign: Callable[[bytes], bytes]) -> str:
    """For what PyJWT refuses to make."""
    said = b".".join(urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (head, claims))
    return f"Bearer {said.decode()}.{urlsafe_b64encode(sign(said)).rstrip(b'=').decode()}"


def _with_the_public_key_as_secret(authority: FakeMicrosoft) -> str:
    """The old trick: HS256, keyed by what everybody may read."""
    public = authority.keys["one"][0].public_key()
    secret = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    head = {"alg": "HS256", "kid": "one"}
    return _by_hand(head, _usual(authority), lambda said: hmac.digest(secret, said, "sha256"))


def _truly_signed(authority: FakeMicrosoft, *, kid: Any = "one", **claims: Any) -> str:
    head = {"alg": "RS256"} | ({"kid": kid} if kid else {})
    key = authority.keys["one"][0]
    return _by_hand(
        head, {**_usual(authority), **claims}, lambda said: key.sign(said, PKCS1v15(), hashes.SHA256())
    )


def _tampered(header: str) -> str:
    head, body, signature = header.split(".")
    return f"{head}.{body}.{signature[:-8]}{signature[-8:].swapcase()}"


def _claims(**claims: Any) -> Callable[[FakeMicrosoft], str]:
    return lambda authority: authority.sign(an_activity(), **claims)


def _at(seconds: int) -> int:
    return int(time.time()) + seconds


BAD: dict[str, Callable[[FakeMicrosoft], str | None]] = {
    "no header": lambda _: None,
    "an empty header": lambda _: "",
    "garbage": lambda _: "Bearer garbage",
    "garbage with dots": lambda _: "Bearer a.b.c",
    "no scheme": lambda authority: authority.sign(an_activity()).removeprefix("Bearer "),
    "another scheme": lambda authority: authority.sign(an_activity()).replace("Bearer", "Basic"),
    "three words": lambda authority: authority.sign(an_activity()) + " more",
    "a token with letters that aren't ASCII": lambda _: "Bearer ü.ü.ü",
    "a stranger's signature": lambda authority: _forged(authority, STRANGERS),
    "a changed signature": lambda authority: _tampered(authority.sign(an_activity())),
    "another algorithm": lambda authority: _forged(authority, authority.keys["one"][0], "PS256"),
    "no algorithm": lambda authority: _forged(authority, None, "none"),
    "the public key as a secret": _with_the_public_key_as_secret,
    "a key that nobody knows": lambda authority: _forged(authority, STRANGERS, kid="two"),
    "no key named": lambda authority: _truly_signed(authority, kid=None),
    "an old token": lambda authority: authority.sign(an_activity(), exp=_at(-301)),
    "a token for later": lambda authority: authority.sign(an_activity(), nbf=_at(400)),
    "a token without end": _claims(exp=None),
    "an end that is no time": _claims(exp="soon"),
    "another audience": _claims(aud="11111111-2222-3333-4444-555555555555"),
    "several audiences": lambda authority: authority.sign(an_activity(), aud=[authority.app_id, "x"]),
    "no audience": _claims(aud=None),
    "another issuer": _claims(iss="https://evil.example.com"),
    "several issuers": lambda authority: _truly_signed(authority, iss=[ISSUER]),
    "a key named by a list": lambda authority: _truly_signed(authority, kid=["one"]),
    "no issuer": _claims(iss=None),
    "another service address": _claims(serviceurl="https://evil.example.com/"),
    "no service address": _claims(serviceurl=None),
    "the emulator's": lambda authority: authority.sign(
        an_activity(),
        iss="https://login.microsoftonline.com/f8cdef31-a31e-4b4a-93e4-5f571e91255a/v2.0",
        ver="2.0",
        azp=authority.app_id,
    ),
    "another bot's": lambda authority: authority.sign(
        an_activity(),
        iss="https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/",
        ver="1.0",
        appid="b",
    ),
}


@pytest.mark.parametrize("kind", BAD)
async def test_whoever_teams_did_not_sign_for_stays_out(
    authority: FakeMicrosoft, bot: Bot, kind: str
) -> None:
    status, body = await bot.hear(an_activity(), BAD[kind](authority))
    assert (status, bot.seen) == (401, [])
    assert body is not None
    assert body["error"].endswith(".")


@pytest.mark.parametrize("endorsements", [("webchat", "directline"), ()])
async def test_a_key_that_may_not_speak_for_teams_is_refused(
    authority: FakeMicrosoft, bot: Bot, endorsements: tuple[str, ...]
) -> None:
    authority.add_key("web", endorsements=endorsements)
    assert (await bot.hear(an_activity(), authority.sign(an_activity(), key="web")))[0] == 401
    assert bot.seen == []


async def test_a_token_made_by_hand_gets_in_when_nothing_is_wrong_with_it(
    authority: FakeMicrosoft, bot: Bot
) -> None:
    """So that those above fail for what is wrong with them."""
    assert (await bot.hear(an_activity(), _truly_signed(authority)))[0] == 200


async def test_clocks_may_differ_by_less_than_five_minutes(authority: FakeMicrosoft, bot: Bot) -> None:
    header = authority.sign(an_activity(), exp=_at(-200), nbf=_at(200))
    assert (await bot.hear(an_activity(), header))[0] == 200


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"7",
        b"\xff\xfe",
        b"[" * 100_000,
        b"{}",
        json.dumps(an_activity(type=None)).encode(),
        json.dumps(an_activity(type="")).encode(),
        json.dumps(an_activity(type=["message"])).encode(),
        json.dumps(an_activity(channelId=None)).encode(),
        json.dumps(an_activity(channelId=7)).encode(),
        json.dumps(an_activity(serviceUrl=None)).encode(),
        json.dumps(an_activity(serviceUrl=" ")).encode(),
        json.dumps(an_activity(serviceUrl={})).encode(),
    ],
    ids=range(16),
)
async def test_a_body_that_is_no_activity_is_told_so(authority: FakeMicrosoft, bot: Bot, raw: bytes) -> None:
    status, _ = await bot.sdk.receive(authority.sign(an_activity()), raw, bot.turn)
    assert (status, bot.seen) == (400, [])


@pytest.mark.parametrize(
    "channel_data",
    [None, {}, [], {"tenant": None}, {"tenant": {"id": None}}, {"tenant": {"id": "another company"}}],
    ids=["none", "empty", "a list", "no tenant", "no id", "another"],
)
async def test_another_company_is_refused(authority: FakeMicrosoft, bot: Bot, channel_data: object) -> None:
    activity = an_activity(channelData=channel_data)
    assert (await bot.hear(activity, authority.sign(activity)))[0] == 403
    assert bot.seen == []


PERSONAL_ACCOUNTS = "9188040d-6c67-4c5b-b112-36a304b66dad"
"""The tenant of everybody's own Microsoft account."""
KINDS = ("message", "invoke", "conversationUpdate", "installationUpdate")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tenant", ["99999999-0000-4000-8000-000000000000", PERSONAL_ACCOUNTS])
@pytest.mark.parametrize("place", ["channelData", "conversation", "from"])
async def test_another_company_is_refused_in_every_kind_and_wherever_it_is_named(
    authority: FakeMicrosoft, bot: Bot, kind: str, tenant: str, place: str
) -> None:
    named = {"tenant": {"id": tenant}} if place == "channelData" else {"id": "19:x", "tenantId": tenant}
    activity = an_activity(type=kind, **{place: named})
    status, _ = await bot.hear(activity, authority.sign(activity))
    reports_only = place == "from" and kind.endswith("Update")
    assert status == (200 if reports_only else 403)
    assert bot.seen == ([activity] if reports_only else [])


@pytest.mark.parametrize("kind", KINDS)
async def test_our_own_company_gets_in_in_every_kind(authority: FakeMicrosoft, bot: Bot, kind: str) -> None:
    ours = {"id": "19:x", "tenantId": TENANT_ID.upper()}
    activity = an_activity(type=kind, conversation=ours, **{"from": ours})
    assert (await bot.hear(activity, authority.sign(activity)))[0] == 200


@pytest.mark.parametrize("kind", KINDS)
async def test_another_bots_token_opens_no_kind(authority: FakeMicrosoft, bot: Bot, kind: str) -> None:
    activity = an_activity(type=kind)
    header = authority.sign(activity, aud="99999999-0000-4000-8000-000000000000")
    assert (await bot.hear(activity, header))[0] == 401
    assert bot.seen == []


async def test_the_same_company_is_known_however_its_id_is_written(
    authority: FakeMicrosoft, bot: Bot
) -> None:
    activity = an_activity(channelData={"tenant": {"id": TENANT_ID.upper()}})
    assert (await bot.hear(activity, authority.sign(activity)))[0] == 200


async def test_another_channel_is_refused_where_whoever_writes_names_themselves(
    authority: FakeMicrosoft, bot: Bot
) -> None:
    activity = an_activity(channelId="webchat")
    assert (await bot.hear(activity, authority.sign(activity)))[0] == 403
    assert bot.seen == []


async def test_two_bots_in_one_process_keep_their_keys_apart(authority: FakeMicrosoft, bot: Bot) -> None:
    other = await FakeMicrosoft(owner="another Microsoft").start()
    second = Bot(other.sdk())
    try:
        assert (await second.hear(an_activity(), authority.sign(an_activity())))[0] == 401
        assert (await second.hear(an_activity(), other.sign(an_activity())))[0] == 200
        assert (await bot.hear(an_activity(), authority.sign(an_activity())))[0] == 200
    finally:
        await second.sdk.close()
        await other.stop()


@pytest.mark.parametrize("name", ["app_id", "app_password", "tenant_id"])
@pytest.mark.parametrize("value", ["", "  "])
async def test_half_an_identity_is_refused_since_the_sdk_would_let_everybody_in(
    authority: FakeMicrosoft, name: str, value: str
) -> None:
    with pytest.raises(ValueError, match="must all be there"):
        authority.sdk(**{name: value})


@pytest.mark.parametrize("name", ["openid_url", "login_url"])
async def test_keys_and_secrets_travel_encrypted(authority: FakeMicrosoft, name: str) -> None:
    with pytest.raises(ValueError, match="must begin with https"):
        authority.sdk(**{name: "http://login.example.com"})


async def test_neither_a_secret_nor_a_token_stands_in_the_log(authority: FakeMicrosoft, bot: Bot) -> None:
    header = authority.sign(an_activity(), aud="another")
    with capture_logs() as lines:
        status, body = await bot.hear(an_activity(), header)
        await bot.sdk.token()
    said = f"{lines} {body}"
    assert status == 401
    assert len(lines) == 1
    assert header.removeprefix("Bearer ") not in said
    assert APP_PASSWORD not in said
    assert "token-1" not in said
