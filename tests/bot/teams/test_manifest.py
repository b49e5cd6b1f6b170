"""Teams takes our app package, and finds in it what the bot can do: no less, and no more."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import pytest
from PIL import Image
from pydantic import SecretStr
from typer.testing import CliRunner

from bot.cli import app
from bot.errors import CannotStart
from bot.settings import Settings
from bot.slack.scopes import SHORTCUTS
from bot.teams.manifest import SCHEMA_VERSION, manifest, package, package_of
from cards.actions import OPENS_DIALOG
from handlers.disputes_command import _COMMANDS
from sandbox.teams import manifest as teams_manifest
from tests.npm_packages import npm_package

APP_ID = "6A1F6F0C-58a5-4d7e-9d0e-1b7f0a6c2d11"
URL = "https://disputes.example.com"
ICONS = Path(__file__).parents[3] / "bot" / "teams" / "icons"


def a_manifest(base_url: str = URL, **options: Any) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(manifest(APP_ID, base_url, **options)))
    return made


def extension(made: dict[str, Any]) -> dict[str, Any]:
    (found,) = made["composeExtensions"]
    assert isinstance(found, dict)
    return found


def settings(**changes: Any) -> Settings:
    group = {"teams_app_id": APP_ID, "teams_app_password": SecretStr("secret"), "teams_tenant_id": APP_ID}
    return Settings(_env_file=None, **{"base_url": URL, **group, **changes})


@pytest.mark.parametrize("has_board", [False, True])
@pytest.mark.parametrize("base_url", [URL, "https://[2001:db8::1]:8443/ombud", "http://127.0.0.1:8080"])
def test_microsofts_own_schema_takes_it(base_url: str, has_board: bool) -> None:
    folder = npm_package("@microsoft/app-manifest") / "build/json-schemas/teams" / f"v{SCHEMA_VERSION}"
    schema = json.loads((folder / "MicrosoftTeams.schema.json").read_text(encoding="utf-8-sig"))
    jsonschema.Draft4Validator(schema).validate(a_manifest(base_url, has_board=has_board))


def test_it_names_the_schema_that_it_keeps_to() -> None:
    made = a_manifest()
    assert made["manifestVersion"] == SCHEMA_VERSION
    assert f"/v{SCHEMA_VERSION}/" in urlsplit(made["$schema"]).path


def test_the_suggested_commands_are_those_that_are_understood() -> None:
    (bot,) = a_manifest()["bots"]
    assert [group["scopes"] for group in bot["commandLists"]] == [["personal"], ["team"]]
    for group in bot["commandLists"]:
        assert {command["title"] for command in group["commands"]} == set(_COMMANDS)
        assert len(group["commands"]) == len(_COMMANDS)
        assert all("/disputes" not in command["description"] for command in group["commands"])


def test_the_sandbox_offers_what_teams_will_offer() -> None:
    (bot,) = a_manifest()["bots"]
    offered = [(one["title"], one["description"]) for one in bot["commandLists"][0]["commands"]]
    commands = extension(a_manifest())["commands"]
    actions = tuple((one["id"], one["title"]) for one in commands if one["type"] == "action")
    assert tuple(offered) == teams_manifest.COMMANDS
    assert actions == teams_manifest.MESSAGE_ACTIONS
    assert teams_manifest.SEARCH in [one["id"] for one in commands]


def test_the_bot_speaks_in_teams_and_personal_chats_only() -> None:
    (bot,) = a_manifest()["bots"]
    assert bot["scopes"] == ["personal", "team"]
    assert bot["botId"] == extension(a_manifest())["botId"] == APP_ID.lower()


def test_a_message_has_the_same_actions_as_in_slack_and_they_open_dialogs() -> None:
    actions = [one for one in extension(a_manifest())["commands"] if one["type"] == "action"]
    assert [one["id"] for one in actions] == [str(action) for action in SHORTCUTS]
    assert all(one["fetchTask"] and one["context"] == ["message"] for one in actions)
    assert set(SHORTCUTS) <= OPENS_DIALOG


def test_cases_can_be_searched_before_a_word_is_typed() -> None:
    (search,) = [one for one in extension(a_manifest())["commands"] if one["type"] == "query"]
    assert search["id"] == "searchCases"
    assert search["initialRun"]
    assert len(search["parameters"]) == 1


@pytest.mark.parametrize(
    ("base_url", "host"),
    [(URL, "disputes.example.com"), ("https://DISPUTES.example.com:8443/x", "disputes.example.com")],
)
def test_links_are_unfurled_and_pages_shown_of_our_host_alone(base_url: str, host: str) -> None:
    made = a_manifest(base_url)
    assert extension(made)["messageHandlers"] == [{"type": "link", "value": {"domains": [host]}}]
    assert made["validDomains"] == [host]


def test_without_encryption_nothing_is_unfurled() -> None:
    made = a_manifest("http://disputes.example.com")
    assert "messageHandlers" not in extension(made)
    assert made["validDomains"] == []


def test_the_board_has_a_tab_for_one_and_one_for_a_channel_once_it_is_there() -> None:
    assert not {"staticTabs", "configurableTabs"} & a_manifest().keys()
    made = a_manifest(has_board=True)
    (personal,), (channel,) = made["staticTabs"], made["configurableTabs"]
    assert (personal["contentUrl"], personal["scopes"]) == (f"{URL}/board", ["personal"])
    assert (channel["configurationUrl"], channel["scopes"]) == (f"{URL}/board/tab", ["team"])


def test_no_permission_is_asked_for_that_being_in_the_team_gives() -> None:
    assert (
        not {"authorization", "webApplicationInfo", "permissions", "devicePermissions"} & a_manifest().keys()
    )


def test_the_same_app_is_the_same_file_byte_for_byte() -> None:
    first, second = (package(manifest(APP_ID, URL)) for _ in range(2))
    assert first == second
    assert package(manifest(APP_ID, URL, version="1.0.1")) != first


def test_the_package_holds_the_manifest_and_the_icons_and_nothing_else() -> None:
    with zipfile.ZipFile(io.BytesIO(package_of(settings(), version="1.2.3"))) as bundle:
        assert bundle.testzip() is None
        assert bundle.namelist() == ["manifest.json", "color.png", "outline.png"]
        made = json.loads(bundle.read("manifest.json"))
        assert made["version"] == "1.2.3"
        assert set(made["icons"].values()) == {"color.png", "outline.png"}


def test_the_icons_are_as_teams_wants_them() -> None:
    with Image.open(ICONS / "color.png") as color, Image.open(ICONS / "outline.png") as outline:
        assert color.size == (192, 192)
        assert color.convert("RGBA").getchannel("A").getextrema() == (255, 255), "full to its edges"
        assert outline.size == (32, 32)
        red, green, blue, alpha = outline.convert("RGBA").split()
        assert [band.getextrema() for band in (red, green, blue)] == [(255, 255)] * 3, "white alone"
        assert alpha.getextrema() == (0, 255), "on nothing"
    assert (ICONS / "color.svg").exists()
    assert (ICONS / "outline.svg").exists()


def test_without_teams_a_sentence_says_what_to_do_first() -> None:
    with pytest.raises(CannotStart, match="set TEAMS_APP_ID"):
        package_of(settings(teams_app_id=None), version="1.0.0")


def test_the_command_writes_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "app.zip"
    for name in ("TEAMS_APP_ID", "TEAMS_TENANT_ID"):
        monkeypatch.setenv(name, APP_ID)
    monkeypatch.setenv("TEAMS_APP_PASSWORD", "secret")
    monkeypatch.setenv("BASE_URL", URL)
    monkeypatch.setenv("OMBUD_ENV_FILE", "")
    result = CliRunner().invoke(app, ["teams-manifest", "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert "Upload it" in result.output
    assert out.read_bytes() == package(manifest(APP_ID, URL))


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:8080", "http://disputes.example.com"])
def test_no_package_is_written_for_an_address_that_teams_cannot_reach(base_url: str) -> None:
    with pytest.raises(CannotStart, match="Set BASE_URL"):
        package_of(settings(base_url=base_url), version="1.0.0")


@pytest.mark.parametrize("version", ["abc", "1.0", "", "1.0.0.0", "1.-1.0", "01.0.0", "1.0.0\n"])
def test_what_is_no_version_is_refused(version: str) -> None:
    with pytest.raises(CannotStart, match="three numbers"):
        package_of(settings(), version=version)
