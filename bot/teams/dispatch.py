"""Dispatch of clicks in Teams, and the marks of what was sent to people already."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.clicks import reply_to_click
from cards.actions import Action
from core.platforms import TEAMS
from handlers.actions import change
from handlers.mail_preview_settings import MailPreviewSettings
from handlers.types import Click, Reply
from scheduler.clock import Clock
from store.engine import Store
from store.errors import StoreUnavailable
from store.transaction import Transaction


@dataclass(slots=True)
class Dispatcher:
    """`mail_preview` and `file_url` go with every click."""

    store: Store
    clock: Clock
    mail_preview: MailPreviewSettings
    file_url: Callable[[str], str | None]

    def now(self) -> datetime:
        return self.clock.now()

    async def reply_to(self, click: Click, handler: Callable[[Transaction, Click], Reply] = change) -> Reply:
        """Never raises. `handler` is for an action that changes something."""
        click = replace(click, mail_preview=self.mail_preview, file_url=self.file_url)
        return await reply_to_click(self.store, click, handler)

    async def request_view(self, click: Click, action: Action, **changes: Any) -> Reply:
        """What the same person gets who asks for `action` now. Never raises."""
        return await self.reply_to(replace(click, action=action, at=self.now(), key=None, **changes))

    async def try_mark_sent(self, kind: str, name: str) -> bool:
        """Mark a message (`kind`: a reply, a welcome) as sent; returns False if it was marked before.

        True while the database is away: better sent twice than not at all.
        """
        try:
            return await self.store.run(_insert_sent_mark, f"{kind}:{name}", self.now())
        except StoreUnavailable:
            return True

    async def unmark_sent(self, kind: str, name: str) -> None:
        """Remove the mark after a failed post, so that the next attempt sends.

        A message that may have arrived counts as not sent: better twice, here too.
        """
        with suppress(StoreUnavailable):
            await self.store.run(_delete_sent_mark, f"{kind}:{name}")

    async def find_personal_chat(self, person_ref: str) -> str | None:
        """The person's own chat with the bot; None: they have none, or the database is away."""
        try:
            return await self.store.read(_find_personal_chat, person_ref)
        except StoreUnavailable:
            return None


def _insert_sent_mark(tx: Transaction, name: str, now: datetime) -> bool:
    if tx.inbox.find_response(TEAMS, name) is not None:
        return False
    tx.inbox.save_response(TEAMS, name, "told", at=now)
    return True


def _delete_sent_mark(tx: Transaction, name: str) -> None:
    tx.inbox.remove(TEAMS, name)


def _find_personal_chat(tx: Transaction, person_ref: str) -> str | None:
    found = tx.conversations.find_personal(person_ref)
    return found.ref if found else None
