"""How does what somebody did in Teams get its Reply?"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.clicks import answer
from cards.actions import Action
from core.platforms import TEAMS
from handlers.actions import change
from handlers.mail_preview_settings import Letterhead
from handlers.types import Click, Reply
from scheduler.clock import Clock
from store.engine import Store
from store.errors import StoreUnavailable
from store.transaction import Transaction

DONE = Reply()
"""Done, and there is nothing to say."""


@dataclass(slots=True)
class Asking:
    """`letterhead` and `file_url` go with every click."""

    store: Store
    clock: Clock
    letterhead: Letterhead
    file_url: Callable[[str], str | None]

    def now(self) -> datetime:
        return self.clock.now()

    async def ask(self, click: Click, do: Callable[[Transaction, Click], Reply] = change) -> Reply:
        """Never raises."""
        equipped = replace(click, letterhead=self.letterhead, file_url=self.file_url)
        return await answer(self.store, equipped, do)

    async def look(self, click: Click, action: Action, **changes: Any) -> Reply:
        """What the same person sees who asks for `action` now. Never raises."""
        return await self.ask(replace(click, action=action, at=self.now(), key=None, **changes))

    async def is_first(self, kind: str, name: str) -> bool:
        """Whether nobody was told so before: an answer, a welcome. With the database away, it counts as new:
        better told twice than not at all."""
        try:
            return await self.store.run(_keep_first, f"{kind}:{name}", self.now())
        except StoreUnavailable:
            return True

    async def take_back(self, kind: str, name: str) -> None:
        """They weren't told after all: whoever asks again is answered. What may have arrived counts as not:
        better told twice here, too."""
        with suppress(StoreUnavailable):
            await self.store.run(_forget, f"{kind}:{name}")

    async def find_own_chat(self, person_ref: str) -> str | None:
        """Where the person alone reads what we write."""
        try:
            return await self.store.read(_own_chat, person_ref)
        except StoreUnavailable:
            return None


def _keep_first(tx: Transaction, name: str, now: datetime) -> bool:
    if tx.inbox.find(TEAMS, name) is not None:
        return False
    tx.inbox.keep(TEAMS, name, "told", at=now)
    return True


def _forget(tx: Transaction, name: str) -> None:
    tx.inbox.forget(TEAMS, name)


def _own_chat(tx: Transaction, person_ref: str) -> str | None:
    found = tx.conversations.find_personal(person_ref)
    return found.ref if found else None
