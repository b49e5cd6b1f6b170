"""Activities that Teams sends: messages, invokes, conversation updates."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.teams import company
from sandbox.teams.company import TeamsPerson
from sandbox.teams.errors import bad_request
from sandbox.teams.workspace import Conversation
from sandbox.world import World

Activity = dict[str, Any]


def activity(
    world: World, kind: str, entra: str, conversation: Conversation, *, root: str | None = None, **more: Any
) -> Activity:
    """An activity with the fields that all kinds share. `root` is the first message of the channel thread."""
    person = _person(entra)
    moment = datetime.fromtimestamp(world.clock.now(), UTC)
    return {
        "type": kind,
        "id": f"f:{secrets.token_hex(8)}-{secrets.token_hex(6)}",
        "timestamp": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "localTimestamp": moment.astimezone(ZoneInfo(person.zone)).isoformat(timespec="milliseconds"),
        "localTimezone": person.zone,
        "locale": "en-US",
        "serviceUrl": service_url(world),
        "channelId": "msteams",
        "from": {"id": person.mri, "name": world.teams.workspace.name_of(entra), "aadObjectId": entra},
        "conversation": conversation_json(world, conversation, root),
        "recipient": bot_account(world),
        "entities": [client_info(person)],
        "channelData": channel_data(world, conversation),
        **more,
    }


def event(
    world: World, kind: str, entra: str, conversation: Conversation, *, event_type: str | None, **more: Any
) -> Activity:
    """An event about a conversation or a team; it has no client's fields, since no client sent it."""
    sent = activity(world, kind, entra, conversation, **more)
    for name in ("entities", "localTimestamp", "localTimezone", "locale"):
        del sent[name]
    if not conversation.is_personal:
        team = {"id": company.GENERAL, "name": company.TEAM_NAME}
        sent["channelData"]["team"] = team | {"aadGroupId": company.TEAM_GROUP}
    if event_type is not None:
        sent["channelData"]["eventType"] = event_type
    return sent


def invoke(
    world: World,
    name: str,
    entra: str,
    conversation: Conversation,
    value: dict[str, Any],
    *,
    root: str | None = None,
    **more: Any,
) -> Activity:
    return activity(world, "invoke", entra, conversation, root=root, name=name, value=value, **more)


def bot_account(world: World) -> dict[str, str]:
    return {"id": f"28:{world.settings.teams_app_id}", "name": company.BOT_NAME}


def service_url(world: World) -> str:
    return f"{world.settings.url}/teams-connector/"


def conversation_json(world: World, conversation: Conversation, root: str | None) -> dict[str, Any]:
    tenant = world.settings.teams_tenant_id
    if conversation.is_personal:
        return {"conversationType": "personal", "tenantId": tenant, "id": conversation.id}
    thread = f";messageid={root}" if root else ""
    return {
        "isGroup": True,
        "conversationType": "channel",
        "tenantId": tenant,
        "id": conversation.id + thread,
    }


def channel_data(world: World, conversation: Conversation) -> dict[str, Any]:
    tenant = {"tenant": {"id": world.settings.teams_tenant_id}}
    if conversation.is_personal:
        return tenant
    return {
        "teamsChannelId": conversation.id,
        "teamsTeamId": company.GENERAL,
        "channel": {"id": conversation.id},
        "team": {"id": company.GENERAL},
        **tenant,
    }


def client_info(person: TeamsPerson) -> dict[str, str]:
    return {
        "type": "clientInfo",
        "locale": "en-US",
        "country": person.country,
        "platform": "Web",
        "timezone": person.zone,
    }


def bot_mention(world: World) -> dict[str, Any]:
    name = company.BOT_NAME
    return {"type": "mention", "text": f"<at>{name}</at>", "mentioned": bot_account(world)}


def _person(entra: str) -> TeamsPerson:
    person = company.find_person(entra)
    if person is None:
        raise bad_request(f"Nobody here is {entra}.")
    return person
