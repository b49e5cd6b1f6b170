"""Cost of requests that nobody has signed: CPU time and memory of the process that must refuse them.

    python -m tests.bench.unauthenticated

Each route has an `ombud serve` of its own. Each kind is sent once to warm it up, then the measured times, one
after the other, on a connection of its own. CPU is the process's own, by request; memory is by how much its
resident peak grew from before the first. Refused or not, the answer is read to its end.
"""

from __future__ import annotations

import gzip
import os
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from subprocess import Popen

from rich.console import Console

from store.migrate import upgrade
from tests.bench.servers import bot, slack
from tests.bench.table import Result, show, under

MOST_CPU_MS, MOST_MEMORY_MB = 5.0, 2.0
WARM_UP, MEASURED = 5, 20
MEGABYTE = 1024 * 1024
_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data; boundary=b"
SECRETS = {
    "STRIPE_WEBHOOK_SECRET": "whsec_bench_0000000000000000",
    "SECRET_KEY": "a-secret-key-for-the-bench-only-000000",
    "MAIL_DOMAIN": "mail.example",
    "MAIL_WEBHOOK_SECRET": "a-webhook-secret-for-the-bench-only",
    "SMTP_URL": "smtp+plain://127.0.0.1:9",
    "TEAMS_APP_ID": "0b7cf2f5-8f5c-4a7e-8f6e-1d1f0c6f3c10",
    "TEAMS_APP_PASSWORD": "the~value~of~a~client~secret",
    "TEAMS_TENANT_ID": "d1a6e3a2-7f9b-4c36-8c1c-0e4a5d0a9b11",
    "TEAMS_OPENID_URL": "http://127.0.0.1:9/none",
}


def measure(slack_url: str) -> list[Result]:
    """Two rows for each route and kind."""
    results: list[Result] = []
    for route in _routes():
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{folder}/bench.db"
            upgrade(url)
            with bot(url, slack_url, **SECRETS) as (port, child):
                for kind, raw in _requests(route, _routes()[route]):
                    results += _cost(f"{route}: {kind}", raw, port, child)
    return results


def _routes() -> dict[str, dict[str, str]]:
    """Each with the headers that take a stranger furthest."""
    now = int(time.time())
    return {
        "/api/messages": {"Authorization": "Bearer eyJhbGciOiJSUzI1NiJ9.e30.AAAA"},
        "/slack/events": {"X-Slack-Request-Timestamp": f"{now}", "X-Slack-Signature": "v0=" + "0" * 64},
        "/webhooks/stripe": {"Stripe-Signature": f"t={now},v1=" + "0" * 64},
        "/webhooks/mail": {"Ombud-Signature": f"t={now},v1=" + "0" * 64},
        "/api/disputes": {"Authorization": "Bearer wrong", "Idempotency-Key": "k"},
        "/d/" + "x" * 60: {},
        "/d/" + "x" * 60 + "/files": {},
    }


def _requests(route: str, headers: dict[str, str]) -> Iterator[tuple[str, bytes]]:
    brackets = b"[" + b"[]," * 340_000 + b"[]]"
    fields = b"&".join(b"f%d=%s" % (number, b"x" * 200) for number in range(4_000))
    part = b'--b\r\nContent-Disposition: form-data; name="f%d"\r\n\r\n' + b"x" * 400 + b"\r\n"
    parts = b"".join(part % number for number in range(2_000)) + b"--b--\r\n"
    json = {**headers, "Content-Type": "application/json"}
    yield "gzip bomb", _with_length(route, gzip.compress(brackets), {**json, "Content-Encoding": "gzip"})
    yield "chunked gzip bomb", _chunked(route, gzip.compress(brackets), {**json, "Content-Encoding": "gzip"})
    yield "1 MB of brackets", _with_length(route, brackets[:MEGABYTE], json)
    yield "1 MB of brackets, chunked", _chunked(route, brackets[:MEGABYTE], json)
    yield "1 MB of noise", _with_length(route, os.urandom(MEGABYTE), json)
    yield "512 KB of noise", _with_length(route, os.urandom(MEGABYTE // 2), json)
    yield "4,000 fields", _with_length(route, fields, {**headers, "Content-Type": _FORM})
    yield "2,000 parts, chunked", _chunked(route, parts, {**headers, "Content-Type": _MULTIPART})
    yield "nothing but headers", _with_length(route, b"", json)


def _with_length(route: str, body: bytes, headers: dict[str, str]) -> bytes:
    return _head(route, {**headers, "Content-Length": str(len(body))}) + body


def _chunked(route: str, body: bytes, headers: dict[str, str]) -> bytes:
    pieces = [body[start : start + 16_384] for start in range(0, len(body), 16_384)]
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return _head(route, {**headers, "Transfer-Encoding": "chunked"}) + chunks + b"0\r\n\r\n"


def _head(route: str, headers: dict[str, str]) -> bytes:
    given = {"Host": "ombud.example", "Connection": "close", **headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"POST {route} HTTP/1.1\r\n{lines}\r\n".encode()


def _cost(what: str, raw: bytes, port: int, child: Popen[bytes]) -> list[Result]:
    for _ in range(WARM_UP):
        _send(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", port)
    Path(f"/proc/{child.pid}/clear_refs").write_text("5")
    before = _memory_mb(child, "VmRSS")
    status = _send(raw, port)
    idle, began, cpu = _idle_cpu(child), time.monotonic(), _cpu_seconds(child)
    for _ in range(MEASURED):
        _send(raw, port)
    spent = _cpu_seconds(child) - cpu - idle * (time.monotonic() - began)
    grown = max(0.0, _memory_mb(child, "VmHWM") - before)
    what = what.replace("x" * 60, "…")
    return [
        under(f"{what} ({status}), CPU", max(0.0, spent) / MEASURED * 1000, MOST_CPU_MS, " ms"),
        under(f"{what} ({status}), memory", grown, MOST_MEMORY_MB, " MB"),
    ]


def _send(raw: bytes, port: int) -> str:
    """The status of the answer. The server may close while we still send."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        with suppress(ConnectionError):
            client.sendall(raw)
        answer = b""
        with suppress(ConnectionError):
            while piece := client.recv(65_536):
                answer += piece
    return answer[9:12].decode() or "closed"


def _idle_cpu(child: Popen[bytes]) -> float:
    """Share of a core that the process takes by itself."""
    began, cpu = time.monotonic(), _cpu_seconds(child)
    time.sleep(1)
    return (_cpu_seconds(child) - cpu) / (time.monotonic() - began)


def _cpu_seconds(child: Popen[bytes]) -> float:
    """By the clock that Linux keeps for each process: the ticks of `/proc` are 10 ms long."""
    return time.clock_gettime((~child.pid << 3) | 2)


def _memory_mb(child: Popen[bytes], name: str) -> float:
    lines = Path(f"/proc/{child.pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1]) / 1024


def main() -> None:
    with slack() as slack_url:
        show(measure(slack_url), Console(width=140))


if __name__ == "__main__":
    main()
