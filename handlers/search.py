"""Search of cases by words: as a list, or as cards to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cards.lists import list_view
from cards.views import ListView
from core.errors import Refused
from core.person import Person
from handlers.access import visible_queues
from handlers.show_case import link_preview_card
from handlers.types import Click, Reply
from store.cases.lists import CaseRow
from store.transaction import Transaction

SEARCH_LIMIT = 12
FEWEST_LETTERS = 2


def search_list(tx: Transaction, actor: Person, words: str, now: datetime) -> ListView:
    """The newest matches, and whether there are more. Raises Refused for too few letters."""
    if len(words) < FEWEST_LETTERS:
        raise Refused("Write at least two letters: /disputes search Acme")
    rows = _find(tx, actor, words, SEARCH_LIMIT + 1)
    more = f"Only the newest {SEARCH_LIMIT} are shown. Add a word to narrow it down."
    return list_view(
        f"Found for “{words[:60]}”",
        rows[:SEARCH_LIMIT],
        policy=tx.policy,
        people=tx.people.find_many(row.resolver_id for row in rows if row.resolver_id),
        now=now,
        empty="Nothing found. Try the case number, the customer's name, or the invoice number.",
        note=more if len(rows) > SEARCH_LIMIT else None,
    )


def search_cases(tx: Transaction, click: Click, actor: Person) -> Reply:
    """Cards to choose from, as for shared links; before anything is typed, the newest cases."""
    words = click.value.strip()
    if len(words) < FEWEST_LETTERS:
        queue_ids = _visible(tx, actor)
        rows: Sequence[CaseRow] = tx.cases.list_all(None, SEARCH_LIMIT, queue_ids=queue_ids).rows
    else:
        rows = _find(tx, actor, words, SEARCH_LIMIT)
    return Reply(found=tuple(link_preview_card(tx, tx.cases.get(row.id), click.at) for row in rows))


def _find(tx: Transaction, actor: Person, words: str, limit: int) -> list[CaseRow]:
    return tx.cases.search(words, _visible(tx, actor), limit)


def _visible(tx: Transaction, actor: Person) -> tuple[str, ...]:
    return tuple(queue.id for queue in visible_queues(tx, actor))
