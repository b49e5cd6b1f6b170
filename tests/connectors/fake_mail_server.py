"""SMTP server on loopback: STARTTLS, TLS, logins, and refusals on demand."""

from __future__ import annotations

import asyncio
import ssl
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class TakenMail:
    sender: str
    to: list[str]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        parsed = message_from_bytes(self.raw, policy=default)
        assert isinstance(parsed, EmailMessage)
        return parsed


@dataclass
class MailServer:
    """The mails it took, and replies instead of taking one: `refuse["RCPT"] = "550 5.1.1 no"`."""

    came: list[TakenMail] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    connections: int = 0
    port: int = 0
    after_data: Callable[[], None] | None = None
    """Called once a mail has been taken, before the answer."""
    transports: list[Any] = field(default_factory=list)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name for it
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self.refuse.get("MAIL"):
            return answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name for it
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if answer := self.refuse.get("RCPT") or self.refuse.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name for it
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if answer := self.refuse.get("DATA"):
            return answer
        content = envelope.content
        assert isinstance(content, bytes)
        self.came.append(TakenMail(envelope.mail_from or "", list(envelope.rcpt_tos), content))
        if self.after_data is not None:
            self.after_data()
        return "250 OK queued"

    def hang_up(self) -> None:
        """Close all connections at once."""
        for transport in self.transports:
            transport.abort()
        self.transports.clear()


class _Session(SMTP):
    """aiosmtpd's own, that counts connections."""

    def __init__(self, server: MailServer, **options: Any) -> None:
        super().__init__(server, hostname="mail.test", **options)
        self._counted = server

    def connection_made(self, transport: Any) -> None:
        if transport.get_extra_info("sslcontext") is None or self._is_first:
            self._counted.connections += 1
        self._counted.transports.append(transport)
        super().connection_made(transport)

    @property
    def _is_first(self) -> bool:
        return self.transport is None


@asynccontextmanager
async def a_mail_server(
    *,
    tls: ssl.SSLContext | None = None,
    is_tls_from_start: bool = False,
    login: tuple[str, str] | None = None,
) -> AsyncIterator[MailServer]:
    """`tls` offers STARTTLS, unless TLS begins at once; `login` demands one."""
    server = MailServer()

    def check(*args: Any) -> AuthResult:
        given = args[-1]
        ok = isinstance(given, LoginPassword) and (given.login.decode(), given.password.decode()) == login
        return AuthResult(success=ok, handled=ok)

    def session() -> SMTP:
        with warnings.catch_warnings():  # it warns of logins in the open, not knowing of the TLS around it
            warnings.simplefilter("ignore")
            return _Session(
                server,
                tls_context=None if is_tls_from_start else tls,
                authenticator=check if login else None,
                auth_required=login is not None,
                auth_require_tls=tls is not None and not is_tls_from_start,
                enable_SMTPUTF8=True,
            )

    loop = asyncio.get_running_loop()
    listener = await loop.create_server(session, "127.0.0.1", 0, ssl=tls if is_tls_from_start else None)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        server.hang_up()
        await asyncio.sleep(0.05)


@dataclass(frozen=True)
class Certificates:
    server: ssl.SSLContext
    trusting: ssl.SSLContext
    stranger: ssl.SSLContext
    """Trusts another authority."""


def make_certificates(folder: Path) -> Certificates:
    """A certificate for 127.0.0.1 that signs itself, for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    trusting = ssl.create_default_context(
        cadata=certificate.public_bytes(serialization.Encoding.PEM).decode()
    )
    return Certificates(server, trusting, ssl.create_default_context())
