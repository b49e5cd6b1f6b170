"""Slack connection of the process: a client for the outbox and one for responses, the edge, Socket Mode.

Only loaded where Slack is set up: slack-bolt and slack-sdk take a third of a second.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.settings import Settings
from bot.slack.edge import SlackEdge
from bot.slack.origin import OriginCheck
from bot.slack.socket_mode import SlackSocket
from connectors.slack.api import SlackApi
from connectors.slack.people import SlackPeople
from connectors.slack.posts import SlackPosts
from connectors.slack.response_urls import SlackResponses
from handlers.mail_preview_settings import MailPreviewSettings
from scheduler.clock import Clock
from scheduler.services import Services


@dataclass(frozen=True, slots=True)
class SlackConnection:
    """Responses to clicks have connections of their own, so that a dialog needn't wait for the outbox."""

    api: SlackApi
    response_api: SlackApi
    posts: SlackPosts
    people: SlackPeople

    def open_edge(
        self,
        services: Services,
        clock: Clock,
        *,
        mail_preview: MailPreviewSettings,
        request_sync: Callable[[], None],
    ) -> SlackEdge:
        people = SlackPeople(self.response_api)
        return SlackEdge(
            services.store,
            clock,
            self.response_api.client,
            origin=OriginCheck(people.own_installation, people.is_colleague),
            post_response=SlackResponses(self.response_api).post,
            mail_preview=mail_preview,
            file_url=services.file_url,
            request_sync=request_sync,
        )


def connect_slack(token: str, api_url: str) -> SlackConnection:
    api = SlackApi(token, api_url)
    return SlackConnection(api, SlackApi(token, api_url), SlackPosts(api), SlackPeople(api))


def open_socket(settings: Settings, edge: SlackEdge) -> SlackSocket | None:
    """Socket Mode, when there is an app token. It connects at the start of the application, not here."""
    if settings.slack_app_token is None:
        return None
    return SlackSocket(edge.app, settings.slack_app_token.get_secret_value())
