"""Tests of the SMTP client against real SMTP on loopback: sent once, encrypted, refusals understood."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from pathlib import Path

import pytest

from connectors.errors import GiveUp, TryAgain
from connectors.mail import send as mail_out
from connectors.mail.send import BadSmtpUrl, SmtpClient, read_smtp_url
from connectors.mail.send_errors import BadMailServer, RecipientDeferred, RecipientRefused, reason_for_reply
from tests.connectors.fake_mail_server import Certificates, MailServer, a_mail_server, make_certificates

SENDER, TO = "case+d1042.0123456789abcdef0123@mail.example", "ap@nordwind.example"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with a_mail_server() as server:
        yield server


@pytest.fixture
async def out(server: MailServer) -> AsyncIterator[SmtpClient]:
    async with an_out(server) as out:
        yield out


@asynccontextmanager
async def an_out(
    server: MailServer, scheme: str = "smtp", login: str = "", tls: ssl.SSLContext | None = None
) -> AsyncIterator[SmtpClient]:
    out = SmtpClient.open(f"{scheme}://{login}127.0.0.1:{server.port}", tls)
    try:
        yield out
    finally:
        await out.close()


def a_mail(text: str = "Grüße.\n.\nEnde") -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "[D-1042] Rechnung", "disputes@mail.example", TO
    message.set_content(text, cte="quoted-printable")
    return message


async def test_a_mail_arrives_whole_and_its_bounces_go_to_the_case(
    server: MailServer, out: SmtpClient
) -> None:
    await out.send(a_mail(), sender=SENDER, to=TO)
    [came] = server.came
    assert (came.sender, came.to) == (SENDER, [TO])
    assert came.message.get_content() == "Grüße.\r\n.\r\nEnde\r\n"


async def test_mails_share_a_connection_while_it_lasts(
    server: MailServer, out: SmtpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_out, "MAILS_PER_CONNECTION", 3)
    for _ in range(5):
        await out.send(a_mail(), sender=SENDER, to=TO)
    assert (len(server.came), server.connections) == (5, 2)


async def test_several_mails_at_once_take_few_connections(server: MailServer, out: SmtpClient) -> None:
    await asyncio.gather(*(out.send(a_mail(), sender=SENDER, to=TO) for _ in range(20)))
    assert len(server.came) == 20
    assert server.connections <= mail_out.MOST_CONNECTIONS


async def test_a_connection_that_went_stale_is_replaced_unnoticed(
    server: MailServer, out: SmtpClient
) -> None:
    await out.send(a_mail(), sender=SENDER, to=TO)
    server.hang_up()
    await asyncio.sleep(0.05)
    await out.send(a_mail(), sender=SENDER, to=TO)
    assert (len(server.came), server.connections) == (2, 2)


async def test_an_idle_connection_is_given_back(
    server: MailServer, out: SmtpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_out, "LONGEST_IDLE", 0.01)
    await out.send(a_mail(), sender=SENDER, to=TO)
    while out._idle:
        await asyncio.sleep(0.01)
    await out.send(a_mail(), sender=SENDER, to=TO)
    assert server.connections == 2


@pytest.mark.parametrize(
    ("step", "answer", "kind", "why"),
    [
        ("RCPT", "550 5.1.1 <ap@nordwind.example>: User unknown", RecipientRefused, "no such address"),
        ("RCPT", "552 5.2.2 Mailbox full", RecipientRefused, "mailbox full"),
        ("RCPT", "550 Not here, sorry.", RecipientRefused, "Not here, sorry"),
        (
            "RCPT",
            "554 5.7.1 <ap@nordwind.example>: Relay access denied",
            BadMailServer,
            "doesn't pass mail on",
        ),
        ("RCPT", "450 4.2.0 Greylisted, come back later", RecipientDeferred, "Greylisted"),
        ("RCPT", "452 4.2.2 Over quota", RecipientDeferred, "mailbox full"),
        (
            "MAIL",
            "553 5.7.1 Sender address rejected: not owned by user",
            BadMailServer,
            "send as this address",
        ),
        ("MAIL", "530 5.7.0 Authentication required", BadMailServer, "wants a login"),
        ("MAIL", "451 4.3.0 Try again later", TryAgain, "puts us off"),
        ("DATA", "554 5.7.1 Looks like spam", RecipientRefused, "refused by their server"),
        ("DATA", "452 4.3.1 Disk full", TryAgain, "puts us off"),
        ("RCPT", "452 4.3.1 Insufficient system resources", TryAgain, "puts us off"),
        ("RCPT", "421 Too many connections, closing", TryAgain, "puts us off"),
        ("DATA", "451 4.7.1 Greylisted, come back later", RecipientDeferred, "refused by their server"),
    ],
)
async def test_each_refusal_has_its_meaning(
    server: MailServer, out: SmtpClient, *, step: str, answer: str, kind: type[Exception], why: str
) -> None:
    server.refuse[step] = answer
    with pytest.raises((TryAgain, GiveUp)) as caught:
        await out.send(a_mail(), sender=SENDER, to=TO)
    assert type(caught.value) is kind
    assert why in str(caught.value)
    assert not getattr(caught.value, "is_unknown", False)
    assert server.came == []


async def test_after_a_refused_recipient_the_connection_serves_the_next(
    server: MailServer, out: SmtpClient
) -> None:
    server.refuse["gone@nordwind.example"] = "550 5.1.1 No"
    with pytest.raises(RecipientRefused):
        await out.send(a_mail(), sender=SENDER, to="gone@nordwind.example")
    await out.send(a_mail(), sender=SENDER, to=TO)
    assert (len(server.came), server.connections) == (1, 1)


async def test_a_lost_answer_leaves_open_whether_it_was_taken(server: MailServer, out: SmtpClient) -> None:
    server.after_data = server.hang_up
    with pytest.raises(TryAgain) as caught:
        await out.send(a_mail(), sender=SENDER, to=TO)
    assert caught.value.is_unknown
    assert len(server.came) == 1, "it was"


async def test_a_server_that_is_away_is_tried_again() -> None:
    async with a_mail_server() as server:
        port = server.port
    out = SmtpClient.open(f"smtp://127.0.0.1:{port}")
    with pytest.raises(TryAgain, match="can't be reached") as caught:
        await out.send(a_mail(), sender=SENDER, to=TO)
    assert not caught.value.is_unknown


@pytest.mark.parametrize("is_tls_from_start", [False, True])
async def test_login_goes_encrypted(certificates: Certificates, *, is_tls_from_start: bool) -> None:
    scheme = "smtps" if is_tls_from_start else "smtp"
    login = ("mailer", "se/cr:et@1")
    async with (
        a_mail_server(tls=certificates.server, is_tls_from_start=is_tls_from_start, login=login) as server,
        an_out(server, scheme, "mailer:se%2Fcr%3Aet%401@", certificates.trusting) as out,
    ):
        await out.send(a_mail(), sender=SENDER, to=TO)
        assert len(server.came) == 1
        assert "TLS" in await out.probe()


async def test_a_wrong_password_needs_a_person_and_is_not_repeated_to_anybody(
    certificates: Certificates,
) -> None:
    async with (
        a_mail_server(tls=certificates.server, login=("mailer", "right")) as server,
        an_out(server, "smtp", "mailer:wrong-secret@", certificates.trusting) as out,
    ):
        with pytest.raises(BadMailServer, match="user and password") as caught:
            await out.send(a_mail(), sender=SENDER, to=TO)
    assert caught.value.is_whole_lane
    assert "wrong-secret" not in f"{caught.value!r} {caught.value.remedy}"


@pytest.mark.parametrize("is_tls_from_start", [False, True])
async def test_a_certificate_nobody_vouches_for_is_refused(
    certificates: Certificates, *, is_tls_from_start: bool
) -> None:
    async with (
        a_mail_server(tls=certificates.server, is_tls_from_start=is_tls_from_start) as server,
        an_out(server, "smtps" if is_tls_from_start else "smtp", tls=certificates.stranger) as out,
    ):
        with pytest.raises(BadMailServer, match="certificate can't be trusted"):
            await out.send(a_mail(), sender=SENDER, to=TO)
        assert server.came == []


async def test_a_server_elsewhere_must_encrypt(server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else anybody in between could remove the offer and read mails."""
    monkeypatch.setattr(mail_out, "_LOOPBACK", frozenset())
    async with an_out(server) as out:
        with pytest.raises(BadMailServer, match="STARTTLS"):
            await out.send(a_mail(), sender=SENDER, to=TO)
    async with an_out(server, "smtp+plain") as out:
        await out.send(a_mail(), sender=SENDER, to=TO)
    assert len(server.came) == 1


async def test_an_address_of_other_letters_goes_through_where_the_server_can(
    server: MailServer, out: SmtpClient
) -> None:
    await out.send(a_mail(), sender=SENDER, to="jürgen@nordwind.example")
    assert server.came[0].to == ["jürgen@nordwind.example"]


@pytest.fixture
def bad_urls() -> Iterator[str]:
    return iter(
        ["mail.example.com", "http://mail.example.com", "smtp://", "smtp://u:geheim@h:port", "smtp://[::1"]
    )


def test_a_url_that_cant_be_understood_is_refused_without_repeating_it(bad_urls: Iterator[str]) -> None:
    for url in bad_urls:
        with pytest.raises(BadSmtpUrl) as caught:
            read_smtp_url(url)
        assert "geheim" not in str(caught.value)


def test_a_url_says_where_and_how() -> None:
    server = read_smtp_url("smtp://me%40example.com:p%3Aw@mail.example.com")
    assert (server.host, server.port, server.user, server.password) == (
        "mail.example.com",
        587,
        "me@example.com",
        "p:w",
    )
    assert server.needs_tls
    assert read_smtp_url("smtps://mail.example.com").port == 465
    assert not read_smtp_url("smtp+plain://mail.example.com").needs_tls


def test_a_servers_own_words_are_kept_short() -> None:
    assert reason_for_reply(550, "5.9.9 " + "so " * 200).count("so") < 60
    assert reason_for_reply(550, "") == "refused with code 550"


def test_certificates_are_for_the_tests_only(tmp_path: Path) -> None:
    assert make_certificates(tmp_path).trusting.verify_mode is ssl.CERT_REQUIRED
