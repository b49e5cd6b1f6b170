"""Mails that customers write, replies and bounces, sent to the bot by SMTP as their server would."""

from __future__ import annotations

from base64 import b64decode
from datetime import UTC, datetime
from email import message_from_string, policy
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Any

import aiosmtplib

from sandbox.mail.mailbox import Mail, mail_json
from sandbox.world import Args, World

RECEIVING_SERVER = "mx.brightwater.example"
"""The name in Authentication-Results, as the bot's MAIL_TRUSTED_SERVER has it."""
_BOUNCE = """\
{head}Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="part"

--part
Content-Type: text/plain; charset=utf-8

Your message to {owner} could not be delivered: its mailbox is full.

--part
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.customers.example

Final-Recipient: rfc822; {owner}
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp; 552 5.2.2 Mailbox full

--part
Content-Type: text/rfc822-headers

Subject: {subject}
Message-ID: {message_id}

--part--
"""


async def list_mails(world: World, _wanted: Args) -> dict[str, Any]:
    mailbox = world.mailbox
    return {"ok": True, "mails": [mail_json(one) for one in mailbox.mails], "full": sorted(mailbox.full)}


async def reply(world: World, wanted: Args) -> dict[str, Any]:
    """`{"id": 3, "text": …, "files": [{"name", "type", "data"}], "as": "colleague", "keeps_headers": false}`.

    `data` is base64. `as` sends it from a colleague's address of the same company; without headers it is
    it can be matched by its address and subject only, like mails of many clients.
    """
    mail = world.mailbox.find(int(wanted["id"]))
    if mail is None:
        raise ValueError("There is no such mail.")
    message = _reply_message(world, mail, wanted)
    return await _send(world, message, sender=str(message["From"]), owner=mail.owner)


async def write(world: World, wanted: Args) -> dict[str, Any]:
    """`{"from": address, "to": address, "subject": …, "text": …}`: a new mail, not a reply."""
    message = _new_message(world, str(wanted["from"]), str(wanted["to"]), str(wanted["subject"]))
    message.set_content(str(wanted.get("text", "")))
    return await _send(world, message, sender=str(wanted["from"]), owner=str(wanted["from"]))


async def fill_mailbox(world: World, wanted: Args) -> dict[str, Any]:
    """`{"address": …, "is_full": true}`: later mail to this address bounces."""
    address = str(wanted["address"]).lower()
    (world.mailbox.full.add if wanted.get("is_full", True) else world.mailbox.full.discard)(address)
    return {"ok": True, "full": sorted(world.mailbox.full)}


async def return_bounces(world: World) -> None:
    """For ever: return mail to full mailboxes to its sender, as the customer's mail server would."""
    while True:
        mail = await world.mailbox.bounces.get()
        await _deliver(world, _bounce(world, mail), sender="", to=mail.envelope_from)


def _reply_message(world: World, mail: Mail, wanted: Args) -> EmailMessage:
    shown = mail_json(mail)
    sender = _colleague(mail.owner) if wanted.get("as") == "colleague" else mail.owner
    subject = str(shown["subject"])
    answered = subject if subject.lower().startswith(("re:", "aw:")) else f"Re: {subject}"
    message = _new_message(world, sender, shown["reply_to"], answered)
    if wanted.get("keeps_headers", True):
        message["In-Reply-To"] = shown["message_id"]
        message["References"] = shown["message_id"]
    quoted = "\n".join(f"> {line}" for line in shown["text"].splitlines())
    sent = datetime.fromtimestamp(mail.at, UTC).strftime("%d %b %Y at %H:%M")
    message.set_content(f"{wanted.get('text', '')}\n\nOn {sent}, {shown['from']['name']} wrote:\n{quoted}\n")
    for file in wanted.get("files") or []:
        main, _, sub = str(file.get("type") or "application/octet-stream").partition("/")
        message.add_attachment(b64decode(file["data"]), maintype=main, subtype=sub, filename=file["name"])
    return message


def _new_message(world: World, sender: str, to: str, subject: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = format_datetime(datetime.fromtimestamp(world.clock.now(), UTC))
    message["Message-ID"] = make_msgid(domain=sender.partition("@")[2] or "customers.example")
    return message


def _bounce(world: World, mail: Mail) -> EmailMessage:
    """A delivery status notification (RFC 3464)."""
    frame = _new_message(
        world, "MAILER-DAEMON@mail.customers.example", mail.envelope_from, "Undelivered mail"
    )
    head = "".join(f"{name}: {value}\n" for name, value in frame.items())
    subject, its_id = mail.message["Subject"], mail.message["Message-ID"]
    text = _BOUNCE.format(head=head, owner=mail.owner, subject=subject, message_id=its_id)
    return message_from_string(text, policy=policy.default)


async def _send(world: World, message: EmailMessage, *, sender: str, owner: str) -> dict[str, Any]:
    problem = await _deliver(world, message, sender=sender, to=str(message["To"]))
    if problem:
        return {"ok": False, "problem": problem}
    mail = world.mailbox.add(owner, message.as_bytes(), envelope_from=sender, is_sent=True)
    return {"ok": True, "mail": mail_json(mail)}


async def _deliver(world: World, message: EmailMessage, *, sender: str, to: str) -> str:
    """Send it to the bot's mail server; a sentence when that refused it, else empty.

    The company's receiving server, which would stand between, confirms the sender.
    """
    if sender:
        domain = sender.rpartition("@")[2]
        message["Authentication-Results"] = f"{RECEIVING_SERVER}; dmarc=pass header.from={domain}"
    try:
        await aiosmtplib.send(
            message,
            sender=sender,
            recipients=[to],
            hostname="127.0.0.1",
            port=world.settings.bot_mail_port,
            start_tls=False,
            timeout=20,
        )
    except (aiosmtplib.SMTPConnectError, TimeoutError):
        return "Ombud takes no mail just now. Is it running?"
    except aiosmtplib.SMTPException as refusal:
        return f"Ombud's mail server refused the mail: {refusal}"
    return ""


def _colleague(address: str) -> str:
    return f"colleague@{address.partition('@')[2]}"
