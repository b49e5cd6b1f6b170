"""Tests of customers' mail: the right one, once, in one thread, with nothing internal in it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

import pytest

from cards.email.render import Templates
from core.closing import mark_duplicate, reopen, withdraw
from core.customer_messages import receive_message
from core.disagreeing import disagree
from core.effects import customer_address
from core.noting import add_note
from core.outcome import Outcome
from scheduler.deliver.customer_mail import mail_customer
from store.customers.mails import Mail
from store.outbox.lanes import lane_of
from store.outbox.repository import OutboxRow
from store.transaction import Transaction
from tests.builders import a_customer, an_invoice
from tests.scheduler.harness import ANA, Harness
from tests.scheduler.mail_harness import (
    DOMAIN,
    SENDER,
    TOKENS,
    MailHarness,
    a_mail_harness,
    html_of,
    queue_link_mail,
    text_of,
)


@pytest.fixture
async def mail_harness(harness: Harness) -> AsyncIterator[MailHarness]:
    async with a_mail_harness(harness) as mail_harness:
        yield mail_harness


async def test_each_station_of_a_case_is_a_mail(mail_harness: MailHarness) -> None:
    case_id = await mail_harness.raise_one()
    await mail_harness.harness.claim(case_id)
    await mail_harness.tell(case_id, "We have the papers now.")
    await mail_harness.ask(case_id)
    await mail_harness.deliver()
    await mail_harness.harness.act(
        case_id,
        receive_message,
        text="Here.",
        via="page",
        sender="",
        policy=mail_harness.harness.services.policy,
    )
    await mail_harness.decide(case_id)
    await mail_harness.deliver()
    await mail_harness.harness.act(case_id, disagree, why="No!", policy=mail_harness.harness.services.policy)
    await mail_harness.deliver()
    assert mail_harness.headlines() == [
        "We have your dispute",
        "A message about your dispute",
        "We need something from you",
        "We agree with you in part",
        "We look at it once more",
    ], "“under review” was no longer so when its turn came: we were waiting for the customer"


async def test_the_first_claim_is_told_once(mail_harness: MailHarness) -> None:
    case_id = await mail_harness.raise_one()
    await mail_harness.harness.claim(case_id)
    await mail_harness.deliver()
    assert mail_harness.headlines() == ["We have your dispute", "Somebody is looking into it"]
    assert ANA.name not in text_of(mail_harness.mails[1])


async def test_mails_of_a_case_are_one_thread(mail_harness: MailHarness) -> None:
    case_id = await mail_harness.raise_one()
    await mail_harness.harness.claim(case_id)
    await mail_harness.ask(case_id)
    await mail_harness.decide(await _heard(mail_harness, case_id))
    await mail_harness.deliver()
    first, *later = mail_harness.mails
    assert first["Subject"] == f"[{case_id}] Your dispute of invoice INV-2026-0001"
    assert first["In-Reply-To"] is None
    before = [str(first["Message-ID"])]
    for mail in later:
        assert mail["Subject"] == f"Re: {first['Subject']}", "Gmail threads by the subject as well"
        assert mail["In-Reply-To"] == before[-1]
        assert str(mail["References"]).split() == before
        before.append(str(mail["Message-ID"]))
    assert len(set(before)) == len(before) == len(mail_harness.mails)


async def test_long_ids_of_other_servers_stay_whole(mail_harness: MailHarness) -> None:
    """Outlook's are a line long; Python folds and even encodes what is longer."""
    theirs = f"<{'A1b2' * 25}@{'eurprd04.prod.' * 3}outlook.com>"
    case_id = await mail_harness.raise_one()
    await mail_harness.deliver()
    await mail_harness.harness.store.run(_keep_theirs, case_id, theirs, mail_harness.harness.time.now())
    await mail_harness.tell(case_id, "Hello.")
    await mail_harness.deliver()
    head = mail_harness.server.came[1].raw.split(b"\r\n\r\n")[0].decode("ascii")
    assert f"In-Reply-To: {theirs}\r\n" in head
    assert f" {theirs}\r\n" in head.split("References:")[1]
    assert re.search(r"^Message-ID: <\S+>\r$", head, re.MULTILINE)


def _keep_theirs(tx: Transaction, case_id: str, message_id: str, now: datetime) -> None:
    for one, sender in ((message_id, "ap@nordwind.example"), ("<held@stranger>", "somebody@else.example")):
        mail = Mail(message_id=one, case_id=case_id, direction="in", at=now, sender=sender, subject="Re:")
        tx.mails.add(mail)


async def _heard(mail_harness: MailHarness, case_id: str) -> str:
    await mail_harness.harness.act(
        case_id, receive_message, text="Here.", via="page", policy=mail_harness.harness.services.policy
    )
    return case_id


async def test_answers_and_bounces_come_back_to_the_case(mail_harness: MailHarness) -> None:
    case_id = await mail_harness.raise_one()
    await mail_harness.deliver()
    [came] = mail_harness.server.came
    reply_to = came.message["Reply-To"].addresses[0]
    assert TOKENS.case_of_reply(reply_to.addr_spec) == case_id
    assert reply_to.domain == DOMAIN
    assert came.sender == reply_to.addr_spec, "what can't be delivered is reported there"
    assert came.to == ["ap@nordwind.example"]
    assert came.message["From"].addresses[0].addr_spec == SENDER
    assert came.message["From"].addresses[0].display_name == mail_harness.harness.services.policy.company


async def test_both_parts_lead_to_the_customers_page(mail_harness: MailHarness) -> None:
    await mail_harness.raise_one()
    await mail_harness.deliver()
    [mail] = mail_harness.mails
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    for body in (text_of(mail), html_of(mail)):
        found = re.search(r"https://ombud\.test/d/([^\s\"<]+)", body)
        assert found is not None
        link_id = TOKENS.read_link(found[1])
        link = await mail_harness.harness.store.read(lambda tx: tx.links.find(str(link_id)))  # noqa: B023
        assert link is not None
        assert link.customer.email == "ap@nordwind.example"
        assert link.is_valid(mail_harness.harness.time.now())


async def test_all_mails_lead_to_the_same_page(mail_harness: MailHarness) -> None:
    case_id = await mail_harness.raise_one()
    await mail_harness.harness.claim(case_id)
    await mail_harness.deliver()
    pages = {re.search(r"https://\S+", text_of(mail)) for mail in mail_harness.mails}
    assert len({found[0] for found in pages if found}) == 1


async def test_no_mail_has_a_link_that_we_took_back(mail_harness: MailHarness) -> None:
    case_id = await mail_harness.raise_one()
    await mail_harness.deliver()
    await mail_harness.harness.store.run(_revoke, mail_harness.harness.time.now())
    await mail_harness.tell(case_id, "Please call us.")
    await mail_harness.deliver()
    assert "https://" not in text_of(mail_harness.mails[1])


def _revoke(tx: Transaction, now: datetime) -> None:
    link = tx.links.find_for("in_1", "cus_nordwind")
    assert link is not None
    tx.links.revoke(link.id, now)


async def test_machines_are_told_which_mails_no_person_wrote(mail_harness: MailHarness) -> None:
    case_id = await mail_harness.raise_one()
    await mail_harness.harness.claim(case_id)
    await mail_harness.tell(case_id, "Hello.")
    await mail_harness.deliver()
    assert [mail["Auto-Submitted"] for mail in mail_harness.mails] == [
        "auto-generated",
        "auto-generated",
        None,
    ]
    assert not any(mail["List-Unsubscribe"] for mail in mail_harness.mails)


async def test_nothing_internal_is_in_any_mail(mail_harness: MailHarness) -> None:
    case_id = await mail_harness.raise_one()
    await mail_harness.harness.claim(case_id)
    await mail_harness.harness.act(case_id, add_note, text="SECRET they always complain", actor_id=ANA.id)
    await mail_harness.decide(case_id)
    await mail_harness.harness.act(case_id, reopen, why="SECRET Dana insists", actor_id=ANA.id)
    await mail_harness.harness.act(case_id, withdraw, why="SECRET they gave in", actor_id=ANA.id)
    await mail_harness.deliver()
    assert mail_harness.headlines()[-3:] == [
        "We agree with you in part",
        "We look at it once more",
        "Your dispute is withdrawn",
    ]
    for mail in mail_harness.mails:
        whole = f"{mail} {text_of(mail)} {html_of(mail)}"
        assert "SECRET" not in whole
        assert ANA.name not in whole
        assert "pricing" not in whole.lower()


async def test_a_decision_is_told_in_the_resolvers_words_even_when_the_case_came_back_meanwhile(
    mail_harness: MailHarness,
) -> None:
    case_id = await mail_harness.raise_one(language="de")
    await mail_harness.harness.claim(case_id)
    await mail_harness.decide(case_id)
    await mail_harness.harness.act(case_id, reopen, why="?", actor_id=ANA.id)
    await mail_harness.deliver()
    decision = text_of(mail_harness.mails[-2])
    assert "We had agreed on less." in decision
    assert "120,00\u00a0€" in decision
    assert "30,00\u00a0€" in decision


async def test_the_other_case_of_a_duplicate_is_named(mail_harness: MailHarness) -> None:
    first, second = await mail_harness.raise_one(), await mail_harness.raise_one()
    await mail_harness.harness.store.run(_duplicate, second, first, mail_harness.harness.time.now())
    await mail_harness.deliver()
    assert f"We go on with it under {first}" in text_of(mail_harness.mails[-1])


def _duplicate(tx: Transaction, case_id: str, other_id: str, now: datetime) -> None:
    outcome: Outcome = mark_duplicate(
        tx.cases.lock(case_id), of=tx.cases.get(other_id), why="", actor_id=ANA.id, now=now
    )
    tx.record(outcome)


async def test_an_answer_that_came_before_the_question_went_out_isnt_asked_for(
    mail_harness: MailHarness,
) -> None:
    case_id = await mail_harness.raise_one()
    await mail_harness.harness.claim(case_id)
    await mail_harness.ask(case_id, "Which pallet do you mean?")
    await _heard(mail_harness, case_id)
    await mail_harness.deliver()
    mail = text_of(mail_harness.mails[-1])
    assert "Which pallet do you mean?" in mail, "the thread says that it was sent"
    assert "What we need from you" not in mail


async def test_a_mail_whose_end_is_unknown_is_sent_again_as_the_very_same(mail_harness: MailHarness) -> None:
    mail_harness.server.after_data = mail_harness.server.hang_up
    await mail_harness.raise_one()
    await mail_harness.harness.deliver()
    mail_harness.server.after_data = None
    await mail_harness.deliver()
    ids = {mail["Message-ID"] for mail in mail_harness.mails}
    assert (len(mail_harness.mails), len(ids)) == (2, 1)


async def test_a_mail_that_was_taken_is_never_sent_again(mail_harness: MailHarness) -> None:
    case_id = await mail_harness.raise_one()
    [row] = await _rows(mail_harness, case_id)
    await mail_customer(mail_harness.harness.services, row)
    await mail_customer(mail_harness.harness.services, row)
    assert len(mail_harness.mails) == 1


async def _rows(mail_harness: MailHarness, case_id: str) -> list[OutboxRow]:
    rows = await mail_harness.harness.pending(lane_of(customer_address(case_id), case_id))
    return [row for row in rows if row.case_id == case_id]


async def test_a_refused_address_is_told_in_the_thread_and_holds_nothing_up(
    mail_harness: MailHarness,
) -> None:
    mail_harness.server.refuse["ap@nordwind.example"] = "550 5.1.1 User unknown"
    case_id = await mail_harness.raise_one()
    await mail_harness.deliver()
    [failed] = await mail_harness.failures(case_id)
    assert (failed.to, failed.why) == ("ap@nordwind.example", "no such address")
    assert await mail_harness.harness.parked() == []
    mail_harness.server.refuse.clear()
    await mail_harness.tell(case_id, "Hello?")
    await mail_harness.deliver()
    assert mail_harness.headlines() == ["A message about your dispute"]


@pytest.mark.parametrize("email", ["no address", "a@b\r\nBcc: x@y.example", "<script>@x", "a@" + "ü" * 80])
async def test_what_is_no_address_is_told_in_the_thread(mail_harness: MailHarness, email: str) -> None:
    case_id = await mail_harness.raise_one(email=email)
    await mail_harness.deliver()
    assert len(await mail_harness.failures(case_id)) == 1
    assert mail_harness.mails == []


async def test_a_server_that_wants_a_login_parks_the_mail_and_tells_a_manager(
    mail_harness: MailHarness,
) -> None:
    mail_harness.server.refuse["MAIL"] = "530 5.7.0 Must log in"
    case_id = await mail_harness.raise_one()
    await mail_harness.deliver()
    assert [row.case_id for row in await mail_harness.harness.parked()] == [case_id]
    assert any("wants a login" in str(card) for card in mail_harness.harness.cards("D0DANA"))
    assert await mail_harness.failures(case_id) == [], "it isn't the customer's fault"


async def test_without_a_mail_server_nobody_is_owed_a_mail(harness: Harness) -> None:
    await harness.raise_one()
    await harness.deliver_all()
    assert await harness.parked() == []


@pytest.mark.parametrize(
    "nasty", ["x\r\nBcc: victim@example.com", "x\nX-Evil: 1\n\nbody", "\u2028x\x00\x1b[31m"]
)
async def test_no_header_can_be_injected(mail_harness: MailHarness, nasty: str) -> None:
    mail_harness.harness.store.policy = replace(mail_harness.harness.store.policy, company=nasty)
    customer = a_customer(name=nasty, contact=nasty)
    invoice = an_invoice(number=nasty, ref=nasty)
    case_id = await mail_harness.harness.raise_one(customer=customer, invoice=invoice)
    await mail_harness.harness.claim(case_id)
    await mail_harness.tell(case_id, nasty)
    await mail_harness.deliver()
    assert len(mail_harness.mails) == 3
    for came in mail_harness.server.came:
        assert came.to == ["ap@nordwind.example"]
        head = came.raw.split(b"\r\n\r\n")[0].decode("ascii")
        names = re.findall(r"^([\w-]+):", head, re.MULTILINE)
        assert not {"bcc", "x-evil"} & {name.lower() for name in names}
        assert len(names) == len(set(names))


async def test_markup_in_anybodys_words_stays_text(mail_harness: MailHarness) -> None:
    nasty = "<img src=x onerror=alert(1)>{{ 7*7 }}%(company)s"
    case_id = await mail_harness.raise_one()
    await mail_harness.harness.claim(case_id)
    await mail_harness.tell(case_id, nasty)
    await mail_harness.deliver()
    assert nasty in " ".join(text_of(mail_harness.mails[-1]).split())
    assert "<img" not in html_of(mail_harness.mails[-1])
    assert "&lt;img src=x onerror=alert(1)&gt;{{ 7*7 }}%(company)s" in html_of(mail_harness.mails[-1])


async def test_a_wrong_template_of_the_administrators_keeps_no_mail_back(harness: Harness) -> None:
    templates = Templates({"words/received.txt": "{{ nothing_of_the_kind }}"})
    async with a_mail_harness(harness, templates) as mail_harness:
        await mail_harness.raise_one()
        await mail_harness.deliver()
        assert mail_harness.headlines() == ["We have your dispute"]


async def test_an_administrators_template_can_change_one_sentence(harness: Harness) -> None:
    own = '{% extends "ours/words/received.txt" %}{% block headline %}Got it{% endblock %}'
    async with a_mail_harness(harness, Templates({"words/received.txt": own})) as mail_harness:
        await mail_harness.raise_one()
        await mail_harness.deliver()
        assert mail_harness.headlines() == ["Got it"]
        assert "Thank you for telling us" in text_of(mail_harness.mails[0])


async def test_a_fresh_link_goes_to_the_address_on_file(mail_harness: MailHarness) -> None:
    await mail_harness.harness.store.run(queue_link_mail, mail_harness.harness.time.now())
    await mail_harness.deliver()
    [mail] = mail_harness.mails
    assert mail["Subject"] == "Your link to invoice INV-2026-0001"
    assert mail["To"] == "ap@nordwind.example"
    assert f"/d/{TOKENS.sign_link('link-1')}" in text_of(mail)
    assert mail["Reply-To"] is None


async def test_a_link_that_was_revoked_meanwhile_isnt_mailed(mail_harness: MailHarness) -> None:
    await mail_harness.harness.store.run(queue_link_mail, mail_harness.harness.time.now())
    await mail_harness.harness.store.run(_revoke, mail_harness.harness.time.now())
    await mail_harness.deliver()
    assert mail_harness.mails == []
