"""Answers go to Slack's own addresses, and nowhere else that a payload names."""

from __future__ import annotations

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from connectors.slack.api import SlackApi
from connectors.slack.response_urls import ForeignResponseUrl, SlackResponses, is_response_url

SLACK = "https://slack.com/api/"
SANDBOX = "http://127.0.0.1:8090/api/"


@pytest.mark.parametrize(
    ("url", "api_url"),
    [
        ("https://hooks.slack.com/actions/T0/1/x", SLACK),
        ("https://HOOKS.slack.com/commands/T0/1/x", SLACK),
        ("https://hooks.slack.com:443/actions/T0/1/x", SLACK),
        ("https://hooks.slack-gov.com/actions/T0/1/x", "https://slack-gov.com/api/"),
        ("http://127.0.0.1:8090/actions/x", SANDBOX),
    ],
)
def test_slacks_own_addresses_may_be_answered(url: str, api_url: str) -> None:
    assert is_response_url(url, api_url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/actions/x",
        "https://evil.example/actions",
        "http://hooks.slack.com/actions/T0/1/x",
        "https://hooks.slack.com:8443/actions/T0/1/x",
        "https://hooks.slack.com@evil.example/x",
        "https://evil.example@hooks.slack.com/x",
        "https://hooks.slack.com.evil.example/x",
        "https://evilhooks.slack.com/x",
        "https://evil.slack.com/x",
        "https://evil.example\\@hooks.slack.com/x",
        "https://hooks.slack.com/x\r\nHost: evil.example",
        "https://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:8090/actions/x",
        "https://[::1/x",
        "https://hooks.slack.com:port/x",
        "file:///etc/passwd",
    ],
)
def test_any_other_address_is_sent_nothing(url: str) -> None:
    assert not is_response_url(url, SLACK)


def test_beside_a_pretend_slack_only_that_one_is_answered() -> None:
    for url in ("http://127.0.0.1:8091/actions/x", "https://127.0.0.1:8090/x", "https://hooks.slack.com/x"):
        assert not is_response_url(url, SANDBOX)


async def test_a_foreign_address_gets_nothing_and_a_redirect_isnt_followed() -> None:
    heard: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        heard.append(request.path)
        moved = {"Location": "/elsewhere"}
        return web.Response(status=307, headers=moved) if request.path == "/moved" else web.Response()

    app = web.Application()
    app.router.add_post("/{path}", answer)
    async with TestServer(app) as slack, TestServer(app) as other:
        api = SlackApi("xoxb-1", str(slack.make_url("/api/")))
        responses = SlackResponses(api)
        assert await responses.post(str(slack.make_url("/actions")), {"text": "Hello"}) == 200
        assert await responses.post(str(slack.make_url("/moved")), {"text": "Hello"}) == 307
        with pytest.raises(ForeignResponseUrl):
            await responses.post(str(other.make_url("/actions")), {"text": "Hello"})
        await api.close()
    assert heard == ["/actions", "/moved"]
