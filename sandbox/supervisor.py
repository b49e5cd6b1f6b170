"""Supervisor of the bot's process: readiness, start, stop, kill, restart."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp

from sandbox.stream import Stream

GRACE_SECONDS = 10


class Supervisor:
    """Runs the bot's command in its own process group; without a command it only polls /readyz."""

    def __init__(
        self, command: str, bot_url: str, http: aiohttp.ClientSession, stream: Stream, log: Path | None = None
    ) -> None:
        self._command = command
        self._log = log
        self._ready_url = f"{bot_url}/readyz"
        self._http = http
        self._stream = stream
        self._process: asyncio.subprocess.Process | None = None
        self._is_ready = False
        self._published: dict[str, Any] = {}

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    def status(self) -> dict[str, Any]:
        """`state` is ready, starting or down; `may_control` says whether kill and start work."""
        state = "ready" if self._is_ready else "starting" if self.is_running else "down"
        process = self._process
        return {
            "state": state,
            "may_control": bool(self._command),
            "pid": process.pid if process is not None and self.is_running else None,
            "exit_code": process.returncode if process is not None else None,
        }

    async def control(self, wanted: str) -> None:
        """`start`, `stop` (SIGTERM), `kill` (SIGKILL) or `restart`. Raises ValueError with a sentence."""
        if not self._command:
            raise ValueError("The sandbox did not start this bot (no --run), so it cannot stop or start it.")
        if wanted == "start":
            await self._start()
        elif wanted == "stop":
            await self._stop(signal.SIGTERM)
        elif wanted == "kill":
            await self._stop(signal.SIGKILL)
        elif wanted == "restart":
            await self._stop(signal.SIGTERM)
            await self._start()
        else:
            raise ValueError(f"“{wanted}” is not one of start, stop, kill, restart.")
        await self.check_readiness()

    async def watch(self) -> None:
        """Poll the bot's readiness for ever, and publish its status when it changes."""
        while True:
            await self.check_readiness()
            await asyncio.sleep(0.4 if not self._is_ready else 1.0)

    async def check_readiness(self) -> None:
        self._is_ready = await self._is_bot_ready()
        status = self.status()
        if status != self._published:
            self._published = status
            self._stream.publish("bot", bot=status)

    async def wait_ready(self, seconds: float) -> bool:
        for _ in range(round(seconds / 0.2)):
            if self._is_ready:
                return True
            await asyncio.sleep(0.2)
        return self._is_ready

    async def _is_bot_ready(self) -> bool:
        if self._command and not self.is_running:
            return False
        with suppress(aiohttp.ClientError, TimeoutError):
            async with self._http.get(self._ready_url, timeout=aiohttp.ClientTimeout(total=2)) as answer:
                return answer.status == 200
        return False

    async def _start(self) -> None:
        if self.is_running:
            return
        words = shlex.split(self._command)
        if self._log is None:
            self._process = await asyncio.create_subprocess_exec(*words, start_new_session=True)
            return
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *words, start_new_session=True, stdout=log, stderr=log
            )

    async def _stop(self, how: signal.Signals) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        try:
            await asyncio.wait_for(process.wait(), GRACE_SECONDS)
        except TimeoutError:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
