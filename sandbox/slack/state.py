"""State of the pretend Slack: workspace, views, connections, rate limits, faults."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.slack import manifest
from sandbox.slack.rate_limits import RateLimiter
from sandbox.slack.response_urls import ResponseUrls
from sandbox.slack.sockets import Sockets
from sandbox.slack.views import Views
from sandbox.slack.workspace import Workspace
from sandbox.stream import Stream


@dataclass(slots=True)
class SlackState:
    workspace: Workspace
    views: Views
    limiter: RateLimiter
    response_urls: ResponseUrls
    sockets: Sockets = field(default_factory=Sockets)
    faults: Faults = field(default_factory=Faults)
    scopes: set[str] = field(default_factory=lambda: set(manifest.SCOPES))
    """What the app's token may do."""
    is_token_revoked: bool = False


def make_slack_state(clock: Clock, stream: Stream, url: str, *, has_strict_rates: bool) -> SlackState:
    """`url` is the sandbox's own address, under which response URLs are reached."""
    return SlackState(
        workspace=Workspace(clock, stream),
        views=Views(stream),
        limiter=RateLimiter(has_strict_rates),
        response_urls=ResponseUrls(url),
    )
