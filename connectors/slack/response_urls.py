"""Response URLs: where an interaction may be answered, on Slack's own host alone.

The address comes in a payload and is carried by forms, so it is looked at before anything is sent to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

import orjson

from connectors.slack.api import SlackApi

_HOOKS = "hooks."
"""Slack's API is at slack.com, its response URLs at hooks.slack.com; GovSlack has a domain of its own."""
_PORTS = {"https": 443, "http": 80}


class ForeignResponseUrl(Exception):
    """It isn't an address of the Slack that we call."""


class SlackResponses:
    def __init__(self, api: SlackApi) -> None:
        self._api = api

    async def post(self, response_url: str, body: Mapping[str, Any]) -> int:
        """Answer an interaction; returns Slack's HTTP status. A redirect isn't followed.

        Raises:
            ForeignResponseUrl: nothing was sent.
            aiohttp.ClientError, TimeoutError: Slack didn't answer.
        """
        if not is_response_url(response_url, self._api.client.base_url):
            raise ForeignResponseUrl
        async with self._api.session.post(
            response_url,
            data=orjson.dumps(body),
            headers={"Content-Type": "application/json"},
            proxy=self._api.client.proxy,
            allow_redirects=False,
        ) as answer:
            return answer.status


def is_response_url(url: str, api_url: str) -> bool:
    """Whether it is of the same Slack as `api_url`: its host or its host for hooks, scheme and port."""
    try:
        given, ours = urlsplit(url), urlsplit(api_url)
        hosts = (ours.hostname, f"{_HOOKS}{ours.hostname}")
        is_same = given.scheme == ours.scheme and _port(given) == _port(ours)
    except ValueError:
        return False
    return is_same and given.hostname in hosts and "@" not in given.netloc and url.isprintable()


def _port(parts: SplitResult) -> int | None:
    return parts.port or _PORTS.get(parts.scheme)
