"""Builders of read mails and of our own mail addresses."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from core.inbound_mail import EmailKind, InboundEmail
from core.tokens import Tokens
from core.uploaded_file import OTHER_KIND, File, FileState
from handlers.match_mail import MailAddresses

DOMAIN, OUR_ADDRESS = "disputes.acme.example", "disputes@disputes.acme.example"
CUSTOMER, COLLEAGUE, STRANGER = "ap@nordwind.example", "sam@nordwind.example", "eve@evil.example"
TOKENS = Tokens(("0123456789abcdef0123456789abcdef",))


def our_addresses(**changes: Any) -> MailAddresses:
    return replace(MailAddresses(tokens=TOKENS, domain=DOMAIN, sender=OUR_ADDRESS), **changes)


def reply_address(case_id: str) -> str:
    return f"{TOKENS.reply_local_part(case_id)}@{DOMAIN}"


def an_email(**changes: Any) -> InboundEmail:
    """From the customer, to our general address, without a reference to a case."""
    letter = InboundEmail(
        kind=EmailKind.MESSAGE,
        message_id="<reply-1@nordwind.example>",
        sender=CUSTOMER,
        sender_name="Jo Miller",
        recipients=(OUR_ADDRESS,),
        subject="Our invoice",
        sent_at=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        text="The note is on its way.",
        whole_text="The note is on its way.",
    )
    return replace(letter, **changes)


def a_file(**changes: Any) -> File:
    """A photo that came by mail and was accepted."""
    file = File(
        id="f-1",
        invoice_ref="in_1",
        customer_ref="cus_nordwind",
        case_id=None,
        draft_id=None,
        kind=OTHER_KIND,
        name="note.jpg",
        size=1_000,
        received=1_000,
        sha256="a" * 64,
        media_type="image/jpeg",
        state=FileState.READY,
        via="mail",
        came_at=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
    )
    return replace(file, **changes)
