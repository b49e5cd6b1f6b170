"""Tests of the stop, with a process and sockets of its own: nothing that is open makes it hang."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from bot.read_settings import child_environment
from tests.fixtures.ports import free_port
from tests.journeys.processes import API_KEY, POLICY, ROOT, SIGNING_SECRET, START_SECONDS

STOP_PATIENCE_SECONDS = 60
SERVE = "from bot.cli import main; import sys; sys.argv[1:] = ['serve']; "
HANGING_STOP = (
    "import bot.serve, asyncio; bot.serve.STOP_SECONDS = 0.1; "
    "bot.serve.Application.stop = lambda self: asyncio.sleep(3600); "
)


@contextmanager
def serving(folder: Path, code: str = "", **more: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """`ombud serve` on a database of its own, after `code`; its lines are in `log`."""
    port = free_port()
    environment = child_environment(
        OMBUD_ENV_FILE="",
        DATABASE_URL=f"sqlite:///{folder}/ombud.db",
        PORT=str(port),
        POLICY_FILE=str(POLICY),
        LOG_FORMAT="json",
        API_KEYS=f"crm:{API_KEY}",
        SECRET_KEY="0123456789abcdef0123456789abcdef",
        **more,
    )
    with (folder / "log").open("wb") as log, ExitStack() as leaving:
        command = [sys.executable, "-c", code + SERVE + "main()"]
        child = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        leaving.callback(child.wait, STOP_PATIENCE_SECONDS)
        leaving.callback(child.kill)
        _wait_until_ready(folder, child)
        yield port, child


def _wait_until_ready(folder: Path, child: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and child.poll() is None:
        if '"event": "ready"' in (folder / "log").read_text("utf-8"):
            return
        time.sleep(0.05)
    raise AssertionError((folder / "log").read_text("utf-8"))


def lines_of(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "log").read_text("utf-8").splitlines()]


@pytest.fixture
def deaf_slack() -> Iterator[str]:
    """Takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/api/"


def test_a_stop_waits_neither_for_half_requests_nor_for_mails_readers_or_a_deaf_slack(
    tmp_path: Path, deaf_slack: str
) -> None:
    mail_port = free_port()
    settings = {
        "SLACK_API_URL": deaf_slack,
        "SLACK_BOT_TOKEN": "xoxb-1-a",
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "MAIL_DOMAIN": "mail.example.com",
        "MAIL_LISTEN": f"smtp://127.0.0.1:{mail_port}",
    }
    api = b"POST /api/disputes HTTP/1.1\r\nHost: o\r\nAuthorization: Bearer " + API_KEY.encode() + b"\r\n"
    with serving(tmp_path, **settings) as (port, child), ExitStack() as open_sockets:
        for data in (
            b"",
            b"GET /healthz HTTP/1.1\r\n",
            b"GET /healthz HTTP/1.1\r\nHost: o\r\n\r\n",
            api + b"Content-Length: 1000\r\n\r\n{",
            api + b"Transfer-Encoding: chunked\r\n\r\n4\r\nhalf",
            b"POST /slack/events HTTP/1.1\r\nHost: o\r\nContent-Length: 1000\r\n\r\n{",
            b"GET /api/openapi.json HTTP/1.1\r\nHost: o\r\n\r\n" * 1000,
        ):
            client = open_sockets.enter_context(socket.create_connection(("127.0.0.1", port)))
            client.setblocking(False)
            client.send(data)
        mail = open_sockets.enter_context(socket.create_connection(("127.0.0.1", mail_port)))
        for line in (
            b"EHLO x",
            b"MAIL FROM:<a@example.com>",
            b"RCPT TO:<a@mail.example.com>",
            b"DATA",
            b"A: b",
        ):
            mail.sendall(line + b"\r\n")
            time.sleep(0.05)
        child.send_signal(signal.SIGTERM)
        assert child.wait(STOP_PATIENCE_SECONDS) == 0
    events = [line["event"] for line in lines_of(tmp_path)]
    assert "stopping" in events
    assert "stop_cut_off" not in events
    assert "Traceback" not in (tmp_path / "log").read_text("utf-8")


def test_a_stop_that_hangs_is_cut_off(tmp_path: Path) -> None:
    with serving(tmp_path, HANGING_STOP) as (_, child):
        child.send_signal(signal.SIGTERM)
        assert child.wait(STOP_PATIENCE_SECONDS) == 1
    assert lines_of(tmp_path)[-1]["event"] == "stop_cut_off"


def test_what_the_start_made_is_out_of_the_collectors_sight(tmp_path: Path) -> None:
    tell = (
        "import bot.serve, gc; settle = bot.serve._settle_heap; "
        "bot.serve._settle_heap = lambda: (settle(), bot.serve.log.info("
        "'heap', frozen=gc.get_freeze_count(), walked=len(gc.get_objects()))); "
    )
    with serving(tmp_path, tell):
        pass
    heap = next(line for line in lines_of(tmp_path) if line["event"] == "heap")
    assert int(str(heap["frozen"])) > 20 * int(str(heap["walked"]))


def test_more_half_requests_than_there_may_be_files_leave_the_door_open(tmp_path: Path) -> None:
    few_files = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (300, 300)); "
    with serving(tmp_path, few_files) as (port, _), ExitStack() as open_sockets:
        for _ in range(400):
            half = open_sockets.enter_context(socket.create_connection(("127.0.0.1", port)))
            half.sendall(b"GET /d/some HTTP/1.1\r\n")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=60) as answer:
            assert answer.status == 200
    assert [line for line in lines_of(tmp_path) if line["level"] == "error"] == []
