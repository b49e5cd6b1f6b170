"""Does the customer get the right mail, once, in one thread, with nothing internal in it?"""

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
async def office(desk: Harness) -> AsyncIterator[MailHarness]:
    async with a_mail_harness(desk) as office:
        yield office


async def test_each_station_of_a_case_is_a_mail(office: MailHarness) -> None:
    case_id = await office.raise_one()
    await office.desk.claim(case_id)
    await office.tell(case_id, "We have the papers now.")
    await office.ask(case_id)
    await office.deliver()
    await office.desk.act(
        case_id, receive_message, text="Here.", via="page", sender="", policy=office.desk.services.policy
    )
    await office.decide(case_id)
    await office.deliver()
    await office.desk.act(case_id, disagree, why="No!", policy=office.desk.services.policy)
    await office.deliver()
    assert office.headlines() == [
        "We have your dispute",
        "A message about your dispute",
        "We need something from you",
        "We agree with you in part",
        "We look at it once more",
    ], "“under review” was no longer so when its turn came: we were waiting for the customer"


async def test_the_first_claim_is_told_once(office: MailHarness) -> None:
    case_id = await office.raise_one()
    await office.desk.claim(case_id)
    await office.deliver()
    assert office.headlines() == ["We have your dispute", "Somebody is looking into it"]
    assert ANA.name not in text_of(office.mails[1])


async def test_mails_of_a_case_are_one_thread(office: MailHarness) -> None:
    case_id = await office.raise_one()
    await office.desk.claim(case_id)
    await office.ask(case_id)
    await office.decide(await _heard(office, case_id))
    await office.deliver()
    first, *later = office.mails
    assert first["Subject"] == f"[{case_id}] Your dispute of invoice INV-2026-0001"
    assert first["In-Reply-To"] is None
    before = [str(first["Message-ID"])]
    for mail in later:
        assert mail["Subject"] == f"Re: {first['Subject']}", "Gmail threads by the subject as well"
        assert mail["In-Reply-To"] == before[-1]
        assert str(mail["References"]).split() == before
        before.append(str(mail["Message-ID"]))
    assert len(set(before)) == len(before) == len(office.mails)


async def test_long_ids_of_other_servers_stay_whole(office: MailHarness) -> None:
    """Outlook's are a line long; Python folds and even encodes what is longer."""
    theirs = f"<{'A1b2' * 25}@{'eurprd04.prod.' * 3}outlook.com>"
    case_id = await office.raise_one()
    await office.deliver()
    await office.desk.store.run(_keep_theirs, case_id, theirs, office.desk.time.now())
    await office.tell(case_id, "Hello.")
    await office.deliver()
    head = office.server.came[1].raw.split(b"\r\n\r\n")[0].decode("ascii")
    assert f"In-Reply-To: {theirs}\r\n" in head
    assert f" {theirs}\r\n" in head.split("References:")[1]
    assert re.search(r"^Message-ID: <\S+>\r$", head, re.MULTILINE)


def _keep_theirs(tx: Transaction, case_id: str, message_id: str, now: datetime) -> None:
    for one, sender in ((message_id, "ap@nordwind.example"), ("<held@stranger>", "somebody@else.example")):
        mail = Mail(message_id=one, case_id=case_id, direction="in", at=now, sender=sender, subject="Re:")
        tx.mails.add(mail)


async def _heard(office: MailHarness, case_id: str) -> str:
    await office.desk.act(
        case_id, receive_message, text="Here.", via="page", policy=office.desk.services.policy
    )
    return case_id


async def test_answers_and_bounces_come_back_to_the_case(office: MailHarness) -> None:
    case_id = await office.raise_one()
    await office.deliver()
    [came] = office.server.came
    reply_to = came.message["Reply-To"].addresses[0]
    assert TOKENS.case_of_reply(reply_to.addr_spec) == case_id
    assert reply_to.domain == DOMAIN
    assert came.sender == reply_to.addr_spec, "what can't be delivered is reported there"
    assert came.to == ["ap@nordwind.example"]
    assert came.message["From"].addresses[0].addr_spec == SENDER
    assert came.message["From"].addresses[0].display_name == office.desk.services.policy.company


async def test_both_parts_lead_to_the_customers_page(office: MailHarness) -> None:
    await office.raise_one()
    await office.deliver()
    [mail] = office.mails
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    for body in (text_of(mail), html_of(mail)):
        found = re.search(r"https://ombud\.test/d/([^\s\"<]+)", body)
        assert found is not None
        link_id = TOKENS.read_link(found[1])
        link = await office.desk.store.read(lambda tx: tx.links.find(str(link_id)))  # noqa: B023
        assert link is not None
        assert link.customer.email == "ap@nordwind.example"
        assert link.is_valid(office.desk.time.now())


async def test_all_mails_lead_to_the_same_page(office: MailHarness) -> None:
    case_id = await office.raise_one()
    await office.desk.claim(case_id)
    await office.deliver()
    pages = {re.search(r"https://\S+", text_of(mail)) for mail in office.mails}
    assert len({found[0] for found in pages if found}) == 1


async def test_no_mail_has_a_link_that_we_took_back(office: MailHarness) -> None:
    case_id = await office.raise_one()
    await office.deliver()
    await office.desk.store.run(_revoke, office.desk.time.now())
    await office.tell(case_id, "Please call us.")
    await office.deliver()
    assert "https://" not in text_of(office.mails[1])


def _revoke(tx: Transaction, now: datetime) -> None:
    link = tx.links.find_for("in_1", "cus_nordwind")
    assert link is not None
    tx.links.revoke(link.id, now)


async def test_machines_are_told_which_mails_no_person_wrote(office: MailHarness) -> None:
    case_id = await office.raise_one()
    await office.desk.claim(case_id)
    await office.tell(case_id, "Hello.")
    await office.deliver()
    assert [mail["Auto-Submitted"] for mail in office.mails] == ["auto-generated", "auto-generated", None]
    assert not any(mail["List-Unsubscribe"] for mail in office.mails)


async def test_nothing_internal_is_in_any_mail(office: MailHarness) -> None:
    case_id = await office.raise_one()
    await office.desk.claim(case_id)
    await office.desk.act(case_id, add_note, text="SECRET they always complain", actor_id=ANA.id)
    await office.decide(case_id)
    await office.desk.act(case_id, reopen, why="SECRET Dana insists", actor_id=ANA.id)
    await office.desk.act(case_id, withdraw, why="SECRET they gave in", actor_id=ANA.id)
    await office.deliver()
    assert office.headlines()[-3:] == [
        "We agree with you in part",
        "We look at it once more",
        "Your dispute is withdrawn",
    ]
    for mail in office.mails:
        whole = f"{mail} {text_of(mail)} {html_of(mail)}"
        assert "SECRET" not in whole
        assert ANA.name not in whole
        assert "pricing" not in whole.lower()


async def test_a_decision_is_told_in_the_resolvers_words_even_when_the_case_came_back_meanwhile(
    office: MailHarness,
) -> None:
    case_id = await office.raise_one(language="de")
    await office.desk.claim(case_id)
    await office.decide(case_id)
    await office.desk.act(case_id, reopen, why="?", actor_id=ANA.id)
    await office.deliver()
    decision = text_of(office.mails[-2])
    assert "We had agreed on less." in decision
    assert "120,00\u00a0€" in decision
    assert "30,00\u00a0€" in decision


async def test_the_other_case_of_a_duplicate_is_named(office: MailHarness) -> None:
    first, second = await office.raise_one(), await office.raise_one()
    await office.desk.store.run(_duplicate, second, first, office.desk.time.now())
    await office.deliver()
    assert f"We go on with it under {first}" in text_of(office.mails[-1])


def _duplicate(tx: Transaction, case_id: str, other_id: str, now: datetime) -> None:
    outcome: Outcome = mark_duplicate(
        tx.cases.lock(case_id), of=tx.cases.get(other_id), why="", actor_id=ANA.id, now=now
    )
    tx.record(outcome)


async def test_an_answer_that_came_before_the_question_went_out_isnt_asked_for(office: MailHarness) -> None:
    case_id = await office.raise_one()
    await office.desk.claim(case_id)
    await office.ask(case_id, "Which pallet do you mean?")
    await _heard(office, case_id)
    await office.deliver()
    mail = text_of(office.mails[-1])
    assert "Which pallet do you mean?" in mail, "the thread says that it was sent"
    assert "What we need from you" not in mail


async def test_a_mail_whose_end_is_unknown_is_sent_again_as_the_very_same(office: MailHarness) -> None:
    office.server.after_data = office.server.hang_up
    await office.raise_one()
    await office.desk.deliver()
    office.server.after_data = None
    await office.deliver()
    ids = {mail["Message-ID"] for mail in office.mails}
    assert (len(office.mails), len(ids)) == (2, 1)


async def test_a_mail_that_was_taken_is_never_sent_again(office: MailHarness) -> None:
    case_id = await office.raise_one()
    [row] = await _rows(office, case_id)
    await mail_customer(office.desk.services, row)
    await mail_customer(office.desk.services, row)
    assert len(office.mails) == 1


async def _rows(office: MailHarness, case_id: str) -> list[OutboxRow]:
    rows = await office.desk.pending(lane_of(customer_address(case_id), case_id))
    return [row for row in rows if row.case_id == case_id]


async def test_a_refused_address_is_told_in_the_thread_and_holds_nothing_up(office: MailHarness) -> None:
    office.server.refuse["ap@nordwind.example"] = "550 5.1.1 User unknown"
    case_id = await office.raise_one()
    await office.deliver()
    [failed] = await office.failures(case_id)
    assert (failed.to, failed.why) == ("ap@nordwind.example", "no such address")
    assert await office.desk.parked() == []
    office.server.refuse.clear()
    await office.tell(case_id, "Hello?")
    await office.deliver()
    assert office.headlines() == ["A message about your dispute"]


@pytest.mark.parametrize("email", ["no address", "a@b\r\nBcc: x@y.example", "<script>@x", "a@" + "ü" * 80])
async def test_what_is_no_address_is_told_in_the_thread(office: MailHarness, email: str) -> None:
    case_id = await office.raise_one(email=email)
    await office.deliver()
    assert len(await office.failures(case_id)) == 1
    assert office.mails == []


async def test_a_server_that_wants_a_login_parks_the_mail_and_tells_a_manager(office: MailHarness) -> None:
    office.server.refuse["MAIL"] = "530 5.7.0 Must log in"
    case_id = await office.raise_one()
    await office.deliver()
    assert [row.case_id for row in await office.desk.parked()] == [case_id]
    assert any("wants a login" in str(card) for card in office.desk.cards("D0DANA"))
    assert await office.failures(case_id) == [], "it isn't the customer's fault"


async def test_without_a_mail_server_nobody_is_owed_a_mail(desk: Harness) -> None:
    await desk.raise_one()
    await desk.deliver_all()
    assert await desk.parked() == []


@pytest.mark.parametrize(
    "nasty", ["x\r\nBcc: victim@example.com", "x\nX-Evil: 1\n\nbody", "\u2028x\x00\x1b[31m"]
)
async def test_no_header_can_be_injected(office: MailHarness, nasty: str) -> None:
    office.desk.store.policy = replace(office.desk.store.policy, company=nasty)
    customer = a_customer(name=nasty, contact=nasty)
    invoice = an_invoice(number=nasty, ref=nasty)
    case_id = await office.desk.raise_one(customer=customer, invoice=invoice)
    await office.desk.claim(case_id)
    await office.tell(case_id, nasty)
    await office.deliver()
    assert len(office.mails) == 3
    for came in office.server.came:
        assert came.to == ["ap@nordwind.example"]
        head = came.raw.split(b"\r\n\r\n")[0].decode("ascii")
        names = re.findall(r"^([\w-]+):", head, re.MULTILINE)
        assert not {"bcc", "x-evil"} & {name.lower() for name in names}
        assert len(names) == len(set(names))


async def test_markup_in_anybodys_words_stays_text(office: MailHarness) -> None:
    nasty = "<img src=x onerror=alert(1)>{{ 7*7 }}%(company)s"
    case_id = await office.raise_one()
    await office.desk.claim(case_id)
    await office.tell(case_id, nasty)
    await office.deliver()
    assert nasty in " ".join(text_of(office.mails[-1]).split())
    assert "<img" not in html_of(office.mails[-1])
    assert "&lt;img src=x onerror=alert(1)&gt;{{ 7*7 }}%(company)s" in html_of(office.mails[-1])


async def test_a_wrong_template_of_the_administrators_keeps_no_mail_back(desk: Harness) -> None:
    templates = Templates({"words/received.txt": "{{ nothing_of_the_kind }}"})
    async with a_mail_harness(desk, templates) as office:
        await office.raise_one()
        await office.deliver()
        assert office.headlines() == ["We have your dispute"]


async def test_an_administrators_template_can_change_one_sentence(desk: Harness) -> None:
    own = '{% extends "ours/words/received.txt" %}{% block headline %}Got it{% endblock %}'
    async with a_mail_harness(desk, Templates({"words/received.txt": own})) as office:
        await office.raise_one()
        await office.deliver()
        assert office.headlines() == ["Got it"]
        assert "Thank you for telling us" in text_of(office.mails[0])


async def test_a_fresh_link_goes_to_the_address_on_file(office: MailHarness) -> None:
    await office.desk.store.run(queue_link_mail, office.desk.time.now())
    await office.deliver()
    [mail] = office.mails
    assert mail["Subject"] == "Your link to invoice INV-2026-0001"
    assert mail["To"] == "ap@nordwind.example"
    assert f"/d/{TOKENS.sign_link('link-1')}" in text_of(mail)
    assert mail["Reply-To"] is None


async def test_a_link_that_was_revoked_meanwhile_isnt_mailed(office: MailHarness) -> None:
    await office.desk.store.run(queue_link_mail, office.desk.time.now())
    await office.desk.store.run(_revoke, office.desk.time.now())
    await office.deliver()
    assert office.mails == []
