"""Payloads that Slack sends: interactions, slash commands, events. Pure."""

from __future__ import annotations

import secrets
from typing import Any

from sandbox import company

Payload = dict[str, Any]
TEAM = {"id": company.TEAM_ID, "domain": company.TEAM_DOMAIN}


def user_json(user_id: str) -> dict[str, Any]:
    person = company.find_person(user_id)
    handle = person.handle if person else user_id
    return {"id": user_id, "username": handle, "name": handle, "team_id": company.TEAM_ID}


def interaction(kind: str, user: str, **more: Any) -> Payload:
    """An interaction payload with the fields that all kinds share."""
    return {
        "type": kind,
        "token": "sandbox",
        "user": user_json(user),
        "api_app_id": company.APP_ID,
        "team": TEAM,
        "enterprise": None,
        "is_enterprise_install": False,
        **more,
    }


def message_container(channel: str, message: dict[str, Any]) -> dict[str, Any]:
    container = {
        "type": "message",
        "message_ts": message["ts"],
        "channel_id": channel,
        "is_ephemeral": bool(message.get("is_ephemeral")),
    }
    if message.get("thread_ts"):
        container["thread_ts"] = message["thread_ts"]
    return container


def channel_name(channel_id: str, name: str, *, is_im: bool) -> dict[str, str]:
    return {"id": channel_id, "name": "directmessage" if is_im else name}


def command_form(
    user: str, channel: dict[str, str], *, command: str, text: str, trigger_id: str, response_url: str
) -> dict[str, str]:
    """A slash command: a plain form, not JSON."""
    return {
        "token": "sandbox",
        "team_id": company.TEAM_ID,
        "team_domain": company.TEAM_DOMAIN,
        "channel_id": channel["id"],
        "channel_name": channel["name"],
        "user_id": user,
        "user_name": user_json(user)["name"],
        "command": command,
        "text": text,
        "api_app_id": company.APP_ID,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger_id,
    }


def event_envelope(event: dict[str, Any], *, at: float) -> Payload:
    """The outer wrapping of an event, with an id of its own."""
    return {
        "token": "sandbox",
        "team_id": company.TEAM_ID,
        "api_app_id": company.APP_ID,
        "type": "event_callback",
        "event_id": f"Ev{secrets.token_hex(5).upper()}",
        "event_time": int(at),
        "event_context": secrets.token_hex(8),
        "is_ext_shared_channel": False,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": company.TEAM_ID,
                "user_id": company.BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "event": {"event_ts": f"{at:.6f}", **event},
    }
