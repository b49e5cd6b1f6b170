"""Fuzz tests of the mail reader: no bytes make it crash, hang or grow."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random, randrange

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.mail.bodies import MOST_FILES
from connectors.mail.read import UNREADABLE, read_email
from connectors.mail.reply_text import LONGEST_TEXT, LONGEST_WHOLE_TEXT
from core.inbound_mail import InboundEmail
from tests.connectors.mail.mutations import damaged
from tests.connectors.mail.raw_mail import SERVER
from tests.fixtures.effort import IS_CHAOS, tries

_ROOT = Path(__file__).parents[3]
_LINES = st.sampled_from(
    [
        b"From: a@b.example",
        b"Content-Type: multipart/mixed; boundary=b",
        b"Content-Type: text/html; charset=",
        b"Content-Type: message/delivery-status",
        b"Content-Transfer-Encoding: base64",
        b"",
        b"--b",
        b"--b--",
        b"Subject: =?",
        b"Auto-Submitted: ",
        b"Message-ID: <",
        b"Action: failed",
        b"Final-Recipient: rfc822;a@b.example",
        b"Content-Disposition: attachment; filename*1*=",
        b"> quoted",
        b"-- ",
        b"Authentication-Results: " + SERVER.encode(),
    ]
)
_MAILISH = st.lists(_LINES | st.binary(max_size=60), max_size=40).map(b"\r\n".join)


@given(raw=st.binary(max_size=2_000) | _MAILISH)
@example(raw=b"Content-Type: multipart/mixed; boundary=b\n\n--b\n--b\n--b--")
def test_any_bytes_become_a_letter(raw: bytes) -> None:
    _demand_sound(raw)


@given(seed=st.integers(min_value=0))
def test_any_damaged_mail_becomes_a_letter(seed: int) -> None:
    _demand_sound(damaged(Random(seed)))


@pytest.mark.search
def test_hundreds_of_damaged_mails_are_read_within_bounds_of_time_and_memory() -> None:
    """The kernel ends the process that hangs or grows. `make chaos` reads ten thousand others."""
    seed, count = randrange(10**8) if IS_CHAOS else 20261121, tries(500)
    command = [sys.executable, "-m", "tests.connectors.mail.mutations", str(seed), str(count)]
    ended = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, f"seed {seed}: {ended.stderr[-2_000:]}"
    assert ended.stdout == f"{count} read\n"


def _demand_sound(raw: bytes) -> None:
    email, contents = read_email(raw, SERVER)
    assert (email, contents) == read_email(raw, SERVER)
    assert email.note != UNREADABLE, "the reader stumbled, and only its last net held"
    assert len(email.text) <= LONGEST_TEXT
    assert len(email.whole_text) <= LONGEST_WHOLE_TEXT
    assert len(contents) == len(email.attachments) <= MOST_FILES
    assert email.sender == email.sender.lower()
    for text in _texts(email):
        assert not any(ord(character) < 32 or 0xD800 <= ord(character) <= 0xDFFF for character in text)


def _texts(email: InboundEmail) -> list[str]:
    """Every text that is shown; only two of them may have line breaks and tabs."""
    several = [email.text, email.whole_text]
    lines = [line for text in several for line in text.replace("\t", " ").split("\n")]
    names = [attachment.name for attachment in email.attachments]
    whys = [failure.why for failure in email.failures] + [failure.to for failure in email.failures]
    known = [email.message_id, *email.references, *email.recipients]
    shown = [email.sender, email.sender_name, email.subject, email.warning, email.note]
    return [*lines, *names, *whys, *known, *shown]
