"""Tests of the mail that asks an address's owner: to them alone, once, and with nothing of the case in it."""

from __future__ import annotations

from datetime import timedelta

from core.confirming import address_id
from handlers.confirm_address import confirm
from handlers.submit_form import FormAnswers, submit_form
from store.transaction import Transaction
from tests.builders import a_customer, an_invoice
from tests.scheduler.harness import Harness
from tests.scheduler.mail_harness import TOKENS, MailHarness, a_mail_harness, html_of, text_of

VICTIM = "victim@elsewhere.example"
ANSWERS = FormAnswers(
    reason_id="wrong_amount",
    disputed=None,
    line_refs=(),
    statement="Buy my pills",
    wish="at pills.example",
    contact="Cheap Pills",
    email=VICTIM,
    language="de",
)


async def _raise(harness: Harness) -> str:
    now = harness.services.now()

    def unit(tx: Transaction) -> str:
        until = now + timedelta(days=9)
        tx.links.find_or_add(an_invoice(), a_customer(), link_id="link-1", now=now, expires_at=until)
        return submit_form(tx, "link-1", ANSWERS, sending="1", now=now).id

    return await harness.store.run(unit)


async def test_it_says_nothing_that_was_typed_and_nothing_of_the_case(harness: Harness) -> None:
    async with a_mail_harness(harness) as mails:
        case_id = await _raise(harness)
        await mails.deliver()
        [mail] = mails.mails
        assert (mail["To"], mail["Auto-Submitted"]) == (VICTIM, "auto-generated")
        for body in (str(mail["Subject"]), text_of(mail), html_of(mail)):
            for secret in ("pills", "Pills", case_id, "INV-2026-0001", "Nordwind", "/d/"):
                assert secret not in body
        assert "Dürfen wir an diese Adresse schreiben?" in text_of(mail)
        assert case_id not in str(mail["Reply-To"])


async def test_its_link_confirms_and_then_what_waited_is_mailed(harness: Harness) -> None:
    async with a_mail_harness(harness) as mails:
        await _raise(harness)
        await mails.deliver()
        token = _token(mails)
        id_ = TOKENS.read_address(token, now=harness.services.now())
        assert id_ == address_id("in_1", "cus_nordwind", VICTIM)
        await harness.store.run(confirm, id_, harness.services.now())
        await mails.deliver()
        assert [mail["To"] for mail in mails.mails] == [VICTIM, VICTIM]
        assert "INV-2026-0001" in text_of(mails.mails[1])


async def test_confirmed_before_it_was_sent_it_is_not_sent(harness: Harness) -> None:
    async with a_mail_harness(harness) as mails:
        await _raise(harness)
        id_ = address_id("in_1", "cus_nordwind", VICTIM)
        await harness.store.run(confirm, id_, harness.services.now())
        await mails.deliver()
        assert len(mails.mails) == 1
        assert "INV-2026-0001" in text_of(mails.mails[0])


def _token(mails: MailHarness) -> str:
    return text_of(mails.mails[0]).partition("https://ombud.test/a/")[2].split()[0]
