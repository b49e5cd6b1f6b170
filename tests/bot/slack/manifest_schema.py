"""JSON schema of Slack's app manifest: its documented fields and lengths.

Source: docs.slack.dev/reference/app-manifest. Only what our manifest may use; an unknown key is a mistake.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]


def _text(longest: int, pattern: str = "") -> Schema:
    return {"type": "string", "minLength": 1, "maxLength": longest} | (
        {"pattern": pattern} if pattern else {}
    )


def _list(items: Schema, most: int) -> Schema:
    return {"type": "array", "items": items, "maxItems": most, "uniqueItems": True}


def _part(required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


_YES_NO: Schema = {"type": "boolean"}
_NUMBER: Schema = {"type": "integer"}
_URL = _text(3000, "^https://")
_NAME = _text(255, "^[a-z_.:]+$")

SCHEMA = _part(
    ("display_information",),
    _metadata=_part(major_version=_NUMBER, minor_version=_NUMBER),
    display_information=_part(
        ("name",),
        name=_text(35),
        description=_text(140),
        long_description=_text(4000),
        background_color=_text(7, "^#([0-9a-fA-F]{3}){1,2}$"),
    ),
    features=_part(
        app_home=_part(
            home_tab_enabled=_YES_NO,
            messages_tab_enabled=_YES_NO,
            messages_tab_read_only_enabled=_YES_NO,
        ),
        bot_user=_part(("display_name",), display_name=_text(80, r"^[a-z0-9._-]+$"), always_online=_YES_NO),
        shortcuts=_list(
            _part(
                ("name", "callback_id", "description", "type"),
                name=_text(24),
                callback_id=_text(255),
                description=_text(150),
                type={"enum": ["message", "global"]},
            ),
            10,
        ),
        slash_commands=_list(
            _part(
                ("command", "description"),
                command=_text(32, r"^/\S+$"),
                description=_text(2000),
                usage_hint=_text(1000),
                should_escape=_YES_NO,
                url=_URL,
            ),
            50,
        ),
        unfurl_domains=_list(_text(253, r"^[a-z0-9.-]+\.[a-z]+$"), 5),
    ),
    oauth_config=_part(
        redirect_urls=_list(_URL, 1000), scopes=_part(bot=_list(_NAME, 255), user=_list(_NAME, 255))
    ),
    settings=_part(
        event_subscriptions=_part(
            request_url=_URL, bot_events=_list(_NAME, 100), user_events=_list(_NAME, 100)
        ),
        interactivity=_part(("is_enabled",), is_enabled=_YES_NO, request_url=_URL),
        org_deploy_enabled=_YES_NO,
        socket_mode_enabled=_YES_NO,
        token_rotation_enabled=_YES_NO,
    ),
)
