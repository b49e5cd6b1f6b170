"""Which settings go together? Half of a group is a mistake that stops the start."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.settings import Settings


def incomplete_groups(settings: Settings) -> list[str]:
    """A sentence for each variable that others need."""
    return [*_of_slack(settings), *_of_teams(settings), *_of_mail(settings)]


def _of_slack(settings: Settings) -> Iterator[str]:
    if settings.slack_bot_token and not (settings.slack_signing_secret or settings.slack_app_token):
        yield (
            "SLACK_SIGNING_SECRET: missing. Copy it from the Slack app's Basic Information page, "
            "or set SLACK_APP_TOKEN to use Socket Mode."
        )
    if (settings.slack_signing_secret or settings.slack_app_token) and not settings.slack_bot_token:
        yield "SLACK_BOT_TOKEN: missing. Copy it from the Slack app's OAuth & Permissions page."


def _of_teams(settings: Settings) -> Iterator[str]:
    """An empty app id would switch the SDK's authentication off, so half of this group never starts."""
    group = {
        "TEAMS_APP_ID": (
            settings.teams_app_id,
            "the app id of the Azure app registration",
        ),
        "TEAMS_APP_PASSWORD": (settings.teams_app_password, "a client secret of that registration"),
        "TEAMS_TENANT_ID": (settings.teams_tenant_id, "the tenant that the app is registered in"),
    }
    given = [name for name, (value, _) in group.items() if value]
    for name, (value, what) in group.items():
        if given and not value:
            yield f"{name}: missing, and {given[0]} is set. Give {what}."


def _of_mail(settings: Settings) -> Iterator[str]:
    given = {
        "SMTP_URL": settings.smtp_url,
        "MAIL_LISTEN": settings.mail_listen,
        "MAIL_WEBHOOK_SECRET": settings.mail_webhook_secret,
    }
    used = [name for name, value in given.items() if value]
    if used and not settings.mail_domain:
        yield f"MAIL_DOMAIN: missing, and {used[0]} is set. Give the domain that customers' replies come to."
    if used and not settings.secret_key:
        yield (
            f"SECRET_KEY: missing, and {used[0]} is set. It signs the addresses that customers reply to. "
            "Make one with: openssl rand -hex 32"
        )
    if settings.mail_domain and not used:
        yield "SMTP_URL: missing, and MAIL_DOMAIN is set. Name the server that sends mail, or leave both out."
