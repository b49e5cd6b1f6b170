"""Processes that are measured: the bot as in production, plain Bolt, and Slack's side beside them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
SECRET = "a-signing-secret-for-the-bench"
API_KEY = "a-key-for-the-bench-only"
TOKEN = "xoxb-bench-000000000000"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def process(*command: str, ready: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run until the block ends; `ready` is an address that answers once it is up."""
    env = {**os.environ, **environment}
    child = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until_it_answers(ready, child)
        yield child
    finally:
        child.terminate()
        child.wait(20)


def wait_until_it_answers(address: str, child: subprocess.Popen[bytes], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if child.poll() is not None:
            raise RuntimeError(f"the process ended with {child.returncode}")
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"{address} doesn't answer")


@contextmanager
def slack() -> Iterator[str]:
    """Slack's side; yields the address of its Web API."""
    port = free_port()
    ready = f"http://127.0.0.1:{port}/api/api.test"
    arguments = ("-m", "sandbox", "--port", str(port), "--bot-url", "http://127.0.0.1:9")
    with process(*arguments, ready=ready, SLACK_BOT_TOKEN=TOKEN, SLACK_SIGNING_SECRET=SECRET):
        yield f"http://127.0.0.1:{port}/api/"


def bot_environment(database_url: str, slack_url: str, port: int) -> dict[str, str]:
    return {
        "DATABASE_URL": database_url,
        "PORT": str(port),
        "BASE_URL": f"http://127.0.0.1:{port}",
        "SLACK_API_URL": slack_url,
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_SIGNING_SECRET": SECRET,
        "API_KEYS": f"bench:{API_KEY}",
        "POLICY_FILE": str(ROOT / "policy.yaml"),
    }


@contextmanager
def bot(database_url: str, slack_url: str, **more: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """`ombud serve`, with `more` settings; yields its port and process."""
    port = free_port()
    environment = bot_environment(database_url, slack_url, port) | more
    ready = f"http://127.0.0.1:{port}/readyz"
    with process("-m", "bot", "serve", ready=ready, **environment) as child:
        yield port, child


@contextmanager
def stock_bolt(slack_url: str) -> Iterator[int]:
    """A Bolt app as in its documentation, which only acknowledges; yields its port."""
    port = free_port()
    ready = f"http://127.0.0.1:{port}/ready"
    environment = {"SLACK_API_URL": slack_url, "SLACK_BOT_TOKEN": TOKEN, "SLACK_SIGNING_SECRET": SECRET}
    with process("-m", "tests.bench.stock_bolt", str(port), ready=ready, **environment):
        yield port


@contextmanager
def bare_teams(database_url: str, environment: dict[str, str]) -> Iterator[int]:
    """The SDK of Teams with a raw transaction a turn; yields its port."""
    port = free_port()
    ready = f"http://127.0.0.1:{port}/ready"
    command = ("-m", "tests.bench.bare_teams", str(port))
    with process(*command, ready=ready, DATABASE_URL=database_url, **environment):
        yield port
