"""Which permissions does the bot need in Slack, and for what?

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


_NONE = _scopes()
_CHANNELS = _scopes("channels:read", "groups:read")
"""A policy may name public and private channels."""
_HISTORY = _scopes("channels:history", "groups:history", "im:history")
"""What was sent is looked for where it was sent: in channels and in direct messages."""

METHODS: Mapping[str, Scopes] = {
    "apps_connections_open": _NONE,  # Socket Mode; the app-level token has its own: connections:write
    "auth_test": _NONE,
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
    "views_open": _NONE,
    "views_publish": _NONE,
    "views_push": _NONE,
    "views_update": _NONE,
}
"""Methods of slack_sdk's client that we call. `chat_postMessage` is Slack's `chat.postMessage`."""

EVENTS: Mapping[str, Scopes] = {
    "app_home_opened": _NONE,
    "app_mention": _scopes("app_mentions:read"),
    "link_shared": _scopes("links:read"),
    "member_joined_channel": _CHANNELS,
    "member_left_channel": _CHANNELS,
    "user_change": _scopes("users:read"),
}

SHORTCUTS = (Action.RAISE_FROM_MESSAGE, Action.SEND_TO_CUSTOMER)
"""What stands in a message's menu."""

COMMANDS_AND_SHORTCUTS = _scopes("commands")


def needed_scopes() -> Scopes:
    """Everything that the app's bot token must have."""
    return COMMANDS_AND_SHORTCUTS.union(*METHODS.values(), *EVENTS.values())


def what_needs(scope: str) -> tuple[str, ...]:
    """What doesn't work without the scope, as Slack calls it: `chat.update`, `app_mention`."""
    methods = (slack_name(name) for name, scopes in METHODS.items() if scope in scopes)
    events = (name for name, scopes in EVENTS.items() if scope in scopes)
    features = ("commands and shortcuts",) if scope in COMMANDS_AND_SHORTCUTS else ()
    return (*methods, *events, *features)


def slack_name(method: str) -> str:
    """`chat_postMessage` -> `chat.postMessage`."""
    return method.replace("_", ".")
