"""Sample mails of machines: bounces, delays, absences, receipts, and our own mails in a loop."""

from __future__ import annotations

from core.inbound_mail import EmailKind
from tests.connectors.mail.raw_mail import (
    CUSTOMER,
    OURS,
    Sample,
    crlf,
    mail,
    multipart,
    text_part,
    with_parts,
)

_DAEMON = "MAILER-DAEMON@mx.nordwind.example"
_RETURNED = (
    b"Content-Type: message/rfc822\r\n\r\n"
    + (
        f"Message-ID: {OURS}\r\nTo: {CUSTOMER}\r\nSubject: Yours [D-1042]\r\nX-Ombud: 1\r\n\r\nHello.\r\n"
    ).encode()
)
_HEADERS_ALONE = f"Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: {OURS}\r\nTo: {CUSTOMER}\r\n".encode()


def _report(
    *blocks: str, returned: bytes = _RETURNED, text: str = "It didn't get there.\n", sender: str = _DAEMON
) -> bytes:
    status = "Reporting-MTA: dns; mx.nordwind.example\r\n\r\n" + "\r\n\r\n".join(
        block.strip().replace("\n", "\r\n") for block in blocks
    )
    part = b"Content-Type: message/delivery-status\r\n\r\n" + status.encode()
    line, body = multipart(
        text_part(text), part, returned, kind="report", more="; report-type=delivery-status"
    )
    headers = {"From": f"Mail Delivery System <{sender}>", "In-Reply-To": "", "Subject": "Undelivered Mail"}
    return mail(body, line, "Auto-Submitted: auto-replied", "Return-Path: <>", **headers)


def _block(status: str, diagnostic: str = "", action: str = "failed", to: str = CUSTOMER) -> str:
    said = f"\nDiagnostic-Code: smtp; {diagnostic}" if diagnostic else ""
    return f"Final-Recipient: rfc822; {to}\nAction: {action}\nStatus: {status}{said}"


def _bounce(name: str, raw: bytes, *failures: tuple[str, str, bool], sender: str = _DAEMON.lower()) -> Sample:
    came_back = OURS if failures else None
    return Sample(
        name=name, raw=raw, kind=EmailKind.BOUNCE, sender=sender, failures=failures, answers=came_back
    )


_QMAIL = f"""
Hi. This is the qmail-send program at mx.nordwind.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{CUSTOMER}>:
Sorry, no mailbox here by that name. User unknown. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <x@acme.example>
Message-ID: {OURS}
"""
_EXIM = f"""
This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {CUSTOMER}
    mailbox is full: retry timeout exceeded

------ This is a copy of the message, including all the headers. ------

Message-ID: {OURS}
"""

BOUNCES = (
    _bounce(
        "Postfix, no such address",
        _report(_block("5.1.1", "550 5.1.1 User unknown")),
        (CUSTOMER, "no such address", True),
    ),
    _bounce(
        "Exchange, mailbox full", _report(_block("5.2.2", "552 quota")), (CUSTOMER, "mailbox full", True)
    ),
    _bounce(
        "full by words alone",
        _report(_block("5.0.0", "552 Mailbox is full")),
        (CUSTOMER, "mailbox full", True),
    ),
    _bounce(
        "refused as spam",
        _report(_block("5.7.1", "554 5.7.1 Blocked")),
        (CUSTOMER, "refused by their server", True),
    ),
    _bounce("no such domain", _report(_block("5.1.2")), (CUSTOMER, "no such domain", True)),
    _bounce("too large", _report(_block("5.3.4")), (CUSTOMER, "mail too large", True)),
    _bounce(
        "given up after days", _report(_block("4.4.7")), (CUSTOMER, "their server can't be reached", True)
    ),
    _bounce("a loop", _report(_block("5.4.6")), (CUSTOMER, "their server sends it in a circle", True)),
    _bounce(
        "in the server's own words",
        _report(_block("5.5.0", "550 The moon is in the wrong house")),
        (CUSTOMER, "their server says “550 The moon is in the wrong house”", True),
    ),
    _bounce(
        "without a word why",
        _report(_block("5.0.0")),
        (CUSTOMER, "their server gave it back without saying why", True),
    ),
    _bounce(
        "two of three recipients",
        _report(
            _block("5.1.1"),
            _block("2.0.0", action="delivered", to="b@x.example"),
            _block("5.2.2", to="c@x.example"),
        ),
        (CUSTOMER, "no such address", True),
        ("c@x.example", "mailbox full", True),
    ),
    _bounce(
        "OpenSMTPD says error", _report(_block("5.1.1", action="error")), (CUSTOMER, "no such address", True)
    ),
    _bounce(
        "OpenSMTPD says why in its words alone",
        _report(
            _block("5.0.0"), text=f"Sorry.\n\n{CUSTOMER}: 550 5.2.2 Enough is enough\n\nBelow is a copy.\n"
        ),
        (CUSTOMER, "mailbox full", True),
    ),
    _bounce(
        "headers of ours alone",
        _report(_block("5.1.1"), returned=_HEADERS_ALONE),
        (CUSTOMER, "no such address", True),
    ),
    _bounce(
        "delayed is not failed",
        _report(_block("4.4.1", "connection timed out", action="delayed")),
        (CUSTOMER, "their server can't be reached", False),
    ),
    _bounce("a failure for nobody", _report("Action: failed\nStatus: 5.1.1")),
    _bounce("delivered, as asked", _report(_block("2.0.0", action="delivered"))),
    _bounce(
        "qmail, words for people",
        mail(_QMAIL, "Return-Path: <>", From=_DAEMON, Subject="failure notice", In_Reply_To=""),
        (CUSTOMER, "no such address", True),
    ),
    _bounce(
        "Exim, a header and words",
        mail(
            _EXIM,
            f"X-Failed-Recipients: {CUSTOMER}",
            "Auto-Submitted: auto-replied",
            From=_DAEMON,
            Subject="Mail delivery failed: returning message to sender",
            In_Reply_To="",
        ),
        (CUSTOMER, "mailbox full", True),
    ),
)

_AWAY = "I am away until Monday.\n"


def _machine(name: str, raw: bytes, kind: EmailKind = EmailKind.AUTO_REPLY, **more: str) -> Sample:
    return Sample(name=name, raw=raw, kind=kind, text=more.get("text"), sender=more.get("sender", CUSTOMER))


AUTOMATIC = (
    _machine("out of office, RFC 3834", mail(_AWAY, "Auto-Submitted: auto-replied")),
    _machine("out of office, with a comment", mail(_AWAY, "Auto-Submitted: auto-replied (vacation)")),
    _machine("out of office, Exchange in German", mail(_AWAY, Subject="Automatische Antwort: D-1042")),
    _machine("out of office, Exchange in French", mail(_AWAY, Subject="Réponse automatique : D-1042")),
    _machine("out of office, old header", mail(_AWAY, "X-Autoreply: yes")),
    _machine("out of office, precedence", mail(_AWAY, "Precedence: auto_reply")),
    _machine("bulk", mail("Buy more.\n", "Precedence: bulk")),
    _machine(
        "a receipt that it was read",
        with_parts(
            text_part("Read.\n"),
            b"Content-Type: message/disposition-notification\r\n\r\nDisposition: manual-action\r\n",
            kind="report",
            more="; report-type=disposition-notification",
            Subject="Read: your dispute",
        ),
    ),
    _machine("our own mail, come back", mail("Hello.\n", "X-Ombud: 1"), EmailKind.LOOP),
    _machine("a mail that goes in a circle", mail("x", *(["Received: from a by b; x"] * 60)), EmailKind.LOOP),
    Sample(
        name="their ticket system, a person's words perhaps",
        raw=mail("Your request 17 was updated: send the note.\n", "Auto-Submitted: auto-generated"),
        text="Your request 17 was updated: send the note.",
        warning="A machine sent this",
        is_doubted=True,
    ),
    Sample(name="Auto-Submitted: no is a person", raw=mail("Two.\n", "Auto-Submitted: no"), text="Two."),
    Sample(
        name="a bounce that somebody sends us as a file",
        raw=with_parts(
            text_part("Your mail came back.\n"),
            b"Content-Type: message/rfc822\r\n\r\n" + _report(_block("5.1.1")),
            boundary="outer",
        ),
        text="Your mail came back.",
        files=("Undelivered Mail.eml",),
    ),
    Sample(
        name="a postmaster is a person too",
        raw=mail(crlf("We looked into it: your mails are welcome.\n"), From="postmaster@nordwind.example"),
        sender="postmaster@nordwind.example",
        text="We looked into it: your mails are welcome.",
    ),
)
SAMPLES = (*BOUNCES, *AUTOMATIC)
