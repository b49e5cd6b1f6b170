"""Tests of `ombud demo`: it keeps to its own folder and its own settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.commands.demo import run_demo
from bot.errors import CannotStart
from bot.read_settings import read_settings
from sandbox.__main__ import read_settings as read_sandbox_settings


class Became(Exception):
    """Raised in place of becoming the sandbox."""


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, str]:
    """What the sandbox, and so the bot, is started with."""
    given: dict[str, str] = {}

    def become(_path: str, _arguments: list[str], environment: dict[str, str]) -> None:
        given.update(environment)
        raise Became

    monkeypatch.setattr("os.execve", become)
    monkeypatch.chdir(tmp_path)
    return given


@pytest.fixture
def sandbox_arguments(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> list[str]:
    """What follows `python -m sandbox`."""
    given: list[str] = []

    def become(_path: str, arguments: list[str], settings: dict[str, str]) -> None:
        environment.update(settings)
        given.extend(arguments[3:])
        raise Became

    monkeypatch.setattr("os.execve", become)
    return given


def begin(folder: Path) -> None:
    with pytest.raises(Became):
        run_demo(8090, folder)


def test_a_demo_begins_without_what_an_earlier_one_left(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "demo"
    begin(folder)
    for name in ("ombud.db", "ombud.db-wal", "ombud.db.lock", "clock", "bot.log"):
        (folder / name).write_text("old")
    (folder / "evidence" / "sha256" / "ab").mkdir(parents=True)
    begin(folder)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("other", ["README.md", "core/case.py", "evidence/of-a-crime.txt"])
def test_a_folder_with_anything_else_in_it_is_left_alone(tmp_path: Path, other: str) -> None:
    for name in ("ombud.db", other):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("precious")
    with pytest.raises(CannotStart, match=f"such as {other.partition('/')[0]}.*--folder"):
        run_demo(8090, Path())
    assert (tmp_path / other).read_text() == (tmp_path / "ombud.db").read_text() == "precious"


def test_a_file_is_no_folder_for_a_demo(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("precious")
    with pytest.raises(CannotStart, match="can't be used"):
        run_demo(8090, tmp_path / "notes")


def test_the_demos_bot_takes_nothing_from_the_installation_it_stands_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    (tmp_path / ".env").write_text(
        "SLACK_APP_TOKEN=xapp-real\nDATABASE_URL=postgresql://live\nPOLICY_FILE=own.yaml\n"
    )
    begin(tmp_path / "demo")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings = read_settings()
    assert settings.slack_app_token is None
    assert settings.database_url == f"sqlite:///{tmp_path}/demo/ombud.db"
    assert settings.policy_file.name == "policy.yaml"
    assert settings.policy_file.exists()


def test_the_bot_and_the_pretend_teams_agree_on_the_app(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    sandbox_arguments: list[str],
) -> None:
    begin(tmp_path / "demo")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    bot, sandbox = read_settings(), read_sandbox_settings(sandbox_arguments)
    assert bot.has_teams
    assert sandbox.has_teams
    assert (bot.teams_app_id, bot.teams_tenant_id) == (sandbox.teams_app_id, sandbox.teams_tenant_id)
    assert bot.teams_app_password is not None
    assert bot.teams_app_password.get_secret_value() == sandbox.teams_app_password
    for url in (bot.teams_openid_url, bot.teams_login_url, bot.teams_service_url):
        assert url.startswith(sandbox.url)
