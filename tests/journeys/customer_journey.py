"""A customer's journey through the demo: its pages, and the steps that several tests share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from playwright.async_api import BrowserContext, Locator, Page, expect

from tests.journeys.customers import all_mails
from tests.journeys.demo import act_as, card_of, open_thread, press

PHONE: Any = {"width": 360, "height": 740}
DESK: Any = {"width": 1280, "height": 900}
SECRET = "Warehouse says the packer was new."
"""An internal note: nothing that a customer gets may contain it."""
_INTERNAL = (
    SECRET,
    "Sales left the discount out",
    "The certificate on file ran out",
    "Ana Ruiz",
    "Ben Okafor",
    "Cleo Lind",
    "Dana Whitfield",
)
"""Internal notes of the test and of the demo's story, and the names of resolvers and managers."""


@dataclass(frozen=True, slots=True)
class CustomerJourney:
    """The team in its workspace, a customer at their phone, and the customers' mailboxes."""

    demo: str
    team: Page
    mail: Page
    phone: BrowserContext

    async def raise_dispute(self, invoice: str, statement: str, reason: str = "wrong_amount") -> str:
        """Raise a dispute by the billing portal's API; returns its number."""
        wanted = {"invoice": invoice, "reason": reason, "statement": statement}
        answer = await self.team.request.post(f"{self.demo}/sandbox/disputes", data=wanted)
        return str((await answer.json())["body"]["number"])

    async def claim(self, number: str, person: str, channel: str) -> Locator:
        """Claim the case; returns its card once the claim shows."""
        await act_as(self.team, person, channel)
        card = card_of(self.team, number)
        await press(self.team, card.get_by_test_id(f"action-claim:{number}"))
        await expect(card).to_contain_text("Under review")
        return card

    async def thread(self, number: str) -> Locator:
        return await open_thread(self.team, number)

    async def assert_nothing_internal(self, pages: Iterable[Page] = ()) -> None:
        """Assert that no mail to a customer and none of these pages contains internal text."""
        said = [await page.content() for page in pages]
        mails = await all_mails(self.team, self.demo)
        said += [f"{mail['subject']} {mail['text']} {mail['html']}" for mail in mails if not mail["is_sent"]]
        found = [words for words in _INTERNAL for one in said if words in one]
        assert not found, f"Customers can read: {found}"
