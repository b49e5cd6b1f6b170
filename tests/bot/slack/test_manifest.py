"""manifest.yaml asks Slack for what the code calls and receives: no less, and no more."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.scopes import EVENT_SCOPES, METHOD_SCOPES, SHORTCUTS, features_needing, needed_scopes
from cards.home import help_view
from cards.plain_text import plain
from handlers.actions import QUERIES
from tests.bot.slack.manifest_schema import SCHEMA

ROOT = Path(__file__).parents[3]
MANIFEST: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yaml").read_text(encoding="utf-8"))
CALLING = ("bot", "connectors", "scheduler", "handlers", "web")
CLIENT_METHODS = {name for name in vars(AsyncWebClient) if "_" in name and not name.startswith("_")}
API_CALL = {"api_call"}
EVENTS_URL = "https://ombud.example.com/slack/events"


def sources() -> Iterator[tuple[str, ast.Module]]:
    for room in CALLING:
        for path in sorted((ROOT / room).rglob("*.py")):
            if path != ROOT / "bot" / "slack" / "scopes.py":
                yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def methods_named_in(tree: ast.AST) -> Iterator[str]:
    """Names of client methods, whether called (`client.auth_test`) or looked up (`_call("views_open")`)."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name) | ast.Constant(value=str() as name):
                if name in CLIENT_METHODS | API_CALL:
                    yield name


def slack_edge() -> ast.Module:
    return dict(sources())["bot/slack/edge.py"]


def function(tree: ast.Module, name: str) -> ast.AST:
    return next(
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name
    )


def events_told_apart() -> set[str]:
    """What `on_event` compares the event's type with."""
    return {
        str(part.value)
        for node in ast.walk(function(slack_edge(), "on_event"))
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Name) and node.left.id == "kind"
        for part in ast.walk(node)
        if isinstance(part, ast.Constant)
    }


def test_slack_would_take_the_manifest() -> None:
    jsonschema.Draft7Validator(SCHEMA).validate(MANIFEST)


def test_the_long_description_is_as_long_as_slack_wants() -> None:
    assert 174 < len(MANIFEST["display_information"]["long_description"]) <= 4000


def test_every_method_the_code_calls_has_its_scopes_listed() -> None:
    unlisted = {
        f"{file}: {name}"
        for file, tree in sources()
        for name in methods_named_in(tree)
        if name not in METHOD_SCOPES
    }
    assert not unlisted, "give each a row in bot/slack/scopes.py"


def test_every_listed_method_is_called_somewhere() -> None:
    called = {name for _, tree in sources() for name in methods_named_in(tree)}
    assert set(METHOD_SCOPES) - called == set()


def test_a_new_call_would_be_noticed() -> None:
    tree = ast.parse("await self._api.call(self._client.reactions_add, channel=ref)")
    assert set(methods_named_in(tree)) - set(METHOD_SCOPES) == {"reactions_add"}


def test_the_manifest_asks_for_exactly_the_scopes_that_are_needed() -> None:
    asked = MANIFEST["oauth_config"]["scopes"]["bot"]
    assert asked == sorted(needed_scopes())


def test_the_bot_never_speaks_where_nobody_invited_it() -> None:
    assert "chat:write.public" not in needed_scopes()


def test_the_manifest_subscribes_to_exactly_the_events_that_are_told_apart() -> None:
    subscribed = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    assert subscribed == sorted(events_told_apart())
    assert set(subscribed) == set(EVENT_SCOPES)


def test_the_command_is_the_one_that_is_listened_to() -> None:
    commands = [
        ast.literal_eval(node.value)
        for node in slack_edge().body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "COMMAND"
    ]
    assert [command["command"] for command in MANIFEST["features"]["slash_commands"]] == commands


def test_the_shortcuts_are_those_that_the_code_knows() -> None:
    shortcuts = {one["callback_id"]: one["type"] for one in MANIFEST["features"]["shortcuts"]}
    assert shortcuts == dict.fromkeys((one.value for one in SHORTCUTS), "message")
    assert set(SHORTCUTS) <= set(QUERIES)


def test_everything_arrives_at_the_one_route() -> None:
    settings, command = MANIFEST["settings"], MANIFEST["features"]["slash_commands"][0]
    assert settings["event_subscriptions"]["request_url"] == EVENTS_URL
    assert settings["interactivity"] == {"is_enabled": True, "request_url": EVENTS_URL}
    assert command["url"] == EVENTS_URL


def test_links_to_cases_unfurl_on_the_same_host() -> None:
    assert MANIFEST["features"]["unfurl_domains"] == ["ombud.example.com"]


def test_people_can_read_what_the_bot_writes_to_them() -> None:
    home = MANIFEST["features"]["app_home"]
    assert home["home_tab_enabled"]
    assert home["messages_tab_enabled"]


def test_of_each_scope_it_can_be_said_what_stops_without_it() -> None:
    assert features_needing("links:write") == ("chat.unfurl",)
    assert all(features_needing(scope) for scope in needed_scopes())


def test_the_help_names_the_shortcuts_as_slack_shows_them() -> None:
    said = "\n".join(plain(line) for line in help_view().lines)
    for shortcut in MANIFEST["features"]["shortcuts"]:
        assert f"→ {shortcut['name']}." in said
