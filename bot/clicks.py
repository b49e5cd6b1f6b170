"""Dispatch of clicks to handlers, with a reply whatever happens inside. The same on every platform."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import cache

import structlog
from prometheus_client import Counter

from bot.metrics import CLICKS
from core.errors import FieldRefused, Refused, Stale
from handlers.actions import CHANGES, change, query
from handlers.retry_delivery import refresh_cards
from handlers.types import Click, Reply
from store.engine import Store
from store.errors import OutcomeUnknown, StoreUnavailable
from store.transaction import Transaction

log = structlog.get_logger()
EMPTY_REPLY = Reply()
"""Done, and there is nothing to say: the outbox shows everybody what changed."""


async def reply_to_click(
    store: Store, click: Click, handler: Callable[[Transaction, Click], Reply] = change
) -> Reply:
    """Do or show what the click asks for; a refusal or a fault becomes a sentence. Never raises.

    `handler` is `change`, or a platform's own that also shows the change in the same transaction.
    """
    try:
        reply = await store.run(handler, click) if click.action in CHANGES else await store.read(query, click)
    except FieldRefused as refusal:
        return _count_reply(click, "refused", Reply(field_errors={refusal.field: str(refusal)}))
    except Stale as refusal:
        await _refresh_stale_cards(store, click)
        return _count_reply(click, "stale", _refusal(str(refusal)))
    except Refused as refusal:
        return _count_reply(click, "refused", _refusal(str(refusal)))
    except StoreUnavailable as trouble:
        _click_logger(click).warning("store_unavailable", reason=str(trouble))
        whisper = str(trouble) if isinstance(trouble, OutcomeUnknown) else _UNAVAILABLE
        return _count_reply(click, "unavailable", _refusal(whisper))
    except Exception as mistake:
        sentence = report_fault(mistake, case_id=click.case_id, action=click.action.value)
        return _count_reply(click, "fault", _refusal(sentence))
    return _count_reply(click, "done", reply)


def report_fault(mistake: Exception, **where: str | None) -> str:
    """Log a mistake of ours. Returns the sentence that admits it, with its reference in the log."""
    reference = secrets.token_hex(3).upper()
    log.error("fault", reference=reference, exc_info=mistake, **where)
    return _FAULT.format(reference=reference)


_UNAVAILABLE = "I can't reach my database just now, so nothing was changed. Please try again in a minute."
_FAULT = (
    "Something went wrong on my side, and nothing was changed. "
    "If it happens again, give your administrator this reference: {reference}."
)


def _refusal(sentence: str) -> Reply:
    """For a click that didn't do what it asked for, or not for certain."""
    return Reply(whisper=sentence, is_refusal=True)


def _count_reply(click: Click, outcome: str, reply: Reply) -> Reply:
    _click_counter(click.action.value, outcome).inc()
    return reply


@cache
def _click_counter(action: str, outcome: str) -> Counter:
    """Cached: looking a labelled counter up costs more than counting."""
    return CLICKS.labels(action=action, outcome=outcome)


def _click_logger(click: Click) -> structlog.stdlib.BoundLogger:
    bound: structlog.stdlib.BoundLogger = log.bind(case_id=click.case_id, action=click.action.value)
    return bound


async def _refresh_stale_cards(store: Store, click: Click) -> None:
    """The person saw an old card: have the case's cards drawn anew. The reply doesn't depend on it."""
    if click.case_id is None:
        return
    try:
        await store.run(refresh_cards, click.case_id, click.at)
    except Exception:
        _click_logger(click).exception("stale_card_not_refreshed")
