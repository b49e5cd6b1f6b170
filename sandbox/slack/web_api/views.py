"""The methods views.* and apps.connections.open."""

from __future__ import annotations

from typing import Any

from sandbox import company
from sandbox.slack.errors import SlackError, invalid_payload
from sandbox.slack.schema.blocks import problems_of_view
from sandbox.slack.views import View
from sandbox.slack.web_api.arguments import required_text
from sandbox.world import Args, World

Answer = dict[str, Any]


def open_(world: World, args: Args) -> Answer:
    given = checked_view(args, "modal")
    trigger = world.slack.views.use_trigger(_trigger_id(args))
    return {"view": world.slack.views.open(trigger.user, given)}


def push(world: World, args: Args) -> Answer:
    given = checked_view(args, "modal")
    trigger = world.slack.views.use_trigger(_trigger_id(args))
    if trigger.from_view is None:
        raise SlackError("invalid_trigger_id")
    return {"view": world.slack.views.push(trigger.user, given)}


def update(world: World, args: Args) -> Answer:
    given = checked_view(args, "modal")
    view = world.slack.views.update(
        given,
        view_id=str(args.get("view_id") or ""),
        external_id=str(args.get("external_id") or ""),
        hash_=str(args.get("hash") or ""),
    )
    return {"view": view}


def publish(world: World, args: Args) -> Answer:
    given = checked_view(args, "home")
    user = required_text(args, "user_id")
    if company.find_person(user) is None:
        raise SlackError("user_not_found")
    return {"view": world.slack.views.publish(user, given, str(args.get("hash") or ""))}


def open_connection(world: World, args: Args) -> Answer:
    del args
    address = f"ws://{world.settings.host}:{world.settings.port}"
    return {"url": f"{address}/link/?ticket={world.slack.sockets.new_ticket()}&app_id={company.APP_ID}"}


def checked_view(args: Args, kind: str) -> View:
    view = args.get("view")
    if not isinstance(view, dict):
        raise invalid_payload("invalid_arguments", ["missing required field: view"])
    if view.get("type") != kind:
        raise invalid_payload("invalid_arguments", [f"view type must be {kind} [json-pointer:/view/type]"])
    problems = problems_of_view(view)
    if problems:
        raise invalid_payload("invalid_arguments", problems)
    return view


def _trigger_id(args: Args) -> str:
    return (
        required_text(args, "trigger_id")
        if args.get("trigger_id")
        else required_text(args, "interactivity_pointer")
    )
