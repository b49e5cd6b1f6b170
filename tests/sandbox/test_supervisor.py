"""Killing, starting and watching the bot from the page."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.fixtures.ports import free_port
from tests.sandbox.harness import Harness, run_sandbox

READY_BOT = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Ready(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *args):
        pass
HTTPServer(("127.0.0.1", int(sys.argv[1])), Ready).serve_forever()
"""


async def status(harness: Harness) -> str:
    return str((await harness.post_route("bot", do="status"))["state"])


async def test_a_bot_is_started_killed_and_started_again(tmp_path: Path) -> None:
    script = tmp_path / "bot.py"
    script.write_text(READY_BOT)
    port = free_port()
    command = f"{sys.executable} {script} {port}"
    async with run_sandbox(run=command, bot_url=f"http://127.0.0.1:{port}") as harness:
        assert await harness.world.supervisor.wait_ready(10)
        first = (await harness.post_route("bot", do="status"))["pid"]
        killed = await harness.post_route("bot", do="kill")
        assert (killed["state"], killed["exit_code"]) == ("down", -9)
        await harness.post_route("bot", do="start")
        assert await harness.world.supervisor.wait_ready(10)
        assert (await harness.post_route("bot", do="status"))["pid"] != first


@pytest.mark.parametrize("verb", ["kill", "start"])
async def test_a_bot_that_was_not_started_here_is_left_alone(harness: Harness, verb: str) -> None:
    answer = await harness.post_route("bot", do=verb)
    assert answer["ok"] is False
    assert "did not start this bot" in answer["problem"]
    assert await status(harness) == "down"
