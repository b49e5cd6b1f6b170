"""Headers of a mail: threading, marks for auto-responders, and nothing that can be injected.

There is no List-Unsubscribe: RFC 2369 and 8058 are for lists and campaigns. These mails answer a dispute that
the customer raised, and end with it; a customer who unsubscribed would miss a decision that they are owed,
and the reminder comes once. Mailbox providers except such transactional mail from their rules for bulk
senders.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy

from cards.email.mail_view import Mail
from cards.sanitize import clean_line
from core.email_address import address_of

OMBUD_HEADER = "X-Ombud"
"""Header of every mail of ours, by which one that comes back is recognised."""
REPLY_PREFIX = "Re: "
"""Prefix of the subject of a mail that follows others."""
MOST_REFERENCES = 12
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{3,240}>")
_PLACEHOLDER_ID_END = "@ombud.invalid>"
"""End of the id that we gave a mail without one; no other mail system knows such an id."""


def _registry() -> HeaderRegistry:
    registry = HeaderRegistry()
    for name in ("message-id", "in-reply-to", "references"):
        registry.map_to_type(name, _MessageIds)  # type: ignore[arg-type]  # a mixin, as the registry wants
    return registry


class _MessageIds(UnstructuredHeader):
    """Message ids, one a line. Python would fold or encode long ones, which breaks threading elsewhere."""

    name: str

    def fold(self, *, policy: Policy) -> str:
        ids = f"{policy.linesep} ".join(str(self).split())
        return f"{self.name}: {ids}{policy.linesep}"


_POLICY = SMTP.clone(header_factory=_registry())


@dataclass(frozen=True, slots=True, kw_only=True)
class Headers:
    company: str
    sender: str
    to: str
    message_id: str
    at: datetime
    reply_to: str = ""
    thread: Sequence[str] = ()
    """Message ids of the earlier mails, newest last."""
    is_automatic: bool = True
    """False: a person wrote it. Then an out-of-office reply is useful: it says when the customer is back."""


def message_of(mail: Mail, headers: Headers) -> EmailMessage:
    """The whole mail, as text and as HTML. Header values are cleaned to one line each.

    Raises:
        NotAnAddress: no mail can be sent to the recipient's address.
    """
    message = EmailMessage(policy=_POLICY)
    thread = _thread(headers.thread)
    message["From"] = Address(clean_line(headers.company)[:100], addr_spec=address_of(headers.sender.strip()))
    message["To"] = address_of(headers.to.strip())
    if headers.reply_to:
        message["Reply-To"] = Address(clean_line(headers.company)[:100], addr_spec=headers.reply_to)
    message["Subject"] = subject_of(mail, thread)
    message["Date"] = headers.at
    message["Message-ID"] = headers.message_id
    if thread:
        message["In-Reply-To"] = thread[-1]
        message["References"] = " ".join(thread)
    if headers.is_automatic:
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    message[OMBUD_HEADER] = "1"
    message["Content-Language"] = mail.language
    message.set_content(mail.text, cte="quoted-printable")
    message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    return message


def subject_of(mail: Mail, thread: Sequence[str]) -> str:
    """The subject as it is sent; `thread` as in `Headers`."""
    return clean_line(f"{REPLY_PREFIX}{mail.subject}" if _thread(thread) else mail.subject)[:200]


def _thread(ids: Sequence[str]) -> tuple[str, ...]:
    """The first id and the newest, at most `MOST_REFERENCES`: RFC 5322 (3.6.4) allows to drop the middle."""
    known = [
        one
        for one in dict.fromkeys(ids)
        if _MESSAGE_ID.fullmatch(one) and not one.endswith(_PLACEHOLDER_ID_END)
    ]
    return tuple(known if len(known) <= MOST_REFERENCES else [known[0], *known[1 - MOST_REFERENCES :]])
