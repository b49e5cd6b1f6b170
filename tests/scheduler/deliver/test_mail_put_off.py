"""What becomes of a mail that its server doesn't take just now?"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from connectors.errors import TryAgain
from core.effects import customer_address
from scheduler.deliver.customer_mail import mail_customer
from store.outbox.lanes import lane_of
from tests.scheduler.harness import Harness
from tests.scheduler.mail_harness import MailHarness, a_mail_harness, queue_link_mail


@pytest.fixture
async def office(desk: Harness) -> AsyncIterator[MailHarness]:
    async with a_mail_harness(desk) as office:
        yield office


async def test_who_is_put_off_for_long_is_told_in_the_thread_so_that_others_get_their_mail(
    office: MailHarness,
) -> None:
    office.server.refuse["ap@nordwind.example"] = "452 4.2.2 Over quota"
    case_id = await office.raise_one()
    [row] = await office.desk.pending(lane_of(customer_address(case_id), case_id))
    with pytest.raises(TryAgain):
        await mail_customer(office.desk.services, row)
    office.desk.time.add(timedelta(hours=3))
    await mail_customer(office.desk.services, row)
    assert [failed.why for failed in await office.failures(case_id)] == ["mailbox full"]


async def test_what_waited_for_hours_for_our_server_is_not_given_up_when_theirs_puts_it_off(
    office: MailHarness,
) -> None:
    office.server.refuse["MAIL"] = "451 4.3.0 Out of order"
    case_id = await office.raise_one()
    await office.desk.deliver()
    office.desk.time.add(timedelta(hours=3))
    del office.server.refuse["MAIL"]
    office.server.refuse["ap@nordwind.example"] = "450 4.7.1 Greylisted, come back later"
    await office.desk.deliver()
    assert await office.failures(case_id) == []
    office.server.refuse.clear()
    await office.deliver()
    assert office.headlines() == ["We have your dispute"]


async def test_a_link_gets_through_to_whoever_wants_mails_to_be_tried_twice(office: MailHarness) -> None:
    office.server.refuse["ap@nordwind.example"] = "450 4.7.1 Greylisted, come back later"
    await office.desk.store.run(queue_link_mail, office.desk.time.now())
    await office.desk.deliver()
    office.server.refuse.clear()
    await office.deliver()
    assert [mail["Subject"] for mail in office.mails] == ["Your link to invoice INV-2026-0001"]


async def test_a_link_that_is_put_off_for_long_lets_the_others_pass(office: MailHarness) -> None:
    office.server.refuse["ap@nordwind.example"] = "452 4.2.2 Over quota"
    await office.desk.store.run(queue_link_mail, office.desk.time.now())
    await office.deliver()
    assert await office.desk.parked() == []
    assert office.mails == []
