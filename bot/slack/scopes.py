"""OAuth scopes that the bot needs in Slack, and what for.

manifest.yaml asks for these, and `ombud check` compares them with what the workspace granted.
Slack lists them with each method and event: docs.slack.dev/reference/methods, /reference/events.
tests/bot/slack/test_manifest.py finds a call that has no row here, and a row that nothing calls.
"""

from __future__ import annotations

from collections.abc import Mapping

from cards.actions import Action

Scopes = frozenset[str]


def _scopes(*names: str) -> Scopes:
    return frozenset(names)


_NO_SCOPES = _scopes()
_CHANNELS = _scopes("channels:read", "groups:read")
"""Both: a policy may name public and private channels."""
_HISTORY = _scopes("channels:history", "groups:history", "im:history")
"""After a doubtful send, the message is looked for where it was sent: in a channel or a direct message."""

METHOD_SCOPES: Mapping[str, Scopes] = {
    "apps_connections_open": _NO_SCOPES,  # Socket Mode; the app-level token has its own: connections:write
    "auth_test": _NO_SCOPES,
    "bots_info": _scopes("users:read"),
    "chat_postEphemeral": _scopes("chat:write"),
    "chat_postMessage": _scopes("chat:write"),
    "chat_unfurl": _scopes("links:write"),
    "chat_update": _scopes("chat:write"),
    "conversations_history": _HISTORY,
    "conversations_info": _CHANNELS,
    "conversations_list": _CHANNELS,
    "conversations_members": _CHANNELS,
    "conversations_open": _scopes("im:write"),
    "conversations_replies": _HISTORY,
    "users_info": _scopes("users:read"),
    "users_list": _scopes("users:read"),
    "users_lookupByEmail": _scopes("users:read.email"),
    "views_open": _NO_SCOPES,
    "views_publish": _NO_SCOPES,
    "views_push": _NO_SCOPES,
    "views_update": _NO_SCOPES,
}
"""Methods of slack_sdk's client that we call. `chat_postMessage` is Slack's `chat.postMessage`."""

EVENT_SCOPES: Mapping[str, Scopes] = {
    "app_home_opened": _NO_SCOPES,
    "app_mention": _scopes("app_mentions:read"),
    "link_shared": _scopes("links:read"),
    "member_joined_channel": _CHANNELS,
    "member_left_channel": _CHANNELS,
    "user_change": _scopes("users:read"),
}

SHORTCUTS = (Action.RAISE_FROM_MESSAGE, Action.SEND_TO_CUSTOMER)
"""Our entries in a message's menu."""

COMMAND_SCOPES = _scopes("commands")


def needed_scopes() -> Scopes:
    """Everything that the app's bot token must have."""
    return COMMAND_SCOPES.union(*METHOD_SCOPES.values(), *EVENT_SCOPES.values())


def features_needing(scope: str) -> tuple[str, ...]:
    """What doesn't work without the scope, in Slack's names: `chat.update`, `app_mention`."""
    methods = (api_method_name(name) for name, scopes in METHOD_SCOPES.items() if scope in scopes)
    events = (name for name, scopes in EVENT_SCOPES.items() if scope in scopes)
    features = ("commands and shortcuts",) if scope in COMMAND_SCOPES else ()
    return (*methods, *events, *features)


def api_method_name(method: str) -> str:
    """`chat_postMessage` -> `chat.postMessage`."""
    return method.replace("_", ".")
