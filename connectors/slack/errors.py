"""Slack's error codes, mapped to TryAgain and GiveUp with a remedy for people.

Slack's lists: docs.slack.dev/reference/methods/chat.postMessage, chat.update, conversations.open.
"""

from __future__ import annotations

from datetime import timedelta

from connectors.errors import GiveUp, MessageGone, TryAgain

RECHECK_INSTALLATION = timedelta(minutes=1)
DEFAULT_RETRY_AFTER = timedelta(seconds=30)
"""For a 429 without a Retry-After."""

_DESTINATION_ERRORS: dict[str, tuple[str, str]] = {
    "is_archived": ("The channel is archived.", "Unarchive it, or name another one in policy.yaml."),
    "channel_not_found": (
        "The channel doesn't exist, or it is private and the bot isn't in it.",
        "Check its name in policy.yaml, and invite the bot with /invite @Ombud.",
    ),
    "not_in_channel": ("The bot isn't in the channel.", "Invite it there with /invite @Ombud."),
    "restricted_action": (
        "The workspace doesn't let the bot post in the channel.",
        "Let apps post there in the channel's settings, or name another channel in policy.yaml.",
    ),
    "user_disabled": (
        "The person's Slack account is deactivated.",
        "Reassign their cases, and take them out of policy.yaml.",
    ),
    "user_not_found": ("Slack knows no such person.", "Correct the Slack id in policy.yaml."),
    "users_not_found": (
        "Nobody in Slack has this e-mail address.",
        "Correct the e-mail address in policy.yaml, or put the person's Slack id there.",
    ),
    "cannot_dm_bot": ("This is a bot, which can't be written to.", "Name a person in policy.yaml."),
    "user_not_visible": (
        "The person is hidden from the bot.",
        "Let the bot see them, or name somebody else in policy.yaml.",
    ),
}
"""The destination refuses us: everything for it is parked."""

_INSTALLATION_ERRORS: dict[str, tuple[str, str]] = {
    "invalid_auth": ("Slack doesn't accept the bot's token.", "Set SLACK_BOT_TOKEN to the app's bot token."),
    "not_authed": ("No bot token was sent.", "Set SLACK_BOT_TOKEN to the app's bot token."),
    "token_revoked": (
        "The bot's token was revoked.",
        "Install the app into the workspace again and set the new SLACK_BOT_TOKEN.",
    ),
    "token_expired": (
        "The bot's token has expired.",
        "Turn token rotation off for the app, install it again and set the new SLACK_BOT_TOKEN.",
    ),
    "account_inactive": (
        "The app was removed from the workspace.",
        "Install it again and set the new SLACK_BOT_TOKEN.",
    ),
    "not_allowed_token_type": (
        "SLACK_BOT_TOKEN isn't a bot token.",
        "Set it to the token that starts with xoxb-.",
    ),
    "missing_scope": (
        "The app lacks a permission (scope).",
        "Update the app from manifest.yaml and install it again.",
    ),
    "no_permission": (
        "The app lacks a permission.",
        "Update the app from manifest.yaml and install it again.",
    ),
    "ekm_access_denied": ("An administrator has suspended posting.", "Ask a workspace administrator."),
    "team_access_not_granted": (
        "The app isn't let into this workspace.",
        "Ask an organisation administrator.",
    ),
    "org_login_required": ("The workspace is being moved to an organisation.", "Wait until that has ended."),
}
"""Neither the message nor its destination is wrong: once this is fixed, all waiting rows can be sent."""

_PASSING = frozenset(
    "internal_error fatal_error service_unavailable request_timeout team_added_to_org accesslimited".split()
)
"""Slack's own outages. According to Slack, the first two may come after the work was done."""

_GONE = frozenset({"message_not_found", "thread_not_found", "cant_update_message"})

_PAYLOAD = "Report it with the row's key: what Ombud sent isn't what Slack takes."


def error_for(code: str, *, needed: str | None = None) -> TryAgain | GiveUp:
    """The error for a response with `ok: false`. `needed` is the scope that Slack says is missing."""
    if code in _GONE:
        return MessageGone()
    if code in _DESTINATION_ERRORS:
        return GiveUp(*_DESTINATION_ERRORS[code], is_whole_lane=True)
    if code in _INSTALLATION_ERRORS:
        message, remedy = _INSTALLATION_ERRORS[code]
        if needed:
            message = f"{message.rstrip('.')}: {needed}."
        return TryAgain(message, after=RECHECK_INSTALLATION, remedy=remedy)
    if code in ("ratelimited", "rate_limited", "message_limit_exceeded"):
        return rate_limited(None)
    if code in _PASSING:
        return TryAgain(
            f"Slack has trouble ({code}).", is_unknown=True, is_answered=code != "request_timeout"
        )
    return GiveUp(f"Slack refused it ({code}).", _PAYLOAD)


def rate_limited(retry_after: str | None) -> TryAgain:
    """The error for a 429. `retry_after` is the header, in whole seconds."""
    try:
        after = timedelta(seconds=max(1, int(retry_after or "")))
    except (ValueError, OverflowError):
        after = DEFAULT_RETRY_AFTER
    return TryAgain("Slack asks us to slow down.", after=after)
