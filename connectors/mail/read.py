"""Reader of incoming mail: sender, text and files of any bytes.

Any bytes give an `InboundEmail`: its note says what can't be read, and the whole mail is stored elsewhere.
The work is bounded by the mail's size: parts, depth, headers, text and files each have a limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import sha256

from connectors.mail import bodies as mail_bodies
from connectors.mail import bounces as mail_bounces
from connectors.mail.authentication import AuthenticationVerdict, check_authentication
from connectors.mail.auto_replies import MACHINE_WARNING, classify_email, is_by_machine
from connectors.mail.bodies import Contents
from connectors.mail.charsets import one_line
from connectors.mail.headers import (
    LONGEST_SUBJECT,
    Headers,
    decode_words,
    message_ids,
    parse_address,
    parse_addresses,
    read_date,
    references,
)
from connectors.mail.mime import Part, parse_parts
from connectors.mail.reply_text import extract_reply
from core.inbound_mail import Attachment, EmailKind, Envelope, InboundEmail

_RECIPIENT_HEADERS = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to")
_MOST_RECIPIENTS = 50
UNREADABLE = "I couldn't take this mail apart. It is kept whole."


def read_email(
    raw: bytes, trusted_server: str | None, envelope: Envelope | None = None
) -> tuple[InboundEmail, list[bytes]]:
    """The mail, and the bytes of its attachments in their order. Never raises."""
    envelope = envelope or Envelope()
    try:
        return _read(raw, trusted_server, envelope)
    except Exception:  # noqa: BLE001 - a mail that breaks the reader must still reach a person
        sender = parse_address(envelope.sender or "")
        email = InboundEmail(
            kind=EmailKind.MESSAGE,
            message_id=_made_up_id(raw),
            sender=sender,
            recipients=_recipients(Headers(()), envelope.recipients),
            is_doubted=True,
            note=UNREADABLE,
        )
        return email, []


def _read(raw: bytes, trusted_server: str | None, envelope: Envelope) -> tuple[InboundEmail, list[bytes]]:
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    mail, has_left_out = parse_parts(raw)
    email = _from_headers(raw, mail.headers, envelope)
    if email.kind is not EmailKind.LOOP and mail_bounces.is_report(mail, envelope.sender):
        bounce = _bounce(email, mail)
        if bounce is not None:
            return bounce, []
    contents = mail_bodies.read_contents(mail, has_left_out=has_left_out)
    return _with_contents(email, contents, _combined_verdict(mail.headers, trusted_server, email.sender))


def _from_headers(raw: bytes, headers: Headers, envelope: Envelope) -> InboundEmail:
    subject = decode_words(headers.first("subject"), LONGEST_SUBJECT)
    name, sender = _sender(headers, envelope)
    return InboundEmail(
        kind=classify_email(headers, subject),
        message_id=next(iter(message_ids(headers.first("message-id"))), _made_up_id(raw)),
        references=references(headers),
        sender=sender,
        sender_name=name,
        recipients=_recipients(headers, envelope.recipients),
        subject=subject,
        sent_at=read_date(headers.first("date")),
    )


def _sender(headers: Headers, envelope: Envelope) -> tuple[str, str]:
    """From, else Sender; the envelope's sender only when the mail itself names none."""
    for name in ("from", "sender"):
        found = parse_addresses(headers.first(name))
        if found:
            return found[0]
    return "", parse_address(envelope.sender or "")


def _recipients(headers: Headers, of_envelope: Sequence[str]) -> tuple[str, ...]:
    """Those of the envelope come first: the mail was really sent to them."""
    named = (address for _, address in parse_addresses(*_values(headers, _RECIPIENT_HEADERS)))
    found = [*filter(None, map(parse_address, of_envelope[:_MOST_RECIPIENTS])), *named]
    return tuple(dict.fromkeys(found))[:_MOST_RECIPIENTS]


def _values(headers: Headers, names: Iterable[str]) -> list[str]:
    return [value for name in names for value in headers.every(name)]


def _bounce(email: InboundEmail, mail: Part) -> InboundEmail | None:
    """None when it names no failed recipient and has no delivery report in it."""
    failures = mail_bounces.failures_in(mail)
    is_formal = mail_bounces.is_report_by_form(mail)
    if not failures and not is_formal:
        return None
    text = extract_reply(mail_bodies.read_contents(mail, has_left_out=False).text, email.subject)
    return replace(email, kind=EmailKind.BOUNCE, failures=failures, text=text.text, whole_text=text.whole)


def _combined_verdict(headers: Headers, trusted_server: str | None, sender: str) -> AuthenticationVerdict:
    """All reasons for not trusting that the mail is from its sender, and a person's."""
    verdict = check_authentication(headers, trusted_server, sender)
    if not is_by_machine(headers):
        return verdict
    warning = " ".join(filter(None, (verdict.warning, MACHINE_WARNING)))
    return AuthenticationVerdict(warning, is_doubted=True)


def _with_contents(
    email: InboundEmail, contents: Contents, verdict: AuthenticationVerdict
) -> tuple[InboundEmail, list[bytes]]:
    text = extract_reply(contents.text, email.subject)
    attachments = tuple(
        Attachment(
            name=one_line(file.name, 200),
            media_type=file.media_type,
            size=len(file.content),
            is_inline=file.is_inline,
        )
        for file in contents.files
    )
    full = replace(
        email,
        text=text.text,
        whole_text=text.whole,
        attachments=attachments,
        warning=verdict.warning,
        is_doubted=verdict.is_doubted,
        note=" ".join(contents.notes),
    )
    return full, [file.content for file in contents.files]


def _made_up_id(raw: bytes) -> str:
    return f"<{sha256(raw).hexdigest()}@ombud.invalid>"
