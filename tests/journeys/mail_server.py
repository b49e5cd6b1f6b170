"""A real mail server (OpenSMTPD) for a test, and the customers' server behind it."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.fixtures.missing import IS_CI
from tests.fixtures.ports import free_port

PATIENCE_SECONDS = 120
NOBODY = "gone@nordwind.example"
"""The customers' mail server knows no such address."""
_CONF = """
listen on 127.0.0.1 port {port} hostname mx.acme.example
action "ours" relay host lmtp://127.0.0.1:{ours}
action "theirs" relay host smtp+notls://127.0.0.1:{theirs}
match from any for domain "{domain}" action "ours"
match from any for any action "theirs"
"""


@dataclass(slots=True)
class TheirServer:
    """Accepts mail to customers, except to NOBODY."""

    mails: list[EmailMessage] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802
        self, _server: object, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address == NOBODY:
            return "550 5.1.1 User unknown"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: object, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        raw = envelope.original_content
        assert raw is not None
        self.mails.append(message_from_bytes(raw, policy=policy.default))
        return "250 OK"


@dataclass(slots=True)
class MailServer:
    """OpenSMTPD at `port`: relays our domain to `ours`, everything else to the customers' server."""

    port: int
    ours: int
    theirs: TheirServer
    log: Path

    async def send(self, message: EmailMessage, sender: str, to: str) -> None:
        await aiosmtplib.send(
            message, sender=sender, recipients=[to], hostname="127.0.0.1", port=self.port, start_tls=False
        )

    async def until_it_says(self, words: str) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while words not in _read(self.log):
                await asyncio.sleep(0.05)

    async def until_they_have(self, count: int) -> EmailMessage:
        """Wait until the customers have `count` mails; returns the newest."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(self.theirs.mails) < count:
                await asyncio.sleep(0.05)
        return self.theirs.mails[-1]

    async def try_again(self) -> None:
        """Retry the queued mails now."""
        command = await asyncio.create_subprocess_exec(
            "smtpctl", "schedule", "all", stdout=asyncio.subprocess.PIPE
        )
        await command.communicate()


@asynccontextmanager
async def a_mail_server(folder: Path, domain: str) -> AsyncIterator[MailServer]:
    """Skips the test with a reason when OpenSMTPD is missing and cannot be installed."""
    await asyncio.to_thread(_demand_opensmtpd)
    theirs = TheirServer()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(theirs, hostname="mx.nordwind.example", loop=loop), "127.0.0.1", 0
    )
    ports = {"port": free_port(), "ours": free_port(), "theirs": server.sockets[0].getsockname()[1]}
    conf, log = folder / "smtpd.conf", folder / "smtpd.log"
    conf.write_text(_CONF.format(domain=domain, **ports))
    conf.chmod(0o600)
    with log.open("wb") as out:
        daemon = await asyncio.create_subprocess_exec("smtpd", "-dv", "-f", str(conf), stdout=out, stderr=out)
    try:
        await _until_it_listens(ports["port"], daemon, log)
        yield MailServer(ports["port"], ports["ours"], theirs, log)
    finally:
        if daemon.returncode is None:
            daemon.terminate()
        await daemon.wait()
        server.close()
        await server.wait_closed()


def _read(log: Path) -> str:
    return log.read_text("utf-8", "replace")


def _demand_opensmtpd() -> None:
    if shutil.which("smtpd") is None and os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        install = ["apt-get", "install", "-y", "--no-install-recommends", "opensmtpd"]
        subprocess.run(install, env=environment, capture_output=True, check=False)
    if shutil.which("smtpd") is None or os.geteuid() != 0:
        reason = "No OpenSMTPD: it comes with `apt-get install opensmtpd`, and only root may start it."
        if IS_CI and os.geteuid() == 0:
            pytest.fail(reason)
        pytest.skip(reason)


async def _until_it_listens(port: int, daemon: asyncio.subprocess.Process, log: Path) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            if daemon.returncode is not None:
                pytest.fail(f"OpenSMTPD ended at once:\n{_read(log)}")
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            await writer.wait_closed()
            return
