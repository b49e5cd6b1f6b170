"""Tests of the start: what prevents it, and what the process says then."""

from __future__ import annotations

import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.errors import CannotStart
from bot.serve import serve_until_stopped
from bot.settings import Settings
from bot.slack import socket_mode as slack_socket
from bot.wiring.application import Application, build_application
from store.engine import Store
from store.errors import NewerDatabase, StoreUnavailable
from store.migrate import upgrade
from store.server_lock import acquire
from tests.bot.full_bot import ANA, run_full_bot
from tests.builders import a_policy
from tests.fixtures.ports import free_port
from tests.journeys.processes import ROOT


def settings_for(folder: Path, **changed: object) -> Settings:
    given: dict[str, object] = {"database_url": f"sqlite:///{folder}/ombud.db", "port": free_port()}
    return Settings(_env_file=None, **{**given, **changed})  # type: ignore[arg-type]


async def test_a_port_that_is_taken_is_told_with_the_remedy(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(CannotStart, match=rf"^Port {port} is taken. Set PORT to another.$"):
            await serve_until_stopped(settings_for(tmp_path, port=port), a_policy())


async def test_an_address_of_another_machine_is_told_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="Set HOST and PORT"):
        await serve_until_stopped(settings_for(tmp_path, host="192.0.2.1"), a_policy())


async def test_a_start_that_fails_ends_what_had_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = []

    async def fail(application: Application) -> None:
        application.jobs.start()
        raise RuntimeError("boom")

    real_stop = Application.stop

    async def stop(application: Application) -> None:
        stopped.append(application)
        await real_stop(application)

    monkeypatch.setattr(Application, "start", fail)
    monkeypatch.setattr(Application, "stop", stop)
    with pytest.raises(RuntimeError, match="boom"):
        await serve_until_stopped(settings_for(tmp_path), a_policy())
    assert len(stopped) == 1


async def test_a_database_of_a_newer_ombud_is_told_so(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    upgrade(settings.database_url)
    with sqlite3.connect(tmp_path / "ombud.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '2031_01_01_later'")
    connection.close()
    with pytest.raises(NewerDatabase, match="made by a newer Ombud"):
        upgrade(settings.database_url)
    with pytest.raises(NewerDatabase, match="made by a newer Ombud"):
        await build_application(settings, a_policy())


async def test_a_database_that_is_served_is_not_served_twice(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    first = await build_application(settings, a_policy())
    with pytest.raises(StoreUnavailable, match="Another `ombud serve` works on"):
        await build_application(settings, a_policy())
    upgrade(settings.database_url)
    beside = Store.open(settings.database_url, a_policy())
    beside.close_blocking()
    await first.close()
    await (await build_application(settings, a_policy())).close()


@pytest.mark.parametrize("is_there", [True, False])
@pytest.mark.parametrize("other", ["symbolic link", "hard link", "link to its folder"])
def test_a_database_is_not_served_twice_by_another_name(tmp_path: Path, other: str, is_there: bool) -> None:
    file = tmp_path / "data" / "ombud.db"
    file.parent.mkdir()
    if is_there:
        upgrade(f"sqlite:///{file}")
    release = acquire(f"sqlite:///{file}")
    link = tmp_path / "other" / "ombud.db"
    if other == "link to its folder":
        link.parent.symlink_to(file.parent)
    else:
        link.parent.mkdir()
        (link.symlink_to if other == "symbolic link" else link.hardlink_to)(file)
    with pytest.raises(StoreUnavailable, match="Another `ombud serve` works on"):
        acquire(f"sqlite:///{link}")
    release()
    acquire(f"sqlite:///{link}")()


def test_the_lock_leaves_the_locks_of_sqlite_alone(tmp_path: Path) -> None:
    """POSIX drops a process's locks on a file when it closes any of its descriptors of it."""
    url = f"sqlite:///{tmp_path}/ombud.db"
    upgrade(url)
    writing = sqlite3.connect(tmp_path / "ombud.db", isolation_level=None)
    writing.execute("BEGIN IMMEDIATE")
    acquire(url)()
    code = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('BEGIN IMMEDIATE')"
    command = [sys.executable, "-c", code, str(tmp_path / "ombud.db")]
    beside = subprocess.run(command, capture_output=True, text=True, check=False)
    writing.close()
    assert "database is locked" in beside.stderr


def test_a_server_that_was_killed_leaves_the_database_to_the_next(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ombud.db"
    code = f"from store.server_lock import acquire; held = acquire({url!r}); print(1, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        with pytest.raises(StoreUnavailable, match="Another"):
            acquire(url)
        child.kill()
    acquire(url)()


async def test_socket_mode_that_slack_refuses_holds_nothing_up_and_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slack_socket, "FIRST_WAIT_SECONDS", 0.05)
    with capture_logs() as said:
        async with run_full_bot(tmp_path, slack_app_token="xapp-other", slack_signing_secret=None) as bot:
            case_id = await bot.raise_one()
            await bot.until(lambda: any(line["event"] == "socket_mode_closed" for line in said))
            object.__setattr__(bot.world.settings, "app_token", "xapp-other")
            await bot.until(lambda: any(line["event"] == "socket_mode_open" for line in said))
            await bot.press("claim", ANA, case_id)
            await bot.until_case(case_id, lambda case: case.resolver_id == f"slack:{ANA}")
    told = next(line for line in said if line["event"] == "socket_mode_closed")
    assert told["reason"] == "invalid_auth"
    assert "SLACK_APP_TOKEN" in told["remedy"]


@pytest.mark.parametrize("has_mail", [True, False])
async def test_nobody_is_reminded_by_a_house_without_a_mail_server(tmp_path: Path, has_mail: bool) -> None:
    mail = {"smtp_url": SecretStr("smtp://mail.example"), "mail_domain": "mail.example"} if has_mail else {}
    application = await build_application(settings_for(tmp_path, **mail), a_policy())
    try:
        assert application.context.store.policy.customers.is_mailed is has_mail
    finally:
        await application.close()
