"""Tests that mails read and look as they were approved, compared with `tests/golden/`.

After a change that was meant: `RENEW_GOLDEN=1 pytest tests/cards/email/test_golden.py`, then read the
difference before committing it: it is what customers will get.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cards.customer.language import LANGUAGES
from cards.email.mail_view import MailKind
from tests.cards.email.samples import mail

GOLDEN = Path(__file__).parents[2] / "golden"
RENEW = bool(os.environ.get("RENEW_GOLDEN"))
WITH_HTML = (MailKind.RECEIVED, MailKind.QUESTION, MailKind.PART_ACCEPTED, MailKind.LINK)
TEXTS = {f"mail_{kind}_{language}.txt": (kind, language) for kind in MailKind for language in LANGUAGES}
PAGES = {f"mail_{kind}_en.html": kind for kind in WITH_HTML}


@pytest.mark.parametrize("name", TEXTS)
def test_the_text_reads_as_approved(name: str) -> None:
    written = mail(*TEXTS[name])
    assert_golden(name, f"Subject: {written.subject}\n\n{written.text}")


@pytest.mark.parametrize("name", PAGES)
def test_the_html_is_as_approved(name: str) -> None:
    assert_golden(name, mail(PAGES[name]).html)


def test_no_golden_file_is_left_over() -> None:
    assert {path.name for path in GOLDEN.glob("mail_*")} == {*TEXTS, *PAGES}


def assert_golden(name: str, text: str) -> None:
    path = GOLDEN / name
    if RENEW:
        path.write_text(text, encoding="utf-8")
    assert path.exists(), f"{name} is missing: run with RENEW_GOLDEN=1 and read it"
    assert text == path.read_text(encoding="utf-8")
