"""Tests of mails that the customer's server defers."""

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
async def mail_harness(harness: Harness) -> AsyncIterator[MailHarness]:
    async with a_mail_harness(harness) as mail_harness:
        yield mail_harness


async def test_who_is_put_off_for_long_is_told_in_the_thread_so_that_others_get_their_mail(
    mail_harness: MailHarness,
) -> None:
    mail_harness.server.refuse["ap@nordwind.example"] = "452 4.2.2 Over quota"
    case_id = await mail_harness.raise_one()
    [row] = await mail_harness.harness.pending(lane_of(customer_address(case_id), case_id))
    with pytest.raises(TryAgain):
        await mail_customer(mail_harness.harness.services, row)
    mail_harness.harness.time.add(timedelta(hours=3))
    await mail_customer(mail_harness.harness.services, row)
    assert [failed.why for failed in await mail_harness.failures(case_id)] == ["mailbox full"]


async def test_what_waited_for_hours_for_our_server_is_not_given_up_when_theirs_puts_it_off(
    mail_harness: MailHarness,
) -> None:
    mail_harness.server.refuse["MAIL"] = "451 4.3.0 Out of order"
    case_id = await mail_harness.raise_one()
    await mail_harness.harness.deliver()
    mail_harness.harness.time.add(timedelta(hours=3))
    del mail_harness.server.refuse["MAIL"]
    mail_harness.server.refuse["ap@nordwind.example"] = "450 4.7.1 Greylisted, come back later"
    await mail_harness.harness.deliver()
    assert await mail_harness.failures(case_id) == []
    mail_harness.server.refuse.clear()
    await mail_harness.deliver()
    assert mail_harness.headlines() == ["We have your dispute"]


async def test_a_link_gets_through_to_whoever_wants_mails_to_be_tried_twice(
    mail_harness: MailHarness,
) -> None:
    mail_harness.server.refuse["ap@nordwind.example"] = "450 4.7.1 Greylisted, come back later"
    await mail_harness.harness.store.run(queue_link_mail, mail_harness.harness.time.now())
    await mail_harness.harness.deliver()
    mail_harness.server.refuse.clear()
    await mail_harness.deliver()
    assert [mail["Subject"] for mail in mail_harness.mails] == ["Your link to invoice INV-2026-0001"]


async def test_a_link_that_is_put_off_for_long_lets_the_others_pass(mail_harness: MailHarness) -> None:
    mail_harness.server.refuse["ap@nordwind.example"] = "452 4.2.2 Over quota"
    await mail_harness.harness.store.run(queue_link_mail, mail_harness.harness.time.now())
    await mail_harness.deliver()
    assert await mail_harness.harness.parked() == []
    assert mail_harness.mails == []
