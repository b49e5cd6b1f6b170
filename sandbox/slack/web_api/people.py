"""The methods auth.test, api.test, bots.info and users.*."""

from __future__ import annotations

from typing import Any

from sandbox import company
from sandbox.slack.errors import SlackError
from sandbox.slack.web_api.arguments import paginate, required_text
from sandbox.world import Args, World

Answer = dict[str, Any]
OFFSETS = {"Europe/London": 0, "Europe/Berlin": 3600, "Europe/Madrid": 3600, "Europe/Helsinki": 7200}


def auth_test(world: World, args: Args) -> Answer:
    del args
    return {
        "url": f"{world.settings.url}/",
        "team": company.TEAM_NAME,
        "user": "ombud",
        "team_id": company.TEAM_ID,
        "user_id": company.BOT_USER,
        "bot_id": company.BOT_ID,
        "is_enterprise_install": False,
    }


def api_test(world: World, args: Args) -> Answer:
    del world
    if args.get("error"):
        raise SlackError(str(args["error"]))
    return {"args": {key: value for key, value in args.items() if key != "token"}}


def bot_info(world: World, args: Args) -> Answer:
    if required_text(args, "bot") != company.BOT_ID:
        raise SlackError("bot_not_found")
    bot = {"id": company.BOT_ID, "app_id": company.APP_ID, "user_id": company.BOT_USER, "name": "Ombud"}
    return {"bot": {**bot, "deleted": False, "updated": int(world.clock.now())}}


def info(world: World, args: Args) -> Answer:
    return {"user": describe(world, required_text(args, "user"))}


def list_all(world: World, args: Args) -> Answer:
    ids = [one.id for one in company.PEOPLE] + [company.BOT_USER]
    people, more = paginate([describe(world, one) for one in ids], args)
    return {"members": people, "cache_ts": int(world.clock.now()), "response_metadata": more}


def lookup_by_email(world: World, args: Args) -> Answer:
    email = required_text(args, "email").lower()
    for person in company.PEOPLE:
        if person.email == email and person.id not in world.slack.workspace.inactive:
            return {"user": describe(world, person.id)}
    raise SlackError("users_not_found")


def describe(world: World, user_id: str) -> dict[str, Any]:
    """A person as Slack's API shows them. Raises user_not_found."""
    if user_id == company.BOT_USER:
        return _bot()
    person = company.find_person(user_id)
    if person is None:
        raise SlackError("user_not_found")
    profile = {
        "real_name": person.name,
        "real_name_normalized": person.name,
        "display_name": person.name.split()[0],
        "display_name_normalized": person.name.split()[0],
        "title": person.role,
        "team": company.TEAM_ID,
    }
    if "users:read.email" in world.slack.scopes:
        profile["email"] = person.email
    return {
        "id": person.id,
        "team_id": company.TEAM_ID,
        "name": person.handle,
        "real_name": person.name,
        "deleted": person.id in world.slack.workspace.inactive,
        "tz": person.zone,
        "tz_label": person.zone,
        "tz_offset": OFFSETS[person.zone],
        "profile": profile,
        "is_admin": False,
        "is_bot": False,
        "is_app_user": False,
        "updated": 1_700_000_000,
    }


def _bot() -> dict[str, Any]:
    return {
        "id": company.BOT_USER,
        "team_id": company.TEAM_ID,
        "name": "ombud",
        "real_name": "Ombud",
        "deleted": False,
        "tz": "Europe/Berlin",
        "profile": {"real_name": "Ombud", "bot_id": company.BOT_ID, "api_app_id": company.APP_ID},
        "is_bot": True,
        "updated": 1_700_000_000,
    }
