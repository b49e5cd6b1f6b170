"""Load generator: prepared requests per second that a server answers. Runs as its own process.

Each client is one keep-alive connection that sends its next request when the response is there, with as
little work per request as Python allows, so that the server's core is the busy one.
"""

from __future__ import annotations

import asyncio
import json
import pickle
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

END_OF_HEAD = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Load:
    """The result: responses a second, the median response in milliseconds, and the count of each status."""

    rate: float
    median_ms: float
    statuses: dict[str, int]

    def demand_only(self, *statuses: int) -> Load:
        strange = set(self.statuses) - {str(status) for status in statuses}
        if strange:
            raise RuntimeError(f"unexpected answers: {self.statuses}")
        return self


def run_load(port: int, requests: Sequence[bytes], *, clients: int) -> Load:
    """Send all `requests`, shared among `clients` connections."""
    with tempfile.NamedTemporaryFile(suffix=".requests") as file:
        pickle.dump(list(requests), file)
        file.flush()
        command = [sys.executable, "-m", "tests.bench.load", str(port), str(clients), file.name]
        answer = subprocess.run(command, check=True, capture_output=True, timeout=600)
    return Load(**json.loads(answer.stdout))


def http_post(path: str, body: bytes, **headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + END_OF_HEAD + body


class _Client(asyncio.Protocol):
    def __init__(self, requests: list[bytes], results: list[tuple[bytes, float]]) -> None:
        self._requests = requests
        self._results = results
        self._read = b""
        self._sent_at = 0.0
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._read += data
        end = self._read.find(END_OF_HEAD)
        if end < 0:
            return
        head = self._read[:end].lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
        if len(self._read) < end + len(END_OF_HEAD) + length:
            return
        self._results.append((head[9:12], time.perf_counter() - self._sent_at))
        self._read = b""
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the server closed the connection"))

    def _send(self) -> None:
        if not self._requests:
            self.done.set_result(None)
            self._transport.close()
            return
        self._sent_at = time.perf_counter()
        assert isinstance(self._transport, asyncio.Transport)
        self._transport.write(self._requests.pop())


async def _main(port: int, clients: int, requests: list[bytes]) -> None:
    requests.reverse()
    results: list[tuple[bytes, float]] = []
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    pairs = [
        await loop.create_connection(lambda: _Client(requests, results), "127.0.0.1", port)
        for _ in range(clients)
    ]
    await asyncio.gather(*(client.done for _, client in pairs))
    took = time.perf_counter() - began
    statuses = Counter(status.decode() for status, _ in results)
    answers = {
        "rate": len(results) / took,
        "median_ms": median(span for _, span in results) * 1000,
        "statuses": dict(statuses),
    }
    sys.stdout.write(json.dumps(answers))


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]), int(sys.argv[2]), pickle.loads(Path(sys.argv[3]).read_bytes())))
