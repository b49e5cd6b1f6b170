"""Recorder of what activities tell of places and people, beside what somebody wants."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

import orjson
import structlog

from bot.teams.activity import Activity, conversation_ref, is_change, object_at, text_at, update_of
from handlers.follow_teams import follow_update, would_change
from scheduler.clock import Clock
from store.engine import Store

MOST_REMEMBERED = 4096
_FINGERPRINTED = ("serviceUrl", "from", "recipient", "channelData")
log = structlog.get_logger()


class ConversationUpdates:
    """Most activities tell what the one before told: those aren't looked up in the database again.

    Only fingerprints of activities that told nothing new are remembered, in this process: another process
    looks such an activity up once more.
    """

    def __init__(self, store: Store, clock: Clock, request_sync: Callable[[], None]) -> None:
        """`request_sync` is called when teams, channels or their members should be read anew."""
        self._store = store
        self._clock = clock
        self._request_sync = request_sync
        self._known: set[bytes] = set()

    def is_known(self, activity: Activity) -> bool:
        """Whether `record` would have nothing to do."""
        return _fingerprint(activity) in self._known

    async def record(self, activity: Activity) -> None:
        """Store what is new. A failure is logged: no answer depends on it."""
        fingerprint = _fingerprint(activity)
        if fingerprint in self._known:
            return
        try:
            await self._store_update(activity, fingerprint)
        except Exception:
            log.exception("activity_not_followed", activity=text_at(activity, "type")[:40])

    async def _store_update(self, activity: Activity, fingerprint: bytes | None) -> None:
        now = self._clock.now()
        update = update_of(activity, now)
        if await self._store.read(would_change, update):
            self._known.clear()
            if await self._store.run(follow_update, update, now):
                self._request_sync()
        elif fingerprint is not None:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known.add(fingerprint)


def _fingerprint(activity: Activity) -> bytes | None:
    """Of all that the activity tells of places and people; None: of a change, or of what can't be encoded."""
    if is_change(activity):
        return None
    place = {name: value for name, value in object_at(activity, "conversation").items() if name != "id"}
    told = [conversation_ref(activity), place, *(activity.get(name) for name in _FINGERPRINTED)]
    try:
        return blake2b(orjson.dumps(told), digest_size=16).digest()
    except TypeError:  # nested more deeply than orjson writes
        return None
