"""Sample mails that are harmful: forged, oversized in every direction, or broken."""

from __future__ import annotations

import struct

from tests.connectors.mail.raw_mail import (
    CONFIRMED,
    CUSTOMER,
    SERVER,
    Sample,
    attribute,
    crlf,
    file_part,
    mail,
    multipart,
    nested,
    text_part,
    with_parts,
)

_FAIL = f"{SERVER}; dmarc=fail (p=reject) header.from=nordwind.example; spf=fail smtp.mailfrom=evil.example"
_CANT = "can't confirm that this comes from nordwind.example"


_UNCONFIRMED = f"{_CANT}."
_NO_SENDER = "doesn't name one sender"
_TOO_LONG = "headers are too long"


def _judged(*results: str, **changed: str) -> bytes:
    written = [f"Authentication-Results: {result}" for result in results]
    return mail("Two.\n", *written, Authentication_Results="", **changed)


def _deep(levels: int) -> bytes:
    part = text_part("At the bottom.\n")
    for level in range(levels):
        part = nested(part, kind="mixed", boundary=f"=_{level}")
    return mail(part.partition(b"\r\n\r\n")[2], f'Content-Type: multipart/mixed; boundary="=_{levels - 1}"')


def _html(page: str) -> bytes:
    return mail(crlf(page), "Content-Type: text/html; charset=utf-8")


FORGED = (
    Sample(name="DMARC passes", raw=mail("Two.\n"), text="Two."),
    Sample(name="DMARC fails", raw=_judged(_FAIL), text="Two.", warning=_CANT, is_doubted=True),
    Sample(
        name="DMARC fails above a forged pass",
        raw=_judged(_FAIL, CONFIRMED),
        warning="DMARC and SPF failed",
        is_doubted=True,
    ),
    Sample(
        name="a stranger's verdict",
        raw=_judged(CONFIRMED.replace(SERVER, "mx.evil.example")),
        text="Two.",
        warning=_UNCONFIRMED,
        is_doubted=True,
    ),
    Sample(
        name="SPF fails softly",
        raw=_judged(f"{SERVER}; spf=softfail smtp.mailfrom=nordwind.example"),
        warning="SPF failed",
        is_doubted=True,
    ),
    Sample(
        name="DKIM fails",
        raw=_judged(f"{SERVER} 1; dkim=fail (bad key) header.d=nordwind.example"),
        warning="DKIM failed",
        is_doubted=True,
    ),
    Sample(
        name="the name is an address",
        warning="comes from evil.example",
        is_doubted=True,
        raw=mail("Two.\n", From=f'"{CUSTOMER}" <evil@evil.example>'),
        sender="evil@evil.example",
    ),
    Sample(
        name="two senders in one line",
        raw=mail("Two.\n", From=f"{CUSTOMER}, evil@evil.example"),
        warning=_NO_SENDER,
        is_doubted=True,
    ),
    Sample(
        name="two lines of senders",
        raw=mail("Two.\n", "From: evil@evil.example"),
        warning=_NO_SENDER,
        is_doubted=True,
    ),
    Sample(
        name="no sender at all",
        warning=_NO_SENDER,
        is_doubted=True,
        raw=mail("Two.\n", From=""),
        sender="",
        text="Two.",
    ),
    Sample(
        name="a sender that is none",
        warning=_NO_SENDER,
        is_doubted=True,
        raw=mail("Two.\n", From="<>"),
        sender="",
        text="Two.",
    ),
    Sample(name="a sender in capitals", raw=mail("Two.\n", From="AP@NORDWIND.EXAMPLE"), text="Two."),
    Sample(name="a header that breaks the line", raw=mail("Two.\n", Subject="a\r\n b\r\n\tc"), text="Two."),
)

BROKEN = (
    Sample(name="nothing", warning=_NO_SENDER, is_doubted=True, raw=b"", sender="", text="", note="no text"),
    Sample(
        name="a blank line",
        warning=_NO_SENDER,
        is_doubted=True,
        raw=b"\r\n",
        sender="",
        text="",
        note="no text",
    ),
    Sample(
        name="words without headers",
        warning=_NO_SENDER,
        is_doubted=True,
        raw=b"\r\nHello",
        sender="",
        text="Hello",
    ),
    Sample(
        name="headers without words",
        warning=_UNCONFIRMED,
        is_doubted=True,
        raw=b"From: ap@nordwind.example",
        text="",
        note="no text",
    ),
    Sample(name="zeros", warning=_NO_SENDER, is_doubted=True, raw=bytes(100_000), sender="", note="no text"),
    Sample(
        name="every byte there is",
        warning=_NO_SENDER,
        is_doubted=True,
        raw=bytes(range(256)) * 50,
        sender="",
        note="no text",
    ),
    Sample(
        name="a boundary that never comes",
        raw=mail("Two.\n", "Content-Type: multipart/mixed; boundary=x"),
        text="Two.",
    ),
    Sample(
        name="a multipart without a boundary",
        raw=mail("Two.\n", "Content-Type: multipart/mixed"),
        text="Two.",
    ),
    Sample(
        name="a multipart that breaks off",
        raw=with_parts(text_part("Two.\n"), file_part("a.pdf", "application/pdf", b"%PDF-1.4 abcdef"))[:-40],
        text="Two.",
        files=("a.pdf",),
    ),
    Sample(
        name="the boundary of the outer part inside",
        raw=with_parts(nested(text_part("One.\n"), boundary="=_b1"), text_part("Two.\n")),
        text="One.\n\nTwo.",
    ),
    Sample(name="a type that is none", raw=mail("Two.\n", "Content-Type: ;;;=\"'"), text="Two."),
    Sample(
        name="a date of no month", raw=mail("Two.\n", Date="Foo, 99 Bar 0000 99:99:99 +9999"), text="Two."
    ),
)

BOMBS = (
    Sample(name="a thousand parts deep", raw=_deep(1000), note="more parts than I read"),
    Sample(
        name="twenty thousand parts", raw=with_parts(*([b"\r\nx"] * 20_000)), note="more parts than I read"
    ),
    Sample(
        name="a hundred files",
        raw=with_parts(*(file_part(f"{n}.pdf", "application/pdf", b"%PDF") for n in range(100))),
        files=tuple(f"{n}.pdf" for n in range(50)),
        note="more files than I take",
    ),
    Sample(
        name="a megabyte of header",
        warning=_TOO_LONG,
        is_doubted=True,
        raw=mail("Two.\n", f"X-Long: {'x' * 1_000_000}"),
    ),
    Sample(
        name="a hundred thousand headers",
        warning=_TOO_LONG,
        is_doubted=True,
        raw=mail("Two.\n", *(["X-A: b"] * 100_000)),
    ),
    Sample(
        name="brackets in brackets in the sender",
        warning=_NO_SENDER,
        is_doubted=True,
        raw=mail("Two.\n", From="(" * 7_000 + CUSTOMER),
        sender="",
    ),
    Sample(
        name="a subject of encoded words",
        warning=_TOO_LONG,
        is_doubted=True,
        raw=mail("Two.\n", Subject="=?utf-8?Q?a?= " * 20_000),
        text="Two.",
    ),
    Sample(name="a type of semicolons", raw=mail("Two.\n", "Content-Type: text/plain" + '; a="b' * 20_000)),
    Sample(name="a million elements", raw=_html("<b>x" * 250_000)),
    Sample(name="forty pages of HTML", raw=with_parts(*([text_part("<p>x" * 100_000, "html")] * 40))),
    Sample(
        name="a bounce nested without end",
        raw=_deep(1000).replace(b"From: ", b"From: MAILER-DAEMON@x.example, ", 1),
        sender="mailer-daemon@x.example",
        warning=_NO_SENDER,
        is_doubted=True,
        note="more parts than I read",
    ),
    Sample(name="HTML nested without end", raw=_html("<div>" * 100_000 + "x"), note="no text"),
    Sample(
        name="a table as wide as it is long",
        raw=_html(f"<table><tr><td>{'a' * 300_000}" + "<tr><td>b" * 30_000),
    ),
    Sample(
        name="margins of a million lines",
        raw=_html("a<p style='margin-top: 1000000em; padding-left: 100000em'>b<br>c"),
        text="a\n\nb\nc",
    ),
    Sample(name="twenty parts deep", raw=_deep(20), note="more parts than I read"),
    Sample(name="lines that look like quotes", raw=mail("On On On On wrote wrote\n" * 5_000)),
    Sample(name="one line of five megabytes", raw=mail("On Monday " * 500_000)),
    Sample(name="a signature at every line", raw=mail("Best regards\n" * 100_000)),
    Sample(
        name="a winmail.dat that promises four thousand million properties",
        raw=with_parts(
            file_part(
                "winmail.dat",
                "application/ms-tnef",
                bytes.fromhex("789f3e220100")
                + attribute(2, 0x9002, 6, b"\0" * 14)
                + attribute(2, 0x9005, 6, struct.pack("<IHHI", 2**32 - 1, 0x1003, 0x3707, 2**32 - 1)),
            )
        ),
        note="no text",
    ),
    Sample(
        name="a boundary of regular expressions",
        raw=mail(multipart(text_part("Two.\n"), boundary="(.*)+$")[1], multipart(boundary="(.*)+$")[0]),
        text="Two.",
    ),
)
SAMPLES = (*FORGED, *BROKEN, *BOMBS)
