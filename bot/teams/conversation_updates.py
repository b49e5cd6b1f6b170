"""What does an activity tell of places and people, beside what somebody wants? It is kept, if it is new."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

import orjson
import structlog

from bot.teams.activity import Activity, object_at, text_at
from handlers.follow_teams import follow_activity, would_change
from handlers.teams_activity import UPDATES, conversation_ref
from scheduler.clock import Clock
from store.engine import Store

MOST_REMEMBERED = 4096
_FINGERPRINTED = ("serviceUrl", "from", "recipient", "channelData")
log = structlog.get_logger()


class ConversationUpdates:
    """Most activities tell what the one before told: those aren't looked up again.

    What is remembered here is only that there was nothing new, so nobody else misses it.
    """

    def __init__(self, store: Store, clock: Clock, request_sync: Callable[[], None]) -> None:
        """`request_sync` is told when teams, channels or their members should be read anew."""
        self._store = store
        self._clock = clock
        self._request_sync = request_sync
        self._known: set[bytes] = set()

    def is_known(self, activity: Activity) -> bool:
        """Whether `keep` would have nothing to do."""
        return _fingerprint(activity) in self._known

    async def record(self, activity: Activity) -> None:
        """Nobody's answer depends on it: a failure is logged."""
        told = _fingerprint(activity)
        if told in self._known:
            return
        try:
            await self._store_update(activity, told)
        except Exception:
            log.exception("activity_not_followed", activity=text_at(activity, "type")[:40])

    async def _store_update(self, activity: Activity, told: bytes | None) -> None:
        now = self._clock.now()
        if await self._store.read(would_change, activity, now):
            self._known.clear()
            if await self._store.run(follow_activity, activity, now):
                self._request_sync()
        elif told is not None:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known.add(told)


def _fingerprint(activity: Activity) -> bytes | None:
    """All that it tells of places and people; None: it tells of a change."""
    if text_at(activity, "type") in UPDATES:
        return None
    place = {name: value for name, value in object_at(activity, "conversation").items() if name != "id"}
    told = [conversation_ref(activity), place, *(activity.get(name) for name in _FINGERPRINTED)]
    try:
        return blake2b(orjson.dumps(told), digest_size=16).digest()
    except TypeError:  # nested more deeply than is ever written
        return None
