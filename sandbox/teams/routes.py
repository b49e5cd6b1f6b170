"""Where is the pretend Teams found: its connector, its keys and tokens, and what the page asks of it?"""

from __future__ import annotations

from typing import Any

import orjson
from aiohttp import web

from sandbox.keys import WORLD
from sandbox.page_routes import Action, clock_json, json_route
from sandbox.teams import actions as teams_acts
from sandbox.teams import admin as teams_mischief
from sandbox.teams import company as teams_company
from sandbox.teams import installing as teams_installing
from sandbox.teams import login as teams_login
from sandbox.teams import manifest as teams_manifest
from sandbox.teams import messages as teams_chatter
from sandbox.teams.company import TeamsPerson
from sandbox.teams.connector import dispatch as teams_connector
from sandbox.teams.workspace import Conversation
from sandbox.world import World


def add_routes(app: web.Application) -> None:
    teams_connector.add_routes(app.router)
    teams_login.add_routes(app.router)
    app.router.add_get("/sandbox/teams/workspace", workspace)
    works: dict[str, Action] = {
        "press": teams_acts.press,
        "submit": teams_acts.submit,
        "close": teams_acts.close,
        "view": teams_acts.refresh_card,
        "say": teams_chatter.post_message,
        "search": teams_chatter.search,
        "insert": teams_chatter.insert,
        "message_action": teams_chatter.use_message_action,
        "install": teams_installing.install,
        "uninstall": teams_installing.uninstall,
        "mischief": teams_mischief.apply_admin_action,
    }
    for name, work in works.items():
        app.router.add_post(f"/sandbox/teams/{name}", json_route(work))


async def workspace(request: web.Request) -> web.Response:
    """All that a page needs to start."""
    world = request.app[WORLD]
    told = {
        "team": teams_company.TEAM_NAME,
        "has_teams": world.settings.has_teams,
        "bot": {"id": f"28:{world.settings.teams_app_id}", "name": teams_company.BOT_NAME},
        "people": [_person(world, one) for one in teams_company.PEOPLE],
        "channels": [_conversation(world, one) for one in world.teams.workspace.channels()],
        "chats": {one.person: _conversation(world, one) for one in world.teams.workspace.chats()},
        "dialogs": {person: dialog.task for person, dialog in world.teams.dialogs.items()},
        "commands": [{"title": title, "description": said} for title, said in teams_manifest.COMMANDS],
        "message_actions": [{"id": id_, "title": title} for id_, title in teams_manifest.MESSAGE_ACTIONS],
        "clock": clock_json(world),
        "status": world.supervisor.status(),
        "progress": world.progress,
    }
    return web.Response(body=orjson.dumps(told), content_type="application/json")


def _person(world: World, person: TeamsPerson) -> dict[str, Any]:
    return {
        "id": person.id,
        "mri": person.mri,
        "name": world.teams.workspace.name_of(person.id),
        "role": person.role,
        "zone": person.zone,
        "email": person.email,
        "slack_id": person.slack_id,
        "is_guest": person.is_guest,
    }


def _conversation(world: World, conversation: Conversation) -> dict[str, Any]:
    messages = list(conversation.messages.values())
    return world.teams.workspace.describe(conversation) | {"messages": messages}
