"""What Ombud makes is its user's alone, and what others may open is told with the remedy."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.check.files import check_files
from bot.check.report import State
from bot.file_modes import list_open_files, warn_of_open_files
from bot.settings import Settings
from tests.fixtures.ports import free_port
from tests.journeys.processes import ROOT

needs_modes = pytest.mark.skipif(os.name == "nt", reason="there are no such modes")


def settings_for(folder: Path, **changed: object) -> Settings:
    given: dict[str, object] = {"database_url": f"sqlite:///{folder}/ombud.db", **changed}
    return Settings(_env_file=None, **given)  # type: ignore[arg-type]


def an_installation(folder: Path, mode: int) -> None:
    for name in (".env", "ombud.db", "ombud.db-wal", "ombud.db-shm"):
        (folder / name).touch()
        (folder / name).chmod(mode)
    (folder / "evidence").mkdir()
    (folder / "evidence").chmod(mode | 0o700)


@needs_modes
def test_whatever_a_server_makes_is_its_users_alone(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "OMBUD_ENV_FILE": "",
        "DATABASE_URL": f"sqlite:///{tmp_path}/var/ombud.db",
        "SECRET_KEY": "0123456789abcdef0123456789abcdef",
        "POLICY_FILE": str(ROOT / "policy.yaml"),
        "PORT": str(free_port()),
    }
    start = "import os, runpy; os.umask(0o022); runpy.run_module('bot', alter_sys=True)"
    with subprocess.Popen(
        [sys.executable, "-c", start, "serve"], env=environment, cwd=ROOT, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stderr is not None
        assert any("ready" in line for line in server.stderr)
        made = {one.name: stat.S_IMODE(one.stat().st_mode) for one in (tmp_path / "var").rglob("*")}
        server.terminate()
    assert {"ombud.db", "ombud.db-wal", "ombud.db-shm", "ombud.db.lock", "evidence"} <= set(made)
    assert {name: oct(mode) for name, mode in made.items() if mode & 0o077} == {}


@needs_modes
def test_files_that_others_may_open_are_told_with_the_command_that_closes_them(tmp_path: Path) -> None:
    an_installation(tmp_path, 0o644)
    found = {one.title: one.remedy for one in check_files(settings_for(tmp_path), tmp_path / ".env")}
    for name in (".env", "ombud.db", "ombud.db-wal", "ombud.db-shm"):
        told = found[f"Others on this machine may open {tmp_path}/{name} (mode 644)."]
        assert told == f"Let only its owner in: chmod 600 {tmp_path}/{name}"
    folder = found[f"Others on this machine may open {tmp_path}/evidence (mode 744)."]
    assert folder == f"Let only its owner in: chmod 700 {tmp_path}/evidence"


@needs_modes
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610])
def test_any_right_of_others_counts(tmp_path: Path, mode: int) -> None:
    an_installation(tmp_path, mode)
    assert len(list(list_open_files(settings_for(tmp_path), tmp_path / ".env"))) == 5


def test_an_installation_of_its_owner_alone_is_in_order(tmp_path: Path) -> None:
    an_installation(tmp_path, 0o600)
    (result,) = check_files(settings_for(tmp_path), tmp_path / ".env")
    assert result.state is State.OK


@needs_modes
def test_a_server_says_it_too_and_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "with space"
    folder.mkdir()
    an_installation(folder, 0o644)
    with capture_logs() as logs:
        warn_of_open_files(settings_for(folder), folder / ".env")
    assert {one["event"] for one in logs} == {"file_open_to_others"}
    assert f"chmod 600 '{folder}/.env'" in str(logs[0]["remedy"])
    assert stat.S_IMODE((folder / ".env").stat().st_mode) == 0o644


@pytest.mark.parametrize(
    "changed",
    [
        {"database_url": "sqlite:///"},
        {"database_url": "sqlite:///:memory:"},
        {"database_url": "postgresql://ombud@db/ombud", "evidence_url": "s3://bucket/prefix"},
        {"database_url": "nonsense"},
        {"evidence_url": "file://[::1"},
        {"evidence_url": "file:///no/such/folder"},
    ],
)
def test_where_there_is_nothing_to_look_at_nothing_fails(tmp_path: Path, changed: dict[str, str]) -> None:
    assert list(list_open_files(settings_for(tmp_path, **changed), tmp_path / "no.env")) == []
    assert list(list_open_files(settings_for(tmp_path, **changed), None)) == []


def test_on_a_system_without_modes_nothing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    an_installation(tmp_path, 0o644)
    settings, env_file = settings_for(tmp_path), tmp_path / ".env"
    monkeypatch.setattr("bot.file_modes.os.name", "nt")
    found = list(list_open_files(settings, env_file))
    monkeypatch.undo()
    assert found == []
