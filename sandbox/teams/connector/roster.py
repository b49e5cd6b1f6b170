"""Connector operations on rosters: members, the team, its channels."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from sandbox.teams import company
from sandbox.teams.connector.request import ConnectorRequest, find_conversation
from sandbox.teams.errors import TeamsError, bad_request
from sandbox.world import World

Answer = tuple[int, dict[str, Any]]
LARGEST_PAGE = 4
"""Teams returns up to 500 and may return fewer than asked for; 4 gives this small company several pages."""


def list_page(world: World, call: ConnectorRequest) -> Answer:
    """One page of the conversation's members; bots are never listed."""
    people = world.teams.workspace.members_of(find_conversation(world, call))
    start = _page_start(call.query.get("continuationToken"))
    asked = call.query.get("pageSize") or "200"
    if not asked.isdigit() or not 1 <= int(asked) <= 500:
        raise bad_request("pageSize must be between 1 and 500.")
    end = start + min(int(asked), LARGEST_PAGE)
    page: dict[str, Any] = {"members": [describe(world, one) for one in people[start:end]]}
    if end < len(people):
        page["continuationToken"] = urlsafe_b64encode(str(end).encode()).decode()
    return 200, page


def get_member(world: World, call: ConnectorRequest) -> Answer:
    """By Entra id, by `29:…` or by login."""
    people = world.teams.workspace.members_of(find_conversation(world, call))
    found = company.find_person(call.path["member"])
    if found is None or found.id not in people:
        raise TeamsError(404, "MemberNotFoundInConversation", "Member not found in the conversation.")
    return 200, describe(world, found.id)


def get_team(world: World, call: ConnectorRequest) -> Answer:
    workspace = world.teams.workspace
    _team(world, call)
    return 200, {
        "id": company.GENERAL,
        "name": company.TEAM_NAME,
        "aadGroupId": company.TEAM_GROUP,
        "tenantId": world.settings.teams_tenant_id,
        "channelCount": len(workspace.channels()),
        "memberCount": len(workspace.members),
    }


def list_channels(world: World, call: ConnectorRequest) -> Answer:
    """The channels; the first has no name, since each client shows it in its own language."""
    _team(world, call)
    channels = world.teams.workspace.channels()
    named = [
        {
            "id": one.id,
            "name": None if one.id == company.GENERAL else one.name,
            "type": "standard",
        }
        for one in channels
    ]
    return 200, {"conversations": named}


def describe(world: World, entra: str) -> dict[str, Any]:
    """A person as a roster lists them."""
    person = company.find_person(entra)
    if person is None:
        raise TeamsError(404, "MemberNotFoundInConversation", "Member not found in the conversation.")
    name = world.teams.workspace.name_of(entra)
    given, _, family = name.partition(" ")
    return {
        "id": person.mri,
        "name": name,
        "objectId": person.id,
        "aadObjectId": person.id,
        "givenName": given,
        "surname": family,
        "email": person.email,
        "userPrincipalName": person.login,
        "tenantId": world.settings.teams_tenant_id,
        "userRole": "guest" if person.is_guest else "user",
    }


def _team(world: World, call: ConnectorRequest) -> None:
    if call.path["team"] not in (company.GENERAL, company.TEAM_GROUP):
        raise TeamsError(404, "NotFound", "The team was not found.")
    find_conversation(world, ConnectorRequest({"conversation": company.GENERAL}, {}, {}))


def _page_start(token: str | None) -> int:
    if not token:
        return 0
    try:
        return int(urlsafe_b64decode(token))
    except ValueError:
        raise bad_request("continuationToken is not valid.") from None
