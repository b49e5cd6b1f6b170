"""What does an activity tell of places and people, beside what somebody wants? It is kept, if it is new."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

import orjson
import structlog

from bot.teams.activity import Activity, part, text
from handlers.follow_teams import follow_activity, is_news
from handlers.teams_activity import UPDATES, conversation_ref
from scheduler.clock import Clock
from store.engine import Store

MOST_REMEMBERED = 4096
_TELLING = ("serviceUrl", "from", "recipient", "channelData")
log = structlog.get_logger()


class News:
    """Most activities tell what the one before told: those aren't looked up again.

    What is remembered here is only that there was nothing new, so nobody else misses it.
    """

    def __init__(self, store: Store, clock: Clock, on_news: Callable[[], None]) -> None:
        """`on_news` is told when teams, channels or their members should be read anew."""
        self._store = store
        self._clock = clock
        self._on_news = on_news
        self._old: set[bytes] = set()

    def is_old(self, activity: Activity) -> bool:
        """Whether `keep` would have nothing to do."""
        return _told_by(activity) in self._old

    async def keep(self, activity: Activity) -> None:
        """Nobody's answer depends on it: a failure is logged."""
        told = _told_by(activity)
        if told in self._old:
            return
        try:
            await self._follow(activity, told)
        except Exception:
            log.exception("activity_not_followed", activity=text(activity, "type")[:40])

    async def _follow(self, activity: Activity, told: bytes | None) -> None:
        now = self._clock.now()
        if await self._store.read(is_news, activity, now):
            self._old.clear()
            if await self._store.run(follow_activity, activity, now):
                self._on_news()
        elif told is not None:
            if len(self._old) >= MOST_REMEMBERED:
                self._old.clear()
            self._old.add(told)


def _told_by(activity: Activity) -> bytes | None:
    """All that it tells of places and people; None: it tells of a change."""
    if text(activity, "type") in UPDATES:
        return None
    place = {name: value for name, value in part(activity, "conversation").items() if name != "id"}
    told = [conversation_ref(activity), place, *(activity.get(name) for name in _TELLING)]
    try:
        return blake2b(orjson.dumps(told), digest_size=16).digest()
    except TypeError:  # nested more deeply than is ever written
        return None
