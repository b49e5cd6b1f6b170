"""Routes of the pretend Teams: connector, login and keys, and /sandbox/teams/ for the page and tests."""

from __future__ import annotations

from typing import Any

import orjson
from aiohttp import web

from sandbox.page_routes import Action, clock_json, json_route
from sandbox.teams import actions, admin, company, installing, login, manifest, messages
from sandbox.teams.company import TeamsPerson
from sandbox.teams.connector import dispatch
from sandbox.teams.workspace import Conversation
from sandbox.world import WORLD, World


def add_routes(app: web.Application) -> None:
    dispatch.add_routes(app.router)
    login.add_routes(app.router)
    app.router.add_get("/sandbox/teams/workspace", workspace)
    works: dict[str, Action] = {
        "press": actions.press,
        "submit": actions.submit,
        "close": actions.close,
        "view": actions.refresh_card,
        "say": messages.post_message,
        "search": messages.search,
        "insert": messages.insert,
        "message_action": messages.use_message_action,
        "install": installing.install,
        "uninstall": installing.uninstall,
        "mischief": admin.apply_admin_action,
    }
    for name, work in works.items():
        app.router.add_post(f"/sandbox/teams/{name}", json_route(work))


async def workspace(request: web.Request) -> web.Response:
    """The state that the Teams page shows when it opens."""
    world = request.app[WORLD]
    shown = {
        "team": company.TEAM_NAME,
        "has_teams": world.settings.has_teams,
        "bot": {"id": f"28:{world.settings.teams_app_id}", "name": company.BOT_NAME},
        "people": [_person(world, one) for one in company.PEOPLE],
        "channels": [_conversation(world, one) for one in world.teams.workspace.channels()],
        "chats": {one.person: _conversation(world, one) for one in world.teams.workspace.chats()},
        "dialogs": {person: dialog.task for person, dialog in world.teams.dialogs.items()},
        "commands": [{"title": title, "description": text} for title, text in manifest.COMMANDS],
        "message_actions": [{"id": id_, "title": title} for id_, title in manifest.MESSAGE_ACTIONS],
        "clock": clock_json(world),
        "status": world.supervisor.status(),
        "progress": world.progress,
    }
    return web.Response(body=orjson.dumps(shown), content_type="application/json")


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
    shown = world.teams.workspace.describe(conversation)
    return shown | {"messages": list(conversation.messages.values())}
